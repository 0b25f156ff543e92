//! Runs of changed forms of a pattern over the events of a key, by the real matcher: what they find is so.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::solo::{Case, Solo};
use crate::event::{BatchBuilder, EventBatch};
use crate::ids::{ColumnId, StreamId};
use crate::matcher::{GatheredRow, Matcher, Output};
use crate::pattern::{Limit, Overflow, Pattern};
use crate::program::Program;
use crate::runtime::{CapturedRef, MatchKind, MatchRef, RunErrorKind};
use crate::time::Watermark;

/// More partial matches than this are not tried.
const MOST_PARTIAL_MATCHES: u32 = 5_000;

/// More matches with late events than this are not looked at.
const MOST_MATCHES: usize = 10_000;

/// Which events a run is given.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Given {
    /// Those that were on time.
    OnTime,
    /// Those that came too late as well.
    WithLate,
    /// Those that wait as well, as if time had come as far as the latest of all.
    WithWaiting,
}

/// A match of a run.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Its events by stage, earliest first: input and row.
    pub(super) events: Vec<(String, (usize, usize))>,
}

/// What a run came to.
#[derive(Debug)]
pub(super) struct Trial {
    /// Of each event that begins matches the first; of late events all that have any; of events that wait the first that
    /// comes of them.
    pub(super) found: Vec<Found>,
    /// Whether all of it was looked at: else nothing follows from what was not found.
    pub(super) is_whole: bool,
}

/// Runs, each made once.
pub(super) struct Trials<'a> {
    solo: &'a Solo,
    case: &'a Case<'a>,
    done: HashMap<(String, Given), Rc<Trial>>,
}

impl<'a> Trials<'a> {
    pub(super) fn new(solo: &'a Solo, case: &'a Case<'a>) -> Self {
        Self { solo, case, done: HashMap::new() }
    }

    /// What a form of the pattern finds.
    pub(super) fn run(&mut self, pattern: &Pattern, given: Given) -> Rc<Trial> {
        let name = (format!("{pattern:?}"), given);
        if let Some(known) = self.done.get(&name) {
            return Rc::clone(known);
        }
        // A form that is no pattern finds nothing.
        let nothing = || Trial { found: Vec::new(), is_whole: true };
        let trial = Rc::new(self.find(pattern, given).unwrap_or_else(nothing));
        self.done.insert(name, Rc::clone(&trial));
        trial
    }

    fn find(&self, pattern: &Pattern, given: Given) -> Option<Trial> {
        let mut pattern = pattern.clone();
        let limit = Limit { partial_matches: MOST_PARTIAL_MATCHES, overflow: Overflow::Fail };
        pattern.limit = pattern.limit.or(Some(limit));
        let program = self.solo.program(&pattern)?;
        let mut matcher = Matcher::new(Arc::clone(&program));
        let mut keeper = Keeper { case: self.case, given, began: HashSet::new(), found: Vec::new() };
        let mut see = |output: Output<'_>| {
            if let Output::Match(one) = output
                && one.kind() == MatchKind::Complete
            {
                keeper.see(&one);
            }
        };
        let latest = self.case.greatest.map_or(self.case.clock, |time| Watermark(time.0));
        let end = if given == Given::WithWaiting { latest } else { self.case.clock };
        let mut batches = self.batches(&program, given).into_iter();
        // What was found before the run stopped is found all the same.
        let pushed = batches.try_for_each(|batch| matcher.push(batch, &mut see));
        let ran = pushed.and_then(|()| matcher.advance(end, &mut see));
        let is_cut =
            ran.is_err_and(|stop| stop.kind == RunErrorKind::LimitExceeded { limit: MOST_PARTIAL_MATCHES });
        let is_whole = !is_cut && keeper.found.len() < MOST_MATCHES.max(self.case.rows.len() + 1);
        Some(Trial { found: keeper.found, is_whole })
    }

    /// The events in order, those of one input that stand together as a batch.
    fn batches(&self, program: &Program, given: Given) -> Vec<EventBatch> {
        let rows = self.rows(given);
        let together = rows.chunk_by(|one, next| one.input == next.input);
        together.map(|rows| self.batch(program, rows)).collect()
    }

    fn batch(&self, program: &Program, rows: &[GatheredRow]) -> EventBatch {
        let input = rows[0].input;
        let (from, stream) = (&self.case.inputs[input], StreamId::new(input));
        let mut builder = BatchBuilder::new(stream, Arc::clone(&program.streams().get(stream).schema), 0);
        let mut positions = Vec::new();
        for row in rows {
            for (index, column) in from.columns().iter().enumerate() {
                let to = builder.column_mut(ColumnId::new(index));
                if !to.push(&column.get(row.row)) {
                    to.push_null();
                }
            }
            let time = from.time(row.row);
            builder.finish_row(time, Watermark(time.0.saturating_sub(1)));
            positions.push(row.row as u64);
        }
        builder.finish().at_positions(positions)
    }

    /// The events of a run.
    fn rows(&self, given: Given) -> Vec<GatheredRow> {
        let mut rows = self.case.rows.clone();
        match given {
            Given::OnTime => {}
            Given::WithWaiting => rows.extend(&self.case.waiting),
            Given::WithLate => {
                rows.extend(self.case.late.iter().map(|late| late.row));
                rows.sort_by_key(|row| self.case.time(row));
            }
        }
        rows
    }
}

/// Keeps of the matches of a run what is asked for.
struct Keeper<'a> {
    case: &'a Case<'a>,
    given: Given,
    /// The events that began the matches that are kept.
    began: HashSet<(usize, usize)>,
    found: Vec<Found>,
}

impl Keeper<'_> {
    fn see(&mut self, one: &MatchRef<'_>) {
        let row = |event: CapturedRef<'_>| {
            (event.stream().index(), usize::try_from(event.position()).unwrap_or(usize::MAX))
        };
        let Some((_, first)) = one.events().next() else { return };
        let has_late = || {
            let mut rows = one.events().map(|(_, event)| row(event));
            rows.any(|of| self.case.late.iter().any(|late| (late.row.input, late.row.row) == of))
        };
        let is_asked = match self.given {
            Given::OnTime => self.began.insert(row(first)),
            Given::WithLate => self.found.len() < MOST_MATCHES && has_late(),
            Given::WithWaiting => self.found.is_empty() && !self.case.clock.reached(one.time()),
        };
        if is_asked {
            let stages = &one.pattern().stages;
            let events = one.events().map(|(stage, event)| (stages[stage.index()].clone(), row(event)));
            self.found.push(Found { events: events.collect() });
        }
    }
}
