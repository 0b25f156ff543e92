//! The patterns of the curves, and ten shapes of pattern for many at once.

use cep_core::expr::{Expr, field, stage};
use cep_core::pattern::{Pattern, PatternBuilder, Skip};
use cep_core::time::Duration;

/// Events of a kind.
pub(crate) fn kind(kind: i64) -> Expr {
    field("kind").eq(kind)
}

pub(crate) fn keyed(pattern: PatternBuilder, name: &str) -> Pattern {
    pattern.on_keyed("s", ["key"]).build(name).expect("the curves' patterns are sound")
}

/// A number below 5, then one above 99: one start in 20 events, one end in 100.
pub(crate) fn fraud(window: i64) -> PatternBuilder {
    Pattern::begin("small")
        .filter(field("x").lt(5.0))
        .followed_by("large")
        .filter(field("x").gt(99.0))
        .within(Duration(window))
}

/// Kind 0, then no kind 1 within the window.
pub(crate) fn absence(window: i64) -> PatternBuilder {
    Pattern::begin("open").filter(kind(0)).not_followed_by("close").filter(kind(1)).within(Duration(window))
}

/// Kind 0, then each kind 1 within the window.
pub(crate) fn any(window: i64) -> PatternBuilder {
    Pattern::begin("a").filter(kind(0)).followed_by_any("b").filter(kind(1)).within(Duration(window))
}

/// So many stages, one kind after the other.
pub(crate) fn long(stages: usize, strict: bool) -> PatternBuilder {
    let mut pattern = Pattern::begin("s0").filter(kind(0));
    for number in 1..stages {
        let name = format!("s{number}");
        pattern = if strict { pattern.next(name) } else { pattern.followed_by(name) };
        pattern = pattern.filter(kind(number as i64 % 10));
    }
    pattern.within(Duration(100_000))
}

/// One shape for many patterns: what satisfies a condition, then a high number soon.
pub(crate) fn then_high(condition: Expr) -> PatternBuilder {
    Pattern::begin("a").filter(condition).followed_by("b").filter(field("x").gt(90.0)).within(Duration(100))
}

/// The pattern of a number among many: ten shapes, each starting with a kind of its own.
pub(crate) fn shape(number: i64) -> PatternBuilder {
    let start = || Pattern::begin("a").filter(kind(number));
    let high = || field("x").gt(90.0);
    let pattern = match number % 10 {
        0 => start().followed_by("b").filter(high()),
        1 => start().next("b").filter(high()),
        2 => start().followed_by("b").filter(high()).followed_by("c").filter(field("x").lt(10.0)),
        3 => start().followed_by_any("b").filter(high()),
        4 => start().followed_by("b").one_or_more().filter(high()).followed_by("c").filter(kind(1)),
        5 => start().followed_by("b").one_or_more().greedy().filter(high()).followed_by("c").filter(kind(2)),
        6 => start().followed_by("b").times(3).filter(high()),
        7 => start().followed_by("b").optional().filter(high()).followed_by("c").filter(field("x").lt(10.0)),
        8 => start().not_followed_by("b").filter(high()),
        _ => start().followed_by("b").filter(field("x").gt(stage("a").last("x"))),
    };
    pattern.within(Duration(10_000)).after_match(Skip::PastLastEvent)
}
