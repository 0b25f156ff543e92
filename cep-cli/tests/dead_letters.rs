//! Bad rows put aside: each as it came, counted, and once, whatever is read again.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use command::{Ran, cep, cep_reading, command, folder};
use serde_json::Value;

const PATTERN: &str = "\
stream txn { card: string  amount: float  ts: timestamp } key card time ts
pattern p on txn by card { begin a where amount > 1  emit found { card: a.card, amount: a.amount } }
";

const POLICY: [&str; 2] = ["--on-bad-row", "dead-letter:bad.jsonl"];

fn with_file(name: &str, file: &str, bytes: &[u8]) -> PathBuf {
    let folder = folder(name);
    fs::write(folder.join("p.cep"), PATTERN).unwrap();
    fs::write(folder.join(file), bytes).unwrap();
    folder
}

fn run(folder: &Path, args: &[&str]) -> Ran {
    cep(folder, &[&["run", "p.cep", "-o", "jsonl"], args, &POLICY].concat())
}

fn letters(folder: &Path) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("bad.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The bytes of a row that was put aside.
fn row(letter: &Value) -> Vec<u8> {
    match (&letter["row"], &letter["row_hex"]) {
        (Value::String(text), _) => text.clone().into_bytes(),
        (_, Value::String(digits)) => {
            let pairs = digits.as_bytes().chunks(2);
            pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
        }
        _ => panic!("{letter}"),
    }
}

#[test]
fn every_bad_row_is_there_byte_for_byte_with_its_place_and_reason() {
    let bad: [&[u8]; 5] =
        [b"c1,much,2", b"c1,\"2\" 3,3\r", b"only one", b"c\xe91,2,x", b"\"two\nlines\",much,9"];
    let mut text = b"card,amount,ts\n".to_vec();
    for (index, row) in bad.iter().enumerate() {
        text.extend_from_slice(row);
        text.extend_from_slice(format!("\nc2,5,{}\n", 10 + index).as_bytes());
    }
    text.extend_from_slice(b"c1,\"never closed");
    let folder = with_file("dead-csv", "txn.csv", &text);
    let ran = run(&folder, &["txn.csv"]);
    assert_eq!((ran.code, ran.out.lines().count()), (Some(0), 5), "{}", ran.err);
    assert!(
        ran.err.contains("  6 bad rows put into bad.jsonl\n    txn.csv:2:4: field `amount`: "),
        "{}",
        ran.err
    );
    let letters = letters(&folder);
    let rows: Vec<_> = letters.iter().map(row).collect();
    assert_eq!(rows[..5], bad.map(<[u8]>::to_vec));
    assert_eq!(rows[5], b"c1,\"never closed");
    let lines: Vec<_> = letters.iter().map(|letter| letter["line"].as_u64().unwrap()).collect();
    // Of a row over two lines, the line of what is wrong.
    assert_eq!(lines, [2, 4, 6, 8, 11, 13]);
    assert_eq!((&letters[0]["source"], &letters[0]["field"]), (&"txn.csv".into(), &"amount".into()));
    assert!(letters.iter().all(|letter| letter["reason"].as_str().is_some_and(|reason| reason.len() > 5)));
    // Where the row ends in the file, so that it can be found again.
    for (letter, row) in letters.iter().zip(&rows) {
        let end = usize::try_from(letter["end"].as_u64().unwrap()).unwrap();
        let until = &text[..end];
        assert!(until.strip_suffix(b"\n").unwrap_or(until).ends_with(row), "{letter}");
    }
}

#[test]
fn json_lines_and_rows_too_long_are_put_aside_too() {
    let good = r#"{"card":"c","amount":2,"ts":1}"#;
    let long = format!("{{\"card\":\"{}\"}}", "x".repeat(cep_cli::input::MAX_RECORD));
    let text = format!("{good}\n{{\"card\":\"c\",\n{long}\n{good}\n");
    let folder = with_file("dead-jsonl", "txn.jsonl", text.as_bytes());
    let ran = run(&folder, &["txn.jsonl", "-q"]);
    assert_eq!((ran.code, ran.out.lines().count(), ran.err.as_str()), (Some(0), 2, ""));
    let letters = letters(&folder);
    assert_eq!(row(&letters[0]), b"{\"card\":\"c\",");
    // As much as is ever held of a row.
    assert_eq!(row(&letters[1]), &long.as_bytes()[..cep_cli::input::MAX_RECORD]);
}

#[test]
fn a_run_without_state_appends_and_one_that_goes_on_does_not_double() {
    let rows = "card,amount,ts\nc1,much,1\nc1,5,2\nc1,more,3\n";
    let folder = with_file("dead-again", "txn.csv", rows.as_bytes());
    for runs in 1..=2 {
        assert_eq!(run(&folder, &["txn.csv"]).code, Some(0));
        assert_eq!(letters(&folder).len(), 2 * runs);
    }
    fs::remove_file(folder.join("bad.jsonl")).unwrap();
    let stored = |more: &str, name: &str| {
        fs::write(folder.join("txn.csv"), format!("{rows}{more}")).unwrap();
        let sink = format!("{name}.jsonl");
        let state = ["--store", "disk:st", "--resume", "--namespace", name, "--sink", &sink, "--pause"];
        let ran = run(&folder, &[&["txn.csv"], &state[..]].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        letters(&folder).len()
    };
    assert_eq!(stored("", "one"), 2);
    assert_eq!(stored("", "one"), 2);
    assert_eq!(stored("c1,none,4\n", "one"), 3);
    // All of it read once more, with what is there known, and a line cut off by a crash made whole.
    let text = fs::read_to_string(folder.join("bad.jsonl")).unwrap();
    fs::write(folder.join("bad.jsonl"), &text[..text.len() - 10]).unwrap();
    assert_eq!(stored("c1,none,4\n", "other"), 3);
    assert_eq!(fs::read_to_string(folder.join("bad.jsonl")).unwrap(), text);
}

#[test]
fn what_a_pipe_brings_is_put_aside_each_time() {
    let folder = with_file("dead-pipe", "unused.csv", b"");
    let rows = b"card,amount,ts\nc1,much,1\nc1,5,2\n";
    for runs in 1..=2 {
        let args =
            ["run", "p.cep", "txn=-", "--store", "disk:st", "--resume", "--pause", POLICY[0], POLICY[1]];
        let ran = cep_reading(&folder, &args, rows);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert_eq!(letters(&folder).len(), runs);
    }
}

#[test]
fn a_file_that_cannot_be_written_to_ends_the_run() {
    let folder = with_file("dead-unwritable", "txn.csv", b"card,amount,ts\nc1,much,1\n");
    let nowhere = cep(&folder, &["run", "p.cep", "txn.csv", "--on-bad-row", "dead-letter:no/bad.jsonl"]);
    assert_eq!(nowhere.code, Some(1));
    assert!(nowhere.err.starts_with("error: cannot write bad rows to `no/bad.jsonl`: "), "{}", nowhere.err);
    let wrong = cep(&folder, &["run", "p.cep", "txn.csv", "--on-bad-row", "dead-letter"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("`dead-letter:FILE`"), "{}", wrong.err);
    if cfg!(target_os = "linux") {
        let full = cep(&folder, &["run", "p.cep", "txn.csv", "--on-bad-row", "dead-letter:/dev/full"]);
        assert_eq!(full.code, Some(1), "{}", full.err);
        assert!(full.err.contains("cannot write bad rows to `/dev/full`"), "{}", full.err);
    }
}

#[test]
fn two_runs_do_not_write_to_one_file() {
    let folder = with_file("dead-locked", "txn.csv", b"card,amount,ts\nc1,much,1\n");
    let args = ["run", "p.cep", "txn=-", POLICY[0], POLICY[1]];
    let mut first = command(&folder, &args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The first has the file once it has put something there.
    std::io::Write::write_all(first.stdin.as_mut().unwrap(), b"card,amount,ts\nc1,much,1\nc1,5,2\nc1,5,9\n")
        .unwrap();
    let mut out = std::io::BufReader::new(first.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut String::new()).unwrap();
    let second = run(&folder, &["txn.csv"]);
    assert_eq!(second.code, Some(1));
    assert!(second.err.contains("another run writes to it"), "{}", second.err);
    drop(first.stdin.take());
    assert!(first.wait().unwrap().success());
    assert_eq!(letters(&folder).len(), 1);
}

#[test]
fn runs_that_are_killed_put_each_bad_row_aside_once() {
    let mut rows = "card,amount,ts\n".to_owned();
    for row in 0..150_000 {
        let amount = if row % 97 == 0 { "much".to_owned() } else { (row % 7).to_string() };
        rows.push_str(&format!("c{},{amount},{row}\n", row % 50));
    }
    let folder = with_file("dead-killed", "txn.csv", rows.as_bytes());
    assert_eq!(run(&folder, &["txn.csv", "-q"]).code, Some(0));
    let expected = letters(&folder);
    assert_eq!(expected.len(), 150_000_usize.div_ceil(97));
    fs::remove_file(folder.join("bad.jsonl")).unwrap();
    let state = ["--store", "disk:st", "--resume", "--sink", "out.jsonl", "--commit-every", "2000", "-q"];
    let args = [&["run", "p.cep", "txn.csv"], &state[..], &POLICY].concat();
    for kill in 1..=6 {
        let mut child = command(&folder, &args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Killed once it has put some more aside, if it has not come to its end before.
        let enough = || fs::metadata(folder.join("bad.jsonl")).is_ok_and(|file| file.len() > kill * 25_000);
        while !enough() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let last = cep(&folder, &args);
    // A run that has come to its end already says so.
    assert_eq!(last.code, Some(0), "{}", last.err);
    assert_eq!(letters(&folder), expected);
}
