//! What bounds on values say of each other: which imply others, which exclude others, which leave nothing out. What is not
//! plain to see is not claimed.

use super::eval::{ordering, with_empty};
use super::model::{Expr, ExprKind};
use crate::catalog::Value;
use crate::syntax::BinaryOp;

/// The parts of a condition that must all hold.
pub(super) fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::And(items) => items.iter().flat_map(conjuncts).collect(),
        _ => vec![expr],
    }
}

/// Whether every event that fits `strong` fits `weak`; false where that is not plain to see.
pub(super) fn implies(strong: &Expr, weak: &Expr) -> bool {
    let strong = conjuncts(strong);
    conjuncts(weak).into_iter().all(|weak| {
        with_empty(weak, &|_| false) == Some(Value::Bool(true))
            || strong.iter().any(|strong| strong.same(weak) || implied_bound(strong, weak))
    })
}

/// `x op constant`.
pub(super) type Bound<'e> = (&'e Expr, BinaryOp, &'e Value);

/// A bound, written either way around.
pub(super) fn bound(expr: &Expr) -> Option<Bound<'_>> {
    let ExprKind::Binary(op, left, right) = &expr.kind else { return None };
    match (&left.kind, &right.kind) {
        (_, ExprKind::Literal(value)) => Some((left, *op, value)),
        (ExprKind::Literal(value), _) => Some((right, mirrored(*op)?, value)),
        _ => None,
    }
}

pub(super) fn mirrored(op: BinaryOp) -> Option<BinaryOp> {
    Some(match op {
        BinaryOp::Eq | BinaryOp::Ne => op,
        BinaryOp::Lt => BinaryOp::Gt,
        BinaryOp::Le => BinaryOp::Ge,
        BinaryOp::Gt => BinaryOp::Lt,
        BinaryOp::Ge => BinaryOp::Le,
        _ => return None,
    })
}

/// `x > 99` implies `x > 95`.
fn implied_bound(strong: &Expr, weak: &Expr) -> bool {
    bound(strong)
        .zip(bound(weak))
        .is_some_and(|(strong, weak)| within((strong.1, strong.2), weak) && strong.0.same(weak.0))
}

/// Whether every value that `op` lets through by `value` is one of the weaker bound.
fn within((op, value): (BinaryOp, &Value), (_, weak_op, weak_value): Bound<'_>) -> bool {
    let Some(order) = ordering(value, weak_value) else { return false };
    match (op, weak_op) {
        (BinaryOp::Gt, BinaryOp::Gt | BinaryOp::Ge) | (BinaryOp::Ge, BinaryOp::Ge) => order.is_ge(),
        (BinaryOp::Lt, BinaryOp::Lt | BinaryOp::Le) | (BinaryOp::Le, BinaryOp::Le) => order.is_le(),
        (BinaryOp::Ge | BinaryOp::Eq, BinaryOp::Gt) => order.is_gt(),
        (BinaryOp::Le | BinaryOp::Eq, BinaryOp::Lt) => order.is_lt(),
        (BinaryOp::Eq, BinaryOp::Ge) => order.is_ge(),
        (BinaryOp::Eq, BinaryOp::Le) => order.is_le(),
        (BinaryOp::Eq, BinaryOp::Ne) => order.is_ne(),
        _ => false,
    }
}

/// Whether one of two alternatives holds for every value: `x > 3 or x <= 5`.
pub(super) fn covers(one: &Expr, other: &Expr) -> bool {
    let (Some(one), Some(other)) = (bound(one), bound(other)) else { return false };
    // A null satisfies neither.
    let sure = !one.0.ty.nullable && matches!(one.0.kind, ExprKind::Field(_));
    let outside = match one.1 {
        BinaryOp::Lt => BinaryOp::Ge,
        BinaryOp::Le => BinaryOp::Gt,
        BinaryOp::Gt => BinaryOp::Le,
        BinaryOp::Ge => BinaryOp::Lt,
        BinaryOp::Ne => BinaryOp::Eq,
        _ => return false,
    };
    sure && one.0.same(other.0) && within((outside, one.2), other)
}

/// Every pair of bounds is compared; nobody reads more than that many.
const MOST_BOUNDS: usize = 100;

/// Whether two parts of a condition exclude each other: `x == 1 and x == 2`, `x > 5 and x < 3`.
pub(super) fn contradicts(expr: &Expr) -> bool {
    let bounds: Vec<_> = conjuncts(expr).into_iter().filter_map(bound).take(MOST_BOUNDS).collect();
    bounds.iter().enumerate().any(|(index, first)| {
        bounds[index + 1..].iter().any(|second| first.0.same(second.0) && exclude(*first, *second))
    })
}

/// Whether no value satisfies two bounds on it.
pub(super) fn exclude(first: Bound<'_>, second: Bound<'_>) -> bool {
    let excludes = |(_, op, value): Bound<'_>, (_, other, limit): Bound<'_>| {
        ordering(value, limit).is_some_and(|order| match (op, other) {
            (BinaryOp::Eq, BinaryOp::Eq) => order.is_ne(),
            (BinaryOp::Eq | BinaryOp::Gt | BinaryOp::Ge, BinaryOp::Lt) => order.is_ge(),
            (BinaryOp::Gt, BinaryOp::Le | BinaryOp::Eq) => order.is_ge(),
            (BinaryOp::Eq | BinaryOp::Ge, BinaryOp::Le) | (BinaryOp::Ge, BinaryOp::Eq) => order.is_gt(),
            (BinaryOp::Eq, BinaryOp::Ne) => order.is_eq(),
            _ => false,
        })
    };
    excludes(first, second) || excludes(second, first)
}
