//! `idle after`: a live input that falls silent no longer holds back the others, and may wake again.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::Duration;

use command::{command, folder};

const PATTERNS: &str = r#"
stream live { n: int  ts: timestamp } time ts idle after 100ms from "stdin:"
stream file { n: int  ts: timestamp } time ts from "file:file.csv"

pattern pairs on live, file {
  begin a: file
  followed by b: file where n == a.n
  within 1h
  emit pair { n: a.n }
}

pattern woken on live {
  begin l where n == 9
  emit woke { n: l.n }
}
"#;

/// Long enough for the slowest machine: only a hang waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_silent_input_no_longer_holds_back_the_others() {
    let folder = folder("idle");
    fs::write(folder.join("p.cep"), PATTERNS).unwrap();
    fs::write(folder.join("file.csv"), "n,ts\n1,1000\n1,2000\n2,3000\n").unwrap();
    let mut run = command(&folder, &["run", "p.cep", "-o", "jsonl", "-q"]);
    let mut child = run.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (sender, lines) = channel();
    std::thread::spawn(move || output.lines().for_each(|line| drop(sender.send(line.unwrap()))));

    input.write_all(b"{\"n\":0,\"ts\":500}\n").unwrap();
    let found = lines.recv_timeout(PATIENCE).unwrap();
    assert!(found.contains(r#""stream":"pair""#), "found while the input is silent and open: {found}");

    input.write_all(b"{\"n\":9,\"ts\":600}\n").unwrap();
    drop(input);
    let woken = lines.recv_timeout(PATIENCE).unwrap();
    assert!(woken.contains(r#""stream":"woke""#), "{woken}");
    assert!(child.wait().unwrap().success());
}
