//! Events in streams of a Redis server of the test's own, and runs over them that are started and stopped.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cep_redis_testkit::{Server, signal};

use crate::command::{Ran, cep, command};

/// Long enough for the slowest machine: only a hang waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// An event: id, card, amount, time.
pub(crate) fn event(id: usize) -> (usize, u64, u64, usize) {
    let mixed = (id as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    (id, mixed % 50, mixed / 50 % 1_000, 1_000 + id / 10 - (id / 10).min(id % 3))
}

/// Adds events to a stream, field by field or as JSON, by turns.
pub(crate) fn add(server: &Server, key: &str, events: impl IntoIterator<Item = usize>) {
    let entry = |id: usize| {
        let (id, card, amount, time) = event(id);
        if id.is_multiple_of(2) {
            let json = format!(r#"{{"ts":{time},"more":[1],"card":"c{card}","id":{id},"amount":{amount}}}"#);
            return vec!["json".to_owned(), json];
        }
        let fields = [("id", id.to_string()), ("card", format!("c{card}")), ("ts", time.to_string())];
        let amount = [("amount", amount.to_string()), ("more", "x".to_owned())];
        fields.into_iter().chain(amount).flat_map(|(name, value)| [name.to_owned(), value]).collect()
    };
    // Many at once, by a script.
    const ADD: &str = "local at = 1 \
        while at <= #ARGV do local many = tonumber(ARGV[at]) \
        redis.call('XADD', KEYS[1], '*', unpack(ARGV, at + 1, at + many)) at = at + many + 1 end";
    let entries: Vec<Vec<String>> = events.into_iter().map(entry).collect();
    for some in entries.chunks(500) {
        let mut words = vec!["EVAL".to_owned(), ADD.to_owned(), "1".to_owned(), key.to_owned()];
        for entry in some {
            words.push(entry.len().to_string());
            words.extend(entry.iter().cloned());
        }
        server.call(&words.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

pub(crate) fn address(server: &Server, key: &str) -> String {
    format!("{}/{key}", server.url())
}

#[track_caller]
pub(crate) fn good(ran: &Ran) {
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
}

#[track_caller]
pub(crate) fn bad(ran: &Ran, code: i32, says: &[&str]) {
    assert_eq!(ran.code, Some(code), "{}", ran.err);
    says.iter().for_each(|said| assert!(ran.err.contains(said), "`{said}` is not in: {}", ran.err));
}

/// Starts a run that goes on until it is stopped.
pub(crate) fn start(folder: &Path, args: &[&str]) -> Child {
    let mut run = command(folder, &[&["run", "p.cep"], args].concat());
    run.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits for something, as long as it may take.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "it never comes to this: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Ends a run in order.
pub(crate) fn stop(run: Child, by: &str) -> Ran {
    signal(by, run.id());
    run.wait_with_output().unwrap().into()
}

/// How many rows of a source the state says are read.
pub(crate) fn rows_read(folder: &Path, store: &str, source: &str) -> u64 {
    let shown = cep(folder, &["state", "inspect", "p.cep", "--store", store]);
    let first = shown.out.lines().next().unwrap_or("null").to_owned();
    serde_json::from_str::<serde_json::Value>(&first).unwrap()["rows_read"][source].as_u64().unwrap_or(0)
}
