//! An element of a pattern in prose: how it follows the one before it, how often it occurs, and what else is said of it.

use cep_core::expr::Expr;
use cep_core::pattern::{Body, Contiguity, Element, Inner, Quantifier, Repeat};

/// Where an element stands in its pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Standing {
    /// Something follows, or it is in a group.
    Within,
    /// It ends the pattern.
    Last,
}

/// A stage in prose, without its name.
pub(super) fn stage(element: &Element, standing: Standing) -> String {
    let (stream, condition) = match &element.body {
        Body::Stage { stream, condition, .. } => (stream.as_deref(), condition.as_ref()),
        Body::Group(_) => (None, None),
    };
    let that = that(stream, condition);
    let events = counted(&element.quantifier).map(|count| format!("{count}{that}"));
    let said = match (element.contiguity, events) {
        (Contiguity::Begin, None) => format!("an event{that}"),
        (Contiguity::Next, None) => format!("directly next, an event{that}"),
        (Contiguity::FollowedBy, None) => format!("later, the first event{that}"),
        (Contiguity::FollowedByAny, None) => format!("later, any event{that}: each gives a match of its own"),
        (Contiguity::Begin, Some(events)) => events,
        (Contiguity::Next, Some(events)) => format!("directly next, {events}"),
        (Contiguity::FollowedBy, Some(events)) => format!("later, {events}, from the first one on"),
        (Contiguity::FollowedByAny, Some(events)) => format!("later, {events}, from any one on"),
        (Contiguity::NotNext, _) => format!("directly next, no event{that}"),
        (Contiguity::NotFollowedBy, _) => return absence(&that, element, standing),
    };
    format!("{said}{}", ending(element))
}

/// A group in prose, up to its elements.
pub(super) fn group(element: &Element) -> String {
    let how = match element.contiguity {
        Contiguity::Next => "directly next, ",
        Contiguity::FollowedBy => "later, ",
        Contiguity::FollowedByAny => "later, from any event on, ",
        Contiguity::Begin | Contiguity::NotNext | Contiguity::NotFollowedBy => "",
    };
    let often = match element.quantifier.repeat {
        Repeat::Once => String::new(),
        Repeat::Times { from, to } => format!(" {} times", range(from, to)),
        Repeat::AtLeast(from) => format!(" {} times", or_more(from)),
    };
    format!("{how}this sequence{often}{}", ending(element))
}

fn absence(that: &str, element: &Element, standing: Standing) -> String {
    match (standing, element.gap) {
        (Standing::Within, _) => format!("until the next stage, no event{that}"),
        (Standing::Last, Some(gap)) => {
            format!("for {gap} after the event before, no event{that}; the match is found when they are over")
        }
        (Standing::Last, None) => {
            format!("until the window is over, no event{that}; the match is found then")
        }
    }
}

fn that(stream: Option<&str>, condition: Option<&Expr>) -> String {
    let of = stream.map(|stream| format!(" of {stream}")).unwrap_or_default();
    condition.map_or_else(|| of.clone(), |condition| format!("{of} where {condition}"))
}

/// How many events, where it may be more than one.
fn counted(quantifier: &Quantifier) -> Option<String> {
    match quantifier.repeat {
        Repeat::Once => None,
        Repeat::Times { from: 1, to: 1 } => Some("one event".to_owned()),
        Repeat::Times { from, to } => Some(format!("{} events", range(from, to))),
        Repeat::AtLeast(from) => Some(format!("{} events", or_more(from))),
    }
}

fn range(from: u32, to: u32) -> String {
    match from.max(1) {
        from if from == to => to.to_string(),
        from => format!("{from} to {to}"),
    }
}

fn or_more(from: u32) -> String {
    if from == 1 { "one or more".to_owned() } else { format!("{from} or more") }
}

/// What else is said of an element.
fn ending(element: &Element) -> String {
    let quantifier = &element.quantifier;
    let mut parts = Vec::new();
    match (quantifier.repeat, quantifier.inner) {
        (Repeat::Once, _) => {}
        (_, Inner::Relaxed) => parts.push("others may lie between them".to_owned()),
        (_, Inner::Consecutive) => parts.push("one directly after the other".to_owned()),
        (_, Inner::Combinations) => parts.push("in every combination".to_owned()),
    }
    if quantifier.greedy {
        parts.push("an event that fits here is never given to what follows".to_owned());
    }
    if let Some(window) = quantifier.apart {
        parts.push(format!("{} takes less than {window}", waits(quantifier.repeat)));
    }
    if let Some(until) = &element.until {
        parts.push(format!("an event where {until} ends the loop"));
    }
    if let Some(gap) = element.gap {
        parts.push(format!("less than {gap} after the event before"));
    }
    if quantifier.may_be_absent() {
        parts.push("may be left out".to_owned());
    }
    parts.iter().map(|part| format!("; {part}")).collect()
}

/// The waits that a loop window bounds (semantics.md §11.5).
fn waits(repeat: Repeat) -> String {
    match repeat {
        Repeat::AtLeast(0 | 1) | Repeat::Once => "the wait for the first of them".to_owned(),
        Repeat::AtLeast(from) => format!("each wait for the first {from} of them"),
        Repeat::Times { .. } => "each wait for one of them, but the last,".to_owned(),
    }
}
