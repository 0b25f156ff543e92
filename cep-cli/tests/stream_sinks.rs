//! Matches written to streams of Redis, each once whatever happens, and read again by another run.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;
mod on_redis;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cep_redis_testkit::{Gate, Proxy, Rule, Server, Value, signal};
use command::{cep, folder};
use on_redis::{add, address, bad, event, good, start, stop, until};

const PATTERNS: &str = "\
stream pay { id: int  card: string  amount: float?  ts: timestamp } key card time ts lateness 10ms

pattern tested on pay by card {
  begin small where amount < 50
  followed by large where amount > 900
  within 400ms
  emit fraud { card: small.card, small: small.id, large: large.id }
}
";

/// Over what the first patterns find.
const SECOND: &str = "\
stream fraud { card: string  small: int  large: int  ts: timestamp } key card time ts

pattern again on fraud by card {
  begin x
  followed by y where large > x.large
  within 100ms
  emit again { card: x.card, first: x.small, last: y.large }
}
";

fn in_folder(name: &str, events: usize) -> PathBuf {
    let folder = folder(name);
    fs::write(folder.join("p.cep"), PATTERNS).unwrap();
    fs::write(folder.join("q.cep"), SECOND).unwrap();
    let mut text = "id,card,amount,ts\n".to_owned();
    for (id, card, amount, time) in (0..events).map(event) {
        writeln!(text, "{id},c{card},{amount},{time}").unwrap();
    }
    fs::write(folder.join("pay.csv"), text).unwrap();
    folder
}

/// What a run without a store finds.
fn found(folder: &Path, patterns: &str, input: &str) -> Vec<String> {
    let ran = cep(folder, &["run", patterns, input, "-q", "-o", "jsonl"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let lines: Vec<_> = ran.out.lines().map(str::to_owned).collect();
    assert!(lines.len() > 20, "{}", lines.len());
    lines
}

/// The matches in a stream.
fn written(server: &Server, key: &str) -> Vec<String> {
    let entries = server.call(&["XRANGE", key, "-", "+"]);
    let line = |entry: &Value| {
        let fields = entry.as_sequence().unwrap()[1].as_sequence().unwrap();
        let [Value::BulkString(name), Value::BulkString(line)] = fields else { panic!("{fields:?}") };
        assert_eq!(name, b"json");
        String::from_utf8(line.clone()).unwrap()
    };
    entries.as_sequence().unwrap().iter().map(line).collect()
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort_unstable();
    lines
}

#[test]
fn each_match_is_an_entry_with_any_store() {
    let folder = in_folder("sinks-same", 9_000);
    let expected = found(&folder, "p.cep", "pay.csv");
    let server = Server::durable();
    let stores = ["memory", "disk:st", &server.url()].map(str::to_owned);
    for (number, store) in stores.iter().enumerate() {
        let key = format!("fraud-{number}");
        let sink = address(&server, &key);
        let args =
            ["run", "p.cep", "pay.csv", "-q", "--store", store, "--commit-every", "700", "--sink", &sink];
        good(&cep(&folder, &args));
        assert!(sorted(written(&server, &key)) == sorted(expected.clone()), "{store}");
        if store != "memory" {
            // There is nothing more to be written.
            bad(&cep(&folder, &[&args[..], &["--resume"]].concat()), 0, &[]);
            assert_eq!(written(&server, &key).len(), expected.len(), "{store}");
        }
    }
    // About so many are kept, and a name with a tag lies where its key does.
    let sink = address(&server, "{few}-fraud");
    let few = ["run", "p.cep", "pay.csv", "-q", "--store", "memory", "--sink", &sink, "--sink-keep", "10"];
    good(&cep(&folder, &few));
    let kept = written(&server, "{few}-fraud");
    assert!(kept.len() >= 10 && kept.len() < 10 + 110, "{}", kept.len());
    assert!(expected.ends_with(&kept));
}

#[test]
fn a_stream_has_the_matches_of_one_state_written_by_one_process() {
    let folder = in_folder("sinks-refused", 3_000);
    let server = Server::durable();
    let run = |store: &str, key: &str, more: &[&str]| {
        let sink = address(&server, key);
        let args =
            ["run", "p.cep", "pay.csv", "-q", "--resume", "--pause", "--store", store, "--sink", &sink];
        cep(&folder, &[&args[..], more].concat())
    };
    good(&run("disk:one", "fraud", &[]));
    let entries = written(&server, "fraud");
    bad(&run("disk:two", "fraud", &[]), 1, &["stream `fraud` at", "has the matches of other state"]);
    server.call(&["XADD", "mine", "*", "a", "b"]);
    bad(&run("disk:one", "mine", &[]), 1, &["has entries already", "no run with a store"]);
    server.call(&["SET", "text", "x"]);
    bad(&run("disk:one", "text", &[]), 1, &["`text` holds a string"]);
    bad(&run("disk:one", "a}b", &[]), 1, &["braces"]);
    bad(&run("disk:one", "5", &[]), 1, &["names no stream", "redis://USER:PASSWORD@HOST:PORT/DB/STREAM"]);
    bad(&run("disk:one", "fraud", &["-o", "csv"]), 2, &["a stream takes JSON"]);
    server.call(&["HSET", "cep:sink:{fraud}", "f", "9"]);
    bad(&run("disk:one", "fraud", &[]), 1, &["written to by a newer version"]);
    server.call(&["HSET", "cep:sink:{fraud}", "f", "1"]);
    // Put back to an earlier moment.
    let Value::BulkString(next) = server.call(&["HGET", "cep:sink:{fraud}", "n0"]) else {
        panic!("a number")
    };
    server.call(&["HSET", "cep:sink:{fraud}", "n0", "3"]);
    bad(&run("disk:one", "fraud", &[]), 1, &["stream `fraud` at", "has lost", "appendfsync always"]);
    server.call(&["HSET", "cep:sink:{fraud}", "n0", std::str::from_utf8(&next).unwrap()]);
    good(&run("disk:one", "fraud", &[]));
    assert!(written(&server, "fraud") == entries);
    // A user who may not write, and a server that throws keys away.
    server.call(&[
        "ACL", "SETUSER", "reader", "on", ">hunter2", "~*", "+@read", "+eval", "+hello", "+info", "+type",
    ]);
    let denied = format!("redis://reader:hunter2@127.0.0.1:{}/fraud", server.port);
    let args =
        ["run", "p.cep", "pay.csv", "-q", "--resume", "--pause", "--store", "disk:one", "--sink", &denied];
    let denied = cep(&folder, &args);
    bad(&denied, 1, &["does not allow the user to XADD", "ACL SETUSER"]);
    assert!(!denied.err.contains("hunter2"), "{}", denied.err);
    server.call(&["CONFIG", "SET", "maxmemory", "100mb", "maxmemory-policy", "allkeys-lru"]);
    bad(&run("disk:one", "fraud", &[]), 1, &["throws keys away", "noeviction"]);
}

#[test]
fn whoever_wrote_before_cannot_write_any_more() {
    let folder = in_folder("sinks-taken", 10);
    let server = Server::durable();
    let (from, to) = (address(&server, "pay"), address(&server, "fraud"));
    add(&server, "pay", 0..2_000);
    let args = [&from, "--store", "disk:st", "--resume", "--commit-every", "20ms", "--sink", &to];
    let run = start(&folder, &args);
    let exists = || !matches!(server.call(&["EXISTS", "fraud"]), Value::Int(0));
    until("there are matches", exists);
    // As another owner would.
    server.call(&["HINCRBY", "cep:sink:{fraud}", "e", "1"]);
    let before = written(&server, "fraud").len();
    add(&server, "pay", 2_000..4_000);
    let ran: command::Ran = run.wait_with_output().unwrap().into();
    bad(&ran, 1, &["another process writes to stream `fraud`", "one process alone"]);
    assert_eq!(written(&server, "fraud").len(), before);
}

#[test]
fn a_server_without_room_or_without_answers_holds_the_run_up_and_nothing_is_lost() {
    let folder = in_folder("sinks-full", 6_000);
    let expected = found(&folder, "p.cep", "pay.csv");
    let server = Server::durable();
    let to = address(&server, "fraud");
    let args = ["pay.csv", "--store", "disk:st", "--resume", "--commit-every", "500", "--sink", &to, "-q"];
    for trouble in ["hangs", "has no room"] {
        drop(fs::remove_dir_all(folder.join("st")));
        server.call(&["FLUSHALL"]);
        match trouble {
            "hangs" => server.hang(true),
            _ => drop(server.call(&["CONFIG", "SET", "maxmemory", "1"])),
        }
        let mut run = start(&folder, &args);
        // It is in no hurry to give up.
        thread::sleep(Duration::from_millis(300));
        assert!(run.try_wait().unwrap().is_none(), "{trouble}");
        match trouble {
            "hangs" => server.hang(false),
            _ => drop(server.call(&["CONFIG", "SET", "maxmemory", "0"])),
        }
        let ran: command::Ran = run.wait_with_output().unwrap().into();
        good(&ran);
        assert!(written(&server, "fraud") == expected, "{trouble}");
    }
}

#[test]
fn while_matches_cannot_be_written_nothing_more_is_read() {
    const EVENTS: usize = 60_000;
    let folder = in_folder("sinks-pressure", EVENTS);
    let expected = found(&folder, "p.cep", "pay.csv");
    let (store, mut server) = (Server::start(), Server::durable());
    // What goes to the server is held back behind some, so that the run is in the middle.
    let (proxy, gate) = (Proxy::before(server.port), Gate::open());
    gate.close_after(30_000);
    proxy.set(Rule { gate_up: Some(Arc::clone(&gate)), ..Rule::default() });
    let to = format!("{}/fraud", proxy.url());
    let args = ["pay.csv", "--store", &store.url(), "--commit-every", "500", "--sink", &to];
    let mut run = start(&folder, &args);
    until("the sink is open", || !matches!(server.call(&["EXISTS", "cep:sink:{fraud}"]), Value::Int(0)));
    server.kill();
    gate.reopen();
    // It says so, and does not go on.
    let mut errors = BufReader::new(run.stderr.take().unwrap());
    let mut said = String::new();
    errors.read_line(&mut said).unwrap();
    for word in ["warning: Redis at 127.0.0.1", "matches wait, and nothing more is read"] {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
    let read = || on_redis::rows_read(&folder, &store.url(), "pay=pay.csv");
    let stopped_at = read();
    assert!(stopped_at < EVENTS as u64 / 2, "{stopped_at} rows are read");
    server.start_again();
    assert!(run.wait().unwrap().success());
    assert_eq!(read(), EVENTS as u64);
    assert!(sorted(written(&server, "fraud")) == sorted(expected));
}

#[test]
fn two_stages_that_are_killed_at_random_find_what_two_undisturbed_ones_find() {
    const EVENTS: usize = 12_000;
    let folder = in_folder("sinks-stages", EVENTS);
    let first = found(&folder, "p.cep", "pay.csv");
    fs::write(folder.join("fraud.jsonl"), first.iter().map(|line| format!("{line}\n")).collect::<String>())
        .unwrap();
    let second = found(&folder, "q.cep", "fraud.jsonl");
    let mut server = Server::durable();
    let at = |key: &str| address(&server, key);
    let (pay, fraud, again) = (at("pay"), at("fraud"), at("again"));
    let stages = [("p.cep", pay, fraud.clone()), ("q.cep", fraud, again)];
    let args = |stage: &'_ (&'static str, String, String)| -> Vec<String> {
        let (patterns, from, to) = stage;
        let words = [
            "run",
            patterns,
            from,
            "--resume",
            "--store",
            "disk:STORE",
            "--commit-every",
            "20ms",
            "--sink",
            to,
        ];
        words.iter().map(|word| word.replace("STORE", &patterns[..1])).collect()
    };
    let spawn = |stage, more: &[&str]| {
        let words = args(stage);
        let words: Vec<_> = words.iter().map(String::as_str).chain(more.iter().copied()).collect();
        let mut run = command::command(&folder, &words);
        run.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
    };
    let mut random = 7_u64;
    for round in 0..24 {
        let mut runs: Vec<_> = stages.iter().map(|stage| spawn(stage, &[])).collect();
        add(&server, "pay", round * EVENTS / 24..(round + 1) * EVENTS / 24);
        for run in &mut runs {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            thread::sleep(Duration::from_millis(random >> 57));
            signal("KILL", run.id());
        }
        if round % 6 == 5 {
            server.kill();
            server.start_again();
        }
        runs.into_iter().for_each(|run| assert_eq!(run.wait_with_output().unwrap().status.code(), None));
    }
    for stage in &stages {
        let ran: command::Ran = spawn(stage, &["--until-end", "-q"]).wait_with_output().unwrap().into();
        good(&ran);
    }
    assert!(written(&server, "fraud") == first);
    assert!(written(&server, "again") == second);
}

#[test]
fn a_stage_reads_what_another_writes_while_it_writes() {
    let folder = in_folder("sinks-live", 6_000);
    let first = found(&folder, "p.cep", "pay.csv");
    let server = Server::durable();
    let (pay, fraud) = (address(&server, "pay"), address(&server, "fraud"));
    let one = start(&folder, &[&pay, "--store", "disk:one", "--commit-every", "20ms", "--sink", &fraud]);
    add(&server, "pay", 0..6_000);
    until("most matches are written", || {
        server.try_call(&["XLEN", "fraud"]).is_ok_and(|length| match length {
            Value::Int(length) => length * 10 > first.len() as i64 * 8,
            _ => false,
        })
    });
    let read = ["run", "q.cep", &fraud, "--until-end", "-q", "-o", "counts"];
    good(&cep(&folder, &read));
    assert_eq!(stop(one, "TERM").code, Some(0));
}

#[test]
fn users_need_what_the_documentation_says_and_no_more() {
    let folder = in_folder("sinks-users", 10);
    let server = Server::start();
    add(&server, "pay", 0..3_000);
    let docs = fs::read_to_string(command::root().join("docs/streams.md")).unwrap();
    let login = |user: &str, rules: &str| {
        assert!(
            docs.contains(&rules.replace("~pay", "~THE-STREAM").replace("~fraud", "~THE-STREAM")),
            "{rules}"
        );
        let words: Vec<_> =
            ["ACL", "SETUSER", user, "on", ">pw"].into_iter().chain(rules.split(' ')).collect();
        server.call(&words);
        format!("redis://{user}:pw@127.0.0.1:{}", server.port)
    };
    let reader = login("reader", "~pay +@stream +multi +exec +type +hello +info");
    let writer = login("writer", "~fraud ~cep:sink:* +@stream +@hash +eval +hello +info +type");
    let (from, to) = (format!("{reader}/pay"), format!("{writer}/fraud"));
    let args = ["run", "p.cep", &from, "-q", "--until-end", "--store", "memory", "--sink", &to];
    good(&cep(&folder, &args));
    assert!(!written(&server, "fraud").is_empty());
    let other = format!("pay={writer}/pay");
    bad(&cep(&folder, &["run", "p.cep", &other, "--until-end"]), 1, &["does not allow", "docs/streams.md"]);
}
