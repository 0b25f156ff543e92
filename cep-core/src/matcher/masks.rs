//! Loops over columns: one bit a row.

use std::cmp::Ordering;

use crate::event::{Column, Value};
use crate::expr::BinaryOp;
use crate::runtime::Words;

pub(super) fn constant(rows: usize, value: bool) -> Words {
    vec![if value { u64::MAX } else { 0 }; rows.div_ceil(64)].into()
}

/// A column against a constant; none for types or operators without a loop of their own.
pub(super) fn comparison(op: BinaryOp, column: &Column, value: &Value) -> Option<Words> {
    let words = match (column.floats(), column.ints(), column.strs(), value) {
        (Some(values), _, _, Value::Float(constant)) => numbers(op, values, *constant)?,
        (Some(values), _, _, Value::Int(constant)) => numbers(op, values, *constant as f64)?,
        (_, Some(values), _, Value::Int(constant)) => numbers(op, values, *constant)?,
        (_, Some(values), _, Value::Float(constant)) => by_float(op, values, *constant)?,
        (_, _, Some(values), Value::Str(constant)) => match op {
            BinaryOp::Eq => values.rows_of(constant.as_bytes()),
            BinaryOp::Ne => values.rows_of(constant.as_bytes()).iter().map(|word| !word).collect(),
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

/// Integers against a float compare as floats.
fn by_float(op: BinaryOp, values: &[i64], constant: f64) -> Option<Words> {
    let holds: fn(Ordering) -> bool = match op {
        BinaryOp::Eq => Ordering::is_eq,
        BinaryOp::Ne => Ordering::is_ne,
        BinaryOp::Lt => Ordering::is_lt,
        BinaryOp::Le => Ordering::is_le,
        BinaryOp::Gt => Ordering::is_gt,
        BinaryOp::Ge => Ordering::is_ge,
        _ => return None,
    };
    Some(bits(values, |value| (value as f64).partial_cmp(&constant).is_some_and(holds)))
}

fn bits<T: Copy>(values: &[T], holds: impl Fn(T) -> bool) -> Words {
    let word = |values: &[T]| {
        values.iter().enumerate().fold(0_u64, |word, (bit, value)| word | u64::from(holds(*value)) << bit)
    };
    values.chunks(64).map(word).collect()
}

pub(super) fn pack(rows: usize, holds: impl Fn(usize) -> bool) -> Words {
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
