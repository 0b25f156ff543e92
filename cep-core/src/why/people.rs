//! Events and matches as people are told of them: names, and the fields that conditions read.

use super::report::{CapturedBy, Seen};
use super::trial::Found;
use crate::event::Value;
use crate::expr::Expr;
use crate::ids::StreamId;
use crate::matcher::{GatheredRow, LateRow};
use crate::pattern::{Body, Element, Pattern};
use crate::program::{Origin, Program, Streams};
use crate::runtime::{PartialMatch, Trace};
use crate::time::Duration;

use super::solo::Case;

/// Makes events and matches of a case fit for people.
pub(super) struct People<'a> {
    case: &'a Case<'a>,
    /// The streams of the whole program.
    streams: &'a Streams,
    /// By input.
    inputs: Vec<StreamId>,
    /// The fields that conditions read, in the order in which they do.
    fields: Vec<String>,
    /// The names of the stages.
    stages: Vec<String>,
}

impl<'a> People<'a> {
    /// For a pattern of a program.
    pub(super) fn new(
        program: &'a Program,
        inputs: Vec<StreamId>,
        pattern: &Pattern,
        case: &'a Case<'a>,
    ) -> Self {
        let mut fields = Vec::new();
        pattern.sequence.iter().for_each(|element| fields_of(element, &mut fields));
        let stages = pattern.stages().iter().filter_map(|stage| stage.name()).map(str::to_owned).collect();
        Self { case, streams: program.streams(), inputs, fields, stages }
    }

    /// The name of the stream of an input.
    pub(super) fn stream(&self, input: usize) -> String {
        self.streams.get(self.inputs[input]).name.clone()
    }

    /// An event.
    pub(super) fn event(&self, row: &GatheredRow) -> Seen {
        let batch = &self.case.inputs[row.input];
        let schema = &self.streams.get(self.inputs[row.input]).schema;
        let value = |name: &String| {
            let column = schema.column(name)?;
            Some((name.clone(), batch.column(column).get(row.row).into_value()))
        };
        Seen {
            stream: self.stream(row.input),
            position: row.position,
            tag: batch.tag(row.row),
            time: batch.time(row.row),
            fields: self.fields.iter().filter_map(value).collect(),
        }
    }

    /// What a match of a run captured.
    pub(super) fn found(&self, found: &Found) -> Vec<CapturedBy> {
        let events = found.events.iter().filter_map(|(stage, of)| self.captured(stage.clone(), *of));
        events.collect()
    }

    /// What a partial match captured.
    pub(super) fn path(&self, trace: &Trace<'_>, run: &PartialMatch) -> Vec<CapturedBy> {
        let taken = trace.path(run).into_iter();
        let events = taken.filter_map(|taken| {
            let row = usize::try_from(taken.position).ok()?;
            self.captured(self.stages[taken.stage.index()].clone(), (taken.input, row))
        });
        events.collect()
    }

    fn captured(&self, stage: String, (input, row): (usize, usize)) -> Option<CapturedBy> {
        let case = self.case;
        let late = case.late.iter().map(|late| &late.row);
        let mut rows = case.rows.iter().chain(&case.waiting).chain(late);
        let row = rows.find(|known| known.input == input && known.row == row)?;
        Some(CapturedBy { stage, event: self.event(row) })
    }

    /// For a late event: the stream whose lateness counts, what it is, and what it would have to be.
    pub(super) fn lateness(&self, late: &LateRow) -> Option<(String, Duration, Duration)> {
        let mut stream = self.streams.get(self.inputs[late.row.input]);
        while let Origin::Derived(derivation) = &stream.origin {
            stream = self.streams.get(derivation.source);
        }
        let Origin::Declared { time: Some(_), lateness } = &stream.origin else { return None };
        let behind = late.watermark.0.saturating_sub(self.case.time(&late.row).0);
        let to = Duration(lateness.0.saturating_add(behind).saturating_add(1));
        Some((stream.name.clone(), *lateness, to))
    }
}

fn fields_of(element: &Element, fields: &mut Vec<String>) {
    let mut add = |expr: &Expr| {
        if let Expr::Field(name) | Expr::Captured { field: name, .. } | Expr::Aggregate { field: name, .. } =
            expr
            && !fields.contains(name)
        {
            fields.push(name.clone());
        }
    };
    element.until.iter().for_each(|until| until.walk(&mut add));
    match &element.body {
        Body::Stage { condition, .. } => condition.iter().for_each(|condition| condition.walk(&mut add)),
        Body::Group(inner) => inner.iter().for_each(|element| fields_of(element, fields)),
    }
}

/// The value of a key's field as its text.
#[must_use]
pub fn key_text(key: &[Value]) -> String {
    let text = |value: &Value| match value {
        Value::Str(text) => text.to_string(),
        Value::Timestamp(time) => time.to_string(),
        value => value.to_string(),
    };
    key.iter().map(text).collect::<Vec<_>>().join(",")
}
