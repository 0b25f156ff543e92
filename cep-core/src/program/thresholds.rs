//! Many comparisons of one field with constants, as one sorted list: which of them hold is found by one search
//! instead of being asked one by one.

use super::group::Members;
use super::predicate::{Predicate, Test};
use crate::event::{Column, Value};
use crate::expr::{BinaryOp, Node};
use crate::ids::{ColumnId, PredicateId};

/// Comparisons `field op constant` that differ in the constant alone.
#[derive(Debug)]
pub struct Thresholds {
    column: ColumnId,
    op: BinaryOp,
    bounds: Bounds,
    /// By the number of bounds below the value: for whom the comparison holds.
    holds: Box<[Members]>,
}

/// The constants, ascending.
#[derive(Debug)]
enum Bounds {
    Ints(Box<[i64]>),
    Floats(Box<[f64]>),
}

impl Thresholds {
    /// The index over conditions, if they are such comparisons for the events of an input.
    pub(super) fn over(each: &[PredicateId], predicates: &[Predicate], input: usize) -> Option<Self> {
        let parts = each.iter().map(|id| comparison(&predicates[id.index()].inputs[input]));
        let parts: Vec<_> = parts.collect::<Option<_>>()?;
        let (column, op, _) = parts[0];
        if parts.iter().any(|(other, by, _)| (*other, *by) != (column, op)) {
            return None;
        }
        let mut sorted: Vec<(&Value, usize)> = parts.iter().map(|(.., value)| *value).zip(0..).collect();
        sorted.sort_by(|(left, _), (right, _)| order(left, right));
        let whole = |value: &Value| if let Value::Int(value) = value { Some(*value) } else { None };
        let bounds = match sorted.iter().map(|(value, _)| whole(value)).collect::<Option<Vec<_>>>() {
            Some(bounds) => Bounds::Ints(bounds.into()),
            None => {
                Bounds::Floats(sorted.iter().filter_map(|(value, _)| value.as_datum().as_f64()).collect())
            }
        };
        let below = (0..=sorted.len()).map(|count| {
            let places = sorted[..count].iter().map(|(_, place)| Members::only(*place));
            places.fold(Members::NONE, Members::or)
        });
        let all = Members::first(each.len());
        let holds = below.map(|below| if rises(op) { below } else { all.without(below) });
        Some(Self { column, op, holds: holds.collect(), bounds })
    }

    /// For whom the comparison holds in a row.
    pub(crate) fn holds(&self, column: &Column, row: usize) -> Members {
        if column.is_null(row) {
            return Members::NONE;
        }
        let below = match (&self.bounds, column.ints(), column.floats()) {
            (Bounds::Ints(bounds), Some(values), _) => self.below(bounds, |bound| *bound, values[row]),
            (Bounds::Ints(bounds), _, Some(values)) => self.below(bounds, |bound| *bound as f64, values[row]),
            (Bounds::Floats(bounds), Some(values), _) => {
                self.below(bounds, |bound| *bound, values[row] as f64)
            }
            (Bounds::Floats(bounds), _, Some(values)) => self.below(bounds, |bound| *bound, values[row]),
            _ => return Members::NONE,
        };
        self.holds[below]
    }

    fn below<T, V: PartialOrd>(&self, bounds: &[T], as_value: impl Fn(&T) -> V, value: V) -> usize {
        bounds.partition_point(|bound| self.is_below(&as_value(bound), &value))
    }

    /// Whether a bound counts as below a value: where they are equal, it depends on the operator.
    fn is_below<T: PartialOrd>(&self, bound: &T, value: &T) -> bool {
        match self.op {
            BinaryOp::Lt | BinaryOp::Ge => bound <= value,
            _ => bound < value,
        }
    }

    /// The field compared.
    pub(crate) fn column(&self) -> ColumnId {
        self.column
    }

    /// The comparison that holds wherever any of them does.
    pub(crate) fn weakest(&self) -> (BinaryOp, Value) {
        let first = rises(self.op);
        let value = match &self.bounds {
            Bounds::Ints(bounds) => end(bounds, first).map(Value::Int),
            Bounds::Floats(bounds) => end(bounds, first).map(Value::Float),
        };
        (self.op, value.unwrap_or(Value::Null))
    }
}

fn end<T: Copy>(bounds: &[T], first: bool) -> Option<T> {
    if first { bounds.first().copied() } else { bounds.last().copied() }
}

/// Whether the comparison holds for the greater values.
fn rises(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Gt | BinaryOp::Ge)
}

fn order(left: &Value, right: &Value) -> std::cmp::Ordering {
    let (left, right) = (left.as_datum(), right.as_datum());
    crate::expr::compare(&left, &right).unwrap_or(std::cmp::Ordering::Equal)
}

fn comparison(test: &Test) -> Option<(ColumnId, BinaryOp, &Value)> {
    let Test::Event(Node::Binary(op, left, right)) = test else { return None };
    let (column, op, value) = match (&**left, &**right) {
        (Node::Column(column), Node::Literal(value)) => (*column, *op, value),
        (Node::Literal(value), Node::Column(column)) => (*column, op.mirrored()?, value),
        _ => return None,
    };
    let ordered = matches!(op, BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge);
    (ordered && matches!(value, Value::Int(_) | Value::Float(_))).then_some((column, op, value))
}
