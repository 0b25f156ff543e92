//! Runs over stores through the real binary: ended and gone on, over files that grow, with little memory, and what is said
//! where that cannot be. What kills do to them, `cargo xtask kill-test` tries.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use command::{Ran, cep, folder};

const PATTERNS: &str = "\
stream pay { id: int  card: string  amount: float  ts: timestamp } key card time ts lateness 10ms

pattern tested on pay by card {
  begin small where amount < 50
  followed by large where amount > 900
  within 400ms
  emit fraud { card: small.card, small: small.id, large: large.id }
}
";

const ROWS: usize = 30_000;

fn rows(from: usize, to: usize) -> String {
    let mut text = String::new();
    for id in from..to {
        let mixed = (id as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let (card, amount) = (mixed % 200, mixed / 200 % 1_000);
        writeln!(text, "{id},c{card},{amount},{}", 1_000 + id / 10 - (id / 10).min(id % 3)).unwrap();
    }
    text
}

fn with_input(name: &str, to: usize) -> PathBuf {
    let folder = folder(name);
    fs::write(folder.join("p.cep"), PATTERNS).unwrap();
    fs::write(folder.join("pay.csv"), "id,card,amount,ts\n".to_owned() + &rows(0, to)).unwrap();
    folder
}

fn run(folder: &Path, args: &[&str]) -> Ran {
    let all = [&["run", "p.cep", "pay.csv", "-q"], args].concat();
    cep(folder, &all)
}

/// What a run without a store finds.
fn expected(folder: &Path) -> String {
    let ran = run(folder, &["-o", "jsonl"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.lines().count() > 100);
    ran.out
}

fn good(ran: &Ran) {
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
}

#[track_caller]
fn bad(ran: &Ran, code: i32, says: &[&str]) {
    assert_eq!(ran.code, Some(code), "{}", ran.err);
    says.iter().for_each(|said| assert!(ran.err.contains(said), "`{said}` is not in: {}", ran.err));
}

#[test]
fn a_store_changes_nothing_in_what_is_found() {
    let folder = with_input("stored-same", ROWS);
    let expected = expected(&folder);
    for args in [
        &["--store", "memory"][..],
        &["--store", "disk:st"],
        &["--store", "disk:other", "--commit-every", "700", "--memory", "100kB"],
    ] {
        let ran = run(&folder, args);
        good(&ran);
        assert!(ran.out == expected, "{args:?}");
    }
}

#[test]
fn a_run_goes_on_over_a_file_that_has_grown_and_each_line_is_written_once() {
    let folder = with_input("stored-grown", ROWS);
    let expected = expected(&folder);
    let whole = fs::read_to_string(folder.join("pay.csv")).unwrap();
    let parts = [9_001, 9_001, 20_000, ROWS];
    for (at, to) in parts.into_iter().enumerate() {
        fs::write(folder.join("pay.csv"), "id,card,amount,ts\n".to_owned() + &rows(0, to)).unwrap();
        let mut args = vec!["--store", "disk:st", "--resume", "--sink", "out.jsonl"];
        if at + 1 < parts.len() {
            args.push("--pause");
        }
        good(&run(&folder, &args));
    }
    assert_eq!(whole, fs::read_to_string(folder.join("pay.csv")).unwrap());
    assert!(fs::read_to_string(folder.join("out.jsonl")).unwrap() == expected);
    // There is nothing more to be found.
    let again = ["run", "p.cep", "pay.csv", "--store", "disk:st", "--resume", "--sink", "out.jsonl"];
    let again = cep(&folder, &again);
    bad(&again, 0, &["came to the end of its input"]);
    assert!(fs::read_to_string(folder.join("out.jsonl")).unwrap() == expected);
}

#[test]
fn csv_has_one_header() {
    let folder = with_input("stored-csv", ROWS);
    let plain = run(&folder, &["-o", "csv"]);
    for to in [5_000, ROWS] {
        fs::write(folder.join("pay.csv"), "id,card,amount,ts\n".to_owned() + &rows(0, to)).unwrap();
        let args = ["-o", "csv", "--store", "disk:st", "--resume", "--sink", "out.csv", "--pause"];
        good(&run(&folder, &args));
    }
    good(&run(&folder, &["-o", "csv", "--store", "disk:other", "--sink", "out2.csv"]));
    assert!(fs::read_to_string(folder.join("out2.csv")).unwrap() == plain.out);
    assert_eq!(fs::read_to_string(folder.join("out.csv")).unwrap().matches("card,").count(), 1);
}

#[test]
fn state_is_looked_at_and_removed() {
    let folder = with_input("stored-state", 10_000);
    good(&run(&folder, &["--store", "disk:st", "--pause"]));
    let listed = cep(&folder, &["state", "ls", "--store", "disk:st"]);
    assert_eq!(listed.out, "p\n");
    let shown = cep(&folder, &["state", "inspect", "p.cep", "--store", "disk:st"]);
    good(&shown);
    let lines: Vec<serde_json::Value> =
        shown.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["rows_read"]["pay=pay.csv"], 10_000);
    assert_eq!((lines[0]["outputs_waiting"].as_u64(), lines[0]["ended"].as_bool()), (Some(0), Some(false)));
    assert!(lines.len() > 10, "{}", lines.len());
    let held = &lines[1]["partial_matches"][0];
    assert_eq!(
        (held["patterns"][0].as_str(), held["awaits"].as_str()),
        (Some("tested"), Some("stage large"))
    );
    assert_eq!(held["events"][0]["stage"], "small");
    assert_eq!(held["deadline"].as_i64(), held["events"][0]["ts"].as_i64().map(|ts| ts + 400));
    let key = lines[1]["key"][0].as_str().unwrap();
    let one = cep(&folder, &["state", "inspect", "p.cep", "--store", "disk:st", "--key", key]);
    assert_eq!(one.out.lines().count(), 2);
    good(&cep(&folder, &["state", "drop", "--store", "disk:st", "p"]));
    assert_eq!(cep(&folder, &["state", "ls", "--store", "disk:st"]).out, "");
    let gone = cep(&folder, &["state", "inspect", "p.cep", "--store", "disk:st"]);
    bad(&gone, 1, &["there is no such state", "cep state ls"]);
    bad(&cep(&folder, &["state", "drop", "--store", "disk:st", "p"]), 1, &["there is no such state"]);
}

#[test]
fn what_cannot_be_gone_on_from_is_told() {
    let folder = with_input("stored-refused", 8_000);
    let args = ["--store", "disk:st", "--resume", "--sink", "out.jsonl", "--pause"];
    good(&run(&folder, &args));
    bad(&run(&folder, &["--store", "disk:st"]), 1, &["state of an earlier run", "--resume"]);
    let found = fs::read(folder.join("out.jsonl")).unwrap();

    // Another file under the same name, and a shorter one.
    let input = fs::read_to_string(folder.join("pay.csv")).unwrap();
    fs::write(folder.join("pay.csv"), input.replacen("0,c", "7,c", 1)).unwrap();
    bad(&run(&folder, &args), 1, &["another file than the one that was read", "cep state drop"]);
    fs::write(folder.join("pay.csv"), &input[..input.len() / 2]).unwrap();
    bad(&run(&folder, &args), 1, &["had been read"]);
    fs::write(folder.join("pay.csv"), &input).unwrap();

    // An input that is no more given.
    fs::write(folder.join("more.csv"), &input).unwrap();
    let other = ["run", "p.cep", "more.csv", "-q", "--store", "disk:st", "--resume"];
    bad(&cep(&folder, &other), 1, &["8000 rows of `pay=pay.csv`"]);

    // A sink that something else has written to, or that other state owns.
    fs::write(folder.join("out.jsonl"), b"").unwrap();
    bad(&run(&folder, &args), 1, &["0 bytes", "put it back"]);
    fs::write(folder.join("out.jsonl"), &found).unwrap();
    let foreign = ["--store", "disk:other", "--sink", "out.jsonl"];
    bad(&run(&folder, &foreign), 1, &["other state"]);
    fs::write(folder.join("mine.txt"), "mine").unwrap();
    bad(
        &run(&folder, &["--store", "memory", "--sink", "mine.txt"]),
        1,
        &["no run with a store has written it"],
    );
    assert_eq!(fs::read_to_string(folder.join("mine.txt")).unwrap(), "mine");
    good(&run(&folder, &args));
}

#[test]
fn a_program_that_has_changed_is_refused_unless_that_is_wanted() {
    let folder = with_input("stored-changed", 8_000);
    let args = |more: &[&'static str]| -> Vec<&'static str> {
        [&["--store", "disk:st", "--resume", "--pause"], more].concat()
    };
    good(&run(&folder, &args(&[])));
    // What stands in no partial match may change.
    fs::write(folder.join("p.cep"), PATTERNS.replace("large: large.id", "last: large.id")).unwrap();
    good(&run(&folder, &args(&[])));
    fs::write(folder.join("p.cep"), PATTERNS.replace("> 900", "> 950")).unwrap();
    bad(&run(&folder, &args(&[])), 1, &["what is in flight of `tested`", "--on-change keep"]);
    let held = || {
        let shown = cep(&folder, &["state", "inspect", "p.cep", "--store", "disk:st"]);
        shown.out.lines().count()
    };
    good(&run(&folder, &args(&["--on-change", "keep"])));
    fs::write(folder.join("p.cep"), PATTERNS.replace("400ms", "300ms")).unwrap();
    bad(&run(&folder, &args(&["--on-change", "keep"])), 1, &["what is in flight of `tested`"]);
    good(&run(&folder, &args(&["--on-change", "reset"])));
    assert_eq!(held(), 1, "nothing but the overview");
}

#[test]
fn stores_that_are_none_are_told_apart() {
    let folder = with_input("stored-wrong", 100);
    bad(&run(&folder, &["--store", "disk"]), 2, &["names no store", "disk:FOLDER"]);
    let secret = run(&folder, &["--store", "postgres://me:hidden@h/1"]);
    bad(&secret, 2, &["names no store"]);
    assert!(!secret.err.contains("hidden"), "{}", secret.err);
    let refused = run(&folder, &["--store", "redis://me:hidden@127.0.0.1:1/0"]);
    bad(&refused, 1, &["127.0.0.1:1"]);
    assert!(!refused.err.contains("hidden"), "{}", refused.err);
    bad(&run(&folder, &["--store", "disk:pay.csv"]), 1, &["pay.csv"]);
    bad(&run(&folder, &["--store", "memory", "-o", "table"]), 2, &["JSON lines or CSV"]);
    bad(&run(&folder, &["--store", "memory", "--threads", "2"]), 2, &["one thread"]);
    bad(&run(&folder, &["--resume"]), 2, &["--store"]);
}

#[test]
fn what_was_found_before_a_run_has_to_stop_is_written_once() {
    let folder = folder("stored-or-fail");
    let stream = "stream s { id: int  key: string  kind: string  ts: timestamp } key key time ts\n";
    let calm = "pattern calm on s by key { begin a where kind == 'a' next b where kind == 'b' within 1m\n\
                emit calm { a: a.id, b: b.id } }\n";
    let strict = "pattern strict on s by key { begin a optional where kind == 'a' followed by z where kind == 'z' within 1m\n\
                  after match skip to first a or fail emit strict { z: z.id } }\n";
    let input = "id,key,kind,ts\n1,k,a,1\n2,k,b,2\n3,m,a,3\n4,m,b,4\n5,n,z,5\n6,o,a,6\n7,o,b,7\n8,p,a,2000\n9,p,b,2001\n";
    fs::write(folder.join("pay.csv"), input).unwrap();
    let outputs = || fs::read_to_string(folder.join("out.jsonl")).unwrap();
    let arguments = ["--store", "disk:st", "--resume", "--sink", "out.jsonl"];

    fs::write(folder.join("p.cep"), [stream, calm, strict].concat()).unwrap();
    let without = run(&folder, &["-o", "jsonl"]);
    assert_eq!(without.code, Some(1), "{}", without.err);
    for _ in 0..3 {
        let ran = run(&folder, &arguments);
        assert_eq!(ran.code, without.code, "{}", ran.err);
        assert_eq!(outputs(), without.out);
    }
    assert_eq!(without.out.lines().count(), 2, "{}", without.out);

    // Another program finds them again, and the rest.
    fs::write(folder.join("p.cep"), [stream, calm].concat()).unwrap();
    good(&run(&folder, &[&arguments[..], &["--on-change", "reset"]].concat()));
    let calm = run(&folder, &["-o", "jsonl"]);
    assert_eq!(outputs(), calm.out);
    assert_eq!(calm.out.lines().count(), 4);
}
