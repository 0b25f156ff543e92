//! Runs an input on one thread or on several, and notes all that comes out.

use std::num::NonZeroUsize;
use std::sync::Arc;

use cep_core::ids::ColumnId;
use cep_core::matcher::{Config, Matcher, Output, PatternStats, ShardedMatcher, TableRows};
use cep_core::program::Program;
use cep_core::runtime::RunError;

use crate::input::Call;

/// What came of an input.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) outputs: Vec<String>,
    pub(crate) stats: Vec<PatternStats>,
    pub(crate) error: Option<RunError>,
    /// Calls before the one that failed.
    pub(crate) calls: u64,
}

/// All there is to an output.
fn text(output: &Output<'_>) -> String {
    match output {
        Output::Late(late) => {
            let columns: Vec<_> = (0..5).map(|column| late.get(ColumnId::new(column)).into_value()).collect();
            format!("late {:?} {:?} {} {columns:?}", late.pattern_id(), late.stream(), late.position())
        }
        found => format!("{:?}", found.as_match().unwrap().to_owned()),
    }
}

pub(crate) fn single(program: &Arc<Program>, tables: &TableRows, config: Config, input: &[Call]) -> Outcome {
    let mut matcher = Matcher::with_config(Arc::clone(program), config);
    matcher.set_tables(tables.clone());
    let mut outputs = Vec::new();
    let (mut calls, mut error) = (0, None);
    for call in input.iter().filter(|call| !matches!(call, Call::Flush)) {
        let note = |output: Output<'_>| outputs.push(text(&output));
        let result = match call.clone() {
            Call::Push(batch) => matcher.push(batch, note),
            Call::AdvanceStream(stream, to) => matcher.advance_stream(stream, to, note),
            Call::Idle(stream, idle) => matcher.set_idle(stream, idle, note),
            Call::Advance(to) => matcher.advance(to, note),
            Call::Flush => continue,
        };
        error = result.err();
        if error.is_some() {
            break;
        }
        calls += 1;
    }
    Outcome { outputs, stats: matcher.stats().to_vec(), error, calls }
}

pub(crate) fn sharded(
    program: &Arc<Program>,
    tables: &TableRows,
    config: Config,
    input: &[Call],
    threads: usize,
) -> Outcome {
    let threads = NonZeroUsize::new(threads).unwrap();
    let (program, tables) = (Arc::clone(program), tables.clone());
    let mut matcher = ShardedMatcher::new(program, config, tables, threads, |output| text(&output));
    let mut outputs = Vec::new();
    let mut error = None;
    for call in input {
        let note = |output| outputs.push(output);
        let result = match call.clone() {
            Call::Push(batch) => matcher.push(batch, note),
            Call::AdvanceStream(stream, to) => matcher.advance_stream(stream, to, note),
            Call::Idle(stream, idle) => matcher.set_idle(stream, idle, note),
            Call::Advance(to) => matcher.advance(to, note),
            Call::Flush => matcher.flush(note),
        };
        error = result.err();
        if error.is_some() {
            break;
        }
    }
    Outcome { outputs, stats: matcher.stats().to_vec(), error, calls: matcher.calls_through() }
}
