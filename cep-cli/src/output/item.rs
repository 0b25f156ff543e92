//! What a matcher hands out, as the lines it becomes. Borrows everything; writes nothing.

use cep_core::event::{Datum, Value};
use cep_core::ids::{ColumnId, PatternId, StageId, StreamId};
use cep_core::matcher::{LateRef, Output};
use cep_core::program::Program;
use cep_core::runtime::{Captured, CapturedRef, Match, MatchKind, MatchRef, Record};
use cep_core::time::Timestamp;

use super::shape::{Origin, Shapes};

/// One line of output.
#[derive(Clone, Copy, Debug)]
pub enum Item<'a> {
    /// A match of a pattern without `emit`.
    Match(Found<'a>),
    /// A record that a match emitted.
    Record {
        /// The pattern that emitted it.
        pattern: PatternId,
        /// The record.
        record: &'a Record,
    },
    /// An event that came too late for a pattern.
    Late(LateRef<'a>),
}

impl Item<'_> {
    /// Where it comes from: what decides its shape.
    pub(super) fn origin(&self) -> Origin {
        match self {
            Self::Match(found) => Origin::Pattern(found.pattern()),
            Self::Record { record, .. } => Origin::Emitted(record.stream),
            Self::Late(late) => Origin::Late(late.stream()),
        }
    }
}

/// The lines that an output of a matcher becomes, in order: those whose shape is chosen.
pub fn items<'a>(
    program: &'a Program,
    shapes: &'a Shapes,
    output: Output<'a>,
) -> impl Iterator<Item = Item<'a>> + use<'a> {
    let (found, late) = match output {
        Output::Match(found) => (Some(Found::Borrowed(found)), None),
        Output::Kept(found) => (Some(Found::Kept(found)), None),
        Output::Late(late) => (None, Some(Item::Late(late))),
        _ => (None, None),
    };
    let itself = found.filter(|found| found.stands_for_itself(program)).map(Item::Match);
    let records = found.into_iter().flat_map(|found| {
        found.records().iter().map(move |record| Item::Record { pattern: found.pattern(), record })
    });
    let all = itself.into_iter().chain(records).chain(late);
    all.filter(|item| shapes.of(item.origin()).is_some())
}

/// A match, borrowed from its key or kept.
#[derive(Clone, Copy, Debug)]
pub enum Found<'a> {
    /// Reads from the state of its key.
    Borrowed(MatchRef<'a>),
    /// Kept until its turn.
    Kept(&'a Match),
}

impl<'a> Found<'a> {
    /// The pattern.
    #[must_use]
    pub fn pattern(&self) -> PatternId {
        match self {
            Self::Borrowed(found) => found.pattern_id(),
            Self::Kept(found) => found.pattern,
        }
    }

    /// Whether it is complete or timed out.
    #[must_use]
    pub fn kind(&self) -> MatchKind {
        match self {
            Self::Borrowed(found) => found.kind(),
            Self::Kept(found) => found.kind,
        }
    }

    /// Its time stamp.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        match self {
            Self::Borrowed(found) => found.time(),
            Self::Kept(found) => found.time,
        }
    }

    /// The values of its key fields.
    #[must_use]
    pub fn key(&self) -> &'a [Value] {
        match self {
            Self::Borrowed(found) => found.key(),
            Self::Kept(found) => &found.key,
        }
    }

    /// The records made of it.
    #[must_use]
    pub fn records(&self) -> &'a [Record] {
        match self {
            Self::Borrowed(found) => found.records(),
            Self::Kept(found) => &found.records,
        }
    }

    /// The stages that have events, in the order of their first, each with its events.
    #[must_use]
    pub fn stages(&self) -> Vec<(StageId, Vec<Event<'a>>)> {
        match self {
            Self::Borrowed(found) => {
                let events = |stage| found.stage(stage).map(Event::Borrowed).collect();
                found.stages().into_iter().map(|stage| (stage, events(stage))).collect()
            }
            Self::Kept(found) => {
                let events = |events: &'a [Captured]| events.iter().map(Event::Kept).collect();
                found.captures.iter().map(|(stage, captured)| (*stage, events(captured))).collect()
            }
        }
    }

    /// Whether it is a line itself: its pattern emits nothing that would stand for it.
    fn stands_for_itself(&self, program: &Program) -> bool {
        let pattern = program.pattern(self.pattern());
        match self.kind() {
            MatchKind::Complete => pattern.emits.is_empty(),
            MatchKind::TimedOut => pattern.timeout_emits.is_empty(),
        }
    }
}

/// A captured event, borrowed or kept.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Reads from the state of its key.
    Borrowed(CapturedRef<'a>),
    /// Kept until its turn.
    Kept(&'a Captured),
}

impl<'a> Event<'a> {
    /// The stream it came from.
    #[must_use]
    pub fn stream(&self) -> StreamId {
        match self {
            Self::Borrowed(event) => event.stream(),
            Self::Kept(event) => event.stream,
        }
    }

    /// Its columns that were kept, in schema order.
    pub fn columns(&self) -> impl Iterator<Item = (ColumnId, Datum<'a>)> + use<'a> {
        let (borrowed, kept) = match self {
            Self::Borrowed(event) => (Some(event.columns()), None),
            Self::Kept(event) => (None, Some(&event.columns)),
        };
        let kept = kept.into_iter().flatten().map(|(column, value)| (*column, value.as_datum()));
        borrowed.into_iter().flatten().chain(kept)
    }
}
