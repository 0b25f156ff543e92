//! Runs of changed forms of a pattern over the events of a key, by the real matcher: what they find is so.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::solo::{Case, Solo};
use crate::event::{BatchBuilder, EventBatch};
use crate::ids::{ColumnId, StreamId};
use crate::matcher::{GatheredRow, Matcher, Output};
use crate::pattern::{Limit, Overflow, Pattern};
use crate::program::Program;
use crate::runtime::MatchKind;
use crate::time::Watermark;

/// More partial matches than this are not tried.
const MOST_PARTIAL_MATCHES: u32 = 5_000;

/// More matches than this are not looked at.
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

/// Runs, each made once.
pub(super) struct Trials<'a> {
    solo: &'a Solo,
    case: &'a Case<'a>,
    done: HashMap<(String, Given), Rc<[Found]>>,
}

impl<'a> Trials<'a> {
    pub(super) fn new(solo: &'a Solo, case: &'a Case<'a>) -> Self {
        Self { solo, case, done: HashMap::new() }
    }

    /// What a form of the pattern finds.
    pub(super) fn run(&mut self, pattern: &Pattern, given: Given) -> Rc<[Found]> {
        let name = (format!("{pattern:?}"), given);
        if let Some(known) = self.done.get(&name) {
            return Rc::clone(known);
        }
        let found: Rc<[Found]> = self.find(pattern, given).unwrap_or_default().into();
        self.done.insert(name, Rc::clone(&found));
        found
    }

    fn find(&self, pattern: &Pattern, given: Given) -> Option<Vec<Found>> {
        let mut pattern = pattern.clone();
        let limit = Limit { partial_matches: MOST_PARTIAL_MATCHES, overflow: Overflow::Fail };
        pattern.limit = pattern.limit.or(Some(limit));
        let program = self.solo.program(&pattern)?;
        let mut matcher = Matcher::new(Arc::clone(&program));
        let mut found = Vec::new();
        let mut see = |output: Output<'_>| {
            if let Output::Match(one) = output
                && one.kind() == MatchKind::Complete
                && found.len() < MOST_MATCHES
            {
                let stages = &one.pattern().stages;
                let event = |event: crate::runtime::CapturedRef<'_>| {
                    (event.stream().index(), usize::try_from(event.position()).unwrap_or(usize::MAX))
                };
                let events = one.events().map(|(stage, of)| (stages[stage.index()].clone(), event(of)));
                found.push(Found { events: events.collect() });
            }
        };
        let latest = self.case.greatest.map_or(self.case.clock, |time| Watermark(time.0));
        let end = if given == Given::WithWaiting { latest } else { self.case.clock };
        let mut batches = self.batches(&program, given).into_iter();
        // What was found before the run stopped is found all the same.
        let pushed = batches.try_for_each(|batch| matcher.push(batch, &mut see));
        let _ = pushed.and_then(|()| matcher.advance(end, &mut see));
        Some(found)
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
