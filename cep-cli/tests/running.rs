//! `cep run` through the real binary: its options, its inputs, and how it ends.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use command::{Ran, cep, cep_reading, command, folder};

const PROGRAM: &str = "\
param big: float = 500
stream txn { card: string  amount: float  ts: timestamp } key card time ts
pattern fraud on txn by card {
  begin small where amount < 1
  followed by large where amount > big
  within 1m
  emit alert { card: small.card, amount: large.amount }
}
pattern smalls on txn {
  begin small where amount < 1
}
";

const EVENTS: &str = "card,amount,ts\nc1,0.5,1000\nc1,900,2000\nc2,0.5,3000\nc2,600,4000\n";

fn prepared(name: &str) -> PathBuf {
    let folder = folder(name);
    fs::write(folder.join("fraud.cep"), PROGRAM).unwrap();
    fs::write(folder.join("txn.csv"), EVENTS).unwrap();
    folder
}

fn run(name: &str, options: &[&str]) -> Ran {
    cep(&prepared(name), &[&["run", "fraud.cep", "txn.csv", "-q"], options].concat())
}

#[track_caller]
fn gives(ran: &Ran, out: &str) {
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), out, ""));
}

#[track_caller]
fn rejects(ran: &Ran, said: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
    assert!(ran.err.starts_with(said), "{}", ran.err);
}

#[test]
fn parameters_are_set_or_refused() {
    gives(&run("p-counts", &["-o", "counts"]), "alert   2\nsmalls  2\n");
    gives(&run("p-good", &["-o", "counts", "-p", "big=700"]), "alert   1\nsmalls  2\n");
    rejects(
        &run("p-name", &["-p", "bigg=7"]),
        "error: there is no parameter `bigg`\n  = help: did you mean `big`?\n",
    );
    rejects(
        &run("p-value", &["-p", "big=much"]),
        "error: parameter `big` is of type `float`, `much` is not\n  = help: write a number\n",
    );
    rejects(&run("p-form", &["-p", "big"]), "error: invalid value 'big' for '--param <NAME=VALUE>'");
}

#[test]
fn what_is_found_is_written_in_every_format() {
    let alerts = "\
{\"stream\":\"alert\",\"pattern\":\"fraud\",\"card\":\"c1\",\"amount\":900.0,\"ts\":2000}
{\"stream\":\"alert\",\"pattern\":\"fraud\",\"card\":\"c2\",\"amount\":600.0,\"ts\":4000}
";
    gives(&run("o-default", &["--only", "alert"]), alerts);
    gives(&run("o-jsonl", &["--only", "alert", "-o", "jsonl"]), alerts);
    gives(&run("o-csv", &["--only", "alert", "-o", "csv"]), "card,amount,ts\nc1,900.0,2000\nc2,600.0,4000\n");
    gives(
        &run("o-csv-matches", &["--only", "smalls", "-o", "csv"]),
        "ts,small.card,small.amount,small.ts\n1000,c1,0.5,1000\n3000,c2,0.5,3000\n",
    );
    let table = "\
card  amount  ts
────  ──────  ────────────────────────
c1       900  1970-01-01T00:00:02.000Z
c2       600  1970-01-01T00:00:04.000Z
";
    gives(&run("o-table", &["--only", "alert", "-o", "table"]), table);
    gives(&run("o-both", &["--only", "alert", "--only", "smalls", "-o", "counts"]), "alert   2\nsmalls  2\n");
    rejects(
        &run("o-several", &["-o", "csv"]),
        "error: CSV has one set of columns, and this program puts out `alert`, `smalls`\n",
    );
    rejects(
        &run("o-unknown", &["--only", "alrt"]),
        "error: nothing called `alrt` is put out\n  = help: did you mean `alert`?\n",
    );
    rejects(&run("o-format", &["-o", "xml"]), "error: invalid value 'xml' for '--output <FORMAT>'");
}

#[test]
fn standard_input_is_read_where_it_is_asked_for() {
    let folder = prepared("stdin");
    let args = ["run", "fraud.cep", "-q", "-o", "counts"];
    for file in ["-", "txn=-"] {
        gives(
            &cep_reading(&folder, &[&args[..], &[file]].concat(), EVENTS.as_bytes()),
            "alert   2\nsmalls  2\n",
        );
    }
    fs::write(folder.join("fraud.cep"), PROGRAM.replace("time ts\n", "time ts from \"stdin:\"\n")).unwrap();
    gives(&cep_reading(&folder, &args, EVENTS.as_bytes()), "alert   2\nsmalls  2\n");
    let json = "{\"card\":\"c1\",\"amount\":0.5,\"ts\":1000}\n";
    gives(&cep_reading(&folder, &args, json.as_bytes()), "alert   0\nsmalls  1\n");
}

#[test]
fn files_find_their_stream_or_the_command_says_how() {
    let folder = prepared("binding");
    rejects(
        &cep(&folder, &["run", "fraud.cep"]),
        "error: stream `txn` has no input\n  = help: give a file, `txn=FILE`",
    );
    rejects(
        &cep(&folder, &["run", "fraud.cep", "tnx=txn.csv"]),
        "error: there is no stream `tnx` to read `txn.csv`\n",
    );
    rejects(&cep(&folder, &["run"]), "error: the following required arguments were not provided");
    rejects(&cep(&folder, &["march"]), "error: unrecognized subcommand 'march'");
}

#[test]
fn several_files_of_one_stream_are_merged_by_time() {
    let folder = prepared("several");
    fs::write(folder.join("a.csv"), "card,amount,ts\nc1,0.5,1000\nc2,800,4000\n").unwrap();
    fs::write(
        folder.join("b.jsonl"),
        "{\"ts\":2000,\"card\":\"c2\",\"amount\":0.1}\n{\"ts\":3000,\"card\":\"c1\",\"amount\":700}\n",
    )
    .unwrap();
    let ran =
        cep(&folder, &["run", "fraud.cep", "txn=a.csv", "txn=b.jsonl", "-q", "-o", "csv", "--only", "alert"]);
    gives(&ran, "card,amount,ts\nc1,700.0,3000\nc2,800.0,4000\n");
}

#[test]
fn the_summary_goes_to_standard_error() {
    let folder = prepared("summary");
    let ran = cep(&folder, &["run", "fraud.cep", "txn.csv", "--only", "alert", "-o", "csv"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "card,amount,ts\nc1,900.0,2000\nc2,600.0,4000\n"));
    let mut told = ran.err.lines();
    assert!(told.next().unwrap().starts_with("4 rows in "), "{}", ran.err);
    assert_eq!(told.collect::<Vec<_>>(), ["  fraud: 2 matches", "  smalls: 2 matches"]);
}

#[test]
fn a_reader_that_has_had_enough_ends_the_command_quietly() {
    let folder = prepared("head");
    let rows: String = (0..50_000).map(|at| format!("c1,0.5,{at}\n")).collect();
    fs::write(folder.join("txn.csv"), format!("card,amount,ts\n{rows}")).unwrap();
    for format in ["jsonl", "table"] {
        let args = ["run", "fraud.cep", "txn.csv", "--only", "smalls", "-o", format];
        let mut child =
            command(&folder, &args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut String::new()).unwrap();
        drop(out);
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{format}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_a_failure() {
    let folder = prepared("full");
    for args in [&["run", "fraud.cep", "txn.csv", "-q"][..], &["explain", "fraud.cep"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ran = Ran::from(command(&folder, args).stdout(full).stderr(Stdio::piped()).output().unwrap());
        assert_eq!(ran.code, Some(1));
        assert!(ran.err.starts_with("error: cannot write: "), "{}", ran.err);
    }
}

/// A program whose pattern stops the run, over the same events.
fn stopping(name: &str, pattern: &str) -> Ran {
    let folder = prepared(name);
    let stream = "stream txn { card: string  amount: float  ts: timestamp } key card time ts\n";
    let program = format!("{stream}pattern p on txn by card {{ {pattern} emit out {{ card: a.card }} }}");
    fs::write(folder.join("p.cep"), program).unwrap();
    let rows = "c1,0.5,1000\nc1,1.5,1500\nc1,900,2000\nc2,0.5,3000\nc2,0.5,3500\nc2,901,4000\n";
    fs::write(folder.join("txn.csv"), format!("card,amount,ts\n{rows}")).unwrap();
    cep(&folder, &["run", "p.cep", "txn.csv", "-q"])
}

#[test]
fn a_pattern_that_stops_the_run_names_itself_its_key_and_its_match() {
    let found = "{\"stream\":\"out\",\"pattern\":\"p\",\"card\":\"c1\",\"ts\":2000}\n";
    let skip = stopping(
        "stop-skip",
        "begin a where amount < 1 followed by b optional where amount < 2 and amount > 1 \
         followed by c where amount > 500 within 1m after match skip to first b or fail",
    );
    assert_eq!((skip.code, skip.out.as_str()), (Some(1), found), "{}", skip.err);
    let said = "error: pattern `p` stops the run for card = \"c2\" at 1970-01-01T00:00:04.000Z: \
                a match has no event of the stage to skip to, `b`\n  = note: the match holds events 4, 6 of `txn`\n";
    assert!(skip.err.ends_with(said), "{}", skip.err);

    let limit = stopping(
        "stop-limit",
        "begin a where amount < 1 followed by c where amount > 500 within 1m limit 1 partial matches per key fail",
    );
    assert_eq!((limit.code, limit.out.as_str()), (Some(1), found), "{}", limit.err);
    let said = "error: pattern `p` stops the run for card = \"c2\" at 1970-01-01T00:00:03.500Z: \
                the limit of 1 partial matches a key is exceeded\n";
    assert_eq!(limit.err, said);
}
