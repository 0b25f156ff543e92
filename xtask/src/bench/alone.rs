//! `cargo xtask bench`: our engine alone, a line a workload.

use std::path::Path;

use cep_benches::workload::Workload;
use serde_json::json;

use super::files;
use super::numbers::{bytes, count, rate};
use super::options::{Form, Options};
use super::ours::{Memory, Ours};
use super::run::{Run, Slice};

/// Measures and prints each workload.
pub(super) fn measure(root: &Path, options: &Options) -> Result<(), String> {
    let ours = Ours::build(root, options.threads)?;
    head(options.form);
    let slice = Slice { first: 0, events: options.events };
    for &workload in &options.workloads {
        let file = files::ensure(root, workload.file(), options.events)?;
        let runs = (0..options.runs).map(|_| ours.time(workload, &file, slice));
        let run = Run::median(runs.collect::<Result<_, _>>()?)?;
        let memory = ours.memory(workload, &file, slice)?;
        print(workload, &run, memory, options.form);
    }
    Ok(())
}

fn head(form: Form) {
    match form {
        Form::Text => println!(
            "{:4} {:>9} {:>10} {:>10}  {:16} {:>9} {:>8} {:>11}",
            "", "events", "events/s", "matches", "checksum", "memory", "keys", "bytes a key"
        ),
        Form::Json => {}
        Form::Markdown => {
            println!("| | events/s | matches | memory beyond the input |\n|---|---|---|---|");
        }
    }
}

fn print(workload: Workload, run: &Run, memory: Memory, form: Form) {
    let name = format!("{workload:?}");
    let (speed, found, peak) = (rate(run.events_per_s), count(run.matches), bytes(memory.peak_bytes));
    match form {
        Form::Text => println!(
            "{name:4} {:>9} {speed:>10} {found:>10}  {} {peak:>9} {:>8} {:>11}",
            count(run.slice.events),
            run.checksum,
            count(memory.most_keys),
            bytes_per_key(memory).map_or_else(|| "–".to_owned(), count),
        ),
        Form::Json => println!(
            "{}",
            json!({
                "workload": name,
                "events": run.slice.events,
                "events_per_s": run.events_per_s,
                "matches": run.matches,
                "checksum": run.checksum,
                "peak_memory_bytes": memory.peak_bytes,
                "most_keys": memory.most_keys,
                "bytes_per_key": bytes_per_key(memory),
            })
        ),
        Form::Markdown => println!("| {name} | {speed} | {found} | {peak} |"),
    }
}

/// All memory beyond the input over the most keys held at a time; none where there is but one key.
fn bytes_per_key(memory: Memory) -> Option<u64> {
    (memory.most_keys > 1).then(|| memory.peak_bytes / memory.most_keys)
}
