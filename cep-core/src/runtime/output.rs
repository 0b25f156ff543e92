//! Matches: borrowed while they are emitted, owned when they are kept.

use sha2::{Digest, Sha256};

use super::buffer::{Buffer, EventId};
use super::event::Event;
use crate::event::{Datum, Value};
use crate::expr::CapturedEvent;
use crate::ids::{ColumnId, PatternId, StageId, StreamId};
use crate::pattern::plain_name;
use crate::program::{CompiledPattern, Family, FamilyInput, Program, Repeats};
use crate::time::Timestamp;

/// What a match stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MatchKind {
    /// Every stage was found.
    Complete,
    /// A partial match that a window dropped.
    TimedOut,
}

/// A record made of a match by an `emit`.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// The stream it belongs to.
    pub stream: StreamId,
    /// Its values in schema order, the time stamp last.
    pub values: Vec<Value>,
    /// Where else it goes, for the host.
    pub to: Option<String>,
}

/// Where an event came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Origin {
    pub(crate) stream: StreamId,
    pub(crate) position: u64,
}

/// What the matches that one step brings for a pattern and key have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FoundOf<'a> {
    pub(crate) program: &'a Program,
    pub(crate) family: &'a Family,
    pub(crate) id: PatternId,
    pub(crate) pattern: &'a CompiledPattern,
    pub(crate) kind: MatchKind,
    pub(crate) time: Timestamp,
    /// The event of the step. Of a step of time there is none, unless an event brought the deadline after its moment.
    pub(crate) event: Option<Origin>,
    pub(crate) buffer: &'a Buffer,
}

/// A match found, before it gets its key and its records.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    pub(crate) of: &'a FoundOf<'a>,
    pub(crate) path: &'a [(StageId, EventId)],
    /// The number of equal matches before it in the same step.
    pub(crate) ordinal: u32,
}

impl FoundOf<'_> {
    /// How equal ones can come about.
    pub(super) fn repeats(&self) -> Repeats {
        match self.kind {
            MatchKind::Complete => self.pattern.ambiguity.matches,
            MatchKind::TimedOut => self.pattern.ambiguity.partial_matches,
        }
    }
}

/// A match while it is emitted: reads from the state of its key.
#[derive(Clone, Copy, Debug)]
pub struct MatchRef<'a> {
    pub(crate) found: Found<'a>,
    pub(crate) key: &'a [Value],
    pub(crate) records: &'a [Record],
}

impl<'a> MatchRef<'a> {
    /// The pattern's id.
    #[must_use]
    pub fn pattern_id(&self) -> PatternId {
        self.found.of.id
    }

    /// The pattern.
    #[must_use]
    pub fn pattern(&self) -> &'a CompiledPattern {
        self.found.of.pattern
    }

    /// Whether it is complete or timed out.
    #[must_use]
    pub fn kind(&self) -> MatchKind {
        self.found.of.kind
    }

    /// Its time: of the event that completed it, or the deadline that released it or timed it out.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.found.of.time
    }

    /// The values of its key fields.
    #[must_use]
    pub fn key(&self) -> &'a [Value] {
        self.key
    }

    /// The records made of it, in text order.
    #[must_use]
    pub fn records(&self) -> &'a [Record] {
        self.records
    }

    /// Its events with their stages, earliest first.
    pub fn events(&self) -> impl Iterator<Item = (StageId, CapturedRef<'a>)> + use<'a> {
        let (FoundOf { family, buffer, .. }, key) = (self.found.of, self.key);
        buffer.events(self.found.path).map(move |(stage, event)| (stage, CapturedRef { family, key, event }))
    }

    /// The events of a stage, earliest first.
    pub fn stage(&self, stage: StageId) -> impl Iterator<Item = CapturedRef<'a>> + use<'a> {
        self.events().filter(move |(of, _)| *of == stage).map(|(_, event)| event)
    }

    /// The stages that have events, in the order of their first.
    #[must_use]
    pub fn stages(&self) -> Vec<StageId> {
        let mut stages = Vec::new();
        for (stage, _) in self.found.path {
            if !stages.contains(stage) {
                stages.push(*stage);
            }
        }
        stages
    }

    /// The match's id: of no other match or timeout, and the same on every replay of the same events at the same
    /// positions. The first 128 bits of SHA-256 over pattern name, kind, key, stages with event positions, and the
    /// ordinal among equal matches of one step.
    ///
    /// Where equal ones can come in different steps ([`Repeats::AcrossSteps`]) also over the time and the position of the
    /// step's event. A step of time has an event only if that one brought the deadline after its moment, which can
    /// happen at each event anew. Else the time alone says which step it is: all that a deadline ends leave together.
    #[must_use]
    pub fn id(&self) -> [u8; 16] {
        let mut hash = Sha256::new();
        let mut text = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        text(plain_name(&self.pattern().name));
        text(if self.kind() == MatchKind::Complete { "complete" } else { "timed out" });
        for value in self.key {
            text(&format!("{value:?}"));
        }
        for (stage, event) in self.events() {
            text(&self.pattern().stages[stage.index()]);
            text(plain_name(&self.found.of.program.streams().get(event.stream()).name));
            text(&event.position().to_string());
        }
        if self.found.of.repeats() == Repeats::AcrossSteps {
            // No list of events goes on like this: they come in threes.
            text("at");
            text(&self.time().0.to_string());
            if let Some(Origin { stream, position }) = self.found.of.event {
                text(plain_name(&self.found.of.program.streams().get(stream).name));
                text(&position.to_string());
            }
        }
        hash.update(self.found.ordinal.to_le_bytes());
        let digest = hash.finalize();
        std::array::from_fn(|index| digest[index])
    }

    /// The match, owned.
    #[must_use]
    pub fn to_owned(&self) -> Match {
        let captures = self
            .stages()
            .into_iter()
            .map(|stage| (stage, self.stage(stage).map(|event| event.to_owned()).collect()))
            .collect();
        Match {
            pattern: self.pattern_id(),
            id: self.id(),
            kind: self.kind(),
            time: self.time(),
            key: self.key.to_vec(),
            captures,
            records: self.records.to_vec(),
        }
    }
}

/// A captured event of a match.
#[derive(Clone, Copy, Debug)]
pub struct CapturedRef<'a> {
    family: &'a Family,
    /// The values of the match's key fields.
    key: &'a [Value],
    event: Event<'a>,
}

impl<'a> CapturedRef<'a> {
    /// The stream it came from.
    #[must_use]
    pub fn stream(&self) -> StreamId {
        self.input().stream
    }

    /// Its event time.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.event.time()
    }

    /// Its position in its stream.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.event.position()
    }

    /// The caller's own number for it.
    #[must_use]
    pub fn tag(&self) -> u64 {
        self.event.tag()
    }

    /// The value of a column; none where the column was not kept, because neither a condition nor an `emit` reads it.
    #[must_use]
    pub fn get(&self, column: ColumnId) -> Option<Datum<'a>> {
        let input = self.input();
        match input.kept.iter().position(|known| *known == column) {
            Some(slot) => Some(self.event.row().get(slot)),
            None => input.of_key.contains(&column).then(|| self.of_key(column)),
        }
    }

    /// The kept columns with their values, in schema order.
    pub fn columns(&self) -> impl Iterator<Item = (ColumnId, Datum<'a>)> + use<'a> {
        let (event, FamilyInput { kept, of_key, .. }) = (*self, self.input());
        let mut kept = kept.iter().enumerate().peekable();
        let mut of_key = of_key.iter().peekable();
        std::iter::from_fn(move || {
            let next = of_key.next_if(|column| kept.peek().is_none_or(|(_, other)| column < other));
            if let Some(column) = next {
                return Some((*column, event.of_key(*column)));
            }
            kept.next().map(|(slot, column)| (*column, event.event.row().get(slot)))
        })
    }

    fn input(&self) -> &'a FamilyInput {
        &self.family.inputs[self.event.input()]
    }

    fn of_key(&self, column: ColumnId) -> Datum<'a> {
        let place = self.input().key.iter().position(|known| *known == column);
        place.and_then(|place| self.key.get(place)).map_or(Datum::Null, Value::as_datum)
    }

    /// The event, owned.
    #[must_use]
    pub fn to_owned(&self) -> Captured {
        let columns = self.columns().map(|(column, value)| (column, value.into_value())).collect();
        let (time, position, tag) = (self.time(), self.position(), self.tag());
        Captured { stream: self.stream(), time, position, tag, columns }
    }
}

/// A match, kept.
#[derive(Clone, PartialEq, Debug)]
pub struct Match {
    /// The pattern.
    pub pattern: PatternId,
    /// See [`MatchRef::id`].
    pub id: [u8; 16],
    /// Whether it is complete or timed out.
    pub kind: MatchKind,
    /// See [`MatchRef::time`].
    pub time: Timestamp,
    /// The values of its key fields.
    pub key: Vec<Value>,
    /// The events by stage, stages in the order of their first event.
    pub captures: Vec<(StageId, Vec<Captured>)>,
    /// The records made of it.
    pub records: Vec<Record>,
}

/// A captured event, kept.
#[derive(Clone, PartialEq, Debug)]
pub struct Captured {
    /// The stream it came from.
    pub stream: StreamId,
    /// Its event time.
    pub time: Timestamp,
    /// Its position in its stream.
    pub position: u64,
    /// The caller's own number for it.
    pub tag: u64,
    /// The kept columns with their values.
    pub columns: Vec<(ColumnId, Value)>,
}
