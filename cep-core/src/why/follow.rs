//! Following a pattern over the events of a key: for each event that begins anything, the partial match that came furthest,
//! and how it went.

use std::collections::{BTreeMap, HashMap};

use super::solo::Case;
use crate::ids::StageId;
use crate::matcher::masks_of;
use crate::program::{Family, Program};
use crate::runtime::{EventAt, Left, Masks, PartialMatch, RunErrorKind, Trace, only_family};
use crate::time::{Timestamp, Watermark};

/// With more partial matches than this, nobody follows them one by one.
const MOST_PARTIAL_MATCHES: usize = 20_000;

/// What was seen.
pub(super) struct Followed<'p> {
    pub(super) trace: Trace<'p>,
    family: &'p Family,
    masks: Vec<Masks>,
    /// By the order in which they began.
    pub(super) attempts: BTreeMap<u64, Tried>,
    /// Why the run stopped, and at which event.
    pub(super) stopped: Option<(RunErrorKind, usize)>,
    /// When there were too many to follow.
    pub(super) given_up: Option<Timestamp>,
}

/// What an event began.
pub(super) struct Tried {
    /// The event's place in the case.
    pub(super) began: usize,
    /// The partial match that came furthest; of those the one that lived longest.
    pub(super) last: Last,
    /// The matches.
    pub(super) matches: Vec<(PartialMatch, Timestamp)>,
}

/// How the partial match that came furthest went.
#[derive(Clone, Copy)]
pub(super) struct Last {
    pub(super) run: PartialMatch,
    pub(super) end: End,
    /// The furthest stage and the number of captured events.
    reach: (StageId, usize),
}

/// How a partial match ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// At an event, by its place in the case.
    At(usize, Left),
    /// When time passed, by the place of the event before which it did.
    Before(usize, Left),
    /// It has not.
    Alive,
    /// It is complete and held back.
    HeldBack,
}

impl<'p> Followed<'p> {
    /// Follows the only pattern of a program.
    pub(super) fn new(program: &'p Program, case: &Case<'_>) -> Self {
        let masks = case.inputs.iter().enumerate().map(|(input, batch)| masks_of(program, input, batch));
        let mut followed = Self {
            trace: Trace::new(program),
            family: only_family(program),
            masks: masks.collect(),
            attempts: BTreeMap::new(),
            stopped: None,
            given_up: None,
        };
        followed.all(case);
        followed
    }

    fn all(&mut self, case: &Case<'_>) {
        let places: HashMap<_, _> =
            case.rows.iter().enumerate().map(|(place, row)| ((row.input, row.row), place)).collect();
        for (place, row) in case.rows.iter().enumerate() {
            let time = case.time(row);
            let mut left = Vec::new();
            let mut result = self.trace.advance(time, &mut |run, how| left.push((run, how)));
            self.note(left.drain(..).map(|(run, how)| (run, End::Before(place, how))), &places);
            if result.is_ok() {
                let event = event_at(self.family, &self.masks, case, place);
                result = self.trace.event(&event, &mut |run, how| left.push((run, how)));
                self.note(left.into_iter().map(|(run, how)| (run, End::At(place, how))), &places);
            }
            if let Err(kind) = result {
                self.stopped = Some((kind, place));
                return self.see_rest(&places);
            }
            if self.trace.alive().count() > MOST_PARTIAL_MATCHES {
                self.given_up = Some(time);
                return self.see_rest(&places);
            }
        }
        self.pass(case, &places);
        self.see_rest(&places);
    }

    /// Time goes on as far as it does. What the end of the input ends is not over: nobody knows what would have come.
    fn pass(&mut self, case: &Case<'_>, places: &HashMap<(usize, usize), usize>) {
        let end = case.rows.len();
        let is_over = case.clock == Watermark::MAX;
        let known = if is_over { case.greatest } else { Some(Timestamp(case.clock.0)) };
        for (to, is_known) in [(known, true), (is_over.then_some(Timestamp(i64::MAX)), false)] {
            let Some(to) = to else { continue };
            let mut left = Vec::new();
            let result = self.trace.advance(to, &mut |run, how| left.push((run, how)));
            let left = left.into_iter().map(|(run, how)| match how {
                Left::TimedOut(_) if !is_known => (run, End::Alive),
                how => (run, End::Before(end, how)),
            });
            self.note(left, places);
            if let Err(kind) = result {
                self.stopped = Some((kind, end));
            }
        }
    }

    /// What is there at the end.
    fn see_rest(&mut self, places: &HashMap<(usize, usize), usize>) {
        let alive: Vec<_> = self.trace.alive().map(|run| (run, End::Alive)).collect();
        let held: Vec<_> = self.trace.held_back().map(|run| (run, End::HeldBack)).collect();
        self.note(alive.into_iter().chain(held), places);
    }

    fn note(
        &mut self,
        left: impl Iterator<Item = (PartialMatch, End)>,
        places: &HashMap<(usize, usize), usize>,
    ) {
        for (run, end) in left {
            let path = self.trace.path(&run);
            let Some(first) = path.first() else { continue };
            let Some(began) =
                usize::try_from(first.position).ok().and_then(|row| places.get(&(first.input, row)))
            else {
                continue;
            };
            let furthest = path.iter().map(|taken| taken.stage).max().unwrap_or(first.stage);
            let last = Last { run, end, reach: (furthest, path.len()) };
            let tried = self.attempts.entry(run.start.sequence);
            let tried = tried.or_insert_with(|| Tried { began: *began, last, matches: Vec::new() });
            if last.reach >= tried.last.reach {
                tried.last = last;
            }
            if let End::At(_, Left::Matched(at)) | End::Before(_, Left::Matched(at)) = end {
                tried.matches.push((run, at));
            }
        }
    }

    /// An event of the case, as the pattern meets it.
    pub(super) fn event<'a>(&'a self, case: &'a Case<'_>, place: usize) -> EventAt<'a> {
        event_at(self.family, &self.masks, case, place)
    }
}

fn event_at<'a>(family: &'a Family, masks: &'a [Masks], case: &'a Case<'_>, place: usize) -> EventAt<'a> {
    let row = &case.rows[place];
    EventAt {
        family,
        input: row.input,
        batch: &case.inputs[row.input],
        row: row.row,
        masks: &masks[row.input],
    }
}

impl Tried {
    /// How far it came.
    pub(super) fn reach(&self) -> (bool, StageId, usize) {
        (!self.matches.is_empty(), self.last.reach.0, self.last.reach.1)
    }
}
