//! What was found: a match with its events and records, to be looked into by names or read into types of the user's.

use std::fmt;
use std::sync::Arc;

use cep_core::event::{Schema, Value};
use cep_core::ids::StageId;
use cep_core::pattern::plain_name;
use cep_core::program::Program;
use cep_core::runtime::{self, Captured, MatchKind};
use cep_core::time::Timestamp;
use serde::de::DeserializeOwned;

use crate::serde::{Fields, Items, ReadError, ValueReader};

/// A match, or a partial match that timed out.
#[derive(Clone)]
pub struct Match {
    program: Arc<Program>,
    found: runtime::Match,
}

impl Match {
    pub(crate) fn new(program: &Arc<Program>, found: runtime::Match) -> Self {
        Self { program: Arc::clone(program), found }
    }

    /// The name of its pattern.
    #[must_use]
    pub fn pattern(&self) -> &str {
        plain_name(&self.program.pattern(self.found.pattern).name)
    }

    /// Whether it is complete or timed out.
    #[must_use]
    pub fn kind(&self) -> MatchKind {
        self.found.kind
    }

    /// Its time: that of the event that completed it, or the moment that released it or timed it out.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.found.time
    }

    /// Of no other match, and the same whenever the same events are read again: 32 digits.
    #[must_use]
    pub fn id(&self) -> String {
        self.found.id.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The values of its key, in the order of `by`; empty without one.
    #[must_use]
    pub fn key(&self) -> &[Value] {
        &self.found.key
    }

    /// The stages that have events, in the order of their first, each with its events.
    pub fn stages(&self) -> impl Iterator<Item = (&str, Vec<Event<'_>>)> {
        let pattern = self.program.pattern(self.found.pattern);
        self.found.captures.iter().map(|(stage, events)| {
            let events = events.iter().map(|event| self.event(event));
            (pattern.stages[stage.index()].as_str(), events.collect())
        })
    }

    /// The events of a stage, earliest first; none where it has none, or there is no such stage.
    pub fn stage(&self, name: &str) -> impl Iterator<Item = Event<'_>> {
        let stages = &self.program.pattern(self.found.pattern).stages;
        let is_it = move |stage: &StageId| stages[stage.index()] == name;
        let captured = self.found.captures.iter().find(|(stage, _)| is_it(stage));
        captured.into_iter().flat_map(|(_, events)| events).map(|event| self.event(event))
    }

    /// The records made of it by `emit`, in text order.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.found.records.iter().map(|record| Record { program: &self.program, record })
    }

    /// What the match makes of a type of yours. Of a pattern with `emit` the first record; else a field a stage: a list
    /// takes all events of the stage, an option none or one, anything else the last event. Of events those columns are
    /// there that are kept: all of a pattern without `emit`, else those that conditions or the `emit` read.
    ///
    /// # Errors
    /// Where it does not fit the type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        match self.records().next() {
            Some(record) => record.read(),
            None => self.read_stages(),
        }
    }

    /// The same, of the stages in any case.
    ///
    /// # Errors
    /// Where they do not fit the type.
    pub fn read_stages<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        let pattern = self.program.pattern(self.found.pattern);
        let stages = self.found.captures.iter().map(|(stage, events)| {
            let events = events.iter().map(|event| Fields(self.event(event).fields()));
            (pattern.stages[stage.index()].as_str(), Items(events))
        });
        Fields(stages).read()
    }

    fn event<'a>(&'a self, captured: &'a Captured) -> Event<'a> {
        let stream = self.program.streams().get(captured.stream);
        Event { stream: &stream.name, schema: &stream.schema, captured }
    }
}

/// Pattern, kind, key and records or events by names; the same in every version, so that tests may pin it.
impl fmt::Debug for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Match");
        let time = Value::Timestamp(self.time());
        shown.field("pattern", &self.pattern()).field("kind", &self.kind()).field("time", &Shown(&time));
        if !self.key().is_empty() {
            shown.field("key", &self.key().iter().map(Shown).collect::<Vec<_>>());
        }
        match self.found.records.is_empty() {
            true => shown.field("stages", &Stages(self)),
            false => shown.field("records", &self.records().collect::<Vec<_>>()),
        };
        shown.finish()
    }
}

/// Stages with their events, in the order of their first.
struct Stages<'a>(&'a Match);

impl fmt::Debug for Stages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.stages()).finish()
    }
}

/// A value as it is read best.
struct Shown<'a>(&'a Value);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Timestamp(time) => write!(f, "{time}"),
            other => write!(f, "{other}"),
        }
    }
}

/// An event of a match.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    stream: &'a str,
    schema: &'a Schema,
    captured: &'a Captured,
}

impl<'a> Event<'a> {
    /// Its stream.
    #[must_use]
    pub fn stream(&self) -> &'a str {
        plain_name(self.stream)
    }

    /// Its event time.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.captured.time
    }

    /// How many events of its stream were pushed before it.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.captured.position
    }

    /// The number that it was pushed with, by which you find your own; 0 where there was none.
    #[must_use]
    pub fn tag(&self) -> u64 {
        self.captured.tag
    }

    /// The value of a field; none where it is not kept, as no condition and no `emit` reads it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.fields().find(|(known, _)| *known == name).map(|(_, ValueReader(value))| value)
    }

    /// What the event makes of a type of yours.
    ///
    /// # Errors
    /// Where it does not fit the type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        Fields(self.fields()).read()
    }

    fn fields(self) -> impl Iterator<Item = (&'a str, ValueReader<'a>)> + Clone {
        let fields = self.schema.fields();
        let name = move |(column, value): &'a (cep_core::ids::ColumnId, Value)| {
            (fields[column.index()].name.as_str(), ValueReader(value))
        };
        self.captured.columns.iter().map(name)
    }
}

/// Its stream, and its fields by name.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(self.stream());
        for (name, ValueReader(value)) in self.fields() {
            shown.field(name, &Shown(value));
        }
        shown.finish()
    }
}

/// A record made of a match by an `emit`.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    program: &'a Program,
    record: &'a runtime::Record,
}

impl<'a> Record<'a> {
    /// The stream that it is emitted to.
    #[must_use]
    pub fn stream(&self) -> &'a str {
        plain_name(&self.program.streams().get(self.record.stream).name)
    }

    /// Where else it goes, as its `emit` says.
    #[must_use]
    pub fn to(&self) -> Option<&'a str> {
        self.record.to.as_deref()
    }

    /// The value of a field, the time of the match as `ts` among them.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.fields().find(|(known, _)| *known == name).map(|(_, ValueReader(value))| value)
    }

    /// What the record makes of a type of yours.
    ///
    /// # Errors
    /// Where it does not fit the type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        Fields(self.fields()).read()
    }

    fn fields(self) -> impl Iterator<Item = (&'a str, ValueReader<'a>)> {
        let fields = self.program.streams().get(self.record.stream).schema.fields();
        fields.iter().map(|field| field.name.as_str()).zip(self.record.values.iter().map(ValueReader))
    }
}

/// Its stream, and its fields by name.
impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(self.stream());
        for (name, ValueReader(value)) in self.fields() {
            shown.field(name, &Shown(value));
        }
        shown.finish()
    }
}
