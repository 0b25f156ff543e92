//! Expressions with parts put in the place of others.

use cep_core::expr::{Expr, Pick};

/// The expression in which every part that `put` knows another for has that in its place.
pub(super) fn rewritten(expr: &Expr, put: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Expr {
    if let Some(other) = put(expr) {
        return other;
    }
    let mut all = |items: &[Expr]| items.iter().map(|item| rewritten(item, put)).collect::<Vec<_>>();
    match expr {
        Expr::List(items) => Expr::List(all(items)),
        Expr::Call(function, args) => Expr::Call(*function, all(args)),
        Expr::Host(function, args) => Expr::Host(function.clone(), all(args)),
        Expr::Lookup { table, keys, field } => {
            Expr::Lookup { table: table.clone(), keys: all(keys), field: field.clone() }
        }
        Expr::Exists(inner) => Expr::Exists(Box::new(rewritten(inner, put))),
        Expr::Unary(op, inner) => Expr::Unary(*op, Box::new(rewritten(inner, put))),
        Expr::Binary(op, left, right) => {
            Expr::Binary(*op, Box::new(rewritten(left, put)), Box::new(rewritten(right, put)))
        }
        Expr::Index(from, index) => {
            Expr::Index(Box::new(rewritten(from, put)), Box::new(rewritten(index, put)))
        }
        Expr::Captured { stage, pick: Pick::At(index), field } => Expr::Captured {
            stage: stage.clone(),
            pick: Pick::At(Box::new(rewritten(index, put))),
            field: field.clone(),
        },
        Expr::Literal(_)
        | Expr::Field(_)
        | Expr::Time
        | Expr::Param(_)
        | Expr::Captured { .. }
        | Expr::Count(_)
        | Expr::StageExists(_)
        | Expr::Aggregate { .. } => expr.clone(),
    }
}

/// The expression with the fields of the event replaced, as far as `of` knows what by.
pub(super) fn with_fields(expr: &Expr, of: &dyn Fn(&str) -> Option<Expr>) -> Expr {
    rewritten(expr, &mut |part| match part {
        Expr::Field(name) => of(name),
        _ => None,
    })
}

/// Whether it reads the event: a field, or a table by one.
pub(super) fn reads_event(expr: &Expr) -> bool {
    let mut reads = false;
    expr.walk(&mut |part| reads |= matches!(part, Expr::Field(_)));
    reads
}
