//! Measures one workload once, in a process of its own, and prints one JSON line:
//! `measure time|memory W1 FILE FIRST EVENTS [THREADS]`; memory is measured on one thread.
//!
//! Time: batches are built beforehand and given away; hashing keys, matching and reading every captured event are
//! inside. Memory: batches stay, each is copied just before it is pushed, and the peak of what is resident is read
//! against what was before the first; so it is the engine's, one batch included.
#![expect(clippy::print_stdout, reason = "a command for developers")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use cep_benches::run::{Found, run_on};
use cep_benches::workload::Workload;
use cep_benches::{memory, streams};
use cep_core::event::EventBatch;
use cep_core::matcher::Matcher;
use cep_core::program::Program;
use cep_core::time::Watermark;

/// Batches between two looks at the keys held: a look visits every key.
const LOOK_EVERY: usize = 16;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [what, workload, path, first, events, threads @ ..] = args.as_slice() else {
        println!("usage: measure time|memory WORKLOAD FILE FIRST EVENTS [THREADS]");
        return ExitCode::FAILURE;
    };
    let threads = threads.first().map_or(Ok(NonZeroUsize::MIN), |text| text.parse());
    let threads = threads.expect("a number of threads");
    let workload = Workload::named(workload).expect("a workload's name");
    let number = |text: &str| text.parse::<usize>().expect("a number of events");
    let program = workload.program();
    let rows = rows(path, number(first), number(events));
    let batches = streams::batches(&program, workload.file(), rows);
    match what.as_str() {
        "memory" => memory(workload, &program, &batches),
        _ => time(workload, &program, batches, threads),
    }
    ExitCode::SUCCESS
}

fn rows(path: &str, first: usize, events: usize) -> impl Iterator<Item = String> {
    let file = BufReader::new(fs::File::open(path).expect("the file is there"));
    file.lines().skip(1 + first).take(events).map(|line| line.expect("the file is text"))
}

fn time(workload: Workload, program: &Arc<Program>, batches: Vec<EventBatch>, threads: NonZeroUsize) {
    let events: usize = batches.iter().map(EventBatch::len).sum();
    let start = Instant::now();
    let Found { matches, checksum } = run_on(threads, program, batches);
    let rate = events as f64 / start.elapsed().as_secs_f64();
    let peak = memory::peak().unwrap_or_default();
    println!(
        r#"{{"workload":"{workload:?}","events":{events},"events_per_s":{rate:.0},"matches":{matches},"checksum":"{checksum:016x}","process_peak_bytes":{peak}}}"#
    );
}

fn memory(workload: Workload, program: &Arc<Program>, batches: &[EventBatch]) {
    let mut matcher = Matcher::new(Arc::clone(program));
    let mut found = Found::default();
    let mut most = (0, 0);
    memory::forget_peak().expect("the kernel forgets peaks");
    let before = memory::resident().unwrap_or_default();
    for (number, batch) in batches.iter().enumerate() {
        matcher.push(batch.clone(), |output| found.add(output)).expect("no workload stops a run");
        if number % LOOK_EVERY == 0 {
            let (keys, partial_matches) = matcher.held();
            most = (keys.max(most.0), partial_matches.max(most.1));
        }
    }
    matcher.advance(Watermark::MAX, |output| found.add(output)).expect("no workload stops a run");
    let peak = memory::peak().unwrap_or_default().saturating_sub(before);
    let (keys, partial_matches) = most;
    println!(
        r#"{{"workload":"{workload:?}","peak_memory_bytes":{peak},"most_keys":{keys},"most_partial_matches":{partial_matches}}}"#
    );
}
