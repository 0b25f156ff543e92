//! The conditions of a stream over one batch, each tested once: whole columns first, single rows only where the result
//! still depends on it.

use std::cell::OnceCell;
use std::sync::Arc;

use super::buckets::Buckets;
use super::masks::{comparison, constant};
use super::tables::NoRows;
use crate::event::{Datum, EventBatch};
use crate::expr::{CapturedEvent, Captures, LookUp, Node, Row, Scope};
use crate::ids::StageId;
use crate::program::{Among, Conditions, Family, Program, Step, StepId, Test, ValueId};
use crate::runtime::{Bits, Masks, Words, bit};

/// The conditions of a stream over a batch, as far as they have been tested.
pub(super) struct Sheet<'a, L> {
    conditions: &'a Conditions,
    batch: &'a EventBatch,
    tables: &'a L,
    /// By column that constants are looked up for, and row: which of them the value is.
    values: Arc<[Box<[ValueId]>]>,
    buckets: Box<[OnceCell<Buckets>]>,
    /// By condition.
    known: Vec<Option<Known>>,
}

/// The truth of the conditions of a program's first family over a batch of one of its inputs.
pub(crate) fn masks_of(program: &Program, input: usize, batch: &EventBatch) -> Masks {
    let family = &program.families()[0];
    let conditions = program.conditions(family.inputs[input].stream);
    Sheet::new(conditions, batch, &NoRows).masks(family, input)
}

/// The rows for which a condition holds.
#[derive(Clone)]
struct Known {
    /// The rows for which that is known; none means all.
    of: Option<Words>,
    holds: Arc<[u64]>,
}

impl<'a, L: LookUp> Sheet<'a, L> {
    pub(super) fn new(conditions: &'a Conditions, batch: &'a EventBatch, tables: &'a L) -> Self {
        let constants = conditions.constants();
        Self {
            conditions,
            batch,
            tables,
            values: constants
                .iter()
                .map(|constants| constants.find(batch.column(constants.column())))
                .collect(),
            buckets: constants.iter().map(|_| OnceCell::new()).collect(),
            known: vec![None; conditions.len()],
        }
    }

    /// The truth of a family's conditions; what no group asks for itself is left out.
    pub(super) fn masks(&mut self, family: &Family, input: usize) -> Masks {
        let asked = &family.asked_alone[input];
        let bits = family.predicates.iter().zip(asked).map(|(predicate, asked)| {
            match (&predicate.inputs[input], predicate.steps[input]) {
                _ if !asked => Bits::Indexed,
                (Test::Iterative(_), step) => Bits::Asked(step.map(|step| Box::new(self.bits(step)))),
                (_, Some(step)) => self.bits(step),
                (test, None) => Bits::Rows(constant(self.batch.len(), matches!(test, Test::Always)).into()),
            }
        });
        Masks { bits: bits.collect(), values: Arc::clone(&self.values), ..Masks::default() }
    }

    /// By row: which constant the value is, by the place of the column's constants.
    pub(super) fn values(&self, constants: usize) -> &[ValueId] {
        &self.values[constants]
    }

    /// How many values are told apart there.
    pub(super) fn ids(&self, constants: usize) -> usize {
        self.conditions.constants()[constants].ids()
    }

    /// The rows of each constant, by the place of the column's constants.
    pub(super) fn buckets(&self, constants: usize) -> &Buckets {
        self.buckets[constants].get_or_init(|| Buckets::new(&self.values[constants], self.ids(constants)))
    }

    fn bits(&mut self, id: StepId) -> Bits {
        match self.conditions.step(id) {
            Step::Among(among) if self.are_many(among) => Bits::Among(among.clone()),
            Step::All(parts) => match self.rows_of_first(parts) {
                Some(rows) => Bits::Few(self.few(rows, &parts[1..])),
                None => Bits::Rows(self.holds(id)),
            },
            _ => Bits::Rows(self.holds(id)),
        }
    }

    fn are_many(&self, among: &Among) -> bool {
        self.conditions.constants()[among.constants].are_many()
    }

    /// The rows for which the first of some conditions holds, if that asks a column to be one of many constants.
    fn rows_of_first(&self, parts: &[StepId]) -> Option<Vec<u32>> {
        let among = self.conditions.among(*parts.first()?).filter(|among| self.are_many(among))?;
        Some(self.buckets(among.constants).rows(among.only()?))
    }

    /// Those of a few rows for which further conditions hold.
    fn few(&mut self, mut rows: Vec<u32>, parts: &[StepId]) -> Box<[u32]> {
        for part in parts {
            if rows.is_empty() {
                break;
            }
            if let Step::Rows(node) = self.conditions.step(*part) {
                rows.retain(|row| self.holds_in(node, *row as usize));
            } else {
                let mut wanted = constant(self.batch.len(), false);
                rows.iter().for_each(|row| wanted[*row as usize / 64] |= 1 << (row % 64));
                let holds = self.test(*part, Some(&wanted));
                rows.retain(|row| bit(&holds, *row as usize));
            }
        }
        rows.into()
    }

    /// The rows for which a condition holds.
    pub(super) fn holds(&mut self, id: StepId) -> Arc<[u64]> {
        self.test(id, None)
    }

    /// The rows for which a condition holds, of those wanted; without a wish, of all. What is said of others means nothing.
    fn test(&mut self, id: StepId, wanted: Option<&[u64]>) -> Arc<[u64]> {
        let known = self.known[id.index()].as_ref().filter(|known| known.of.is_none());
        if let Some(known) = known {
            return Arc::clone(&known.holds);
        }
        let column = |words: Words| (words.into(), true);
        let conditions = self.conditions;
        let (holds, of_all): (Arc<[u64]>, bool) = match conditions.step(id) {
            Step::Always(value) => column(constant(self.batch.len(), *value)),
            Step::Compare(op, of, value) => {
                let found = comparison(*op, self.batch.column(*of), value);
                debug_assert!(found.is_some() || self.batch.column(*of).is_absent());
                column(found.unwrap_or_else(|| constant(self.batch.len(), false)))
            }
            Step::Among(among) => column(among.rows(&self.values[among.constants])),
            Step::Not(inner) => {
                (self.test(*inner, wanted).iter().map(|word| !word).collect(), wanted.is_none())
            }
            Step::All(parts) => (self.all(parts, wanted).into(), wanted.is_none()),
            Step::Any(parts) => (self.any(parts, wanted).into(), wanted.is_none()),
            Step::Rows(node) => return self.by_row(id, node, wanted),
        };
        if of_all {
            self.known[id.index()] = Some(Known { of: None, holds: Arc::clone(&holds) });
        }
        holds
    }

    /// Each condition is tested only for rows for which those before it hold.
    fn all(&mut self, parts: &[StepId], wanted: Option<&[u64]>) -> Words {
        let mut left: Option<Words> = wanted.map(Into::into);
        for part in parts {
            let holds = self.test(*part, left.as_deref());
            left = Some(match left {
                Some(left) => left.iter().zip(&*holds).map(|(left, holds)| left & holds).collect(),
                None => (*holds).into(),
            });
            if left.iter().flatten().all(|word| *word == 0) {
                break;
            }
        }
        left.unwrap_or_default()
    }

    /// Each condition is tested only for rows for which none before it holds.
    fn any(&mut self, parts: &[StepId], wanted: Option<&[u64]>) -> Words {
        let all = constant(self.batch.len(), true);
        let mut left: Option<Words> = wanted.map(Into::into);
        for part in parts {
            let holds = self.test(*part, left.as_deref());
            let before = left.as_deref().unwrap_or(&all);
            left = Some(before.iter().zip(&*holds).map(|(left, holds)| left & !holds).collect());
            if left.iter().flatten().all(|word| *word == 0) {
                break;
            }
        }
        let (wanted, left) = (wanted.unwrap_or(&all), left.unwrap_or_default());
        wanted.iter().zip(left).map(|(wanted, left)| wanted & !left).collect()
    }

    /// Tests rows that are wanted and not known yet.
    fn by_row(&mut self, id: StepId, node: &Node, wanted: Option<&[u64]>) -> Arc<[u64]> {
        let rows = self.batch.len();
        let before = self.known[id.index()].take();
        let (mut of, mut holds) = match before {
            Some(known) => (known.of.unwrap_or_default(), known.holds.to_vec()),
            None => (constant(rows, false), constant(rows, false).into()),
        };
        for word in 0..holds.len() {
            let mut left = wanted.map_or(u64::MAX, |wanted| wanted[word]) & !of[word];
            of[word] |= left;
            while left != 0 {
                let bit = left.trailing_zeros() as usize;
                left &= left - 1;
                let row = 64 * word + bit;
                if row >= rows {
                    break;
                }
                holds[word] |= u64::from(self.holds_in(node, row)) << bit;
            }
        }
        let holds: Arc<[u64]> = holds.into();
        let of = wanted.is_some().then_some(of);
        self.known[id.index()] = Some(Known { of, holds: Arc::clone(&holds) });
        holds
    }

    fn holds_in(&self, node: &Node, row: usize) -> bool {
        let event = Some(Row { batch: self.batch, row });
        Scope { event, captures: &NoCaptures, tables: self.tables }.holds(node)
    }
}

/// No partial match: for conditions of the event alone.
pub(super) struct NoCaptures;

impl Captures for NoCaptures {
    type Event<'e> = NoEvent;

    fn latest_first(&self, _: StageId) -> impl Iterator<Item = NoEvent> {
        std::iter::empty()
    }
}

/// An event that is never there.
#[derive(Clone, Copy)]
pub(super) enum NoEvent {}

impl<'a> CapturedEvent<'a> for NoEvent {
    fn input(self) -> usize {
        match self {}
    }

    fn slot(self, _: u16) -> Datum<'a> {
        match self {}
    }

    fn float(self, _: u16) -> Option<f64> {
        match self {}
    }
}

#[cfg(test)]
mod tests;
