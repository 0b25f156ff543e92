//! Several threads against one: random programs of several streams, keys, families and strata over random input give the
//! very same outputs, in the same order, and the same counts and errors.

#![expect(clippy::unwrap_used, reason = "tests say what they show in their names, and panic where they fail")]

mod input;
mod programs;
mod random;
mod runs;

use std::sync::Arc;

use cep_core::matcher::{Config, TimerPolicy};

use crate::input::input;
use crate::programs::program;
use crate::random::Random;
use crate::runs::{Outcome, sharded, single};

/// What a share of the worlds had, so that the test cannot pass by showing nothing.
#[derive(Default, Debug)]
struct Seen {
    worlds: usize,
    outputs: usize,
    timeouts: u64,
    late: u64,
    dropped: u64,
    failed: usize,
    several_strata: usize,
}

impl Seen {
    fn note(&mut self, outcome: &Outcome, strata: usize) {
        self.worlds += 1;
        self.outputs += outcome.outputs.len();
        self.timeouts += outcome.stats.iter().map(|stats| stats.timeouts).sum::<u64>();
        self.late += outcome.stats.iter().map(|stats| stats.late).sum::<u64>();
        self.dropped += outcome.stats.iter().map(|stats| stats.dropped).sum::<u64>();
        self.failed += usize::from(outcome.error.is_some());
        self.several_strata += usize::from(strata > 1);
    }
}

fn compare(worlds: u64, config: Config, limits: bool) -> Seen {
    let mut seen = Seen::default();
    for seed in 0..worlds {
        let mut random = Random(seed);
        let (program, tables) = program(&mut random, limits);
        let input = input(&mut random, &program);
        let expected = single(&program, &tables, config, &input);
        let strata = program.families().iter().map(|family| family.stratum + 1).max().unwrap_or(1);
        seen.note(&expected, strata);
        for threads in [1, 2, 3, 7] {
            let found = sharded(&program, &tables, config, &input, threads);
            let first = expected.outputs.iter().zip(&found.outputs).position(|(one, many)| one != many);
            if let Some(first) = first {
                let (one, many) = (&expected.outputs[first], &found.outputs[first]);
                panic!("seed {seed}, {threads} threads, output {first}:\none:  {one}\nmany: {many}");
            }
            assert_eq!(found.outputs.len(), expected.outputs.len(), "seed {seed}, {threads} threads");
            assert_eq!(found.error, expected.error, "seed {seed}, {threads} threads");
            assert_eq!(found.stats, expected.stats, "seed {seed}, {threads} threads");
            assert_eq!(found.calls, expected.calls, "seed {seed}, {threads} threads");
        }
        assert!(Arc::strong_count(&program) == 1, "the threads have ended");
    }
    seen
}

#[test]
fn many_threads_put_out_what_one_does() {
    let seen = compare(300, Config::default(), true);
    assert!(seen.outputs > 50 * seen.worlds && seen.late > 1000 && seen.dropped > 1000, "{seen:?}");
    assert!(seen.failed > 10 && seen.several_strata > 100, "{seen:?}");
}

#[test]
fn timeouts_are_told_in_the_same_order() {
    let seen = compare(80, Config { report_timeouts: true, ..Config::default() }, true);
    assert!(seen.timeouts > 1000, "{seen:?}");
}

#[test]
fn the_timers_of_flink_are_kept_too() {
    let config = Config { timers: TimerPolicy::Flink, report_timeouts: true, ..Config::default() };
    let seen = compare(60, config, false);
    assert!(seen.outputs > 20 * seen.worlds && seen.timeouts > 500, "{seen:?}");
}
