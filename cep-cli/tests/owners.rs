//! Runs over a real Redis server: what is found, and an owner that slept while another took its state over.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use cep_redis_testkit::{Server, signal};
use command::{cep, command, folder, sorted};

const PATTERNS: &str = "\
stream pay { id: int  card: string  ts: timestamp } key card time ts

pattern pair on pay by card {
  begin first where id % 2 == 0
  followed by second where id % 2 == 1
  within 50ms
  emit pair { first: first.id, second: second.id }
}
";

fn rows(from: usize, to: usize) -> String {
    let mut text = String::new();
    for id in from..to {
        let card = (id as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        writeln!(text, "{id},c{},{}", card % 100, 1_000 + id / 10).unwrap();
    }
    text
}

#[test]
fn a_server_with_many_groups_changes_nothing_in_what_is_found() {
    let folder = folder("owners-same");
    fs::write(folder.join("p.cep"), PATTERNS).unwrap();
    fs::write(folder.join("pay.csv"), "id,card,ts\n".to_owned() + &rows(0, 20_000)).unwrap();
    let server = Server::start();
    let plain = cep(&folder, &["run", "p.cep", "pay.csv", "-q", "-o", "jsonl"]);
    for more in [&[][..], &["--commit-every", "900", "--memory", "50kB", "--namespace", "small"]] {
        let url = server.url();
        let args = [&["run", "p.cep", "pay.csv", "-q", "--store", &url], more].concat();
        let stored = cep(&folder, &args);
        assert_eq!((stored.code, stored.err.as_str()), (Some(0), ""));
        assert!(sorted(&stored.out) == sorted(&plain.out), "{more:?}");
    }
    assert_eq!(cep(&folder, &["state", "ls", "--store", &server.url()]).out, "p\nsmall\n");
}

#[test]
fn an_owner_that_slept_cannot_write_any_more() {
    let folder = folder("owners-slept");
    fs::write(folder.join("p.cep"), PATTERNS).unwrap();
    let server = Server::start();
    let url = server.url();
    let args = ["run", "p.cep", "pay=-", "--store", &url, "--commit-every", "100", "--resume", "--pause"];

    let mut old = command(&folder, &args);
    old.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut old = old.spawn().unwrap();
    let mut input = old.stdin.take().unwrap();
    input.write_all(("id,card,ts\n".to_owned() + &rows(0, 1_000)).as_bytes()).unwrap();
    let read = || {
        let shown = cep(&folder, &["state", "inspect", "p.cep", "--store", &url]);
        let first = shown.out.lines().next().unwrap_or("null").to_owned();
        serde_json::from_str::<serde_json::Value>(&first).unwrap()["rows_read"]["pay=-"].as_u64()
    };
    let started = Instant::now();
    while read().is_none_or(|rows| rows < 900) {
        assert!(started.elapsed() < Duration::from_secs(20), "nothing is committed");
        thread::sleep(Duration::from_millis(20));
    }
    signal("STOP", old.id());

    fs::write(folder.join("rest.csv"), "id,card,ts\n".to_owned() + &rows(1_000, 3_000)).unwrap();
    let new = command(&folder, &args).stdin(fs::File::open(folder.join("rest.csv")).unwrap()).output();
    assert!(new.unwrap().status.success());
    let (after, state) = (read(), cep(&folder, &["state", "inspect", "p.cep", "--store", &url]).out);

    signal("CONT", old.id());
    // It may be gone before it has read all of this.
    drop(input.write_all(rows(1_000, 2_000).as_bytes()));
    drop(input);
    let old = old.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&old.stderr).into_owned();
    assert_eq!(old.status.code(), Some(1), "{said}");
    assert!(said.contains("another process owns the state now"), "{said}");
    assert_eq!(read(), after);
    assert_eq!(cep(&folder, &["state", "inspect", "p.cep", "--store", &url]).out, state);
}
