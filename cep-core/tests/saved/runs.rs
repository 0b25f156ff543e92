//! Runs that are saved and read back at random moments against runs that are not.

use std::sync::Arc;

use cep_core::matcher::{Config, Hold, Matcher, Output, PatternStats, TableRows, TimerPolicy};
use cep_core::program::Program;
use cep_core::runtime::RunError;

use crate::emit::by_reference;
use crate::input::{Call, input};
use crate::programs::program;
use crate::random::Random;
use crate::reborn::Store;
use crate::special;

/// What came of a run.
#[derive(PartialEq, Debug)]
struct Outcome {
    outputs: Vec<String>,
    stats: Vec<PatternStats>,
    error: Option<RunError>,
}

pub(crate) fn note(output: &Output<'_>) -> String {
    match output {
        Output::Late(late) => format!("late {:?} {:?} {}", late.pattern_id(), late.stream(), late.position()),
        found => format!("{:?}", found.as_match().unwrap().to_owned()),
    }
}

/// Runs calls; `save` may put another matcher in the place of the one at hand before each.
fn run(
    program: &Arc<Program>,
    tables: &TableRows,
    config: Config,
    calls: &[Call],
    mut save: impl FnMut(&Matcher) -> Option<Matcher>,
) -> Outcome {
    let mut matcher = Matcher::with_config(Arc::clone(program), config);
    matcher.set_tables(tables.clone());
    let mut outputs = Vec::new();
    let mut error = None;
    for call in calls {
        if let Some(other) = save(&matcher) {
            matcher = other;
        }
        let mut note = |output: Output<'_>| outputs.push(note(&output));
        let out = by_reference(&mut note);
        let result = match call.clone() {
            Call::Push(batch) => matcher.push(batch, out),
            Call::AdvanceStream(stream, to) => matcher.advance_stream(stream, to, out),
            Call::Idle(stream, idle) => matcher.set_idle(stream, idle, out),
            Call::Advance(to) => matcher.advance(to, out),
            Call::Flush => Ok(()),
        };
        error = result.err();
        if error.is_some() {
            break;
        }
    }
    Outcome { outputs, stats: matcher.stats().to_vec(), error }
}

fn configs(random: &mut Random) -> Config {
    let hold = random.pick(&[Hold::Chosen, Hold::Runs, Hold::Sets]);
    let timers = random.pick(&[TimerPolicy::Exact, TimerPolicy::Exact, TimerPolicy::Flink]);
    Config { report_timeouts: random.percent(40), hold, timers, ..Config::default() }
}

#[derive(Default)]
struct Tally {
    outputs: usize,
    saves: usize,
}

impl Tally {
    fn compare(
        &mut self,
        random: &mut Random,
        (program, tables): (&Arc<Program>, &TableRows),
        calls: &[Call],
        world: &str,
    ) {
        let config = configs(random);
        let whole = run(program, tables, config, calls, |_| None);
        let mut store = Store::new(program, config);
        let share = random.pick(&[10, 40, 100]);
        let saved = run(program, tables, config, calls, |matcher| {
            // Chunks of what waits are written more often than all is read back.
            if random.percent(50) {
                store.save_waiting(matcher);
            }
            random.percent(share).then(|| {
                self.saves += 1;
                store.reborn(matcher, tables)
            })
        });
        self.outputs += whole.outputs.len();
        let first = whole.outputs.iter().zip(&saved.outputs).position(|(one, other)| one != other);
        let source = &program.definitions().patterns;
        assert_eq!(whole, saved, "{world}: first at {first:?}\n{config:?}\n{source:#?}");
    }
}

#[test]
fn a_run_goes_on_after_it_was_saved_and_read_back() {
    let mut tally = Tally::default();
    for seed in 0..300 {
        let mut random = Random(seed);
        let (program, tables) = program(&mut random, true);
        let calls = input(&mut random, &program);
        tally.compare(&mut random, (&program, &tables), &calls, &format!("world {seed}"));
    }
    assert!(tally.saves > 1_000 && tally.outputs > 20_000, "{} {}", tally.saves, tally.outputs);
}

#[test]
fn so_do_patterns_of_special_kinds() {
    let mut tally = Tally::default();
    for seed in 0..200 {
        let mut random = Random(seed);
        let (name, program) = special::program(&mut random);
        let calls = special::input(&mut random, &program);
        let tables = TableRows::default();
        tally.compare(&mut random, (&program, &tables), &calls, &format!("{name}, world {seed}"));
    }
    assert!(tally.saves > 1_000 && tally.outputs > 20_000, "{} {}", tally.saves, tally.outputs);
}
