//! Reading a file of which nothing is known but its format.

use std::io::{BufRead, BufReader, Cursor, Read};
use std::sync::Arc;

use cep_core::event::{DataType, Datum, Field, Schema};
use cep_core::ids::{ColumnId, StreamId};
use cep_core::pattern::StreamDef;
use cep_core::time::{Timestamp, Watermark};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::column::{Column, as_text};
use crate::input::{
    BATCH_BYTES, EventReader, Format, InputError, MAX_RECORD, OnBadRow, Origin, Pace, csv_header,
};

/// What is in a file.
#[derive(Clone, Debug)]
pub struct Observed {
    /// Its format.
    pub format: Format,
    /// The rows read.
    pub rows: u64,
    /// The fields in the order in which they first occur.
    pub columns: Vec<Column>,
}

/// Why nothing can be said of a file.
#[derive(Debug, thiserror::Error)]
pub enum ObserveError {
    /// It cannot be read as such a file.
    #[error(transparent)]
    Input(#[from] InputError),
    /// It cannot be read at all.
    #[error("{file}: {error}")]
    Io {
        /// The file.
        file: String,
        /// Why.
        error: std::io::Error,
    },
    /// A line that is no JSON object.
    #[error("{file}:{line}: not a JSON object")]
    NoObject {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
    },
}

/// Looks at the values of a file, at those of the first rows if `most` says how many.
///
/// # Errors
/// Where it cannot be read, or a row is none.
pub fn observe(
    input: impl Read + 'static,
    file: &str,
    format: Option<Format>,
    most: Option<u64>,
) -> Result<Observed, ObserveError> {
    let io = |error| ObserveError::Io { file: file.to_owned(), error };
    let mut input = BufReader::with_capacity(1 << 16, input);
    let first = input.fill_buf().map_err(io)?.iter().find(|byte| !byte.is_ascii_whitespace()).copied();
    let most = most.unwrap_or(u64::MAX);
    match format.unwrap_or_else(|| Format::of_first_byte(first)) {
        Format::Csv => csv(input, file, most),
        Format::Jsonl => jsonl(input, file, most),
    }
}

/// A CSV file is read twice over: its header, then the rows with all fields as texts that may be empty.
fn csv(mut input: impl BufRead + 'static, file: &str, most: u64) -> Result<Observed, ObserveError> {
    let io = |error| ObserveError::Io { file: file.to_owned(), error };
    // A header is far shorter than what is looked at for it.
    let mut head = Vec::new();
    let beginning = usize::try_from(BATCH_BYTES).unwrap_or(MAX_RECORD);
    input.by_ref().take(beginning as u64).read_to_end(&mut head).map_err(io)?;
    let names = csv_header(Box::new(Cursor::new(head.clone())), file.into())?;
    let fields = names.iter().fold(Schema::new(), |schema, name| {
        schema.with_field(Field { name: name.clone(), ty: DataType::String.nullable() })
    });
    let stream = StreamDef { time: None, ..StreamDef::new("", fields, "") };
    let origin = Origin {
        file: Arc::from(file),
        format: Some(Format::Csv),
        pace: Pace::Full,
        on_bad_row: OnBadRow::Fail,
    };
    let whole = Cursor::new(head).chain(input);
    let clock = Box::new(|| Timestamp(0));
    let mut reader = EventReader::open(whole, origin, StreamId::new(0), &stream, clock)?;
    let mut columns: Vec<_> = names.into_iter().map(Column::new).collect();
    let mut rows = 0;
    while let Some(batch) = reader.next_batch(rows, Watermark::MAX) {
        let batch = batch?;
        for row in 0..batch.len() {
            if rows == most {
                break;
            }
            rows += 1;
            for (index, column) in columns.iter_mut().enumerate() {
                if let Datum::Str(text) = batch.column(ColumnId::new(index)).get(row) {
                    column.see_text(&text);
                }
            }
        }
        if rows == most {
            break;
        }
    }
    columns.iter_mut().for_each(as_text);
    Ok(Observed { format: Format::Csv, rows, columns })
}

fn jsonl(mut input: impl BufRead, file: &str, most: u64) -> Result<Observed, ObserveError> {
    let mut columns: Vec<Column> = Vec::new();
    let (mut rows, mut line, mut text) = (0, 0, Vec::new());
    while rows < most {
        text.clear();
        let read = input.by_ref().take(MAX_RECORD as u64).read_until(b'\n', &mut text);
        if read.map_err(|error| ObserveError::Io { file: file.to_owned(), error })? == 0 {
            break;
        }
        line += 1;
        if text.trim_ascii().is_empty() {
            continue;
        }
        let Members(members) = serde_json::from_slice(text.trim_ascii())
            .map_err(|_| ObserveError::NoObject { file: file.to_owned(), line })?;
        rows += 1;
        for (name, value) in &members {
            let known = columns.iter().position(|column| column.name == *name);
            let at = known.unwrap_or_else(|| {
                columns.push(Column::new(name.clone()));
                columns.len() - 1
            });
            columns[at].see_json(value);
        }
    }
    Ok(Observed { format: Format::Jsonl, rows, columns })
}

/// The members of an object, in the order in which they stand.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}
