//! What a matcher hands out: matches, and events that came too late.

use std::sync::Arc;

use super::rows::Rows;
use crate::event::Datum;
use crate::ids::{ColumnId, PatternId, StreamId};
use crate::runtime::{Match, MatchRef};
use crate::time::Timestamp;

/// Something a matcher hands out.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Output<'a> {
    /// A match, or a partial match that timed out.
    Match(MatchRef<'a>),
    /// A match of a program with several strata, which is kept until its turn.
    Kept(&'a Match),
    /// An event behind the watermark of a pattern that reads it.
    Late(LateRef<'a>),
}

impl<'a> Output<'a> {
    /// The match, owned.
    #[must_use]
    pub fn as_match(&self) -> Option<MatchLike<'a>> {
        match self {
            Self::Match(found) => Some(MatchLike::Borrowed(*found)),
            Self::Kept(found) => Some(MatchLike::Kept(found)),
            Self::Late(_) => None,
        }
    }

    pub(super) fn to_owned(self) -> KeptOutput {
        match self {
            Self::Match(found) => KeptOutput::Match(Box::new(found.to_owned())),
            Self::Kept(found) => KeptOutput::Match(Box::new(found.clone())),
            Self::Late(late) => {
                KeptOutput::Late { pattern: late.pattern, rows: Arc::clone(late.rows), row: late.row }
            }
        }
    }
}

/// A match, borrowed or kept.
#[derive(Clone, Copy, Debug)]
pub enum MatchLike<'a> {
    /// Reads from the state of its key.
    Borrowed(MatchRef<'a>),
    /// Kept until its turn.
    Kept(&'a Match),
}

impl MatchLike<'_> {
    /// The match, owned.
    #[must_use]
    pub fn to_owned(self) -> Match {
        match self {
            Self::Borrowed(found) => found.to_owned(),
            Self::Kept(found) => found.clone(),
        }
    }
}

/// An output of one stratum that waits for its turn.
#[derive(Debug)]
pub(super) enum KeptOutput {
    Match(Box<Match>),
    Late { pattern: PatternId, rows: Arc<Rows>, row: u32 },
}

impl KeptOutput {
    pub(super) fn hand_out(&self, emit: &mut impl FnMut(Output<'_>)) {
        match self {
            Self::Match(found) => emit(Output::Kept(found)),
            Self::Late { pattern, rows, row } => {
                emit(Output::Late(LateRef { pattern: *pattern, rows, row: *row }))
            }
        }
    }
}

/// An event that came too late for a pattern.
#[derive(Clone, Copy, Debug)]
pub struct LateRef<'a> {
    pub(super) pattern: PatternId,
    pub(super) rows: &'a Arc<Rows>,
    pub(super) row: u32,
}

impl<'a> LateRef<'a> {
    /// The pattern that missed it.
    #[must_use]
    pub fn pattern_id(&self) -> PatternId {
        self.pattern
    }

    /// Its stream.
    #[must_use]
    pub fn stream(&self) -> StreamId {
        self.rows.batch.stream()
    }

    /// Its event time.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.rows.batch.time(self.row as usize)
    }

    /// Its position in its stream.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.rows.batch.position(self.row as usize)
    }

    /// The caller's own number for it.
    #[must_use]
    pub fn tag(&self) -> u64 {
        self.rows.batch.tag(self.row as usize)
    }

    /// The value of a column.
    #[must_use]
    pub fn get(&self, column: ColumnId) -> Datum<'a> {
        self.rows.batch.column(column).get(self.row as usize)
    }
}

/// What happened for one pattern.
///
/// ```
/// use cep_core::matcher::PatternStats;
///
/// assert_eq!(PatternStats::default(), PatternStats { matches: 0, timeouts: 0, late: 0, dropped: 0 });
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PatternStats {
    /// Complete matches.
    pub matches: u64,
    /// Partial matches that a window dropped and that were handed out: nobody counts others.
    pub timeouts: u64,
    /// Events that came too late.
    pub late: u64,
    /// Partial matches that a limit dropped.
    pub dropped: u64,
}
