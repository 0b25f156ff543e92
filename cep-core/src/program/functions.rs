//! Functions of the host, as a program calls them: one name is one function, as conditions that look alike are one.

use std::collections::HashMap;

use super::error::{CompileError, CompileErrorKind as Kind, at};
use super::family::expressions;
use crate::expr::{Expr, HostFunction};
use crate::pattern::Definitions;

/// The mistakes of giving one name to several functions.
pub(super) fn alike(definitions: &Definitions) -> Vec<CompileError> {
    let mut known: HashMap<&str, &HostFunction> = HashMap::new();
    let mut errors = Vec::new();
    let patterns = definitions.patterns.iter();
    let of_patterns =
        patterns.flat_map(|pattern| expressions(pattern).into_iter().map(move |expr| (&pattern.name, expr)));
    let of_derived = definitions.derived.iter().flat_map(|derived| {
        let columns = derived.with.iter().map(|(_, expr)| expr);
        derived.condition.iter().chain(columns).map(move |expr| (&derived.name, expr))
    });
    for (place, expr) in of_patterns.chain(of_derived) {
        called(expr, &mut |function| {
            let first = known.entry(function.name()).or_insert(function);
            if !first.is(function) {
                errors.push(at(format!("`{place}`"), Kind::FunctionsAlike(function.name().to_owned())));
            }
        });
    }
    errors
}

fn called<'e>(expr: &'e Expr, visit: &mut impl FnMut(&'e HostFunction)) {
    if let Expr::Host(function, _) = expr {
        visit(function);
    }
    expr.children().into_iter().for_each(|child| called(child, visit));
}
