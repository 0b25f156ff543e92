//! `cep run --threads N` through the real binary: byte for byte what one thread writes, on standard output and, but for
//! the time it took, on standard error.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use command::{Ran, cep, command, folder, root};

/// Patterns by two keys and by none, over two streams, over each other's records, late events, timeouts and limits.
const PROGRAM: &str = "\
stream txn { card: string  shop: string  amount: float  ts: timestamp } key card time ts lateness 1s
  late to late_txn
stream refund { card: string  amount: float  ts: timestamp } key card time ts
table shops { shop: string  town: string } key shop from \"file:shops.csv\"
pattern test on txn by card {
  begin small where amount < 10
  followed by large where amount > 90
  within 20s
  emit alert { card: small.card, shop: large.shop, town: shops[large.shop].town }
}
pattern streak on txn by shop {
  begin some times 3 consecutive where amount > 60
  within 30s
  after match skip past last event
}
pattern kept on txn by card, refund by card {
  begin paid: txn where amount > 80
  not followed by back: refund
  within 10s
}
pattern open on txn by card {
  begin first where amount < 20
  followed by second where amount > 95
  within 5s
  limit 1 partial matches per key drop oldest
  emit both { card: first.card }
  on timeout emit alone { card: first.card, amount: first.amount }
}
pattern all on txn {
  begin a where amount < 3
  next b where amount > 50
}
pattern shops_hit on alert by shop {
  begin one times 2
  within 60s
  emit hit { shop: one.shop, cards: collect(one.card) }
}
";

/// A small generator of pseudo-random numbers (splitmix64).
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn prepared(name: &str, program: &str) -> PathBuf {
    let folder = folder(name);
    let (mut txn, mut refund) = (String::from("card,shop,amount,ts\n"), String::from("card,amount,ts\n"));
    let mut state = 7;
    for row in 0..30_000_u64 {
        let card = random(&mut state) % 300;
        let amount = random(&mut state) % 100;
        let late = if random(&mut state).is_multiple_of(200) { 3000 } else { 0 };
        let time = 10_000 + row * 50 - late;
        let shop = random(&mut state) % 40;
        writeln!(txn, "c{card},s{shop},{amount},{time}").unwrap();
        if row.is_multiple_of(5) {
            writeln!(refund, "c{},{amount},{}", random(&mut state) % 300, 10_000 + row * 50).unwrap();
        }
    }
    let shops: String = (0..40).map(|shop| format!("s{shop},town {shop}\n")).collect();
    fs::write(folder.join("p.cep"), program).unwrap();
    fs::write(folder.join("txn.csv"), txn).unwrap();
    fs::write(folder.join("refund.csv"), refund).unwrap();
    fs::write(folder.join("shops.csv"), format!("shop,town\n{shops}")).unwrap();
    folder
}

/// What came of it, without the time it took.
fn ran(folder: &Path, args: &[&str]) -> Ran {
    let Ran { code, out, err } = cep(folder, args);
    let lines = err.lines().map(|line| line.split_once(" rows in ").map_or(line, |(rows, _)| rows));
    Ran { code, out, err: lines.collect::<Vec<_>>().join("\n") }
}

/// Runs on one thread, then on two and three; gives what came of each.
#[track_caller]
fn same_on_any(folder: &Path, args: &[&str]) -> Ran {
    let one = ran(folder, args);
    for threads in ["2", "3"] {
        let many = ran(folder, &[args, &["--threads", threads]].concat());
        assert!(many.out == one.out, "{args:?} on {threads} threads puts out something else");
        assert_eq!((many.code, many.err), (one.code, one.err.clone()), "{args:?} on {threads} threads");
    }
    one
}

#[test]
fn examples_put_out_the_same_on_any_number_of_threads() {
    for entry in fs::read_dir(root().join("examples")).unwrap() {
        let folder = entry.unwrap().path();
        if folder.is_dir() {
            let file = format!("{}.cep", folder.file_name().unwrap().to_str().unwrap());
            let one = same_on_any(&folder, &["run", &file, "-o", "jsonl"]);
            assert!(one.code == Some(0) && !one.out.is_empty(), "{one:?}");
        }
    }
}

#[test]
fn a_long_input_puts_out_the_same_in_every_format() {
    let folder = prepared("threads-long", PROGRAM);
    let run = ["run", "p.cep", "txn.csv", "refund.csv"];
    for format in ["jsonl", "table", "counts"] {
        let one = same_on_any(&folder, &[&run[..], &["-o", format]].concat());
        assert!(one.code == Some(0) && one.err.contains("dropped by its limit"), "{}", one.err);
        if format == "counts" {
            let counts: Vec<_> =
                one.out.lines().map(|line| line.split_whitespace().last().unwrap()).collect();
            assert!(counts.len() == 8 && !counts.contains(&"0"), "{}", one.out);
        }
    }
    for only in ["alert", "kept", "late_txn"] {
        same_on_any(&folder, &[&run[..], &["-o", "csv", "--only", only]].concat());
    }
}

#[test]
fn a_run_that_stops_puts_out_the_same_before_that() {
    // Rare enough that a good deal of the input is through by then.
    let fails = PROGRAM.replace("amount < 20", "amount < 2").replace("drop oldest", "fail");
    let folder = prepared("threads-fails", &fails);
    let one = same_on_any(&folder, &["run", "p.cep", "txn.csv", "refund.csv", "-o", "jsonl"]);
    assert!(one.code == Some(1) && one.err.contains("pattern `open` stops the run"), "{}", one.err);
    assert!(one.out.lines().count() > 10);

    let folder = prepared("threads-bad", PROGRAM);
    let text = fs::read_to_string(folder.join("txn.csv")).unwrap();
    fs::write(folder.join("txn.csv"), text.replacen("c7,s9,", "c7,s9,x", 1)).unwrap();
    let one = same_on_any(&folder, &["run", "p.cep", "txn.csv", "refund.csv", "-o", "jsonl"]);
    assert!(one.code == Some(1) && one.err.contains("txn.csv:"), "{}", one.err);
    assert!(one.out.lines().count() > 10);
}

#[test]
fn events_of_a_pipe_come_out_at_once() {
    use std::io::{BufRead as _, BufReader, Write as _};

    let folder = prepared(
        "threads-live",
        "stream n { k: int  ts: timestamp } key k time ts\npattern p on n by k { begin a }\n",
    );
    let mut child = command(&folder, &["run", "p.cep", "n=-", "-q", "-o", "jsonl", "--threads", "3"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    for k in 1..20 {
        // A time is over once a later one has been seen.
        writeln!(input, "{{\"k\":{k},\"ts\":{}}}\n{{\"k\":0,\"ts\":{}}}", 10 * k, 10 * k + 5).unwrap();
        input.flush().unwrap();
        let mut line = String::new();
        while !line.contains(&format!("\"k\":{k}")) {
            line.clear();
            output.read_line(&mut line).unwrap();
        }
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_number_of_threads_that_makes_no_sense_is_refused() {
    let folder = prepared("threads-refused", PROGRAM);
    for (number, said) in [("0", "1 is the least"), ("many", "a number of threads"), ("5000", "to 1024")] {
        let refused = cep(&folder, &["run", "p.cep", "txn.csv", "--threads", number]);
        assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""));
        assert!(refused.err.contains(said), "{}", refused.err);
    }
}
