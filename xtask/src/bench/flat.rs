//! `cargo xtask flat`: whether memory stays flat over a very long stream, a process a workload
//! (`benches/src/bin/flat.rs`); shows how far each is.

use std::io::{BufRead as _, BufReader, IsTerminal as _};
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};

use cep_benches::workload::Workload;
use serde_json::Value;

use super::numbers::{bytes, count, rate};
use super::options::{self, Form};

/// What to run.
#[derive(Debug)]
struct Flat {
    workloads: Vec<Workload>,
    /// For each workload.
    events: u64,
    threads: u16,
    form: Form,
}

impl Flat {
    fn parse(args: &[String]) -> Result<Self, String> {
        let mut flat = Self { workloads: vec![], events: 1_000_000_000, threads: 1, form: Form::Text };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--json" => flat.form = Form::Json,
                "--events" => flat.events = options::number(args.next())?,
                "--threads" => flat.threads = options::number(args.next())?,
                name => flat.workloads.push(options::workload(name)?),
            }
        }
        if flat.workloads.is_empty() {
            flat.workloads.push(Workload::W1);
        }
        Ok(flat)
    }
}

/// Runs and prints each workload; true where memory stayed flat in all.
pub(super) fn measure(root: &Path, args: &[String]) -> Result<bool, String> {
    let flat = Flat::parse(args)?;
    super::build(root, "cep-benches", "flat")?;
    let binary = super::release(root).join("flat");
    if flat.form == Form::Text {
        println!(
            "{:4} {:>15} {:>10} {:>14} {:>9} {:>9}",
            "", "events", "events/s", "after a tenth", "at end", "peak"
        );
    }
    let mut all = true;
    for workload in &flat.workloads {
        let mut command = Command::new(&binary);
        command.args([format!("{workload:?}"), flat.events.to_string(), flat.threads.to_string()]);
        let child = command.stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| format!("cannot run {}: {error}", binary.display()))?;
        let result = child.stdout.take().map(|lines| follow(lines, flat.events));
        all &= child.wait().map_err(|error| error.to_string())?.success();
        match result {
            Some(Ok(Some(result))) if flat.form == Form::Json => println!("{result}"),
            Some(Ok(Some(result))) => print(&result),
            Some(Err(message)) => return Err(message),
            // It said why on standard error.
            _ => all = false,
        }
    }
    Ok(all)
}

/// Shows how far the process is, line by line; gives the result, where there is one.
fn follow(lines: ChildStdout, events: u64) -> Result<Option<Value>, String> {
    let mut result = None;
    for line in BufReader::new(lines).lines() {
        let line = line.map_err(|error| format!("the output ends: {error}"))?;
        let fields: Value = serde_json::from_str(&line).map_err(|_| format!("not a result: {line}"))?;
        match fields["memory_bytes"].as_u64() {
            Some(resident) => show(&fields, events, resident),
            None => result = Some(fields),
        }
    }
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K");
    }
    Ok(result)
}

/// On a terminal in one line, that the next takes the place of.
fn show(fields: &Value, events: u64, resident: u64) {
    let pushed = number(fields, "events");
    let line = format!(
        "{} {:3} % {} events, {} events/s, {} resident",
        fields["workload"].as_str().unwrap_or_default(),
        pushed * 100 / events,
        count(pushed),
        rate(number(fields, "events_per_s") as f64),
        bytes(resident),
    );
    match std::io::stderr().is_terminal() {
        true => eprint!("\r{line}\x1b[K"),
        false => eprintln!("{line}"),
    }
}

fn print(result: &Value) {
    println!(
        "{:4} {:>15} {:>10} {:>14} {:>9} {:>9}",
        result["workload"].as_str().unwrap_or_default(),
        count(number(result, "events")),
        rate(number(result, "events_per_s") as f64),
        bytes(number(result, "memory_after_tenth_bytes")),
        bytes(number(result, "memory_at_end_bytes")),
        bytes(number(result, "peak_memory_bytes")),
    );
}

fn number(fields: &Value, name: &str) -> u64 {
    fields[name].as_u64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_billion_events_of_the_first_workload_unless_told_otherwise() {
        let parse = |args: &[&str]| Flat::parse(&args.iter().copied().map(str::to_owned).collect::<Vec<_>>());
        let flat = parse(&[]).unwrap();
        assert_eq!((flat.workloads, flat.events, flat.threads), (vec![Workload::W1], 1_000_000_000, 1));
        let flat = parse(&["W3", "W8", "--events", "5_000_000", "--threads", "2", "--json"]).unwrap();
        assert_eq!((flat.workloads, flat.events), (vec![Workload::W3, Workload::W8], 5_000_000));
        assert_eq!((flat.threads, flat.form), (2, Form::Json));
        for args in [["W1", "--markdown"], ["--events", "0"], ["--threads", "-1"]] {
            assert!(parse(&args).is_err());
        }
    }
}
