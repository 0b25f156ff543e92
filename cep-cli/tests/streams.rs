//! Streams of Redis as sources and sinks of the real command, on servers of the test's own.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;
mod on_redis;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use cep_redis_testkit::{Server, Value};
use command::{cep, folder};
use on_redis::{add, address, bad, event, good, rows_read, start, stop, until};

const PATTERNS: &str = "\
stream pay { id: int  card: string  amount: float?  ts: timestamp } key card time ts lateness 10ms

pattern tested on pay by card {
  begin small where amount < 50
  followed by large where amount > 900
  within 400ms
  emit fraud { card: small.card, small: small.id, large: large.id }
}
";

fn in_folder(name: &str) -> PathBuf {
    let folder = folder(name);
    fs::write(folder.join("p.cep"), PATTERNS).unwrap();
    folder
}

/// Writes events to a file, and what a run over it finds.
fn expected(folder: &Path, to: usize) -> String {
    let mut text = "id,card,amount,ts\n".to_owned();
    for (id, card, amount, time) in (0..to).map(event) {
        writeln!(text, "{id},c{card},{amount},{time}").unwrap();
    }
    fs::write(folder.join("pay.csv"), text).unwrap();
    let ran = cep(folder, &["run", "p.cep", "pay.csv", "-q", "-o", "jsonl"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.lines().count() > 20);
    ran.out
}

#[test]
fn what_is_found_in_a_stream_is_what_is_found_in_a_file() {
    let folder = in_folder("streams-same");
    let expected = expected(&folder, 9_000);
    let server = Server::start();
    add(&server, "pay", 0..9_000);
    let from = address(&server, "pay");
    let plain = cep(&folder, &["run", "p.cep", &from, "-q", "-o", "jsonl", "--until-end"]);
    good(&plain);
    assert!(plain.out == expected);
    let threads = ["run", "p.cep", &from, "-q", "-o", "jsonl", "--until-end", "--threads", "3"];
    assert!(cep(&folder, &threads).out == expected);
    let stored = ["run", "p.cep", &from, "-q", "--until-end", "--store", "disk:st", "--commit-every", "700"];
    let stored = cep(&folder, &stored);
    good(&stored);
    assert!(stored.out == expected);
    // Named by the pattern file, read through a socket.
    let named = PATTERNS.replace("lateness 10ms", &format!("lateness 10ms from \"{from}\""));
    fs::write(folder.join("named.cep"), named).unwrap();
    let named = cep(&folder, &["run", "named.cep", "-q", "-o", "jsonl", "--until-end"]);
    good(&named);
    assert!(named.out == expected);
    let socket = format!("pay=redis+unix://{}?stream=pay", server.socket());
    assert!(cep(&folder, &["run", "p.cep", &socket, "-q", "-o", "jsonl", "--until-end"]).out == expected);
}

#[test]
fn a_stream_has_no_end_and_a_run_over_it_is_stopped_in_order_and_goes_on() {
    let folder = in_folder("streams-stopped");
    let parts = [2_000, 4_000, 6_000].map(|to| expected(&folder, to));
    let expected = &parts[2];
    let server = Server::start();
    let from = address(&server, "pay");
    let args = [&from, "--store", "disk:st", "--resume", "--sink", "out.jsonl", "--commit-every", "50ms"];
    for (part, by) in ["INT", "TERM", "INT"].into_iter().enumerate() {
        let run = start(&folder, &args);
        // The stream may come into being while it is waited for.
        add(&server, "pay", part * 2_000..(part + 1) * 2_000);
        let rows = (part as u64 + 1) * 2_000;
        until("most matches are found", || {
            let found = fs::read_to_string(folder.join("out.jsonl")).unwrap_or_default();
            found.lines().count() * 10 > parts[part].lines().count() * 8
        });
        let ran = stop(run, by);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(ran.err.contains("stopped: `--resume` goes on"), "{}", ran.err);
        assert!(rows_read(&folder, "disk:st", "pay=pay") <= rows);
    }
    let last = [&["run", "p.cep", "-q", "--until-end"], &args[..]].concat();
    good(&cep(&folder, &last));
    assert!(fs::read_to_string(folder.join("out.jsonl")).unwrap() == *expected);
}

#[test]
fn a_run_without_a_store_is_stopped_in_order_as_well() {
    let folder = in_folder("streams-plain");
    let server = Server::start();
    add(&server, "pay", 0..2_000);
    let mut run = start(&folder, &[&address(&server, "pay"), "-o", "jsonl"]);
    let mut out = std::io::BufReader::new(run.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    assert!(line.contains("\"stream\":\"fraud\""), "{line}");
    assert_eq!(stop(run, "TERM").code, Some(0));
}

#[test]
fn rows_that_cannot_be_read_name_the_entry() {
    let folder = in_folder("streams-bad");
    let server = Server::start();
    add(&server, "pay", 0..100);
    let id = server.call(&["XADD", "pay", "*", "id", "7", "card", "c1", "ts", "soon"]);
    let Value::BulkString(id) = id else { panic!("an id") };
    let id = String::from_utf8(id).unwrap();
    add(&server, "pay", 100..200);
    let from = address(&server, "pay");
    let args = ["run", "p.cep", &from, "--until-end", "-o", "counts"];
    bad(
        &cep(&folder, &args),
        1,
        &["stream `pay` at 127.0.0.1", &format!("entry {id}"), "field `ts`", "--on-bad-row"],
    );
    let skipping = cep(&folder, &[&args[..], &["--on-bad-row", "skip"]].concat());
    bad(&skipping, 0, &["200 rows", "1 bad row skipped", &format!("entry {id}")]);
    server.call(&["XADD", "pay", "*", "json", "{\"id\":8,\"card\":\"c\"}"]);
    server.call(&["XADD", "pay", "*", "card", "c", "ts", "1"]);
    server.call(&["XADD", "pay", "*", "json", "[1]"]);
    let skipping = cep(&folder, &[&args[..], &["--on-bad-row", "skip"]].concat());
    bad(&skipping, 0, &["200 rows", "4 bad rows skipped"]);
}

#[test]
fn a_stream_that_is_no_more_what_was_read_is_refused() {
    let folder = in_folder("streams-moved");
    let server = Server::start();
    let from = address(&server, "pay");
    let args = ["run", "p.cep", &from, "-q", "--until-end", "--pause", "--resume", "--store", "disk:st"];
    add(&server, "pay", 0..1_000);
    good(&cep(&folder, &args));
    // All that goes has been read.
    server.call(&["XTRIM", "pay", "MAXLEN", "0"]);
    good(&cep(&folder, &args));
    add(&server, "pay", 1_000..1_500);
    good(&cep(&folder, &args));
    // Some of what goes has not.
    add(&server, "pay", 1_500..2_000);
    server.call(&["XTRIM", "pay", "MAXLEN", "=", "100"]);
    let lost = ["has lost 400 entries behind", "the first that is left is", "MAXLEN", "--namespace"];
    bad(&cep(&folder, &args), 1, &lost);
    good(&cep(&folder, &[&args[..], &["--namespace", "anew"]].concat()));
    // An entry in the middle.
    let last = server.call(&["XREVRANGE", "pay", "+", "-", "COUNT", "1"]);
    let last = format!("{last:?}");
    add(&server, "pay", 2_000..2_010);
    let middle = server.call(&["XREVRANGE", "pay", "+", "-", "COUNT", "5"]);
    let middle = &middle.as_sequence().unwrap()[4].as_sequence().unwrap()[0];
    let Value::BulkString(middle) = middle else { panic!("an id in {middle:?}, behind {last}") };
    server.call(&["XDEL", "pay", std::str::from_utf8(middle).unwrap()]);
    bad(&cep(&folder, &[&args[..], &["--namespace", "anew"]].concat()), 1, &["has lost 1 entries"]);
    // Another stream under its name, and none.
    server.call(&["DEL", "pay"]);
    bad(&cep(&folder, &args), 1, &["is not what was read before", "it is gone", "cep state drop"]);
    add(&server, "pay", 0..10);
    bad(
        &cep(&folder, &args),
        1,
        &["is not what was read before", "it has had 10 entries, and 1500 had been read"],
    );
    add(&server, "pay", 10..2_000);
    bad(&cep(&folder, &args), 1, &["is not what was read before"]);
    server.call(&["SET", "other", "x"]);
    let other = format!("pay={}", address(&server, "other"));
    bad(&cep(&folder, &["run", "p.cep", &other, "--until-end"]), 1, &["under that key is a string"]);
}

#[test]
fn another_entry_under_the_id_that_was_read_is_noticed() {
    let folder = in_folder("streams-other");
    let server = Server::start();
    let entry = |amount: &str| {
        server.call(&["XADD", "pay", "5-1", "id", "1", "card", "c", "amount", amount, "ts", "1"])
    };
    entry("7");
    let from = address(&server, "pay");
    let args = ["run", "p.cep", &from, "-q", "--until-end", "--pause", "--resume", "--store", "disk:st"];
    good(&cep(&folder, &args));
    server.call(&["DEL", "pay"]);
    entry("8");
    bad(&cep(&folder, &args), 1, &["entry 5-1 has other fields than it had"]);
    server.call(&["DEL", "pay"]);
    entry("7");
    good(&cep(&folder, &args));
}

#[test]
fn partitions_have_their_own_time_and_one_that_is_silent_holds_nobody_up() {
    let folder = in_folder("streams-partitions");
    let expected = expected(&folder, 4_000);
    let server = Server::start();
    // A card is in one of them.
    for part in 0..3 {
        add(&server, &format!("pay-{part}"), (0..4_000).filter(|id| event(*id).1 % 3 == part));
    }
    let inputs: Vec<_> =
        (0..4).map(|part| format!("pay={}", address(&server, &format!("pay-{part}")))).collect();
    let inputs: Vec<_> = inputs.iter().map(String::as_str).collect();
    let sorted = |text: &str| {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    let ended = cep(&folder, &[&["run", "p.cep", "-q", "-o", "jsonl", "--until-end"], &inputs[..]].concat());
    good(&ended);
    assert!(sorted(&ended.out) == sorted(&expected));
    // The last has nothing, and time goes on without it.
    fs::write(folder.join("p.cep"), PATTERNS.replace("lateness 10ms", "lateness 10ms idle after 100ms"))
        .unwrap();
    let args = ["--store", "disk:st", "--sink", "out.jsonl", "--commit-every", "20ms"];
    let run = start(&folder, &[&inputs[..], &args].concat());
    until("most matches are found", || {
        let found = fs::read_to_string(folder.join("out.jsonl")).unwrap_or_default();
        found.lines().count() * 10 > expected.lines().count() * 9
    });
    assert_eq!(stop(run, "INT").code, Some(0));
}

#[test]
fn a_server_that_goes_away_is_waited_for() {
    let folder = in_folder("streams-away");
    let expected = expected(&folder, 3_000);
    let mut server = Server::durable();
    add(&server, "pay", 0..1_500);
    let from = address(&server, "pay");
    let args = [&from, "--store", "disk:st", "--resume", "--sink", "out.jsonl", "--commit-every", "50ms"];
    let run = start(&folder, &args);
    let found = || fs::read_to_string(folder.join("out.jsonl")).unwrap_or_default().lines().count();
    until("some matches are found", || found() * 10 > expected.lines().count() * 3);
    server.kill();
    server.start_again();
    add(&server, "pay", 1_500..3_000);
    until("more matches are found", || found() * 10 > expected.lines().count() * 8);
    assert_eq!(stop(run, "TERM").code, Some(0));
    good(&cep(&folder, &[&["run", "p.cep", "-q", "--until-end"], &args[..]].concat()));
    assert!(fs::read_to_string(folder.join("out.jsonl")).unwrap() == expected);
}

#[test]
fn partitions_of_which_each_group_has_read_another_part_are_put_together_again() {
    let folder = in_folder("streams-killed");
    let expected = expected(&folder, 12_000);
    let (events, store) = (Server::start(), Server::durable());
    for part in 0..3 {
        add(&events, &format!("pay-{part}"), (0..12_000).filter(|id| event(*id).1 % 3 == part));
    }
    let inputs: Vec<_> =
        (0..3).map(|part| format!("pay={}", address(&events, &format!("pay-{part}")))).collect();
    let inputs: Vec<_> = inputs.iter().map(String::as_str).collect();
    let url = store.url();
    let args =
        ["--until-end", "--store", &url, "--resume", "--sink", "out.jsonl", "--commit-every", "300", "-q"];
    let mut random = 11_u64;
    let mut kills = 0;
    loop {
        let mut run = start(&folder, &[&inputs[..], &args].concat());
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        // Longer and longer, so that it comes to an end on any machine.
        let patience = Duration::from_millis((random >> 33) % (40 + 4 * kills));
        let started = Instant::now();
        while started.elapsed() < patience && run.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        if run.try_wait().unwrap().is_some() {
            good(&run.wait_with_output().unwrap().into());
            break;
        }
        run.kill().unwrap();
        run.wait().unwrap();
        kills += 1;
    }
    let found = fs::read_to_string(folder.join("out.jsonl")).unwrap();
    let sorted = |text: &str| {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    assert!(sorted(&found) == sorted(&expected), "after {kills} kills");
}
