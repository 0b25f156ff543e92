//! Patterns that run out: earlier forms of patterns that have changed, taken over into other definitions so that what
//! is in flight of them comes to its end by the rules under which it began.
//!
//! What is taken over has a name of its own, `NAME@VERSION`, which no pattern can have that is written in the language;
//! what it hands out has the name that it always had.

use super::{Body, Element, Pattern};
use crate::expr::{Expr, Pick};

/// Between the name of what runs out and its version.
const MARK: char = '@';

/// The name that a pattern or a stream has for those who wait for what it hands out.
#[must_use]
pub fn plain_name(name: &str) -> &str {
    name.split(MARK).next().unwrap_or(name)
}

/// The name of what runs out.
#[must_use]
pub fn draining_name(name: &str, version: u64) -> String {
    format!("{}{MARK}{version}", plain_name(name))
}

impl Pattern {
    /// Changes every expression of the pattern.
    pub(crate) fn change_expressions(&mut self, change: &mut impl FnMut(&mut Expr)) {
        self.sequence.iter_mut().for_each(|element| change_element(element, change));
        let emits = self.emits.iter_mut().chain(&mut self.timeout_emits);
        emits.flat_map(|emit| &mut emit.columns).for_each(|(_, expr)| change_expression(expr, change));
    }
}

fn change_element(element: &mut Element, change: &mut impl FnMut(&mut Expr)) {
    match &mut element.body {
        Body::Stage { condition, .. } => {
            condition.iter_mut().for_each(|expr| change_expression(expr, change));
        }
        Body::Group(inner) => inner.iter_mut().for_each(|element| change_element(element, change)),
    }
    element.until.iter_mut().for_each(|expr| change_expression(expr, change));
}

/// Changes an expression and all inside it.
pub(crate) fn change_expression(expr: &mut Expr, change: &mut impl FnMut(&mut Expr)) {
    change(expr);
    match expr {
        Expr::List(items)
        | Expr::Call(_, items)
        | Expr::Host(_, items)
        | Expr::Lookup { keys: items, .. } => {
            items.iter_mut().for_each(|item| change_expression(item, change));
        }
        Expr::Captured { pick: Pick::At(inner), .. } | Expr::Exists(inner) | Expr::Unary(_, inner) => {
            change_expression(inner, change);
        }
        Expr::Binary(_, left, right) | Expr::Index(left, right) => {
            change_expression(left, change);
            change_expression(right, change);
        }
        Expr::Captured { .. }
        | Expr::Literal(_)
        | Expr::Field(_)
        | Expr::Time
        | Expr::Param(_)
        | Expr::Count(_)
        | Expr::StageExists(_)
        | Expr::Aggregate { .. } => {}
    }
}
