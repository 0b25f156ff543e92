//! Input that is not as it should be, through the real binary: what is said, what is delivered all the same, and the exit
//! code.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fs;
use std::path::PathBuf;

use command::{Ran, cep, folder};

/// Without lateness, so that an event is matched as soon as it is read.
const FRAUD: &str = "\
stream txn { card: string  amount: float  ts: timestamp } key card time ts late to too_late
pattern fraud on txn by card {
  begin small where amount < 1
  followed by large where amount > 500
  within 1m
  emit alert { card: small.card, amount: large.amount }
}
";

const HEADER: &str = "card,amount,ts\n";
const FOUND: &str = "c1,0.5,1000\nc1,900,2000\n";
const ALERT: &str = r#"{"stream":"alert","pattern":"fraud","card":"c1","amount":900.0,"ts":2000}
"#;

fn with_fraud(name: &str) -> PathBuf {
    let folder = folder(name);
    fs::write(folder.join("fraud.cep"), FRAUD).unwrap();
    folder
}

/// Runs over a file of the given bytes.
fn over(name: &str, file: &str, bytes: impl AsRef<[u8]>, options: &[&str]) -> Ran {
    let folder = with_fraud(name);
    fs::write(folder.join(file), bytes).unwrap();
    cep(&folder, &[&["run", "fraud.cep", file, "-o", "jsonl", "-q"], options].concat())
}

/// The run fails, says this first, and delivers what came before.
#[track_caller]
fn fails(ran: &Ran, delivered: &str, said: &str) {
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(ran.err.lines().next().unwrap(), said);
    assert!(ran.err.contains("  = help: "), "{}", ran.err);
    assert_eq!(ran.out, delivered);
}

#[track_caller]
fn succeeds(ran: &Ran, delivered: &str) {
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), delivered, ""));
}

#[test]
fn a_truncated_file_fails_after_the_matches_before() {
    let csv = over("truncated-csv", "txn.csv", format!("{HEADER}{FOUND}c1,5"), &[]);
    fails(&csv, ALERT, "error: txn.csv:4:1: truncated: the file ends in field 2 of 3");
    let line = r#"{"card":"c1","amount":0.5,"ts":1000}"#;
    let lines = format!("{line}\n{}\n{}", line.replace("0.5", "900").replace("1000", "2000"), &line[..20]);
    let jsonl = over("truncated-jsonl", "txn.jsonl", lines, &[]);
    fails(&jsonl, ALERT, "error: txn.jsonl:3:1: truncated: the line ends before its JSON object does");
    let short = over("short-row", "txn.csv", format!("{HEADER}{FOUND}c1,5\nc1,6,7000\n"), &[]);
    fails(&short, ALERT, "error: txn.csv:4:1: a row of 2 under a header of 3 fields");
    assert!(short.err.contains("check that the row is complete"), "{}", short.err);
}

#[test]
fn a_wrong_type_names_line_field_and_text() {
    let ran = over("types", "txn.csv", format!("{HEADER}{FOUND}c1,much,3000\n"), &[]);
    fails(&ran, ALERT, "error: txn.csv:4:4: field `amount`: `much` is not a float");
    let ran = over("null", "txn.csv", format!("{HEADER}{FOUND}c1,,3000\n"), &[]);
    fails(&ran, ALERT, "error: txn.csv:4:4: field `amount`: no value for a field that may not be null");
}

#[test]
fn a_missing_column_and_an_empty_file_fail_before_anything_runs() {
    let ran = over("column", "txn.csv", "card,amout,ts\nc1,1,2\n", &[]);
    fails(&ran, "", "error: txn.csv:1:1: no column `amount`; the columns are `card`, `amout`, `ts`");
    assert!(ran.err.contains("did you mean `amout`?"), "{}", ran.err);
    fails(&over("empty", "txn.csv", "", &[]), "", "error: txn.csv:1:1: the file is empty");
    succeeds(&over("empty-jsonl", "txn.jsonl", "", &[]), "");
    succeeds(&over("only-header", "txn.csv", HEADER, &[]), "");
}

#[test]
fn line_ends_and_byte_order_marks_do_not_matter() {
    let text = format!("{HEADER}{FOUND}");
    succeeds(&over("crlf", "txn.csv", text.replace('\n', "\r\n"), &[]), ALERT);
    succeeds(&over("bom", "txn.csv", format!("\u{feff}{text}"), &[]), ALERT);
    succeeds(&over("no-line-end", "txn.csv", text.trim_end(), &[]), ALERT);
}

#[test]
fn a_line_of_a_megabyte_is_a_line() {
    let long = "x".repeat(1 << 20);
    let text = format!("{HEADER}{long},0.5,500\n{FOUND}");
    succeeds(&over("long", "txn.csv", &text, &[]), ALERT);
    let json = format!("{{\"card\":\"{long}\",\"amount\":0.5,\"ts\":500}}\n");
    succeeds(&over("long-jsonl", "txn.jsonl", json, &[]), "");
}

#[test]
fn text_that_is_not_utf_8_names_its_place() {
    let mut bytes = format!("{HEADER}{FOUND}").into_bytes();
    bytes.extend(b"c\xff,1,3000\n");
    let ran = over("utf8", "txn.csv", &bytes, &[]);
    fails(&ran, ALERT, "error: txn.csv:4:1: field `card`: the text is not valid UTF-8");
    succeeds(&over("utf8-skip", "txn.csv", &bytes, &["--on-bad-row", "skip"]), ALERT);
}

#[test]
fn skipped_rows_are_counted_and_the_first_few_shown() {
    let folder = with_fraud("skip");
    let bad = "c1,x,1\n".repeat(5);
    fs::write(folder.join("txn.csv"), format!("{HEADER}{bad}{FOUND}")).unwrap();
    let ran = cep(&folder, &["run", "fraud.cep", "txn.csv", "--on-bad-row", "skip"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ALERT));
    let told: Vec<_> = ran.err.lines().skip(2).collect();
    let expected = [
        "  5 bad rows skipped",
        "    txn.csv:2:4: field `amount`: `x` is not a float",
        "    txn.csv:3:4: field `amount`: `x` is not a float",
        "    txn.csv:4:4: field `amount`: `x` is not a float",
        "    and 2 more",
    ];
    assert_eq!(told, expected, "{}", ran.err);
}

#[test]
fn events_beyond_lateness_go_where_late_to_says_and_are_counted() {
    let folder = with_fraud("late");
    // The watermark after 60000 is 59999: 59999 is late, 60000 is not.
    let rows = "c2,1,60000\nc9,1,59999\nc8,1,60000\n";
    fs::write(folder.join("txn.csv"), format!("{HEADER}{FOUND}{rows}")).unwrap();
    let ran = cep(&folder, &["run", "fraud.cep", "txn.csv"]);
    let late = r#"{"stream":"too_late","pattern":"fraud","card":"c9","amount":1.0,"ts":59999}
"#;
    assert_eq!((ran.code, ran.out), (Some(0), format!("{ALERT}{late}")));
    assert!(ran.err.contains("  fraud: 1 match, 1 late event\n"), "{}", ran.err);
}

#[test]
fn files_that_are_not_there_are_named() {
    let folder = with_fraud("absent");
    fs::create_dir(folder.join("dir.csv")).unwrap();
    let ran = cep(&folder, &["run", "fraud.cep", "gone.csv"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.starts_with("error: cannot read `gone.csv`: "), "{}", ran.err);
    let ran = cep(&folder, &["run", "fraud.cep", "txn=dir.csv"]);
    assert!(ran.err.starts_with("error: cannot read `dir.csv`: "), "{}", ran.err);
    for command in ["run", "check", "explain", "fmt"] {
        let gone = cep(&folder, &[command, "gone.cep"]);
        assert_eq!((gone.code, gone.out.as_str()), (Some(2), ""), "{command}");
        assert!(gone.err.starts_with("error: gone.cep: "), "{command}: {}", gone.err);
        let unreadable = cep(&folder, &[command, "dir.csv"]);
        assert_eq!(unreadable.code, Some(2), "{command}");
        assert!(unreadable.err.starts_with("error: dir.csv: "), "{command}: {}", unreadable.err);
    }
}

/// Runs a pattern file that names something this build does not have.
fn with_connector(name: &str, source: &str, to: &str, table: &str) -> Ran {
    let folder = folder(name);
    let program = format!(
        "stream txn {{ card: string  amount: float  ts: timestamp }} key card time ts {source}\n{table}\n\
         pattern p on txn {{ begin a where amount < 1 emit small {{ card: a.card }} {to} }}\n"
    );
    fs::write(folder.join("p.cep"), program).unwrap();
    fs::write(folder.join("txn.csv"), format!("{HEADER}{FOUND}")).unwrap();
    let files: &[&str] = if source.is_empty() { &["txn.csv"] } else { &[] };
    cep(&folder, &[&["run", "p.cep"], files].concat())
}

#[test]
fn unknown_connectors_are_refused_with_a_way_out() {
    let table =
        "// cep: allow W0202\ntable cards { card: string  risk: string } key card from \"store:cards\"";
    let cases = [
        (
            with_connector("kafka", "from \"kafka:txn\"", "", ""),
            "error: stream `txn` comes from `kafka:txn`, and this build has no connector for that\n  \
             = help: give its events from a file, `txn=FILE`, or write `from \"file:…\"`\n",
        ),
        (
            with_connector("channel", "", "to \"channel:x\"", ""),
            "error: this build has no connector for `channel:x`\n  \
             = help: leave out `to \"channel:x\"`: the records of `small` are written to standard output\n",
        ),
        (
            with_connector("store", "", "", table),
            "error: table `cards` comes from `store:cards`, and this build has no connector for that\n  \
             = help: write `from \"file:…\"`\n",
        ),
    ];
    for (ran, said) in cases {
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(2), "", said));
    }
}
