//! What is true of the event at hand: conditions of the event alone come from the batch's masks, iterative ones are
//! evaluated for the partial match that asks, once.

use std::sync::Arc;

use super::buffer::Buffer;
use super::buffer::{NodeId, Path};
use super::output::Origin;
use super::visit::Starters;
use crate::event::EventBatch;
use crate::expr::{LookUp, Node, Row, Scope};
use crate::ids::{ColumnId, PredicateId, TableId};
use crate::program::{
    Among, Atom, Family, Group, GroupAtom, Guard, Index, Members, Predicate, Test, ValueId,
};
use crate::time::Timestamp;

/// A bit a row.
pub(crate) type Words = Box<[u64]>;

/// The conditions of a family over the rows of a batch.
#[derive(Debug, Default)]
pub(crate) struct Masks {
    /// By predicate.
    pub(crate) bits: Vec<Bits>,
    /// By column that is compared with many constants, and row: which of them the value is.
    pub(crate) values: Arc<[Box<[ValueId]>]>,
    /// The rows that satisfy any condition of the family, or may.
    pub(crate) hits: Words,
    /// The rows that start a partial match of some pattern, or may, for a key that holds none.
    pub(crate) starts: Words,
    /// By group: the rows that satisfy any of its conditions, or may; none where its conditions tell one by one.
    pub(crate) of_groups: Vec<Option<Words>>,
    /// The groups that each row may start a partial match for; not of a family with few.
    pub(crate) starters: Starters,
}

/// The truth of a condition.
#[derive(Debug)]
pub(crate) enum Bits {
    /// Row by row. Other families may read the same.
    Rows(Arc<[u64]>),
    /// In a few rows, ascending.
    Few(Box<[u32]>),
    /// Where a column is one of some constants.
    Among(Among),
    /// It depends on the partial match, in the rows in which something holds, if that is said.
    Asked(Option<Box<Bits>>),
    /// An index over this and other conditions has it.
    Indexed,
}

pub(crate) fn bit(words: &[u64], row: usize) -> bool {
    words[row / 64] >> (row % 64) & 1 == 1
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

impl EventAt<'_> {
    pub(crate) fn time(&self) -> Timestamp {
        self.batch.time(self.row)
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin { stream: self.batch.stream(), position: self.batch.position(self.row) }
    }
}

/// Conditions look nothing up: a look-up is part of a derived stream or of an output.
pub(super) struct NoTables;

impl LookUp for NoTables {
    fn find(&self, _: TableId, _: &[crate::event::Value], _: ColumnId) -> crate::event::Value {
        crate::event::Value::Null
    }
}

/// For which patterns of a group each atom holds, for one event.
#[derive(Default)]
pub(crate) struct Truths {
    /// By atom; none where the partial match has to be asked first.
    holds: Vec<Option<Members>>,
    /// The atoms that depend on the partial match.
    asked: Vec<u16>,
}

impl Truths {
    /// Another event, or another group.
    pub(crate) fn begin(&mut self, group: &Group, event: &EventAt<'_>) {
        self.holds.clear();
        self.holds.extend(group.atoms.iter().map(|atom| of_event(atom, group, event)));
        self.asked.clear();
        self.asked.extend(group.asking.iter().filter(|atom| self.holds[usize::from(**atom)].is_none()));
    }

    /// Forgets what was true for another partial match.
    pub(crate) fn next_partial_match(&mut self) {
        for atom in &self.asked {
            self.holds[usize::from(*atom)] = None;
        }
    }

    /// For which patterns a guard is open for the event and a partial match.
    pub(crate) fn open(
        &mut self,
        guard: &Guard,
        group: &Group,
        event: &EventAt<'_>,
        buffer: &Buffer,
        last: Option<NodeId>,
    ) -> Members {
        let all = group.all();
        guard.open_for(all, &mut |atom| {
            if let Some(known) = self.holds[atom.index()] {
                return known;
            }
            let holds = if asks(atom, group, event, buffer, last) { all } else { Members::NONE };
            self.holds[atom.index()] = Some(holds);
            holds
        })
    }
}

/// Whether a condition holds for the event by itself; none where that takes a partial match, or an index.
#[inline(always)]
fn holds(predicate: PredicateId, event: &EventAt<'_>) -> Option<bool> {
    in_row(&event.masks.bits[predicate.index()], event)
}

#[inline(always)]
fn in_row(bits: &Bits, event: &EventAt<'_>) -> Option<bool> {
    match bits {
        Bits::Rows(words) => Some(bit(words, event.row)),
        Bits::Asked(None) => None,
        _ => in_row_of_many(bits, event),
    }
}

/// The same for what there is only with many patterns, kept apart so that it costs few nothing.
fn in_row_of_many(bits: &Bits, event: &EventAt<'_>) -> Option<bool> {
    match bits {
        Bits::Rows(words) => Some(bit(words, event.row)),
        Bits::Few(rows) => Some(rows.binary_search(&(event.row as u32)).is_ok()),
        Bits::Among(among) => Some(among.has(event.masks.values[among.constants][event.row])),
        Bits::Asked(Some(own)) if in_row(own, event) == Some(false) => Some(false),
        Bits::Asked(_) | Bits::Indexed => None,
    }
}

/// Whether a condition holds for the event, or may for some partial match.
pub(super) fn may_hold(predicate: PredicateId, event: &EventAt<'_>) -> bool {
    holds(predicate, event).unwrap_or(true)
}

/// Which conditions hold for the event by itself, a bit each.
pub(super) fn truth(atoms: &[PredicateId], event: &EventAt<'_>) -> u64 {
    let mut truth = 0;
    for (place, predicate) in atoms.iter().enumerate() {
        truth |= u64::from(holds(*predicate, event) == Some(true)) << place;
    }
    truth
}

fn of_event(atom: &GroupAtom, group: &Group, event: &EventAt<'_>) -> Option<Members> {
    match atom {
        GroupAtom::Same(predicate) => {
            holds(*predicate, event).map(|holds| if holds { group.all() } else { Members::NONE })
        }
        GroupAtom::Each { predicates, index } => Some(match &index[event.input] {
            Some(Index::Thresholds(index)) => index.holds(event.batch.column(index.column()), event.row),
            Some(Index::Equals(index)) => index.holds(event.masks.values[index.constants][event.row]),
            None => predicates.iter().enumerate().fold(Members::NONE, |all, (place, predicate)| {
                if holds(*predicate, event) == Some(true) { all.or(Members::only(place)) } else { all }
            }),
        }),
    }
}

/// Puts an iterative condition to a partial match.
#[inline(always)]
pub(crate) fn asks(
    atom: Atom,
    group: &Group,
    event: &EventAt<'_>,
    buffer: &Buffer,
    last: Option<NodeId>,
) -> bool {
    let GroupAtom::Same(predicate) = &group.atoms[atom.index()] else {
        unreachable!("patterns with iterative conditions are grouped with no other");
    };
    let id = *predicate;
    let predicate = &event.family.predicates[id.index()];
    let rest = predicate.asked[event.input].as_ref();
    if rest.is_some() && holds(id, event) == Some(false) {
        return false;
    }
    let (row, captures) = (Row { batch: event.batch, row: event.row }, Path { buffer, last });
    if let Some(test) = &predicate.floats
        && let Some(holds) = test.holds(row, &captures)
    {
        debug_assert_eq!(holds, asks_any(predicate, rest, event, captures), "{} as floats", predicate.text);
        return holds;
    }
    asks_any(predicate, rest, event, captures)
}

/// The same for a condition that is not about floats alone, or for the `rest` of it that has to be asked.
#[inline(never)]
fn asks_any(predicate: &Predicate, rest: Option<&Node>, event: &EventAt<'_>, captures: Path<'_>) -> bool {
    let row = Row { batch: event.batch, row: event.row };
    match &predicate.inputs[event.input] {
        Test::Never => false,
        Test::Always => true,
        Test::Event(node) | Test::Iterative(node) => {
            let node = rest.unwrap_or(node);
            Scope { event: Some(row), captures: &captures, tables: &NoTables }.holds(node)
        }
    }
}
