//! The smallest change with which an event would have begun a match.

use std::rc::Rc;

use super::change::{Changed, changes, with_apart, with_gap, within};
use super::people::People;
use super::report::{Cause, Change, Remedy};
use super::solo::{Case, Solo};
use super::trial::{Found, Given, Trial, Trials};
use crate::pattern::Pattern;
use crate::time::{Duration, Timestamp};

/// More changes than this are not told of one event.
const MOST_REMEDIES: usize = 2;

/// Looks for changes.
pub(super) struct Remedies<'a> {
    trials: Trials<'a>,
    case: &'a Case<'a>,
    pattern: &'a Pattern,
    people: &'a People<'a>,
    changed: Vec<Changed>,
    /// Whether all runs since that was last asked were looked at to their end.
    are_whole: bool,
}

/// An event of the case: input and row.
pub(super) type RowOf = (usize, usize);

impl<'a> Remedies<'a> {
    pub(super) fn new(solo: &'a Solo, case: &'a Case<'a>, people: &'a People<'a>) -> Self {
        let times = || case.rows.iter().chain(&case.waiting).chain(case.late.iter().map(|late| &late.row));
        let first = times().map(|row| case.time(row)).min().unwrap_or(Timestamp(0));
        let last = times().map(|row| case.time(row)).max().unwrap_or(Timestamp(0));
        let longest = Duration(last.since(first).0.saturating_add(1));
        let changed = changes(&solo.pattern, longest);
        Self {
            trials: Trials::new(solo, case),
            case,
            pattern: &solo.pattern,
            people,
            changed,
            are_whole: true,
        }
    }

    /// Whether a longer window makes a match of what an event began.
    pub(super) fn window_is_all(&mut self, began: RowOf) -> bool {
        let windows: Vec<_> = (0..self.changed.len()).filter(|place| self.is_window(*place)).collect();
        windows.into_iter().any(|place| self.first_with(place, began).is_some())
    }

    fn is_window(&self, place: usize) -> bool {
        let change = &self.changed[place].change;
        matches!(change, Change::Within { .. } | Change::Gap { .. } | Change::Apart { .. })
    }

    /// The changes with which an event begins a match, those that have to do with what ended it first.
    pub(super) fn of_attempt(&mut self, began: RowOf, cause: &Cause, awaited: &[String]) -> Vec<Remedy> {
        let mut places: Vec<_> = (0..self.changed.len()).collect();
        places.sort_by_key(|place| distance(&self.changed[*place].change, cause, awaited));
        let mut remedies: Vec<_> = Vec::new();
        remedies.extend(self.lateness(|found| begins(found, began)));
        for place in places {
            if remedies.len() == MOST_REMEDIES {
                break;
            }
            remedies.extend(self.with(place, began));
        }
        remedies
    }

    /// The changes of a condition of the first stage with which an event begins a match.
    pub(super) fn of_miss(&mut self, event: RowOf, stage: &str) -> Vec<Remedy> {
        let of_stage = |changed: &Changed| matches!(&changed.change, Change::WithoutCondition { stage: of, .. } if of == stage);
        let places: Vec<_> =
            (0..self.changed.len()).filter(|place| of_stage(&self.changed[*place])).collect();
        places.into_iter().filter_map(|place| self.with(place, event)).take(1).collect()
    }

    /// The match there is once a late event is in it.
    pub(super) fn of_late(&mut self, event: RowOf) -> Vec<Remedy> {
        let has = |found: &Found| found.events.iter().any(|(_, of)| *of == event);
        self.lateness(has).into_iter().collect()
    }

    /// The first match that there is once time has gone on.
    pub(super) fn once_time_goes_on(&mut self) -> Option<Found> {
        self.run(self.pattern, Given::WithWaiting).found.first().cloned()
    }

    /// Whether all runs since the last call were looked at to their end, so that it says something not to have found any.
    pub(super) fn were_whole(&mut self) -> bool {
        std::mem::replace(&mut self.are_whole, true)
    }

    fn run(&mut self, pattern: &Pattern, given: Given) -> Rc<Trial> {
        let trial = self.trials.run(pattern, given);
        self.are_whole &= trial.is_whole;
        trial
    }

    /// A match that there is where late events count, and how late they may be for it.
    fn lateness(&mut self, is_meant: impl Fn(&Found) -> bool) -> Option<Remedy> {
        if self.case.late.is_empty() {
            return None;
        }
        let all = self.run(self.pattern, Given::WithLate);
        let found = all.found.iter().find(|found| is_meant(found))?;
        let late = self
            .case
            .late
            .iter()
            .filter(|late| found.events.iter().any(|(_, of)| *of == (late.row.input, late.row.row)));
        let needed = late.filter_map(|late| self.people.lateness(late)).max_by_key(|(_, _, to)| *to);
        let (stream, from, to) = needed?;
        Some(Remedy { change: Change::Lateness { stream, from, to }, found: self.people.found(found) })
    }

    /// The match of an event with a change, if there is one, the change as small as may be.
    fn with(&mut self, place: usize, began: RowOf) -> Option<Remedy> {
        let found = self.first_with(place, began)?;
        let (change, found) = self.least(place, began, found);
        Some(Remedy { change, found: self.people.found(&found) })
    }

    /// The first match that an event begins, with a change.
    fn first_with(&mut self, place: usize, began: RowOf) -> Option<Found> {
        let trial = self.trials.run(&self.changed[place].pattern, Given::OnTime);
        self.are_whole &= trial.is_whole;
        trial.found.iter().find(|found| begins(found, began)).cloned()
    }

    /// The least window that does, rounded up to what people would write.
    fn least(&mut self, place: usize, began: RowOf, found: Found) -> (Change, Found) {
        let waits = self.waits(&found);
        let whole = waits.iter().map(|(_, wait)| wait.0).sum();
        let longest_before = |stage: &str| {
            let of_stage = waits.iter().filter(|(of, _)| of == stage).map(|(_, wait)| wait.0);
            of_stage.max().unwrap_or(whole)
        };
        let make: Box<dyn Fn(Duration) -> (Change, Pattern)>;
        let (needed, from) = match self.changed[place].change.clone() {
            Change::Within { from, .. } => {
                let pattern = self.pattern;
                make = Box::new(move |to| (Change::Within { from, to }, within(pattern, to)));
                (whole, from)
            }
            Change::Gap { stage, from, .. } => {
                let (needed, pattern) = (longest_before(&stage), self.pattern);
                make = Box::new(move |to| {
                    (Change::Gap { stage: stage.clone(), from, to }, with_gap(pattern, &stage, to))
                });
                (needed, from)
            }
            Change::Apart { stage, from, .. } => {
                let (needed, pattern) = (longest_before(&stage), self.pattern);
                make = Box::new(move |to| {
                    (Change::Apart { stage: stage.clone(), from, to }, with_apart(pattern, &stage, to))
                });
                (needed, from)
            }
            other => return (other, found),
        };
        for to in [rounded(Duration(needed), from), Duration(needed.saturating_add(1))] {
            let (change, pattern) = make(to);
            let all = self.run(&pattern, Given::OnTime);
            if let Some(found) = all.found.iter().find(|found| begins(found, began)) {
                return (change, found.clone());
            }
        }
        (self.changed[place].change.clone(), found)
    }

    /// By event but the first: its stage, and the time since the event before.
    fn waits(&self, found: &Found) -> Vec<(String, Duration)> {
        let time = |(_, (input, row)): &(String, RowOf)| self.case.inputs[*input].time(*row);
        let pairs = found.events.windows(2);
        pairs.map(|pair| (pair[1].0.clone(), time(&pair[1]).since(time(&pair[0])))).collect()
    }
}

fn begins(found: &Found, began: RowOf) -> bool {
    found.events.first().is_some_and(|(_, of)| *of == began)
}

/// A window in which something that long fits, in steps of the coarsest unit that the present one is written in.
fn rounded(needed: Duration, from: Duration) -> Duration {
    const UNITS: [i64; 4] = [86_400_000, 3_600_000, 60_000, 1_000];
    let unit = UNITS.into_iter().find(|unit| from.0 % unit == 0).unwrap_or(1);
    // Windows are exclusive.
    Duration((needed.0 / unit).saturating_add(1).saturating_mul(unit))
}

/// How little a change has to do with what ended an attempt.
fn distance(change: &Change, cause: &Cause, awaited: &[String]) -> u8 {
    let fits = match (change, cause) {
        (Change::Within { .. } | Change::Gap { .. } | Change::Apart { .. }, Cause::Window { .. })
        | (Change::WithoutAbsence { .. }, Cause::Negation { .. })
        | (Change::WithoutUntil { .. }, Cause::Until { .. })
        | (Change::NotGreedy { .. }, Cause::Greedy { .. })
        | (Change::NoSkip, Cause::Skipped { .. } | Cause::HeldBack { .. })
        | (Change::NoLimit, Cause::Limit { .. }) => true,
        (
            Change::FollowedBy { stage } | Change::NotConsecutive { stage },
            Cause::StrictContiguity { between },
        ) => *stage == between.stage,
        _ => false,
    };
    let is_awaited = match change {
        Change::WithoutCondition { stage, .. }
        | Change::FollowedBy { stage }
        | Change::NotConsecutive { stage }
        | Change::Gap { stage, .. } => awaited.contains(stage),
        _ => false,
    };
    match (fits, is_awaited, change) {
        (true, _, _) => 0,
        (_, true, _) => 1,
        (_, _, Change::Within { .. } | Change::Gap { .. } | Change::Apart { .. }) => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_rounded_to_the_unit_it_is_written_in() {
        assert_eq!(rounded(Duration(630_000), Duration(600_000)), Duration(660_000));
        assert_eq!(rounded(Duration(660_000), Duration(600_000)), Duration(720_000), "windows are exclusive");
        assert_eq!(rounded(Duration(1_500), Duration(1_000)), Duration(2_000));
        assert_eq!(rounded(Duration(12), Duration(7)), Duration(13));
    }
}
