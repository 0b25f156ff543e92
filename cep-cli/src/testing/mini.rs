//! Small streams run: their events become JSON lines of the program's streams, and matches are told by the names that the
//! file gives to events.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use cep_core::ids::StreamId;
use cep_core::matcher::Matcher;
use cep_core::program::{Origin as StreamOrigin, Program};
use cep_core::runtime::{Captured, Match, MatchKind};
use cep_core::time::Timestamp;

use super::notation::{Case, Sheet};
use super::run::run;
use super::{Coverage, TestFailure, diff};
use crate::input::{EventReader, Format, Merge, OnBadRow, Origin, Pace};

/// A small stream of a sheet, ready to be run.
#[derive(Debug)]
pub struct Mini<'s> {
    /// The sheet it stands in.
    pub sheet: &'s Sheet,
    /// The case.
    pub case: &'s Case,
}

/// By declared stream: the lines of its events, and what they are called.
type Lines = BTreeMap<usize, (String, Vec<String>)>;

impl Mini<'_> {
    /// The matches that are found, as they are written.
    ///
    /// # Errors
    /// A word for why it cannot be run: an event that is none of its stream, a pattern that asks to stop.
    pub fn found(
        &self,
        program: &Arc<Program>,
        matcher: Matcher,
        coverage: &mut Coverage,
    ) -> Result<Vec<String>, String> {
        let pattern = match &self.case.pattern {
            Some(name) => {
                let known = program.patterns().find(|(_, pattern)| pattern.name == *name);
                Some(known.map(|(id, _)| id).ok_or_else(|| format!("there is no pattern `{name}`"))?)
            }
            None => None,
        };
        let mut found = Vec::new();
        let labels = self.each(program, matcher, |one| {
            coverage.see(one);
            if pattern.is_none_or(|pattern| pattern == one.pattern) {
                found.push(one.clone());
            }
        })?;
        Ok(found.iter().map(|one| labels.shown(program, one)).collect())
    }

    /// Hands each match that is found to the caller, and gives back what its events are called.
    ///
    /// # Errors
    /// As `found` has them.
    pub fn each(
        &self,
        program: &Arc<Program>,
        mut matcher: Matcher,
        mut see: impl FnMut(&Match),
    ) -> Result<Labelled, String> {
        let lines = self.lines(program)?;
        let labels = Labelled(by_stream(program, &lines));
        let mut inputs = merge(program, lines).map_err(|error| error.to_string())?;
        run(&mut matcher, &mut inputs, |output| {
            if let Some(one) = output.as_match() {
                see(&one.to_owned());
            }
        })
        .map_err(|error| error.to_string())?;
        Ok(labels)
    }

    /// How what was found differs from what is expected, a line a match; none where it does not. In which order matches are
    /// found is not looked at.
    #[must_use]
    pub fn difference(&self, found: &[String]) -> Option<String> {
        let sorted = |matches: &[String]| {
            let mut matches = matches.to_vec();
            matches.sort();
            matches.iter().map(|one| format!("{one}\n")).collect::<String>()
        };
        let (expected, found) = (sorted(&self.case.expected), sorted(found));
        (expected != found).then(|| diff(&expected, &found))
    }

    fn lines(&self, program: &Program) -> Result<Lines, String> {
        let streams = &program.definitions().streams;
        let mut lines = Lines::new();
        for event in &self.case.events {
            let kind = &self.sheet.kinds[&event.kind];
            let stream = match &kind.stream {
                Some(name) => streams.iter().position(|stream| stream.name == *name),
                None => Some(0).filter(|_| streams.len() == 1),
            };
            let stream = stream.ok_or_else(|| match &kind.stream {
                Some(name) => format!("there is no stream `{name}` for `{}`", event.label),
                None => format!(
                    "say which stream `{}` is of: `event {}: STREAM {{ … }}`",
                    event.label, event.kind
                ),
            })?;
            let declared = &streams[stream];
            let time =
                declared.time.as_ref().ok_or_else(|| format!("stream `{}` has no time", declared.name))?;
            let mut fields = kind.fields.clone();
            if let Some(unknown) = fields.keys().find(|name| declared.schema.column(name).is_none()) {
                return Err(format!("`{unknown}` is not a field of `{}`", declared.name));
            }
            fields.insert(time.field.clone(), event.time.into());
            let (text, labels) = lines.entry(stream).or_default();
            text.push_str(&format!("{}\n", serde_json::Value::Object(fields)));
            labels.push(event.label.clone());
        }
        Ok(lines)
    }
}

fn merge(program: &Program, mut lines: Lines) -> Result<Merge, TestFailure> {
    let mut readers = Vec::new();
    for (index, definition) in program.definitions().streams.iter().enumerate() {
        let Some(id) = program.streams().id(&definition.name) else { continue };
        let (text, _) = lines.remove(&index).unwrap_or_default();
        let origin = Origin {
            file: format!("events of {}", definition.name).into(),
            format: Some(Format::Jsonl),
            pace: Pace::Full,
            on_bad_row: OnBadRow::Fail,
        };
        let clock = Box::new(|| Timestamp(0));
        readers.push(EventReader::open(Cursor::new(text), origin, id, definition, clock)?);
    }
    Ok(Merge::new(readers))
}

/// By stream: what its events are called, by their positions.
fn by_stream(program: &Program, lines: &Lines) -> BTreeMap<StreamId, Vec<String>> {
    let streams = &program.definitions().streams;
    let named = lines.iter().map(|(stream, (_, labels))| (&streams[*stream].name, labels));
    named.filter_map(|(name, labels)| Some((program.streams().id(name)?, labels.clone()))).collect()
}

/// What the events of a small stream are called, by stream and position.
#[derive(Debug)]
pub struct Labelled(BTreeMap<StreamId, Vec<String>>);

impl Labelled {
    /// `{s1 l1}`: the events in the order of their times.
    #[must_use]
    pub fn shown(&self, program: &Program, found: &Match) -> String {
        let mut events: Vec<&Captured> = found.captures.iter().flat_map(|(_, events)| events).collect();
        events.sort_by_key(|event| (event.time, event.position));
        let names: Vec<_> = events.iter().map(|event| self.of(program, event)).collect();
        let prefix = if found.kind == MatchKind::TimedOut { "timeout " } else { "" };
        format!("{prefix}{{{}}}", names.join(" "))
    }

    /// What an event is called; one that a pattern emitted bears the name of its stream.
    #[must_use]
    pub fn of<'a>(&'a self, program: &'a Program, event: &Captured) -> &'a str {
        let mut stream = event.stream;
        while let StreamOrigin::Derived(derivation) = &program.streams().get(stream).origin {
            stream = derivation.source;
        }
        let position = usize::try_from(event.position).unwrap_or(usize::MAX);
        match self.0.get(&stream).and_then(|labels| labels.get(position)) {
            Some(label) => label,
            None => &program.streams().get(event.stream).name,
        }
    }
}

/// The text of a sheet in which the case of a line expects what was found.
#[must_use]
pub fn accepted(text: &str, line: usize, found: &[String]) -> String {
    let expected = if found.is_empty() { "none".to_owned() } else { found.join(" ") };
    let lines = text.split_inclusive('\n').enumerate().map(|(index, whole)| {
        let content = whole.trim_end_matches(['\n', '\r']);
        match content.split_once("->") {
            Some((stream, old)) if index + 1 == line => {
                let comment = old.split_once("//").map(|(_, comment)| format!("  //{comment}"));
                let end = &whole[content.len()..];
                format!("{stream}-> {expected}{}{end}", comment.unwrap_or_default())
            }
            _ => whole.to_owned(),
        }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_accepted_stands_where_something_else_was_expected() {
        let text = "event a {}\na1 -> none // why\r\na1 a2 -> {a1}";
        assert_eq!(accepted(text, 2, &["{a1}".into()]), "event a {}\na1 -> {a1}  // why\r\na1 a2 -> {a1}");
        assert_eq!(accepted(text, 3, &[]), "event a {}\na1 -> none // why\r\na1 a2 -> none");
    }
}
