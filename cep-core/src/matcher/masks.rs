//! Conditions over whole columns: one bit a row. Comparisons of a column with a constant run as plain loops; `and`,
//! `or` and `not` combine words; the rest is evaluated row by row.

use std::cmp::Ordering;

use super::tables::NoRows;
use crate::event::{Column, Datum, EventBatch, Value};
use crate::expr::{BinaryOp, CapturedEvent, Captures, Node, Row, Scope};
use crate::ids::StageId;
use crate::program::{Family, Test};
use crate::runtime::{Bits, Masks, Words};

/// The conditions of a family over a batch of one of its inputs.
pub(super) fn masks(family: &Family, input: usize, batch: &EventBatch) -> Masks {
    let asked = &family.asked_alone[input];
    let bits = family.predicates.iter().zip(asked).map(|(predicate, asked)| match &predicate.inputs[input] {
        _ if !asked => Bits::Indexed,
        Test::Never => Bits::Rows(constant(batch.len(), false)),
        Test::Always => Bits::Rows(constant(batch.len(), true)),
        Test::Event(node) => Bits::Rows(mask(node, batch)),
        Test::Iterative(_) => Bits::Asked,
    });
    Masks { bits: bits.collect(), ..Masks::default() }
}

pub(super) fn constant(rows: usize, value: bool) -> Words {
    vec![if value { u64::MAX } else { 0 }; rows.div_ceil(64)].into()
}

/// The truth of a condition over all rows of a batch.
pub(super) fn mask(node: &Node, batch: &EventBatch) -> Words {
    match node {
        Node::Literal(value) => constant(batch.len(), *value == Value::Bool(true)),
        Node::Not(inner) => mask(inner, batch).iter().map(|word| !word).collect(),
        Node::Binary(BinaryOp::And, left, right) => zip(mask(left, batch), &mask(right, batch), |l, r| l & r),
        Node::Binary(BinaryOp::Or, left, right) => zip(mask(left, batch), &mask(right, batch), |l, r| l | r),
        Node::Binary(op, left, right) => match (&**left, &**right) {
            (Node::Column(column), Node::Literal(value)) => comparison(*op, batch.column(*column), value),
            (Node::Literal(value), Node::Column(column)) => {
                op.mirrored().and_then(|op| comparison(op, batch.column(*column), value))
            }
            _ => None,
        }
        .unwrap_or_else(|| by_row(node, batch)),
        _ => by_row(node, batch),
    }
}

fn zip(mut left: Words, right: &Words, join: fn(u64, u64) -> u64) -> Words {
    left.iter_mut().zip(right).for_each(|(left, right)| *left = join(*left, *right));
    left
}

/// A column against a constant; none for types or operators without a loop of their own.
pub(super) fn comparison(op: BinaryOp, column: &Column, value: &Value) -> Option<Words> {
    let words = match (column.floats(), column.ints(), column.strs(), value) {
        (Some(values), _, _, Value::Float(constant)) => numbers(op, values, *constant)?,
        (Some(values), _, _, Value::Int(constant)) => numbers(op, values, *constant as f64)?,
        (_, Some(values), _, Value::Int(constant)) => numbers(op, values, *constant)?,
        (_, _, Some(values), Value::Str(constant)) => match op {
            BinaryOp::Eq => pack(column.len(), values.is(constant.as_bytes())),
            BinaryOp::Ne => {
                let is = values.is(constant.as_bytes());
                pack(column.len(), |row| !is(row))
            }
            _ => return None,
        },
        _ => return None,
    };
    Some(without_nulls(words, column))
}

fn numbers<T: PartialOrd + Copy>(op: BinaryOp, values: &[T], constant: T) -> Option<Words> {
    // A loop of its own for each operator: a test that is passed on would be called for every value.
    Some(match op {
        BinaryOp::Eq => bits(values, |value| value == constant),
        BinaryOp::Ne => bits(values, |value| value.partial_cmp(&constant).is_some_and(Ordering::is_ne)),
        BinaryOp::Lt => bits(values, |value| value < constant),
        BinaryOp::Le => bits(values, |value| value <= constant),
        BinaryOp::Gt => bits(values, |value| value > constant),
        BinaryOp::Ge => bits(values, |value| value >= constant),
        _ => return None,
    })
}

fn bits<T: Copy>(values: &[T], holds: impl Fn(T) -> bool) -> Words {
    let word = |values: &[T]| {
        values.iter().enumerate().fold(0_u64, |word, (bit, value)| word | u64::from(holds(*value)) << bit)
    };
    values.chunks(64).map(word).collect()
}

fn pack(rows: usize, holds: impl Fn(usize) -> bool) -> Words {
    let word = |first: usize| {
        let last = (first + 64).min(rows);
        (first..last).fold(0_u64, |word, row| word | u64::from(holds(row)) << (row - first))
    };
    (0..rows).step_by(64).map(word).collect()
}

/// A comparison with null is false.
fn without_nulls(mut words: Words, column: &Column) -> Words {
    if let Some(nulls) = column.nulls() {
        for (row, _) in nulls.iter().enumerate().filter(|(_, null)| **null) {
            words[row / 64] &= !(1 << (row % 64));
        }
    }
    words
}

fn by_row(node: &Node, batch: &EventBatch) -> Words {
    pack(batch.len(), |row| {
        Scope { event: Some(Row { batch, row }), captures: &NoCaptures, tables: &NoRows }.holds(node)
    })
}

/// No partial match: for conditions of the event alone.
pub(super) struct NoCaptures;

impl Captures for NoCaptures {
    type Event = NoEvent;

    fn latest_first(&self, _: StageId) -> impl Iterator<Item = &NoEvent> {
        std::iter::empty()
    }
}

/// An event that is never there.
pub(super) enum NoEvent {}

impl CapturedEvent for NoEvent {
    fn input(&self) -> usize {
        match *self {}
    }

    fn slot(&self, _: u16) -> Datum<'_> {
        match *self {}
    }

    fn float(&self, _: u16) -> Option<f64> {
        match *self {}
    }
}
