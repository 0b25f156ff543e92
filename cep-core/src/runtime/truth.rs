//! What is true of the event at hand: conditions of the event alone come from the batch's masks, iterative ones are
//! evaluated for the partial match that asks, once.

use smallvec::SmallVec;

use super::buffer::Buffer;
use super::buffer::{NodeId, Path};
use crate::event::EventBatch;
use crate::expr::{LookUp, Row, Scope};
use crate::ids::{ColumnId, PredicateId, TableId};
use crate::program::{Atom, Automaton, Family, Guard, Test};

/// The predicates of a family over the rows of a batch, a bit a row; none for those that ask the partial match.
#[derive(Debug, Default)]
pub(crate) struct Masks {
    pub(crate) bits: Vec<Option<Box<[u64]>>>,
}

impl Masks {
    fn holds(&self, predicate: PredicateId, row: usize) -> Option<bool> {
        self.bits[predicate.index()].as_ref().map(|bits| bits[row / 64] >> (row % 64) & 1 == 1)
    }
}

/// The event at hand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventAt<'a> {
    pub(crate) family: &'a Family,
    pub(crate) input: usize,
    pub(crate) batch: &'a EventBatch,
    pub(crate) row: usize,
    pub(crate) masks: &'a Masks,
}

/// Conditions look nothing up: a look-up is part of a derived stream or of an output.
struct NoTables;

impl LookUp for NoTables {
    fn find(&self, _: TableId, _: &[crate::event::Value], _: ColumnId) -> crate::event::Value {
        crate::event::Value::Null
    }
}

/// The truth of a pattern's atoms for one event.
#[derive(Default)]
pub(crate) struct Truths {
    known: SmallVec<[Option<bool>; 16]>,
    iterative: SmallVec<[Atom; 4]>,
}

impl Truths {
    /// Takes over from the masks what depends on the event alone.
    pub(crate) fn begin(&mut self, automaton: &Automaton, event: &EventAt<'_>) {
        self.known.clear();
        self.iterative.clear();
        for (index, predicate) in automaton.atoms.iter().enumerate() {
            let known = event.masks.holds(*predicate, event.row);
            if known.is_none() {
                self.iterative.push(Atom(u16::try_from(index).expect("atoms are numbered by u16")));
            }
            self.known.push(known);
        }
    }

    /// Forgets what was true for another partial match.
    pub(crate) fn next_partial_match(&mut self) {
        for atom in &self.iterative {
            self.known[atom.index()] = None;
        }
    }

    /// Whether a guard is open for the event and a partial match.
    pub(crate) fn open(
        &mut self,
        guard: &Guard,
        automaton: &Automaton,
        event: &EventAt<'_>,
        buffer: &Buffer,
        last: Option<NodeId>,
    ) -> bool {
        guard.open(&mut |atom| {
            if let Some(known) = self.known[atom.index()] {
                return known;
            }
            let truth = evaluate(automaton.atoms[atom.index()], event, buffer, last);
            self.known[atom.index()] = Some(truth);
            truth
        })
    }
}

fn evaluate(predicate: PredicateId, event: &EventAt<'_>, buffer: &Buffer, last: Option<NodeId>) -> bool {
    match &event.family.predicates[predicate.index()].inputs[event.input] {
        Test::Never => false,
        Test::Always => true,
        Test::Event(node) | Test::Iterative(node) => {
            let row = Row { batch: event.batch, row: event.row };
            let captures = Path { buffer, last };
            Scope { event: Some(row), captures: &captures, tables: &NoTables }.holds(node)
        }
    }
}
