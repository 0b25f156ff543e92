//! What a pattern says, in its own words: skip strategies, limits and changes of a pattern.

use cep_core::pattern::{Limit, Overflow, Skip};
use cep_core::why::{Change, Part};

/// A skip strategy as the language writes it.
#[must_use]
pub fn skip(skip: &Skip) -> String {
    let fail = |or_fail: &bool| if *or_fail { " or fail" } else { "" };
    match skip {
        Skip::NoSkip => "after match no skip".to_owned(),
        Skip::ToNext => "after match skip to next".to_owned(),
        Skip::PastLastEvent => "after match skip past last event".to_owned(),
        Skip::ToFirst { stage, or_fail } => format!("after match skip to first {stage}{}", fail(or_fail)),
        Skip::ToLast { stage, or_fail } => format!("after match skip to last {stage}{}", fail(or_fail)),
    }
}

/// A limit as the language writes it.
#[must_use]
pub fn limit(limit: Option<Limit>) -> String {
    let Some(Limit { partial_matches, overflow }) = limit else { return String::new() };
    let then = match overflow {
        Overflow::DropOldest => "drop oldest",
        Overflow::DropNewest => "drop newest",
        Overflow::Fail => "fail",
    };
    format!("limit {partial_matches} partial matches per key {then}")
}

/// A change, as what comes behind "with" or "without".
pub(super) fn change(change: &Change) -> String {
    match change {
        Change::Within { from, to } => format!("with `within {to}` in the place of `{from}`"),
        Change::Gap { stage, from, to } => {
            format!("with `{to}` in the place of `{from}` for the wait for `{stage}`")
        }
        Change::Apart { stage, from, to } => {
            format!("with `at most {to} apart` in the place of `{from}` at `{stage}`")
        }
        Change::WithoutCondition { stage, text } => format!("without `{text}` at `{stage}`"),
        Change::FollowedBy { stage } => format!("with `followed by` in the place of `next` before `{stage}`"),
        Change::NotConsecutive { stage } => format!("without `consecutive` at `{stage}`"),
        Change::WithoutAbsence { stage } => format!("without the absence `{stage}`"),
        Change::WithoutUntil { stage } => format!("without `until` at `{stage}`"),
        Change::NotGreedy { stage } => format!("without `greedy` at `{stage}`"),
        Change::NoSkip => "with `after match no skip`".to_owned(),
        Change::NoLimit => "without the limit".to_owned(),
        Change::Lateness { stream, from, to } => {
            format!("with `lateness {to}` in the place of `{from}` for `{stream}`")
        }
    }
}

/// The name of a kind of change, which stays as it is.
pub(super) fn change_name(change: &Change) -> &'static str {
    match change {
        Change::Within { .. } => "within",
        Change::Gap { .. } => "gap",
        Change::Apart { .. } => "apart",
        Change::WithoutCondition { .. } => "without-condition",
        Change::FollowedBy { .. } => "followed-by",
        Change::NotConsecutive { .. } => "not-consecutive",
        Change::WithoutAbsence { .. } => "without-absence",
        Change::WithoutUntil { .. } => "without-until",
        Change::NotGreedy { .. } => "not-greedy",
        Change::NoSkip => "no-skip",
        Change::NoLimit => "no-limit",
        Change::Lateness { .. } => "lateness",
    }
}

/// A part of a condition with what it was.
pub(super) fn part(part: &Part) -> String {
    let values = if part.values == part.text { String::new() } else { format!("{} ", part.values) };
    format!("{}: {values}is {}", part.text, part.holds)
}
