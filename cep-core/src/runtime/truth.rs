//! What is true of the event at hand: conditions of the event alone come from the batch's masks, iterative ones are
//! evaluated for the partial match that asks, once.

use smallvec::SmallVec;

use super::buffer::Buffer;
use super::buffer::{NodeId, Path};
use crate::event::EventBatch;
use crate::expr::{LookUp, Row, Scope};
use crate::ids::{ColumnId, PredicateId, TableId};
use crate::program::{Automaton, Family, Guard, Test};

/// The predicates of a family over the rows of a batch, a bit a row; none for those that ask the partial match.
#[derive(Debug, Default)]
pub(crate) struct Masks {
    pub(crate) bits: Vec<Option<Box<[u64]>>>,
}

impl Masks {
    pub(super) fn holds(&self, predicate: PredicateId, row: usize) -> Option<bool> {
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
pub(super) struct NoTables;

impl LookUp for NoTables {
    fn find(&self, _: TableId, _: &[crate::event::Value], _: ColumnId) -> crate::event::Value {
        crate::event::Value::Null
    }
}

/// The truth of a pattern's atoms for one event, each found out when it is first asked for.
#[derive(Default)]
pub(crate) struct Truths {
    known: Bits,
    value: Bits,
    /// Those that depend on the partial match.
    iterative: Bits,
}

impl Truths {
    /// Another event, or another pattern.
    pub(crate) fn begin(&mut self, automaton: &Automaton) {
        let words = automaton.atoms.len().div_ceil(64);
        for bits in [&mut self.known, &mut self.value, &mut self.iterative] {
            bits.clear();
            bits.resize(words, 0);
        }
    }

    /// Forgets what was true for another partial match.
    pub(crate) fn next_partial_match(&mut self) {
        for (known, iterative) in self.known.iter_mut().zip(&mut self.iterative) {
            *known &= !std::mem::take(iterative);
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
            let (word, bit) = (atom.index() / 64, 1 << (atom.index() % 64));
            if self.known[word] & bit == 0 {
                let predicate = automaton.atoms[atom.index()];
                let of_event = event.masks.holds(predicate, event.row);
                if of_event.is_none() {
                    self.iterative[word] |= bit;
                }
                let holds = of_event.unwrap_or_else(|| evaluate(predicate, event, buffer, last));
                self.known[word] |= bit;
                self.value[word] = self.value[word] & !bit | if holds { bit } else { 0 };
            }
            self.value[word] & bit != 0
        })
    }
}

/// A bit an atom; most patterns need one word.
type Bits = SmallVec<[u64; 1]>;

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
