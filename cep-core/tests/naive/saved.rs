//! Random patterns over runs that are saved and read back between events, against runs that are not.

use std::sync::Arc;

use cep_core::event::{BatchBuilder, Datum, EventBatch, Watermarks};
use cep_core::matcher::{Config, Hold, Matcher, Output, TableRows, TimerPolicy};
use cep_core::pattern::Skip;
use cep_core::program::Program;
use cep_core::time::{Duration, Timestamp, Watermark};

use crate::emit::by_reference;
use crate::engine::compile;
use crate::expr::Event;
use crate::generate::{Random, asking, event, pattern};
use crate::reborn::Store;

/// More would let what is held grow without bound.
const MOST: usize = 1_000;

/// All outputs; none where there are too many.
fn run(
    program: &Arc<Program>,
    batches: &[EventBatch],
    config: Config,
    mut save: impl FnMut(&Matcher) -> Option<Matcher>,
) -> Option<Vec<String>> {
    let mut matcher = Matcher::with_config(Arc::clone(program), config);
    let mut found = Vec::new();
    for batch in batches {
        let mut note = |output: Output<'_>| match output.as_match() {
            Some(output) => found.push(format!("{:?}", output.to_owned())),
            None => found.push("late".to_owned()),
        };
        matcher.push(batch.clone(), by_reference(&mut note)).unwrap();
        if found.len() > MOST || matcher.held().1 > MOST {
            return None;
        }
        if let Some(other) = save(&matcher) {
            matcher = other;
        }
    }
    // A skip strategy that fails stops the run.
    let mut note = |output: Output<'_>| found.push(format!("{:?}", output.as_match().unwrap().to_owned()));
    let ended = matcher.advance(Watermark::MAX, by_reference(&mut note));
    ended.is_ok().then_some(found)
}

fn batches(program: &Program, events: &[(i64, Event)], size: usize, lateness: i64) -> Vec<EventBatch> {
    let id = program.streams().id("ev").unwrap();
    let schema = &program.streams().get(id).schema;
    let mut watermarks = Watermarks::bounded(Duration(lateness));
    let mut builder = BatchBuilder::new(id, Arc::clone(schema), 0);
    let mut batches = Vec::new();
    for (key, event) in events {
        let time = Timestamp(event.time);
        let (letter, value) = (event.letter(), event.number("value"));
        let row = [Datum::Int(*key), Datum::Str(letter.into()), Datum::Float(value), Datum::Timestamp(time)];
        builder.push_row(time, watermarks.observe(time), &row).unwrap();
        if builder.len() == size {
            batches.push(builder.take());
        }
    }
    batches.push(builder.finish());
    batches
}

/// How many outputs there were, the same with and without.
fn compare(random: &mut Random, program: &Arc<Program>, events: &[(i64, Event)], world: &str) -> usize {
    let hold = random.pick(&[Hold::Chosen, Hold::Runs, Hold::Sets]);
    let timers = random.pick(&[TimerPolicy::Exact, TimerPolicy::Exact, TimerPolicy::Flink]);
    let config = Config { hold, timers, report_timeouts: random.percent(50), ..Config::default() };
    let (size, lateness) = (random.pick(&[1, 1, 3]), random.pick(&[0, 2]));
    let batches = batches(program, events, size, lateness);
    let Some(whole) = run(program, &batches, config, |_| None) else { return 0 };
    let mut store = Store::new(program, config);
    let share = random.pick(&[15, 100]);
    let saved = run(program, &batches, config, |matcher| {
        random.percent(share).then(|| store.reborn(matcher, &TableRows::default()))
    });
    assert_eq!(saved, Some(whole.clone()), "{config:?}\n{world}");
    whole.len()
}

fn skip(random: &mut Random) -> Skip {
    let stage = random.pick(&["s0", "s1"]).to_owned();
    random.pick(&[
        Skip::NoSkip,
        Skip::NoSkip,
        Skip::ToNext,
        Skip::PastLastEvent,
        Skip::ToFirst { stage: stage.clone(), or_fail: false },
        Skip::ToLast { stage, or_fail: false },
    ])
}

fn stream(random: &mut Random) -> Vec<(i64, Event)> {
    let mut time = 0;
    let event = |_| {
        time += random.pick(&[0, 1, 1, 1, 2, 3]);
        let late = random.pick(&[0, 0, 0, 1, 2]);
        let event = event(time - late, random.pick(&["a", "b", "c"]), random.pick(&[0.0, 1.0, 2.0]));
        (random.pick(&[0, 0, 1]), event)
    };
    (0..60).map(event).collect()
}

#[test]
fn random_patterns_go_on_where_they_were_saved() {
    let mut random = Random(11);
    let (mut tried, mut outputs) = (0, 0);
    while tried < 700 {
        let (length, depth) = (random.pick(&[1, 2, 3, 3, 4]), random.pick(&[0, 1, 2]));
        let pattern = pattern(&mut random, length, depth);
        let pattern = if random.percent(50) { asking(&mut random, pattern) } else { pattern };
        let skip = skip(&mut random);
        let Some(program) = compile(&pattern, skip.clone()) else { continue };
        let events = stream(&mut random);
        outputs += compare(&mut random, &program, &events, &format!("{skip:?} {pattern}"));
        tried += 1;
    }
    assert!(outputs > 20_000, "{outputs} outputs");
}
