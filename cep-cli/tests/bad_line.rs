//! Whole runs over a line to a real Redis server that is cut again and again, and slow in between.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fmt::Write as _;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use cep_redis_testkit::{Proxy, Rule, Server, Value};
use command::{cep, folder, sorted};

const PATTERNS: &str = "\
stream pay { id: int  card: string  ts: timestamp } key card time ts lateness 5ms

pattern pair on pay by card {
  begin first where id % 3 == 0
  followed by second one or more where id % 3 == 1
  followed by third where id % 3 == 2
  within 60ms
  emit pair { card: first.card, first: first.id, third: third.id }
}
";

fn rows(to: usize) -> String {
    let mut text = "id,card,ts\n".to_owned();
    for id in 0..to {
        let card = (id as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        writeln!(text, "{id},c{},{}", card % 300, 1_000 + id / 10 - (id / 10).min(id % 3)).unwrap();
    }
    text
}

/// Each connection ends after another number of bytes, in one direction or the other: what comes back is little.
fn rule(number: usize) -> Rule {
    let bytes = 60_000 + number.wrapping_mul(0x9e37_79b9) % 240_000;
    let cut_down = number.is_multiple_of(2).then_some(bytes / 2);
    let delay = number.is_multiple_of(3).then_some(Duration::from_millis(1));
    Rule { cut_up: Some(bytes), cut_down, delay, ..Rule::default() }
}

fn connections(server: &Server) -> usize {
    let Value::BulkString(text) = server.call(&["INFO", "stats"]) else { panic!("no text") };
    let text = String::from_utf8(text).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("total_connections_received:"));
    line.unwrap().trim().parse().unwrap()
}

#[test]
fn a_line_that_is_cut_again_and_again_changes_nothing() {
    let folder = folder("bad-line");
    fs::write(folder.join("p.cep"), PATTERNS).unwrap();
    fs::write(folder.join("pay.csv"), rows(200_000)).unwrap();
    let expected = cep(&folder, &["run", "p.cep", "pay.csv", "-q", "-o", "jsonl"]).out;
    assert!(expected.lines().count() > 500, "{} matches", expected.lines().count());

    let server = Server::start();
    let (proxy, is_over) = (Proxy::before(server.port), AtomicBool::new(false));
    let url = proxy.url();
    let args = ["run", "p.cep", "pay.csv", "-q", "--resume", "--sink", "out.jsonl", "--commit-every", "1"];
    let args = [&args[..], &["--store", &url]].concat();
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0.. {
                if is_over.load(Ordering::Acquire) {
                    break;
                }
                proxy.set(rule(number));
                thread::sleep(Duration::from_millis(5));
            }
        });
        // A run that has no luck gives up; started again it goes on.
        let is_through = (0..50).any(|_| cep(&folder, &args).code == Some(0));
        is_over.store(true, Ordering::Release);
        assert!(is_through, "fifty runs have not come to the end");
    });
    assert!(connections(&server) > 20, "{} connections: hardly a test", connections(&server));
    assert!(sorted(&fs::read_to_string(folder.join("out.jsonl")).unwrap()) == sorted(&expected));
}
