//! The partial matches of one key, and what events and time make of them.

use crate::expr::{Event, Seen};
use crate::offers::{Move, completes, step};
use crate::pattern::{Connector, Pattern};
use crate::place::{Place, first};
use crate::rules::gap;

/// A partial match (2.1), and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Partial<'p> {
    captured: Vec<(&'p str, usize)>,
    place: Place<'p>,
    start: i64,
    previous: i64,
}

/// A match or a timeout: the captured events with their stages, in the order taken.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Output<'p> {
    pub(crate) is_match: bool,
    pub(crate) time: i64,
    pub(crate) captured: Vec<(&'p str, usize)>,
}

/// Which of two windows that have ended counts, and what time that is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Deadlines {
    /// The earlier one (11.7).
    Exact,
    /// The gap's, and what is freed carries the time at which that was noticed (17.3, 17.4).
    Flink,
}

/// One key's partial matches.
#[derive(Debug)]
pub(crate) struct Matcher<'p> {
    pattern: &'p Pattern,
    deadlines: Deadlines,
    partials: Vec<Partial<'p>>,
    outputs: Vec<Output<'p>>,
    /// Whether anything but waiting in place has happened since this was last set to false.
    pub(crate) changed: bool,
    /// Whether a partial match has started after time 0 since this was last set to false.
    pub(crate) started: bool,
}

impl<'p> Matcher<'p> {
    pub(crate) fn new(pattern: &'p Pattern, deadlines: Deadlines) -> Self {
        let (partials, outputs) = (Vec::new(), Vec::new());
        Self { pattern, deadlines, partials, outputs, changed: false, started: false }
    }

    /// All outputs of a whole stream, in which time moves with the events and then to infinity.
    pub(crate) fn run(pattern: &'p Pattern, events: &[Event]) -> Vec<Output<'p>> {
        let mut matcher = Self::new(pattern, Deadlines::Exact);
        for index in 0..events.len() {
            matcher.pass(events[index].time);
            matcher.process(index, events);
        }
        matcher.pass(i64::MAX);
        matcher.outputs
    }

    /// Time reaches `now`, one deadline after the other (17.4).
    fn pass(&mut self, now: i64) {
        let deadlines = |matcher: &Self| {
            matcher.partials.iter().filter_map(|partial| matcher.deadline(partial, now)).min()
        };
        while let Some(deadline) = deadlines(self) {
            self.advance(deadline);
        }
    }

    pub(crate) fn take_outputs(&mut self) -> Vec<Output<'p>> {
        std::mem::take(&mut self.outputs)
    }

    /// Time reaches `now` (11.2): what has ended becomes a timeout or, at an absence, a match.
    pub(crate) fn advance(&mut self, now: i64) {
        let mut timeouts = Vec::new();
        for partial in std::mem::take(&mut self.partials) {
            let Some(deadline) = self.deadline(&partial, now) else {
                self.partials.push(partial);
                continue;
            };
            self.changed = true;
            let is_match = partial.waits_for_absence();
            let time = if is_match && self.deadlines == Deadlines::Flink { now } else { deadline };
            let output = Output { is_match, time, captured: partial.captured };
            if is_match { self.outputs.push(output) } else { timeouts.push(output) }
        }
        self.outputs.append(&mut timeouts);
    }

    /// When the partial match ended, if it has by `now`.
    fn deadline(&self, partial: &Partial<'_>, now: i64) -> Option<i64> {
        let Place::Before(spot) = &partial.place else { return self.window_end(partial, now) };
        let gap_end = gap(spot).map(|gap| partial.previous + gap).filter(|end| *end <= now);
        let window_end = self.window_end(partial, now);
        match self.deadlines {
            Deadlines::Exact => gap_end.into_iter().chain(window_end).min(),
            Deadlines::Flink => gap_end.or(window_end),
        }
    }

    fn window_end(&self, partial: &Partial<'_>, now: i64) -> Option<i64> {
        self.pattern.within.map(|within| partial.start + within).filter(|end| *end <= now)
    }

    /// The next event of the key (2.4), after time has reached it.
    pub(crate) fn process(&mut self, index: usize, events: &[Event]) {
        let time = events[index].time;
        for partial in std::mem::take(&mut self.partials) {
            let seen = Seen { event: &events[index], captured: &partial.captured, events };
            let step = step(self.pattern, &partial.place, seen);
            let unmoved = matches!(&step.moves[..], [Move::Wait { to }] if *to == partial.place);
            self.changed |= step.stopped || !unmoved;
            for to in step.moves {
                self.follow(&partial, to, step.stopped, events, index);
            }
        }
        self.start(index, time, events);
    }

    /// The empty partial match (2.5).
    fn start(&mut self, index: usize, time: i64, events: &[Event]) {
        let seen = Seen { event: &events[index], captured: &[], events };
        let step = step(self.pattern, &first(self.pattern), seen);
        let empty = Partial { captured: Vec::new(), place: Place::End, start: time, previous: time };
        for to in step.moves.into_iter().filter(|to| matches!(to, Move::Take { .. })) {
            self.changed = true;
            self.started |= time > 0;
            self.follow(&empty, to, step.stopped, events, index);
        }
    }

    /// What becomes of a move: a match if it completes; and unless stopped, a new partial match.
    fn follow(&mut self, partial: &Partial<'p>, to: Move<'p>, stopped: bool, events: &[Event], index: usize) {
        let mut next = partial.clone();
        let seen = Seen { event: &events[index], captured: &partial.captured, events };
        next.place = match to {
            Move::Wait { to } => to,
            Move::Take { stage, to } => {
                next.captured.push((stage, index));
                next.previous = events[index].time;
                if to != Place::End && completes(self.pattern, &to, seen) {
                    self.complete(next.captured.clone(), events[index].time);
                }
                to
            }
        };
        match next.place {
            Place::End => self.complete(next.captured, events[index].time),
            _ if stopped => {}
            _ => self.partials.push(next),
        }
    }

    fn complete(&mut self, captured: Vec<(&'p str, usize)>, time: i64) {
        self.changed = true;
        self.outputs.push(Output { is_match: true, time, captured });
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.partials.is_empty()
    }
}

impl Partial<'_> {
    fn waits_for_absence(&self) -> bool {
        matches!(&self.place, Place::Before(spot) if spot.element().connector == Connector::NotFollowedBy)
    }
}
