//! `cargo xtask latency`: a trickle of events into `cep run`, and how long after the writing of an event its match is
//! there. A match is known once time has passed its last event, so that the next event, a millisecond later, is inside.

use std::fs;
use std::io::{BufRead as _, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::bench;

const EVENTS_PER_SECOND: u64 = 1_000;
/// The first of so many events and the one after it are a match.
const MATCH_EVERY: u64 = 10;

const PATTERNS: &str = r#"stream tick { n: int  kind: string  ts: timestamp } time ts from "stdin:"

pattern pair on tick {
  begin first where kind == "first"
  next second where kind == "second"
  within 1s
  emit pair { n: second.n }
}
"#;

#[derive(Clone, Copy, Debug)]
enum Format {
    Csv,
    JsonLines,
}

impl Format {
    fn header(self) -> &'static str {
        match self {
            Self::Csv => "n,kind,ts\n",
            Self::JsonLines => "",
        }
    }

    fn line(self, n: u64) -> String {
        let kind = match n % MATCH_EVERY {
            0 => "first",
            1 => "second",
            _ => "other",
        };
        match self {
            Self::Csv => format!("{n},{kind},{n}\n"),
            Self::JsonLines => format!("{{\"n\":{n},\"kind\":\"{kind}\",\"ts\":{n}}}\n"),
        }
    }
}

/// Measures both formats for some seconds each.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<bool, String> {
    let seconds: u64 = match args {
        [] => 10,
        [seconds] => seconds.parse().map_err(|_| "usage: cargo xtask latency [SECONDS]".to_owned())?,
        _ => return Err("usage: cargo xtask latency [SECONDS]".to_owned()),
    };
    bench::build(root, "cep-cli", "cep")?;
    let patterns = root.join("target").join("latency.cep");
    fs::write(&patterns, PATTERNS).map_err(|error| format!("{}: {error}", patterns.display()))?;
    let binary = bench::release(root).join("cep");
    println!("{:10} {:>8} {:>9} {:>9} {:>9}", "", "matches", "p50 ms", "p99 ms", "max ms");
    for format in [Format::Csv, Format::JsonLines] {
        let mut command = Command::new(&binary);
        command.arg("run").arg(&patterns).args(["-o", "jsonl", "-q"]);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| format!("cannot run {}: {error}", binary.display()))?;
        let latencies = measure(&mut child, format, seconds * EVENTS_PER_SECOND)?;
        report(format, latencies);
    }
    Ok(true)
}

/// Nanoseconds from writing to reading, of each match.
fn measure(child: &mut Child, format: Format, events: u64) -> Result<Vec<u64>, String> {
    let input = child.stdin.take().ok_or("the child has no input")?;
    let output = child.stdout.take().ok_or("the child has no output")?;
    let start = Instant::now();
    let written: Arc<Vec<AtomicU64>> = Arc::new((0..events).map(|_| AtomicU64::new(0)).collect());
    let times = Arc::clone(&written);
    let writer = thread::spawn(move || trickle(input, format, start, &times));
    let mut latencies = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line.map_err(|error| format!("the output ends: {error}"))?;
        let now = nanos(start);
        let n = number(&line).ok_or_else(|| format!("not a match: {line}"))?;
        latencies.push(now.saturating_sub(written[n].load(Ordering::Acquire)));
    }
    let ended = child.wait().map_err(|error| error.to_string())?;
    let wrote = writer.join().map_err(|_| "the writer stopped".to_owned())?;
    wrote.map_err(|error| format!("the input ends: {error}"))?;
    if !ended.success() || latencies.len() as u64 != events.div_ceil(MATCH_EVERY) {
        return Err(format!("{} matches, and the command ended with {ended}", latencies.len()));
    }
    Ok(latencies)
}

/// Writes an event a millisecond, at its time.
fn trickle(
    mut input: impl Write,
    format: Format,
    start: Instant,
    times: &[AtomicU64],
) -> std::io::Result<()> {
    input.write_all(format.header().as_bytes())?;
    for (n, time) in (0..).zip(times) {
        let due = Duration::from_micros(n * 1_000_000 / EVENTS_PER_SECOND);
        thread::sleep(due.saturating_sub(start.elapsed()));
        let line = format.line(n);
        time.store(nanos(start), Ordering::Release);
        input.write_all(line.as_bytes())?;
    }
    Ok(())
}

fn nanos(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// The number of the event that completed a match.
fn number(line: &str) -> Option<usize> {
    let fields: serde_json::Value = serde_json::from_str(line).ok()?;
    fields["n"].as_u64().and_then(|n| usize::try_from(n).ok())
}

fn report(format: Format, mut latencies: Vec<u64>) {
    latencies.sort_unstable();
    let at = |share: f64| {
        let index = (latencies.len() as f64 * share) as usize;
        latencies.get(index.min(latencies.len().saturating_sub(1))).copied().unwrap_or_default() as f64 / 1e6
    };
    let name = match format {
        Format::Csv => "csv",
        Format::JsonLines => "json lines",
    };
    println!("{name:10} {:>8} {:>9.3} {:>9.3} {:>9.3}", latencies.len(), at(0.5), at(0.99), at(1.0));
}
