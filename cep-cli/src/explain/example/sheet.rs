//! Events that were made, in the notation of `cep test`: kinds of events by letters, then the stream.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cep_core::event::Value;
use cep_core::ids::PatternId;
use cep_core::program::Program;
use cep_core::time::Duration;

use super::search::Made;
use super::values::Row;
use crate::output::AsJson;

/// Events to be written down.
pub(super) struct Written<'a> {
    pub(super) program: &'a Program,
    /// The pattern, where it has to be named.
    pub(super) pattern: Option<PatternId>,
    pub(super) events: &'a [Made],
}

impl Written<'_> {
    /// The sheet with all events, and the matches that were found.
    pub(super) fn text(&self, found: Option<&[String]>) -> String {
        let Self { program, events, .. } = self;
        let mut text = params(program);
        let step = step(events);
        let _ = writeln!(text, "step {}", Duration(step));
        let labels = labels(program, events, &mut text);
        let name = self.pattern.map(|id| program.pattern(id).name.as_str());
        // A name with signs in it cannot stand before a stream.
        let name = name.filter(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_'));
        let mut line = name.map(|name| format!("{name}:")).unwrap_or_default();
        let mut time = 0;
        for (label, event) in labels.iter().zip(*events) {
            let passed = event.time.0 - time;
            let at = if passed == step { String::new() } else { format!("@{}", Duration(event.time.0)) };
            time = event.time.0;
            let _ = write!(line, "{}{label}{at}", if line.is_empty() { "" } else { " " });
        }
        let found = found.map_or("none".to_owned(), |found| found.join(" "));
        text + &format!("{line} -> {found}\n")
    }
}

/// Values of the parameters that have no default.
fn params(program: &Program) -> String {
    let missing = program.definitions().params.iter().filter(|param| param.default.is_none());
    let lines = missing.map(|param| match program.params().get(&param.name) {
        Some(Value::Str(text)) => format!("param {} = \"{text}\"\n", param.name),
        Some(value) => format!("param {} = {value}\n", param.name),
        None => String::new(),
    });
    lines.collect()
}

/// What lies between most events.
fn step(events: &[Made]) -> i64 {
    let mut often: BTreeMap<i64, usize> = BTreeMap::new();
    let mut time = 0;
    for event in events {
        *often.entry(event.time.0 - time).or_default() += 1;
        time = event.time.0;
    }
    let most = often.into_iter().filter(|(step, _)| *step > 0).max_by_key(|(step, count)| (*count, -step));
    most.map_or(1_000, |(step, _)| step)
}

/// What the events are called. Events of a stage that are the same share a kind.
fn labels(program: &Program, events: &[Made], text: &mut String) -> Vec<String> {
    let mut groups: Vec<(&str, &str, String)> = Vec::new();
    let mut labels = Vec::new();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for event in events {
        let known = groups.iter().find(|(stage, stream, _)| *stage == event.stage && *stream == event.stream);
        let letters = match known {
            Some((_, _, letters)) => letters.clone(),
            None => {
                let letters = unused(&event.stage, &groups);
                groups.push((&event.stage, &event.stream, letters.clone()));
                letters
            }
        };
        let number = numbers.entry(letters.clone()).or_default();
        *number += 1;
        labels.push(format!("{letters}{number}"));
    }
    for (stage, stream, letters) in &groups {
        let own: Vec<_> = events
            .iter()
            .zip(&labels)
            .filter(|(event, _)| event.stage == *stage && event.stream == *stream)
            .collect();
        let rows: Vec<_> = own.iter().map(|(event, label)| (timeless(program, event), *label)).collect();
        let same = rows.iter().all(|(row, _)| *row == rows[0].0);
        for (row, label) in rows.iter().take(if same { 1 } else { rows.len() }) {
            let kind = if same { letters } else { *label };
            let _ = writeln!(text, "event {kind}: {stream} {{ {} }}", fields(row));
        }
    }
    labels
}

/// The shortest beginning of a stage's name that nothing else is called by.
fn unused(stage: &str, groups: &[(&str, &str, String)]) -> String {
    let name: String = stage.chars().filter(|c| c.is_alphabetic()).collect();
    let name = if name.is_empty() { "e".to_owned() } else { name };
    let taken = |letters: &String| groups.iter().any(|(_, _, taken)| taken == letters);
    let beginnings = (1..=name.chars().count()).map(|long| name.chars().take(long).collect::<String>());
    let longer = (1..).map(|long| format!("{name}{}", "x".repeat(long)));
    beginnings.chain(longer).find(|letters| !taken(letters)).unwrap_or_default()
}

/// The fields without the time, which the stream says.
fn timeless(program: &Program, event: &Made) -> Row {
    let declared = program.definitions().streams.iter().find(|stream| stream.name == event.stream);
    let time = declared.and_then(|stream| stream.time.as_ref()).map(|time| &time.field);
    let fields = event.row.iter().filter(|(name, value)| Some(*name) != time && **value != Value::Null);
    fields.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn fields(row: &Row) -> String {
    let plain = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let fields = row.iter().map(|(name, value)| {
        let name = if plain(name) { name.clone() } else { format!("\"{name}\"") };
        format!("{name}: {}", json(value))
    });
    fields.collect::<Vec<_>>().join(", ")
}

fn json(value: &Value) -> String {
    match value {
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        other => serde_json::to_string(&AsJson(other.as_datum())).unwrap_or_default(),
    }
}
