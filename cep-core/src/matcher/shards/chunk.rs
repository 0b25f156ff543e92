//! Outputs of one shard on their way, some at a time, each stretch of them with its place among those of all shards.

use super::tag::{ItemPlace, Position, Tag};
use crate::event::Value;
use crate::ids::{FamilyId, PatternId};
use crate::matcher::output::PatternStats;
use crate::runtime::{MatchKind, Record, RunError};
use crate::time::Timestamp;

/// What an output counts as.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Match(MatchKind),
    Late,
}

/// Something that comes out, as what the caller makes of it.
#[derive(Debug)]
pub(super) struct Made<T> {
    pub(super) pattern: PatternId,
    pub(super) kind: Kind,
    pub(super) made: T,
}

impl<T> Made<T> {
    pub(super) fn count(&self, stats: &mut [PatternStats]) {
        let stats = &mut stats[self.pattern.index()];
        match self.kind {
            Kind::Match(MatchKind::Complete) => stats.matches += 1,
            Kind::Match(MatchKind::TimedOut) => stats.timeouts += 1,
            Kind::Late => stats.late += 1,
        }
    }
}

/// A record on its way to the next stratum.
#[derive(Debug)]
pub(super) struct Emission {
    pub(super) tag: Tag,
    pub(super) record: Record,
    pub(super) time: Timestamp,
}

/// Partial matches that a limit dropped.
#[derive(Debug)]
pub(super) struct Dropped {
    pub(super) tag: Tag,
    pub(super) pattern: PatternId,
    pub(super) count: u64,
}

/// What stopped a shard, and where.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) tag: Tag,
    pub(super) error: RunError,
}

impl Failure {
    pub(super) fn item(&self) -> ItemPlace {
        self.tag.item()
    }
}

/// Outputs of one shard, in its order.
#[derive(Debug)]
pub(super) struct Chunk<T> {
    /// The places, each with the number of outputs up to the last of it.
    pub(super) places: Vec<(Tag, usize)>,
    pub(super) outputs: Vec<Made<T>>,
    pub(super) emissions: Vec<Emission>,
    pub(super) dropped: Vec<Dropped>,
    /// Whether the last place is that of the turn at hand.
    open: bool,
}

impl<T> Default for Chunk<T> {
    fn default() -> Self {
        let (places, outputs, emissions, dropped) = Default::default();
        Self { places, outputs, emissions, dropped, open: false }
    }
}

impl<T> Chunk<T> {
    /// Another turn begins.
    pub(super) fn close(&mut self) {
        self.open = false;
    }

    /// Adds an output of the turn at hand; gives its place.
    pub(super) fn add(
        &mut self,
        position: &Position,
        family: FamilyId,
        key: &[Value],
        output: Made<T>,
    ) -> &Tag {
        self.outputs.push(output);
        let end = self.outputs.len();
        let fits = |tag: &Tag| match position.has_one_key() {
            true => tag.family() == family,
            false => *tag == position.tag(family, key),
        };
        match self.places.last_mut().filter(|(tag, _)| self.open && fits(tag)) {
            Some((_, known)) => *known = end,
            None => self.places.push((position.tag(family, key), end)),
        }
        self.open = true;
        &self.places.last().expect("the output has its place").0
    }
}
