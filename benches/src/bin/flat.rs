//! Whether memory stays flat over a long stream, in a process of its own: `flat W1 EVENTS [THREADS]`.
//!
//! Prints JSON lines: every two seconds how far it is, at the end the result. Fails where clearly more is
//! resident at the end than after a tenth of the events; that tenth should outlast the windows of the workload. Events
//! are made while it runs: the rate has their making in it, and the memory the million events repeated.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command for developers")]

use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use cep_benches::memory;
use cep_benches::repeated::Repeated;
use cep_benches::run::Engine;
use cep_benches::workload::Workload;

/// Events repeated: the million of the other measurements, filled up to whole batches of 4,096.
const ROWS: u64 = 1 << 20;

/// Between two lines about how far it is.
const REPORT_EVERY: Duration = Duration::from_secs(2);

/// What the allocator may keep more at one moment than at another, beside a tenth of all.
const SLACK: u64 = 8 << 20;

const LINUX_ONLY: &str = "only Linux says how much memory is resident";

/// Resident memory in bytes, the events repeated included.
#[derive(Clone, Copy, Debug)]
struct Memory {
    after_tenth: u64,
    at_end: u64,
}

impl Memory {
    /// The most that may be resident at the end.
    fn limit(self) -> u64 {
        self.after_tenth + self.after_tenth / 10 + SLACK
    }

    fn flat(self) -> Result<(), String> {
        let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
        match self.at_end > self.limit() {
            true => Err(format!(
                "memory is not flat: {} resident after a tenth of the events, {} at the end, where {} is the most",
                megabytes(self.after_tenth),
                megabytes(self.at_end),
                megabytes(self.limit()),
            )),
            false => Ok(()),
        }
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [workload, events, threads @ ..] = args.as_slice() else {
        eprintln!("usage: flat WORKLOAD EVENTS [THREADS]");
        return ExitCode::FAILURE;
    };
    let workload = Workload::named(workload).expect("a workload's name");
    let events = events.parse().expect("a number of events");
    let threads = threads.first().map_or(Ok(NonZeroUsize::MIN), |text| text.parse());
    let threads = threads.expect("a number of threads");
    match run(workload, events, threads).and_then(Memory::flat) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{workload:?}: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(workload: Workload, events: u64, threads: NonZeroUsize) -> Result<Memory, String> {
    let program = workload.program();
    let stream = Repeated::new(workload, &program, ROWS, events);
    let mut engine = Engine::new(threads, &program);
    let resident = || memory::resident().ok_or(LINUX_ONLY);
    memory::forget_peak().map_err(|error| format!("{LINUX_ONLY}: {error}"))?;
    let start = Instant::now();
    let rate = |pushed: u64| pushed as f64 / start.elapsed().as_secs_f64();
    let (mut pushed, mut reported, mut after_tenth) = (0, Duration::ZERO, None);
    for batch in stream {
        pushed += batch.len() as u64;
        engine.push(batch);
        if after_tenth.is_none() && pushed >= events.div_ceil(10) {
            after_tenth = Some(resident()?);
        }
        if start.elapsed() >= reported + REPORT_EVERY {
            reported = start.elapsed();
            println!(
                r#"{{"workload":"{workload:?}","events":{pushed},"events_per_s":{:.0},"memory_bytes":{}}}"#,
                rate(pushed),
                resident()?
            );
        }
    }
    // Before the windows end, which empties the engine.
    let at_end = resident()?;
    let after_tenth = after_tenth.unwrap_or(at_end);
    // The kernel's two numbers are a few pages apart.
    let peak = memory::peak().ok_or(LINUX_ONLY)?.max(at_end).max(after_tenth);
    let found = engine.finish();
    println!(
        r#"{{"workload":"{workload:?}","events":{pushed},"events_per_s":{:.0},"matches":{},"memory_after_tenth_bytes":{after_tenth},"memory_at_end_bytes":{at_end},"peak_memory_bytes":{peak}}}"#,
        rate(pushed),
        found.matches,
    );
    Ok(Memory { after_tenth, at_end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_and_eight_megabytes_more_is_flat_and_a_byte_more_is_not() {
        let memory = |at_end| Memory { after_tenth: 60 << 20, at_end };
        let limit = (60 + 6 + 8) << 20;
        assert_eq!(memory(limit).flat(), Ok(()));
        assert_eq!(memory(1 << 20).flat(), Ok(()));
        let message = memory(limit + 1).flat().expect_err("a byte more");
        assert!(message.starts_with("memory is not flat: 62.9 MB resident"), "{message}");
    }
}
