//! Event files of any bytes: reading ends, every good row fits the schema, good and bad rows account for all lines, and
//! nothing depends on how the bytes arrive.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::Read;

use cep_cli::input::{EventReader, Format, InputError, OnBadRow, Origin, Pace};
use cep_core::event::{DataType, EventBatch, Schema, Value};
use cep_core::ids::StreamId;
use cep_core::pattern::StreamDef;
use cep_core::time::{Duration, Timestamp};
use cep_fuzz::{Target, fixtures, run};

/// The stream of the fixtures.
fn stream() -> StreamDef {
    let schema = Schema::new()
        .with("card", DataType::String)
        .with("amount", DataType::Float)
        .with_nullable("merchant", DataType::String)
        .with_nullable("count", DataType::Int)
        .with_nullable("ok", DataType::Bool)
        .with_nullable("wait", DataType::Duration)
        .with_nullable("tags", DataType::List(Box::new(DataType::String)))
        .with_nullable("limits", DataType::Map(Box::new(DataType::Int)))
        .with("ts", DataType::Timestamp);
    let mut stream = StreamDef::new("txn", schema, "ts");
    stream.time.as_mut().unwrap().lateness = Duration::from_secs(5);
    stream
}

/// Gives bytes in small pieces.
struct Pieces {
    bytes: Vec<u8>,
    at: usize,
    size: usize,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let rest = &self.bytes[self.at..];
        let taken = rest.len().min(into.len()).min(self.size);
        into[..taken].copy_from_slice(&rest[..taken]);
        self.at += taken;
        Ok(taken)
    }
}

/// What reading comes to.
#[derive(PartialEq, Debug)]
struct Outcome {
    rows: Vec<Vec<Value>>,
    bad: u64,
    /// What is said of the first bad rows.
    said: Vec<String>,
    error: Option<String>,
}

fn read(bytes: &[u8], size: usize, format: Format, on_bad_row: OnBadRow) -> Result<Outcome, InputError> {
    read_taking(bytes, size, format, on_bad_row, 512)
}

/// Takes at most so many records in one go; with 0, each by itself.
fn read_taking(
    bytes: &[u8],
    size: usize,
    format: Format,
    on_bad_row: OnBadRow,
    records: usize,
) -> Result<Outcome, InputError> {
    let pace = if size < 8 { Pace::Live } else { Pace::Full };
    let origin = Origin { file: "input".into(), format: Some(format), pace, on_bad_row };
    let input = Pieces { bytes: bytes.to_vec(), at: 0, size };
    let mut reader =
        EventReader::open(input, origin, StreamId::new(0), &stream(), Box::new(|| Timestamp(0)))?
            .taking_at_most(records);
    let mut outcome = Outcome { rows: Vec::new(), bad: 0, said: Vec::new(), error: None };
    for batch in &mut reader {
        match batch {
            Ok(batch) => outcome.rows.extend(fitting_rows(&batch)),
            Err(error) => outcome.error = Some(error.to_string()),
        }
    }
    outcome.bad = reader.bad_rows().count();
    outcome.said = reader.bad_rows().first().iter().map(ToString::to_string).collect();
    assert_eq!(reader.rows_read(), outcome.rows.len() as u64);
    assert!(reader.bytes_read() <= bytes.len() as u64);
    Ok(outcome)
}

/// The rows, each of which has what the schema promises.
fn fitting_rows(batch: &EventBatch) -> Vec<Vec<Value>> {
    let stream = stream();
    let fields = stream.schema.fields();
    assert!(!batch.is_empty() && batch.columns().len() == fields.len());
    let row = |row: usize| {
        let values = batch.columns().iter().map(|column| column.get(row).into_value());
        let values: Vec<Value> = values.collect();
        for (field, value) in fields.iter().zip(&values) {
            let data = value.data_type();
            assert!(*value != Value::Null || field.ty.nullable, "`{}` is null", field.name);
            assert!(fits(value, &field.ty.data), "`{}` is a {data}", field.name);
        }
        assert_eq!(values.last(), Some(&Value::Timestamp(batch.time(row))));
        assert!(row == 0 || batch.watermark_before(row - 1) <= batch.watermark_before(row));
        values
    };
    (0..batch.len()).map(row).collect()
}

fn fits(value: &Value, data: &DataType) -> bool {
    match (value, data) {
        (Value::Null, _) => true,
        (Value::Float(value), DataType::Float) => value.is_finite(),
        (Value::List(items), DataType::List(of)) => items.iter().all(|item| fits(item, of)),
        (Value::Map(items), DataType::Map(of)) => items.values().all(|item| fits(item, of)),
        _ => value.data_type() == *data,
    }
}

/// Reads in several ways and compares; gives what skipping bad rows comes to.
fn consistent(bytes: &[u8], format: Format) -> Option<Outcome> {
    let whole = read(bytes, usize::MAX, format, OnBadRow::Skip);
    let pieces = read(bytes, 1 + bytes.len() % 7, format, OnBadRow::Skip);
    let failing = read(bytes, usize::MAX, format, OnBadRow::Fail);
    let (whole, pieces, failing) = match (whole, pieces, failing) {
        (Ok(whole), Ok(pieces), Ok(failing)) => (whole, pieces, failing),
        (whole, pieces, failing) => {
            let said = |it: Result<Outcome, InputError>| it.err().map(|error| error.to_string());
            let first = said(whole);
            assert!(first.is_some() && first == said(pieces) && first == said(failing));
            return None;
        }
    };
    assert_eq!(whole, pieces, "the pieces matter");
    for (on_bad_row, expected) in [(OnBadRow::Skip, &whole), (OnBadRow::Fail, &failing)] {
        let one_by_one = read_taking(bytes, usize::MAX, format, on_bad_row, 0);
        assert_eq!(Some(expected), one_by_one.ok().as_ref(), "it matters how many are taken in one go");
    }
    assert_eq!(whole.error, None, "nothing but a failing disk ends the reading");
    assert_eq!(failing.error.is_some(), whole.bad > 0);
    assert!(whole.rows.starts_with(&failing.rows), "rows before the first bad one are the same");
    Some(whole)
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.split(|byte| *byte == b'\n')
}

fn check_csv(bytes: &[u8]) {
    let Some(outcome) = consistent(bytes, Format::Csv) else { return };
    // A blank line is no record; the first record is the header.
    let blank = |line: &&[u8]| line.is_empty() || *line == b"\r";
    let records = lines(bytes).filter(|line| !blank(line)).count() - 1;
    let found = usize::try_from(outcome.bad).unwrap() + outcome.rows.len();
    if bytes.contains(&b'"') {
        assert!(found <= records, "{found} rows in {records} lines");
    } else {
        assert_eq!(found, records);
    }
}

fn check_jsonl(bytes: &[u8]) {
    let Some(outcome) = consistent(bytes, Format::Jsonl) else { return };
    let records = lines(bytes).filter(|line| !line.trim_ascii().is_empty()).count();
    assert_eq!(usize::try_from(outcome.bad).unwrap() + outcome.rows.len(), records);
}

const WORDS: [&str; 48] = [
    "card",
    "amount",
    "merchant",
    "count",
    "ok",
    "wait",
    "tags",
    "limits",
    "ts",
    ",",
    "\n",
    "\r\n",
    "\r",
    "\"",
    "\"\"",
    ",\"",
    "\",",
    "{",
    "}",
    "[",
    "]",
    ":",
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1.5",
    "1e999",
    "NaN",
    "1h30m",
    "-5s",
    "1517363399650",
    "\"2018-01-31T01:49:59.650Z\"",
    "{\"card\":\"c\",\"amount\":1,\"ts\":2}\n",
    "c,1,2\n",
    "\"ts\":",
    "\"amount\":",
    "\\u00e9",
    "\\ud800",
    "\\\"",
    "é",
    "\u{feff}",
    "\0",
    "9223372036854775808",
    "[\"\"\"a\"\"\"]",
    "{\"a\":1,\"a\":2}",
    "2018-02-30T00:00:00Z",
];

#[test]
fn any_bytes_as_csv() {
    let corpus = fixtures("input", "csv");
    run(Target { name: "csv", corpus, words: &WORDS, cases: 3_000, check: check_csv });
}

#[test]
fn any_bytes_as_json_lines() {
    let mut corpus = fixtures("input", "jsonl");
    corpus.extend(fixtures("input", "json"));
    run(Target { name: "jsonl", corpus, words: &WORDS, cases: 3_000, check: check_jsonl });
}
