//! Why a pattern did or did not match: for the events of one key, each attempt, how far it came, what ended it, and the
//! smallest change with which it would have matched.
//!
//! Nothing here knows better than the engine. The events of a key are gathered beside a run of the real matcher
//! ([`crate::matcher::Gather`]) and followed by the parts that runs are made of (`runtime/trace`, `follow`), which tell of each
//! partial match that goes. Only afterwards, and only of the one that came furthest from each event, conditions are taken
//! apart (`judge`, `parts`) to say what did not hold and with which values. What would have matched is found by running
//! changed forms of the pattern over the same events (`change`, `trial`): each claim is a match that there is.

mod change;
mod follow;
mod judge;
mod parts;
mod people;
mod remedy;
mod report;
mod solo;
mod standing;
mod trial;

pub use people::key_text;
pub use report::{
    Attempt, CapturedBy, Cause, Change, Late, Near, Part, Remedy, Report, Seen, Standing, Waiting, Window,
    WindowKind,
};

use std::collections::HashSet;

use follow::{Followed, Tried};
use judge::Judge;
use people::People;
use remedy::Remedies;
use solo::{Case, Solo};

use crate::event::Value;
use crate::ids::PatternId;
use crate::matcher::Gathered;
use crate::program::{Probe, Program};
use crate::time::Timestamp;

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Question {
    /// Attempts that began no earlier.
    pub from: Option<Timestamp>,
    /// Attempts that began no later.
    pub to: Option<Timestamp>,
    /// At most so many, those that came furthest.
    pub most: usize,
}

/// How far a key came.
#[derive(Clone, PartialEq, Debug)]
pub struct KeyReach {
    /// The key.
    pub key: Vec<Value>,
    /// How many events it had.
    pub events: usize,
    /// How many matches.
    pub matches: usize,
    /// The furthest stage that an attempt reached; none where no event began any.
    pub furthest: Option<String>,
    /// How many events that attempt captured.
    pub captured: usize,
}

/// More events that began nothing than this are not told of.
const MOST_MISSED: usize = 3;

/// What became of a pattern for a key.
///
/// # Panics
/// If the events were gathered for another pattern.
#[must_use]
pub fn why(
    program: &Program,
    pattern: PatternId,
    gathered: &Gathered,
    key: u32,
    question: Question,
) -> Report {
    let solo = Solo::new(program, pattern);
    let alone = solo.program(&solo.pattern).expect("a pattern of a program is one by itself");
    let case = Case::new(gathered, key);
    let inputs = gathered.streams.iter().map(|stream| stream.stream).collect();
    let people = People::new(program, inputs, &solo.pattern, &case);
    let followed = Followed::new(&alone, &case);
    let probe = Probe::new(&alone, PatternId(0));
    let judge = Judge {
        followed: &followed,
        automaton: &alone.pattern(PatternId(0)).automaton,
        probe: &probe,
        case: &case,
        pattern: &solo.pattern,
        people: &people,
    };
    let remedies = Remedies::new(&solo, &case, &people);
    Inquiry { judge, remedies, question }.report(program, gathered)
}

/// The keys that came nearest to a match, or to a further one, at most so many.
///
/// # Panics
/// As [`why`].
#[must_use]
pub fn nearest_keys(
    program: &Program,
    pattern: PatternId,
    gathered: &Gathered,
    most: usize,
) -> Vec<KeyReach> {
    let solo = Solo::new(program, pattern);
    let alone = solo.program(&solo.pattern).expect("a pattern of a program is one by itself");
    let stages = &alone.pattern(PatternId(0)).stages;
    let reach = |(place, key): (usize, &Vec<Value>)| {
        let case = Case::new(gathered, u32::try_from(place).ok()?);
        let followed = Followed::new(&alone, &case);
        let furthest = followed.attempts.values().map(Tried::reach).max();
        let reached = KeyReach {
            key: key.clone(),
            events: case.rows.len() + case.late.len() + case.waiting.len(),
            matches: followed.attempts.values().map(|tried| tried.matches.len()).sum(),
            furthest: furthest.map(|(_, stage, _)| stages[stage.index()].clone()),
            captured: furthest.map_or(0, |(.., captured)| captured),
        };
        Some((furthest, reached))
    };
    let mut keys: Vec<_> = gathered.keys.iter().enumerate().filter_map(reach).collect();
    // Whoever has a match asks for nothing.
    keys.sort_by_key(|(furthest, reached)| (reached.matches > 0, std::cmp::Reverse(*furthest)));
    keys.into_iter().take(most).map(|(_, reached)| reached).collect()
}

/// A question on its way to a report.
struct Inquiry<'a> {
    judge: Judge<'a>,
    remedies: Remedies<'a>,
    question: Question,
}

impl Inquiry<'_> {
    fn report(mut self, program: &Program, gathered: &Gathered) -> Report {
        let followed = self.judge.followed;
        let asked: Vec<&Tried> =
            followed.attempts.values().filter(|tried| self.is_asked(tried.began)).collect();
        let mut shown = asked.clone();
        shown.sort_by_key(|tried| std::cmp::Reverse(tried.reach()));
        shown.truncate(self.question.most);
        shown.sort_by_key(|tried| tried.began);
        let attempts: Vec<_> = shown.iter().map(|tried| self.attempt(tried)).collect();
        let (began_nothing, missed) = self.missed(attempts.is_empty());
        let late = self.late();
        let waiting = standing::waiting(&self.judge, &mut self.remedies, program, gathered);
        Report {
            more_attempts: asked.len() - attempts.len(),
            attempts,
            missed,
            began_nothing,
            late,
            waiting,
            given_up: followed.given_up,
            stopped: gathered.stopped.as_ref().map(ToString::to_string),
        }
    }

    fn is_asked(&self, place: usize) -> bool {
        self.is_in_time(self.judge.case.time(&self.judge.case.rows[place]))
    }

    fn is_in_time(&self, time: Timestamp) -> bool {
        self.question.from.is_none_or(|from| from <= time) && self.question.to.is_none_or(|to| time <= to)
    }

    fn attempt(&mut self, tried: &Tried) -> Attempt {
        let Self { judge, remedies: tries, .. } = self;
        let row = &judge.case.rows[tried.began];
        let began = (row.input, row.row);
        tries.were_whole();
        let cause = judge.cause(tried, || tries.window_is_all(began));
        let run = tried.matches.first().map_or(&tried.last.run, |(run, _)| run);
        let is_over = matches!(cause, Cause::Matched { .. } | Cause::HeldBack { .. });
        let awaited = if is_over { Vec::new() } else { judge.awaited_names(run) };
        let is_lost = !is_over && !matches!(cause, Cause::Open { .. });
        let remedies = match (is_lost, &cause) {
            (true, _) | (_, Cause::Open { .. } | Cause::HeldBack { .. }) => {
                tries.of_attempt(began, &cause, &awaited)
            }
            _ => Vec::new(),
        };
        Attempt {
            began: judge.people.event(row),
            captured: judge.people.path(&judge.followed.trace, run),
            awaited,
            cause,
            remedies,
            all_tried: tries.were_whole(),
        }
    }

    /// Events that began nothing: how many, and those that came nearest.
    fn missed(&mut self, nothing_began: bool) -> (usize, Vec<Near>) {
        let judge = &self.judge;
        let began: HashSet<_> = judge.followed.attempts.values().map(|tried| tried.began).collect();
        let until = judge.followed.stopped.as_ref().map_or(judge.case.rows.len(), |(_, place)| *place);
        let places: Vec<_> =
            (0..until).filter(|place| !began.contains(place) && self.is_asked(*place)).collect();
        let mut nearest: Vec<_> =
            places.iter().filter_map(|place| Some((*place, judge.for_start(*place)?))).collect();
        // Where something began, others are of interest that do in part.
        nearest.retain(|(_, (near, _))| nothing_began || near.satisfied().0 > 0);
        nearest.sort_by(|(_, (_, left)), (_, (_, right))| right.total_cmp(left));
        nearest.truncate(if nothing_began { MOST_MISSED } else { 1 });
        let remedies = &mut self.remedies;
        let told = nearest.into_iter().map(|(place, (mut near, _))| {
            let row = &judge.case.rows[place];
            near.remedies = remedies.of_miss((row.input, row.row), &near.stage);
            near
        });
        (places.len(), told.collect())
    }

    fn late(&mut self) -> Vec<Late> {
        let Self { judge, remedies, question } = self;
        let is_asked = |time: Timestamp| {
            question.from.is_none_or(|from| from <= time) && question.to.is_none_or(|to| time <= to)
        };
        let late = judge.case.late.iter().filter(|late| is_asked(judge.case.time(&late.row)));
        let told = late.map(|late| {
            remedies.were_whole();
            Late {
                event: judge.people.event(&late.row),
                watermark: late.watermark,
                lateness: judge.people.lateness(late).map(|(_, from, to)| (to, from)),
                remedies: remedies.of_late((late.row.input, late.row.row)),
                all_tried: remedies.were_whole(),
            }
        });
        told.collect()
    }
}
