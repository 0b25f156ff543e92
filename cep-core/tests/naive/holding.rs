//! Partial matches held as runs against partial matches held as sets, over random patterns and longer streams.
//!
//! `CEP_PATTERNS=100000 cargo test --release -p cep-core --test naive sets_find` tries that many patterns.

use std::collections::HashSet;
use std::sync::Arc;

use cep_core::event::{BatchBuilder, Datum, EventBatch, Watermarks};
use cep_core::matcher::{Config, Hold, Matcher, Output, TimerPolicy};
use cep_core::pattern::Skip;
use cep_core::program::{Program, Repeats};
use cep_core::time::{Duration, Timestamp, Watermark};

use crate::emit::by_reference;
use crate::engine::{compile, row};
use crate::expr::Event;
use crate::generate::{Random, asking, event, pattern};
use crate::pattern::Pattern;

/// Tried where the environment asks for no other number.
const PATTERNS: usize = 2_000;

/// More events would let runs grow without bound.
const MOST_MATCHES: usize = 5_000;

/// A match: its time, key and events, and its id.
type Found = (i64, String, [u8; 16]);

#[test]
#[expect(clippy::print_stdout, reason = "how many of what were tried is worth knowing")]
fn sets_find_what_runs_find() {
    let wanted = patterns();
    let mut random = Random(7);
    let (mut tried, mut with_match, mut matches, mut unambiguous) = (0, 0, 0, 0);
    while tried < wanted {
        let (length, depth) = (random.pick(&[1, 2, 3, 3, 4, 5]), random.pick(&[0, 0, 1, 2]));
        let pattern = pattern(&mut random, length, depth);
        let within =
            if random.percent(70) { random.pick(&[Some(3), Some(6), Some(12), Some(30)]) } else { None };
        let pattern = Pattern { within, ..pattern };
        let Some(program) = compile(&pattern, Skip::NoSkip) else { continue };
        if !program.patterns().all(|(_, pattern)| pattern.held.as_sets(Hold::Sets)) {
            continue;
        }
        let ties = random.percent(50);
        let events = stream(&mut random, ties);
        let found = compare(&program, &pattern, &events);
        assert!(are_distinct(&found), "equal ids\n{pattern}\n{}", show(&events));
        tried += 1;
        matches += found.len();
        with_match += usize::from(!found.is_empty());
        unambiguous +=
            usize::from(program.patterns().all(|(_, pattern)| pattern.ambiguity.matches == Repeats::Never));
    }
    println!("{tried} patterns, {with_match} with {matches} matches, {unambiguous} unambiguous");
    assert!(with_match * 3 > tried, "{with_match} of {tried} patterns match anything");
    assert!(unambiguous * 3 > tried, "{unambiguous} of {tried} patterns are known to be unambiguous");
}

/// Patterns of every kind, timeouts too: what `Ambiguity` says cannot occur twice gets no number, and what it says
/// cannot occur in several steps does not tell of its step.
#[test]
fn equal_outputs_have_ids_of_their_own() {
    let mut random = Random(8);
    let (mut tried, mut outputs, mut again) = (0, 0, 0);
    while tried < patterns() {
        let (length, depth) = (random.pick(&[1, 2, 3, 3, 4]), random.pick(&[0, 1, 2]));
        let pattern = pattern(&mut random, length, depth);
        let pattern = if random.percent(30) { asking(&mut random, pattern) } else { pattern };
        let skip = random.pick(&[Skip::NoSkip, Skip::NoSkip, Skip::ToNext, Skip::PastLastEvent]);
        let Some(program) = compile(&pattern, skip.clone()) else { continue };
        let ties = random.percent(30);
        let events = stream(&mut random, ties);
        let config = Config { report_timeouts: true, ..Config::default() };
        let Some(found) = run_with(&program, &events, config, 1) else { continue };
        let world = || format!("{skip:?}\n{pattern}\n{}", show(&events));
        assert!(are_distinct(&found), "{}\n{found:?}", world());
        let in_batches = run_with(&program, &events, config, 7);
        assert_eq!(in_batches.as_ref(), Some(&found), "{}", world());
        let flink = Config { timers: TimerPolicy::Flink, ..config };
        let as_flink = run_with(&program, &events, flink, 3).unwrap_or_default();
        assert!(are_distinct(&as_flink), "as Flink: {}\n{as_flink:?}", world());
        tried += 1;
        outputs += found.len();
        again += usize::from(program.patterns().all(|(_, pattern)| {
            [pattern.ambiguity.matches, pattern.ambiguity.partial_matches].contains(&Repeats::AcrossSteps)
        }));
    }
    assert!(outputs > 10 * tried, "{outputs} matches and timeouts");
    assert!(again * 50 > tried, "{again} of {tried} patterns can repeat an output in another step");
}

/// Whether each has an id that no other has, of whatever step.
fn are_distinct(found: &[Found]) -> bool {
    let ids: HashSet<_> = found.iter().map(|(.., id)| id).collect();
    ids.len() == found.len()
}

/// How many are tried.
fn patterns() -> usize {
    std::env::var("CEP_PATTERNS").map_or(PATTERNS, |number| number.parse().unwrap())
}

/// Runs and sets give the same matches; sets in the same order, whatever the batches.
fn compare(program: &Arc<Program>, pattern: &Pattern, events: &[(i64, Event)]) -> Vec<Found> {
    // Event by event, so that too many are noticed in time.
    let Some(runs) = run(program, events, Hold::Runs, 1) else { return Vec::new() };
    let sets = run(program, events, Hold::Sets, 4096).expect("as many as runs find");
    let sorted = |found: &[Found]| {
        let mut found = found.to_vec();
        found.sort();
        found
    };
    let world = || format!("{pattern}\n{}\nruns {runs:?}\nsets {sets:?}", show(events));
    assert!(sets.is_sorted_by_key(|(time, ..)| *time), "{}", world());
    assert_eq!(sorted(&runs), sorted(&sets), "{}", world());
    for size in [1, 7] {
        assert_eq!(run(program, events, Hold::Sets, size).as_ref(), Some(&sets), "size {size}: {}", world());
    }
    sets
}

fn run(program: &Arc<Program>, events: &[(i64, Event)], hold: Hold, size: usize) -> Option<Vec<Found>> {
    run_with(program, events, Config { hold, ..Config::default() }, size)
}

/// None where there are too many.
fn run_with(
    program: &Arc<Program>,
    events: &[(i64, Event)],
    config: Config,
    size: usize,
) -> Option<Vec<Found>> {
    let mut matcher = Matcher::with_config(Arc::clone(program), config);
    let mut found = Vec::new();
    let mut note = |output: Output<'_>| {
        let Output::Match(of) = output else { panic!("nothing is late or kept: {output:?}") };
        let (key, (_, time, events)) = row(&output);
        if found.len() <= MOST_MATCHES {
            found.push((time, format!("{key} {events:?}"), of.id()));
        }
    };
    for batch in batches(program, events, size) {
        matcher.push(batch, by_reference(&mut note)).unwrap();
        if config.hold != Hold::Sets && matcher.held().1 > MOST_MATCHES {
            return None;
        }
    }
    matcher.advance(Watermark::MAX, by_reference(&mut note)).unwrap();
    let is_over = config.timers == TimerPolicy::Exact
        && program.patterns().all(|(_, pattern)| pattern.automaton.window.is_some());
    assert!(!is_over || matcher.held() == (0, 0), "something is held when all windows are over");
    (found.len() <= MOST_MATCHES).then_some(found)
}

/// Up to 40 events of two keys.
fn stream(random: &mut Random, ties: bool) -> Vec<(i64, Event)> {
    let mut time = 0;
    let length = random.pick(&[6, 12, 18, 25, 40]);
    let next = |_| {
        let least = i64::from(!ties);
        time += random.pick(&[0, 0, 0, 1, 1, 2, 9]).max(least);
        (random.pick(&[0, 0, 1]), event(time, random.pick(&["a", "b", "c"]), random.pick(&[0.0, 1.0])))
    };
    (0..length).map(next).collect()
}

fn batches(program: &Program, events: &[(i64, Event)], size: usize) -> Vec<EventBatch> {
    let stream = program.streams().id("ev").unwrap();
    let mut builder = BatchBuilder::new(stream, Arc::clone(&program.streams().get(stream).schema), 0);
    let mut watermarks = Watermarks::bounded(Duration(0));
    let mut batches = Vec::new();
    for (index, (key, event)) in (0..).zip(events) {
        let time = Timestamp(event.time);
        let letter = event.letter();
        let row = [
            Datum::Int(*key),
            Datum::Str(letter.as_str().into()),
            Datum::Float(event.number("value")),
            Datum::Timestamp(time),
        ];
        builder.push_row(time, watermarks.observe(time), &row).unwrap();
        builder.tag_last(index);
        if builder.len() == size {
            batches.push(builder.take());
        }
    }
    batches.extend((!builder.is_empty()).then(|| builder.finish()));
    batches
}

fn show(events: &[(i64, Event)]) -> String {
    let event = |(key, event): &(i64, Event)| {
        format!("{}{}@{}/{key}", event.letter(), event.number("value"), event.time)
    };
    events.iter().map(event).collect::<Vec<_>>().join(" ")
}
