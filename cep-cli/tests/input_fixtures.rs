//! Every file of `fixtures/input` is read twice: skipping bad rows, then failing on the first. What comes of it stands
//! beside the file, in `NAME.expected`. `UPDATE=1` writes those texts anew.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

use std::fmt::Write;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use cep_cli::input::{EventReader, Format, InputError, OnBadRow, Origin, Pace};
use cep_core::event::{DataType, EventBatch, Schema};
use cep_core::ids::StreamId;
use cep_core::pattern::StreamDef;
use cep_core::time::{Duration, Timestamp};

/// `stream txn { card: string  amount: float  merchant: string? … ts: timestamp } time ts lateness 5s`
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

fn open(path: &Path, on_bad_row: OnBadRow) -> Result<EventReader, InputError> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let origin = Origin { file: name.into(), format: Format::of_path(path), pace: Pace::Full, on_bad_row };
    EventReader::open(
        File::open(path).unwrap(),
        origin,
        StreamId::new(0),
        &stream(),
        Box::new(|| Timestamp(0)),
    )
}

fn write_rows(out: &mut String, batch: &EventBatch) {
    for row in 0..batch.len() {
        write!(out, "row {} after {:?}:", batch.position(row), batch.watermark_before(row).0).unwrap();
        for (field, column) in stream().schema.fields().iter().zip(batch.columns()) {
            if !column.is_null(row) {
                write!(out, " {}={:?}", field.name, column.get(row).into_value()).unwrap();
            }
        }
        out.push('\n');
    }
}

fn write_error(out: &mut String, error: &InputError) {
    writeln!(out, "error: {error}").unwrap();
    writeln!(out, " help: {}", error.help().unwrap_or_default()).unwrap();
}

fn read(path: &Path, on_bad_row: OnBadRow) -> String {
    let mut out = String::new();
    let mut reader = match open(path, on_bad_row.clone()) {
        Ok(reader) => reader,
        Err(error) => {
            write_error(&mut out, &error);
            return out;
        }
    };
    for batch in &mut reader {
        match batch {
            Ok(batch) => write_rows(&mut out, &batch),
            Err(error) => write_error(&mut out, &error),
        }
    }
    assert!(reader.next().is_none());
    if on_bad_row == OnBadRow::Skip {
        writeln!(out, "{} good, {} bad", reader.rows_read(), reader.bad_rows().count()).unwrap();
        reader.bad_rows().first().iter().for_each(|row| writeln!(out, "  {row}").unwrap());
    }
    out
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/input");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| Format::of_path(path).is_some()).collect();
    files.sort();
    files
}

#[test]
fn files_read_as_expected() {
    let mut wrong = Vec::new();
    for path in fixtures() {
        let found = format!(
            "--on-bad-row skip\n{}\n--on-bad-row fail\n{}",
            read(&path, OnBadRow::Skip),
            read(&path, OnBadRow::Fail)
        );
        let expected_path = PathBuf::from(format!("{}.expected", path.display()));
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected_path, &found).unwrap();
        }
        let expected = fs::read_to_string(&expected_path).unwrap_or_default();
        if found != expected {
            wrong.push(format!("{}\n--- expected\n{expected}--- found\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
