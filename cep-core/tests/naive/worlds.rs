//! The engine against the naive matcher, over many small worlds: a pattern and a few events.

use cep_core::pattern::Skip;

use crate::engine::{Row, check_threads, compile, run, run_as_sets};
use crate::expr::Event;
use crate::generate::{CONNECTORS, Random, all_streams, asking, letters, pattern, quantified, stage, stream};
use crate::matcher::Matcher;
use crate::pattern::{Connector, Element, Pattern};

/// One in so many patterns is also run on several threads.
const ON_THREADS: usize = 20;

/// How many worlds were compared, patterns were rejected, and worlds had a match; the smallest that differs.
#[derive(Default)]
struct Tally {
    worlds: usize,
    as_sets: usize,
    rejected: usize,
    with_match: usize,
    differing: usize,
    smallest: Option<String>,
}

impl Tally {
    fn compare(&mut self, pattern: &Pattern, streams: &[Vec<Event>], pause: i64) {
        let Some(program) = compile(pattern, Skip::NoSkip) else {
            self.rejected += 1;
            return;
        };
        if (self.worlds / streams.len()).is_multiple_of(ON_THREADS) {
            check_threads(&program, streams, pause);
        }
        let as_sets = run_as_sets(&program, streams, pause);
        for (index, (events, engine)) in streams.iter().zip(run(&program, streams, pause)).enumerate() {
            let naive = naive(pattern, events);
            if let Some(mut as_sets) = as_sets.as_ref().map(|all| all[index].clone()) {
                self.as_sets += 1;
                let mut matches: Vec<_> = naive.iter().filter(|(is_match, ..)| *is_match).cloned().collect();
                assert!(as_sets.is_sorted_by_key(|(_, time, _)| *time), "{as_sets:?}");
                matches.sort();
                as_sets.sort();
                if matches != as_sets {
                    self.note(pattern, events, &matches, &as_sets);
                }
            }
            self.worlds += 1;
            self.with_match += usize::from(naive.iter().any(|(is_match, ..)| *is_match));
            if naive != engine {
                self.note(pattern, events, &naive, &engine);
            }
        }
    }

    fn note(&mut self, pattern: &Pattern, events: &[Event], naive: &[Row], engine: &[Row]) {
        self.differing += 1;
        let events: Vec<String> = events
            .iter()
            .map(|event| format!("{}{}@{}", event.letter(), event.number("value"), event.time))
            .collect();
        let world = format!("{pattern}\n{}\nnaive  {naive:?}\nengine {engine:?}", events.join(" "));
        if self.smallest.as_ref().is_none_or(|smallest| world.len() < smallest.len()) {
            self.smallest = Some(world);
        }
    }

    fn conclude(&self, least: usize) {
        self.agree(least);
        let Self { worlds, as_sets, .. } = self;
        assert!(as_sets * 5 > *worlds, "{as_sets} of {worlds} worlds as sets");
    }

    fn agree(&self, least: usize) {
        let Self { worlds, rejected, with_match, differing, smallest, .. } = self;
        assert!(smallest.is_none(), "{differing} of {worlds} worlds differ:\n{}", smallest.as_ref().unwrap());
        assert!(*worlds >= least, "{worlds} worlds, {rejected} patterns rejected");
        assert!(with_match * 5 > *worlds, "a match in {with_match} of {worlds} worlds");
    }
}

/// What the naive matcher gives.
pub(crate) fn naive(pattern: &Pattern, events: &[Event]) -> Vec<Row> {
    let owned = |(stage, index): (&str, usize)| (stage.to_owned(), index);
    let outputs = Matcher::run(pattern, events).into_iter();
    outputs
        .map(|output| (output.is_match, output.time, output.captured.into_iter().map(owned).collect()))
        .collect()
}

/// All second elements after a first one.
fn seconds(condition: &str) -> Vec<Element> {
    let positive =
        CONNECTORS.into_iter().flat_map(|connector| quantified(&stage(connector, "s2", letters(condition))));
    let negated = [Connector::NotNext, Connector::NotFollowedBy];
    positive.chain(negated.map(|connector| stage(connector, "s2", letters(condition)))).collect()
}

#[test]
fn all_patterns_of_two_stages() {
    let mut random = Random(1);
    let mut tally = Tally::default();
    for first in quantified(&stage(Connector::Next, "s1", letters("a"))) {
        for second in ["b", "ab"].into_iter().flat_map(seconds) {
            let absence = second.is_absence();
            let within = random.pick(&[None, Some(3), Some(5)]).or(absence.then_some(4));
            let pattern = Pattern { sequence: vec![first.clone(), second], within };
            let streams: Vec<_> = (0..4).map(|_| stream(&mut random)).collect();
            tally.compare(&pattern, &streams, random.pick(&[2, 4, 100]));
        }
    }
    tally.conclude(80_000);
}

#[test]
fn all_streams_for_one_quantifier() {
    let mut tally = Tally::default();
    let streams = all_streams(6);
    for connector in CONNECTORS {
        for first in quantified(&stage(Connector::Next, "s1", letters("a"))) {
            let sequence = vec![first, stage(connector, "s2", letters("ab"))];
            tally.compare(&Pattern { sequence, within: None }, &streams, 3);
        }
    }
    tally.conclude(80_000);
}

#[test]
fn random_patterns_of_three_stages() {
    let mut random = Random(3);
    let mut tally = Tally::default();
    while tally.worlds < 60_000 {
        let pattern = pattern(&mut random, 3, 0);
        let streams: Vec<_> = (0..4).map(|_| stream(&mut random)).collect();
        tally.compare(&pattern, &streams, random.pick(&[2, 4, 100]));
    }
    tally.conclude(60_000);
}

#[test]
fn random_patterns_with_groups() {
    let mut random = Random(4);
    let mut tally = Tally::default();
    while tally.worlds < 60_000 {
        let length = random.pick(&[2, 3, 3, 4, 5]);
        let pattern = pattern(&mut random, length, 2);
        let streams: Vec<_> = (0..4).map(|_| stream(&mut random)).collect();
        tally.compare(&pattern, &streams, random.pick(&[2, 4, 100]));
    }
    tally.conclude(60_000);
}

#[test]
fn random_patterns_that_ask_what_was_captured() {
    let mut random = Random(5);
    let mut tally = Tally::default();
    while tally.worlds < 40_000 {
        let (length, depth) = (random.pick(&[1, 2, 2, 3]), random.pick(&[0, 0, 1]));
        let pattern = pattern(&mut random, length, depth);
        let pattern = asking(&mut random, pattern);
        let streams: Vec<_> = (0..4).map(|_| stream(&mut random)).collect();
        tally.compare(&pattern, &streams, random.pick(&[2, 4, 100]));
    }
    tally.agree(40_000);
}
