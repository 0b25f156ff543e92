//! Two million rows through a pipe: memory does not grow with the input. Not timed.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use command::{Ran, command, folder};

const PROGRAM: &str = "\
stream txn { card: int  amount: float  ts: timestamp } key card time ts lateness 1s from \"stdin:\"
pattern fraud on txn by card {
  begin small where amount < 1
  followed by large where amount > 800
  within 10s
  after match skip past last event
  emit alert { card: small.card }
}
";

const BLOCKS: u64 = 2_000;
const ROWS: u64 = 1_000;

/// What the system says the process held at most, in KiB.
fn peak(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn memory_does_not_grow_with_the_input() {
    let folder = folder("long");
    fs::write(folder.join("p.cep"), PROGRAM).unwrap();
    let mut child = command(&folder, &["run", "p.cep", "-o", "counts", "-q"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"card,amount,ts\n").unwrap();
    let mut block = String::new();
    for at in 0..BLOCKS {
        block.clear();
        for row in at * ROWS..(at + 1) * ROWS {
            // Cards come and go: each lives for a hundred rows of its own.
            let card = row / 10_000 * 100 + row % 100;
            let amount = row * 7_919 % 1_009;
            writeln!(block, "{card},{amount},{}", row * 10).unwrap();
        }
        input.write_all(block.as_bytes()).unwrap();
    }
    // All but what the pipe holds has been read.
    let peak = peak(child.id());
    drop(input);
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    // As many as a program of ten lines counts that knows nothing of patterns.
    assert_eq!(ran.out, "alert  1964\n");
    assert!(peak < 100 * 1024, "{peak} KiB");
}
