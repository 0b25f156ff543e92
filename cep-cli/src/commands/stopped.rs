//! A pattern that asked to stop, in words: which pattern, for which key, when, why, and over which match.

use cep_core::event::Value;
use cep_core::program::Program;
use cep_core::runtime::RunError;

/// What happened.
pub(super) fn words(program: &Program, error: &RunError) -> String {
    let inputs = &program.source(error.pattern).inputs;
    let names = inputs.first().map_or(&[][..], |input| &input.by);
    let key: Vec<_> =
        names.iter().zip(&error.key).map(|(name, value)| format!("{name} = {}", literal(value))).collect();
    let key = if key.is_empty() { String::new() } else { format!(" for {}", key.join(", ")) };
    let stage = error.stage_name.as_ref().map(|stage| format!(", `{stage}`")).unwrap_or_default();
    format!("pattern `{}` stops the run{key} at {}: {}{stage}", error.pattern_name, error.time, error.kind)
}

/// Which match it was about, by the places of its events in their streams.
pub(super) fn events(program: &Program, error: &RunError) -> Option<String> {
    let numbers: Vec<_> = error.events.iter().map(|position| (position + 1).to_string()).collect();
    let streams: Vec<_> =
        program.source(error.pattern).inputs.iter().map(|input| format!("`{}`", input.stream)).collect();
    match numbers.as_slice() {
        [] => None,
        [one] => Some(format!("the match is event {one} of {}", streams.join(" and "))),
        all => Some(format!("the match holds events {} of {}", all.join(", "), streams.join(" and "))),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Str(text) => format!("{text:?}"),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Timestamp(time) => time.to_string(),
        Value::Duration(length) => length.to_string(),
        other => format!("{other:?}"),
    }
}
