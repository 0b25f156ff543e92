//! What there is to say of patterns, in their own words: skip strategies, limits, windows, changes, conditions.

use cep_core::pattern::{Limit, Overflow, Skip};
use cep_core::why::{Change, Part, Remedy, Window, WindowKind};

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

/// By how much the last event of the match that a longer window would have made came too late.
pub(super) fn too_late(window: &Window, remedies: &[Remedy]) -> String {
    let is_longer = |remedy: &&Remedy| {
        matches!(remedy.change, Change::Within { .. } | Change::Gap { .. } | Change::Apart { .. })
    };
    let Some(last) = remedies.iter().find(is_longer).and_then(|remedy| remedy.found.last()) else {
        return String::new();
    };
    match last.event.time.since(window.closed) {
        by if by.0 > 0 => format!("; the last event of the match came {by} later"),
        by if by.0 == 0 => "; the last event of the match came at that very moment".to_owned(),
        _ => String::new(),
    }
}

/// That a window was over.
pub(super) fn closed(window: &Window) -> String {
    let Window { which, length, closed } = window;
    match which {
        WindowKind::Whole => format!("`within {length}` was over at {closed}"),
        WindowKind::Gap(stage) => {
            format!("The wait of less than `{length}` for `{stage}` was over at {closed}")
        }
    }
}

/// That no change was found with which there is a match.
pub(super) fn none_found(all_tried: bool) -> &'static str {
    match all_tried {
        true => "No single change would have made a match of it.",
        false => {
            "Some changes make too many partial matches to be tried to the end; no other makes a match of it."
        }
    }
}
