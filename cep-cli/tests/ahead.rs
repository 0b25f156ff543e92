//! Inputs are read ahead on a thread of their own, and only what the program reads of them.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use cep_cli::input::{Delivered, EventReader, Inputs, Merge, OnBadRow, Origin, Pace, Pulled, ReadAhead};
use cep_cli::stop::Stop;
use cep_core::event::{DataType, Schema};
use cep_core::ids::StreamId;
use cep_core::pattern::StreamDef;
use cep_core::time::{Timestamp, Watermark};
use command::{cep, command, folder};

fn merge(text: String) -> Result<Merge, cep_cli::input::InputError> {
    let stream = StreamDef::new("s", Schema::new().with("ts", DataType::Timestamp), "ts");
    let origin = Origin { file: "in".into(), format: None, pace: Pace::Full, on_bad_row: OnBadRow::Fail };
    let input = std::io::Cursor::new(text);
    let reader = EventReader::open(input, origin, StreamId::new(0), &stream, Box::new(|| Timestamp(0)));
    Ok(Merge::new(vec![reader?]))
}

/// All that inputs deliver, short, with the tallies.
fn delivered(mut inputs: impl Inputs) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        let delivery = inputs.deliver();
        let what = match &delivery.what {
            Delivered::Pulled(Pulled::Rows { batch, watermark, .. }) => {
                format!("{} rows from {}, {watermark:?}", batch.len(), batch.position(0))
            }
            other => format!("{other:?}"),
        };
        lines.push(format!("{what}; {} rows in {} bytes", delivery.tally.rows, delivery.tally.bytes));
        if !matches!(delivery.what, Delivered::Pulled(_)) {
            return lines;
        }
    }
}

#[test]
fn what_is_read_ahead_is_what_would_be_read_in_turn() {
    for last in ["", "x\n7\n"] {
        let rows = (0..50_000).fold("ts\n".to_owned(), |text, row| text + &format!("{row}\n"));
        let text = rows + last;
        let ahead = text.clone();
        let found = delivered(ReadAhead::start(move || merge(ahead), Stop::default()).unwrap());
        assert_eq!(found, delivered(merge(text).unwrap()));
        assert_eq!(found.len(), if last.is_empty() { 15 } else { 14 });
    }
}

#[test]
fn what_cannot_be_opened_is_said_at_once() {
    let error = ReadAhead::start(|| merge("time\n1\n".to_owned()), Stop::default()).unwrap_err();
    assert_eq!(error.to_string(), "in:1:1: no column `ts`; the columns are `time`");
}

#[test]
fn a_failure_settles_what_was_read() {
    let mut inputs = ReadAhead::start(|| merge("ts\n5\nx\n".to_owned()), Stop::default()).unwrap();
    assert!(matches!(inputs.deliver().what, Delivered::Pulled(_)));
    let Delivered::Failed { settled, .. } = inputs.deliver().what else { panic!("a bad row is a failure") };
    assert_eq!(settled, [(StreamId::new(0), Watermark(5))]);
}

const PROGRAM: &str = "\
stream txn { card: string  amount: float  note: int  ts: timestamp } key card time ts
pattern smalls on txn by card {
  begin small where amount < 1
  emit found { card: small.card }
}
";

#[test]
fn a_run_whose_output_is_closed_ends_though_its_input_is_silent() {
    let folder = folder("closed-and-silent");
    fs::write(folder.join("p.cep"), PROGRAM).unwrap();
    let mut run = command(&folder, &["run", "p.cep", "txn=-", "-o", "jsonl"]);
    let mut child = run.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"card,amount,note,ts\nc1,0.5,1,1000\nc1,0.5,1,2000\n").unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut String::new()).unwrap();
    drop(output);
    // A process that another test starts just now may hold the output's other end for a moment, so once may not be enough.
    let status = (3..).find_map(|second| {
        drop(input.write_all(format!("c2,0.5,1,{second}000\n").as_bytes()));
        std::thread::sleep(std::time::Duration::from_millis(20));
        child.try_wait().unwrap()
    });
    assert!(status.unwrap().success());
}

#[test]
fn values_that_nothing_reads_are_not_looked_at() {
    let folder = folder("not-read");
    fs::write(folder.join("p.cep"), PROGRAM).unwrap();
    fs::write(folder.join("txn.csv"), b"card,amount,note,ts\nc1,0.5,x\xff,1\nc2,0.5,,2\nc3,7,1,3\n").unwrap();
    fs::write(
        folder.join("txn.jsonl"),
        "{\"card\":\"c1\",\"amount\":0.5,\"note\":[1],\"ts\":1}\n{\"card\":\"c2\",\"amount\":0.5,\"ts\":2}\n",
    )
    .unwrap();
    for file in ["txn.csv", "txn.jsonl"] {
        let ran = cep(&folder, &["run", "p.cep", file, "-o", "counts", "-q"]);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "found  2\n", ""), "{file}");
    }
    fs::write(folder.join("bad.csv"), "card,amount,ts\nc1,0.5,1\n").unwrap();
    let ran = cep(&folder, &["run", "p.cep", "bad.csv", "-q"]);
    assert!(ran.err.contains("no column `note`"), "{}", ran.err);
    fs::write(folder.join("bad.csv"), "card,amount,note,ts\nc1,0.5,1\n").unwrap();
    let ran = cep(&folder, &["run", "p.cep", "bad.csv", "-q"]);
    assert!(ran.err.contains("a row of 3 under a header of 4 fields"), "{}", ran.err);
}
