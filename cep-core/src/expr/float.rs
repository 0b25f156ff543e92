//! Conditions over numbers, the usual kind, as trees of floats: nulls are NaN, which compares with nothing, and
//! integers are calculated with as long as floats hold them exactly. Where they do not, or a value turns out to be no
//! number, the general evaluation has to do it.

use super::eval::{CapturedEvent, Captures, Row};
use super::node::{Node, NodePick, Slots};
use super::{BinaryOp, Running};
use crate::event::EXACT;
use crate::ids::{ColumnId, StageId};

/// A condition over numbers.
#[derive(Debug)]
pub(crate) enum FloatTest {
    Compare(BinaryOp, FloatExpr, FloatExpr),
    And(Box<FloatTest>, Box<FloatTest>),
    Or(Box<FloatTest>, Box<FloatTest>),
    Not(Box<FloatTest>),
}

/// A number.
#[derive(Debug)]
pub(crate) enum FloatExpr {
    Literal(f64),
    Column(ColumnId),
    Last(StageId, Slots),
    Running(Box<Running>),
    Calculate(BinaryOp, Box<FloatExpr>, Box<FloatExpr>),
}

impl FloatTest {
    /// The same condition, if it is of this kind.
    pub(crate) fn of(node: &Node) -> Option<Self> {
        let both = |left, right| Some((Box::new(Self::of(left)?), Box::new(Self::of(right)?)));
        match node {
            Node::Binary(BinaryOp::And, left, right) => both(left, right).map(|(l, r)| Self::And(l, r)),
            Node::Binary(BinaryOp::Or, left, right) => both(left, right).map(|(l, r)| Self::Or(l, r)),
            Node::Not(inner) => Some(Self::Not(Box::new(Self::of(inner)?))),
            Node::Binary(op, left, right) => {
                use BinaryOp::{Eq, Ge, Gt, Le, Lt, Ne};
                let compares = matches!(op, Eq | Ne | Lt | Le | Gt | Ge);
                compares.then_some(Self::Compare(*op, FloatExpr::of(left)?, FloatExpr::of(right)?))
            }
            _ => None,
        }
    }

    /// Whether it holds; none where the general evaluation has to say.
    #[inline(always)]
    pub(crate) fn holds<C: Captures>(&self, row: Row<'_>, captures: &C) -> Option<bool> {
        match self {
            Self::Compare(op, left, right) => {
                Some(compare(*op, left.value(row, captures)?, right.value(row, captures)?))
            }
            composed => composed.composed_holds(row, captures),
        }
    }

    #[inline(never)]
    fn composed_holds<C: Captures>(&self, row: Row<'_>, captures: &C) -> Option<bool> {
        match self {
            Self::Compare(op, left, right) => {
                Some(compare(*op, left.value(row, captures)?, right.value(row, captures)?))
            }
            Self::And(left, right) => {
                Some(left.composed_holds(row, captures)? && right.composed_holds(row, captures)?)
            }
            Self::Or(left, right) => {
                Some(left.composed_holds(row, captures)? || right.composed_holds(row, captures)?)
            }
            Self::Not(inner) => inner.composed_holds(row, captures).map(|holds| !holds),
        }
    }
}

impl FloatExpr {
    fn of(node: &Node) -> Option<Self> {
        match node {
            Node::Literal(value) => {
                value.as_datum().as_f64().filter(|value| value.abs() <= EXACT).map(Self::Literal)
            }
            Node::Column(column) => Some(Self::Column(*column)),
            Node::Captured { stage, pick: NodePick::Last, slots } => Some(Self::Last(*stage, slots.clone())),
            Node::Running(running) => Some(Self::Running(running.clone())),
            Node::Binary(op, left, right) => {
                use BinaryOp::{Add, Div, Mul, Rem, Sub};
                let calculates = matches!(op, Add | Sub | Mul | Div | Rem);
                let (left, right) = (Self::of(left)?, Self::of(right)?);
                calculates.then(|| Self::Calculate(*op, Box::new(left), Box::new(right)))
            }
            _ => None,
        }
    }

    #[inline(always)]
    fn value<C: Captures>(&self, row: Row<'_>, captures: &C) -> Option<f64> {
        match self {
            Self::Literal(value) => Some(*value),
            Self::Column(column) => row.batch.column(*column).float(row.row),
            Self::Last(stage, slots) => match captures.latest_first(*stage).next() {
                None => Some(f64::NAN),
                Some(event) => match slots.get(event.input()).copied().flatten() {
                    Some(slot) => event.float(slot),
                    None => Some(f64::NAN),
                },
            },
            Self::Running(running) => running.float(captures),
            Self::Calculate(op, left, right) => Self::calculated(*op, [left, right], row, captures),
        }
    }

    #[inline(never)]
    fn calculated<C: Captures>(
        op: BinaryOp,
        operands: [&Self; 2],
        row: Row<'_>,
        captures: &C,
    ) -> Option<f64> {
        let [left, right] = operands;
        calculate(op, left.value(row, captures)?, right.value(row, captures)?)
    }
}

#[inline(always)]
fn compare(op: BinaryOp, left: f64, right: f64) -> bool {
    match op {
        BinaryOp::Eq => left == right,
        // Not `!=`, which holds for NaN.
        BinaryOp::Ne => left.partial_cmp(&right).is_some_and(std::cmp::Ordering::is_ne),
        BinaryOp::Lt => left < right,
        BinaryOp::Le => left <= right,
        BinaryOp::Gt => left > right,
        _ => left >= right,
    }
}

/// What integers that fit give as integers, floats give exactly, as long as the result fits as well.
fn calculate(op: BinaryOp, left: f64, right: f64) -> Option<f64> {
    let result = match op {
        BinaryOp::Add => left + right,
        BinaryOp::Sub => left - right,
        BinaryOp::Mul => left * right,
        BinaryOp::Rem => left % right,
        _ if right == 0.0 => f64::NAN,
        _ => left / right,
    };
    if result.abs() > EXACT { None } else { Some(result) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::exact;

    #[test]
    fn what_may_be_inexact_or_infinite_is_left_to_the_general_evaluation() {
        assert_eq!(calculate(BinaryOp::Mul, 1e10, 1e10), None);
        assert_eq!(calculate(BinaryOp::Add, f64::MAX, f64::MAX), None);
        assert!(calculate(BinaryOp::Div, 1.0, 0.0).is_some_and(f64::is_nan));
        assert!(calculate(BinaryOp::Add, f64::NAN, 1.0).is_some_and(f64::is_nan));
        assert_eq!(calculate(BinaryOp::Rem, -7.0, 4.0), Some(-3.0));
        assert_eq!(exact(1 << 53), Some(EXACT));
        assert_eq!(exact((1 << 53) + 1), None);
    }
}
