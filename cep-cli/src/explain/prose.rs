//! A pattern in prose: a sentence a stage, then its windows, what a match drops, and what it emits.

use std::fmt::Write as _;

use cep_core::expr::Expr;
use cep_core::pattern::{
    Body, Contiguity, Element, Emit, Inner, Input, Limit, Overflow, Pattern, Quantifier, Repeat, Skip,
};

/// A pattern in prose.
#[must_use]
pub fn prose(pattern: &Pattern) -> String {
    let mut text = format!("pattern {} {}\n", pattern.name, inputs(&pattern.inputs));
    if let Some(doc) = &pattern.doc {
        doc.lines().for_each(|line| push(&mut text, 2, line.trim()));
    }
    text.push('\n');
    sequence(&mut text, &pattern.sequence, 2);
    text.push('\n');
    if let Some(window) = pattern.window() {
        push(&mut text, 2, &format!("The last event comes less than {window} after the first."));
    }
    push(&mut text, 2, &skip(&pattern.skip));
    if let Some(limit) = pattern.limit {
        push(&mut text, 2, &limited(limit));
    }
    for emit in &pattern.emits {
        push(&mut text, 2, &emitted("Each match", emit));
    }
    for emit in &pattern.timeout_emits {
        push(&mut text, 2, &emitted("Each partial match that the window drops", emit));
    }
    text
}

fn push(text: &mut String, indent: usize, line: &str) {
    let _ = writeln!(text, "{:indent$}{line}", "");
}

fn inputs(inputs: &[Input]) -> String {
    let names: Vec<_> = inputs.iter().map(|input| input.stream.as_str()).collect();
    let by = inputs.first().map(|input| input.by.join(", ")).unwrap_or_default();
    let streams = match names.as_slice() {
        [only] => format!("reads {only}"),
        _ => format!("reads {}, merged by time", names.join(" and ")),
    };
    if by.is_empty() {
        format!("{streams}, all events together")
    } else {
        format!("{streams}, for each {by}")
    }
}

fn sequence(text: &mut String, elements: &[Element], indent: usize) {
    for (index, element) in elements.iter().enumerate() {
        let number = index + 1;
        match &element.body {
            Body::Stage { name, stream, condition } => {
                let event = event(stream.as_deref(), condition.as_ref());
                push(text, indent, &format!("{number}. {name}: {}{}", how(element, &event), ending(element)));
            }
            Body::Group(inner) => {
                push(
                    text,
                    indent,
                    &format!("{number}. {}{}:", how(element, "the following"), ending(element)),
                );
                sequence(text, inner, indent + 4);
            }
        }
    }
}

fn event(stream: Option<&str>, condition: Option<&Expr>) -> String {
    let of = stream.map(|stream| format!(" of {stream}")).unwrap_or_default();
    match condition {
        Some(condition) => format!("event{of} where {condition}"),
        None => format!("event{of}"),
    }
}

/// How an element follows the one before it, and how often.
fn how(element: &Element, event: &str) -> String {
    let many = times(&element.quantifier);
    let what = match &many {
        Some(many) => format!("{many} {event}"),
        None if element.group().is_some() => event.to_owned(),
        None => format!("an {event}"),
    };
    match element.contiguity {
        Contiguity::Begin => what,
        Contiguity::Next => format!("next, {what}, with nothing in between"),
        Contiguity::FollowedBy if many.is_none() && element.group().is_none() => {
            format!("later, the first {event}")
        }
        Contiguity::FollowedBy => format!("later, {what}"),
        Contiguity::FollowedByAny => format!("later, any {}", what.trim_start_matches("an ")),
        Contiguity::NotNext => format!("the next event is not an {event}"),
        Contiguity::NotFollowedBy => format!("meanwhile, no {event}"),
    }
}

fn times(quantifier: &Quantifier) -> Option<String> {
    let count = match quantifier.repeat {
        Repeat::Once => return None,
        Repeat::Times { from, to } if from == to => format!("{from} times an"),
        Repeat::Times { from, to } => format!("{from} to {to} times an"),
        Repeat::AtLeast(1) => "one or more times an".to_owned(),
        Repeat::AtLeast(from) => format!("{from} or more times an"),
    };
    Some(count)
}

/// What else is said of an element.
fn ending(element: &Element) -> String {
    let quantifier = &element.quantifier;
    let mut parts = Vec::new();
    match (quantifier.repeat, quantifier.inner) {
        (Repeat::Once, _) => {}
        (_, Inner::Relaxed) => parts.push("events that do not fit may lie between".to_owned()),
        (_, Inner::Consecutive) => parts.push("one directly after the other".to_owned()),
        (_, Inner::Combinations) => parts.push("in every combination".to_owned()),
    }
    if quantifier.may_be_absent() {
        parts.push("or none at all".to_owned());
    }
    if quantifier.greedy {
        parts.push("none of which may serve as the following stage".to_owned());
    }
    if let Some(window) = quantifier.apart {
        parts.push(format!("the wait for all but the last of them less than {window}"));
    }
    if let Some(until) = &element.until {
        parts.push(format!("until an event where {until}"));
    }
    if let Some(gap) = element.gap {
        parts.push(format!("less than {gap} after the event before it"));
    }
    if parts.is_empty() { String::new() } else { format!("; {}", parts.join("; ")) }
}

fn skip(skip: &Skip) -> String {
    let fail = |or_fail: &bool| if *or_fail { "; a match without one stops the run" } else { "" };
    match skip {
        Skip::NoSkip => "Every match is found, overlapping ones too.".to_owned(),
        Skip::ToNext => "A match drops all others that start with the same event.".to_owned(),
        Skip::PastLastEvent => {
            "A match drops all that start before it ends: matches do not overlap.".to_owned()
        }
        Skip::ToFirst { stage, or_fail } => {
            format!("A match drops all that start before its first {stage}{}.", fail(or_fail))
        }
        Skip::ToLast { stage, or_fail } => {
            format!("A match drops all that start before its last {stage}{}.", fail(or_fail))
        }
    }
}

fn limited(limit: Limit) -> String {
    let what = match limit.overflow {
        Overflow::DropOldest => "above that the oldest are dropped and counted",
        Overflow::DropNewest => "above that the newest are dropped and counted",
        Overflow::Fail => "above that the run stops",
    };
    format!("At most {} partial matches a key; {what}.", limit.partial_matches)
}

fn emitted(what: &str, emit: &Emit) -> String {
    let columns: Vec<_> = emit.columns.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let to = emit.to.as_ref().map(|to| format!(", sent to {to}")).unwrap_or_default();
    format!("{what} emits {} {{ {} }}{to}.", emit.stream, columns.join(", "))
}
