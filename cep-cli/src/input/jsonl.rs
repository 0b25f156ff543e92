//! JSON lines into columns: one object a line, blank lines left out, keys that the schema does not name skipped, of a
//! key given twice the last value taken.

mod scan;
mod shape;
mod values;

use std::fmt;

use cep_core::event::{BatchBuilder, Field, Schema};
use cep_core::ids::ColumnId;
use memchr::memchr;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use self::scan::Scan;
use self::values::JsonValues;
use super::block::fill::{Scratch, fill};
use super::block::{self, BLOCK, Room, Taken};
use super::buffer::{Found, RecordBuffer, Wait};
use super::error::InputError;
use super::json;
use super::problem::Problem;
use super::rows::Step;

#[derive(Debug)]
pub(super) struct JsonRows {
    buffer: RecordBuffer,
    /// The fields that are read, and their columns.
    fields: Vec<Field>,
    columns: Vec<ColumnId>,
    /// The length of the current line with its end, and whether it has one.
    current: (usize, u64),
    scan: Scan,
    scratch: Scratch,
}

/// What is wrong with a line, at which offset, of which field.
pub(super) type Fault = (usize, Option<usize>, Problem);

impl JsonRows {
    pub(super) fn new(buffer: RecordBuffer, schema: &Schema) -> Self {
        let fields = schema.fields().to_vec();
        let columns = (0..fields.len()).map(ColumnId::new).collect();
        Self { buffer, fields, columns, current: (0, 0), scan: Scan::new(), scratch: Scratch::default() }
    }

    /// Reads no values but those of some fields.
    pub(super) fn only(&mut self, read: &[ColumnId]) {
        let fields = self.columns.iter().zip(&self.fields).filter(|(column, _)| read.contains(column));
        (self.columns, self.fields) = fields.map(|(column, field)| (*column, field.clone())).unzip();
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.buffer.consumed() + self.current.0 as u64
    }

    /// The current line as it came; after an error, the line that was given up.
    pub(super) fn raw(&self) -> &[u8] {
        self.buffer.raw(self.current.0)
    }

    pub(super) fn lines_read(&self) -> u64 {
        self.buffer.line() - 1 + self.current.1
    }

    pub(super) fn stand_behind(&mut self, bytes: u64, lines: u64) {
        self.current = (0, 0);
        self.buffer.stand_behind(bytes, lines);
    }

    /// Appends the next row's values to the batch, one a column; the caller ends or abandons the row.
    pub(super) fn read_row(&mut self, row: &mut BatchBuilder, wait: Wait) -> Result<Step, InputError> {
        loop {
            let (bytes, lines) = std::mem::take(&mut self.current);
            self.buffer.consume(bytes, lines);
            self.current = match self.buffer.find(0, wait, |bytes| memchr(b'\n', bytes))? {
                Found::At(at) => (at + 1, 1),
                Found::End => (self.buffer.bytes().len(), 0),
                Found::NotYet => return Ok(Step::NotYet),
                Found::TooLong => return Err(self.too_long()),
            };
            if self.current.0 == 0 {
                return Ok(Step::End);
            }
            let line = without_end(&self.buffer.bytes()[..self.current.0]);
            if !line.trim_ascii().is_empty() {
                return self.read_object(line, row).map(|()| Step::Row);
            }
        }
    }

    fn too_long(&mut self) -> InputError {
        let error = self.buffer.bad_row(0, None, Problem::TooLong);
        self.buffer.skip_line().err().unwrap_or(error)
    }

    fn read_object(&self, line: &[u8], row: &mut BatchBuilder) -> Result<(), InputError> {
        push_object(line, &self.fields, &self.columns, row).map_err(|(offset, field, problem)| {
            let name = field.map(|field| self.fields[field].name.as_str());
            self.buffer.bad_row(offset, name, problem)
        })
    }
}

/// Appends the values of an object's fields to the batch, one a column.
pub(super) fn push_object(
    line: &[u8],
    fields: &[Field],
    columns: &[ColumnId],
    row: &mut BatchBuilder,
) -> Result<(), Fault> {
    let values = parse_object(line, fields)?;
    for (index, (field, value)) in fields.iter().zip(values).enumerate() {
        let raw = value.map_or("null", RawValue::get);
        json::push_json(row.column_mut(columns[index]), &field.ty, raw).map_err(|problem| {
            let offset = value.map_or_else(|| start_of(line), |value| offset_in(line, value.get()));
            (offset, Some(index), problem)
        })?;
    }
    Ok(())
}

impl block::Records for JsonRows {
    fn take(&mut self, batch: &mut BatchBuilder, before: usize, room: Room) -> Taken {
        let (bytes, lines) = std::mem::take(&mut self.current);
        self.buffer.consume(bytes, lines);
        let Self { buffer, fields, columns, scan, scratch, .. } = self;
        let block = buffer.bytes();
        let block = &block[..block.len().min(BLOCK)];
        let name = |key: &[u8]| fields.iter().position(|field| field.name.as_bytes() == key);
        scan.find(block, (room.rows, room.bytes), fields.len(), name);
        let mut rows = scan.rows();
        for (index, (field, column)) in fields.iter().zip(&*columns).enumerate() {
            let spans = scan.spans().get(index..).unwrap_or_default();
            let values = JsonValues::new(block, spans, fields.len(), &field.ty.data);
            rows = fill(batch.column_mut(*column), &field.ty, &values, rows, scratch);
        }
        batch.abandon_beyond(before + rows);
        let (odd, bytes) = (scan.is_odd() || rows < scan.rows(), scan.end(rows));
        buffer.consume(bytes, rows as u64);
        Taken { rows, bytes, odd }
    }
}

/// Without its end, so that a string cut off there reads as cut off.
fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn start_of(line: &[u8]) -> usize {
    line.len() - line.trim_ascii_start().len()
}

/// Where a part of the line starts in it.
fn offset_in(line: &[u8], part: &str) -> usize {
    part.as_ptr() as usize - line.as_ptr() as usize
}

/// The text of each field's value, in schema order.
fn parse_object<'a>(line: &'a [u8], fields: &[Field]) -> Result<Vec<Option<&'a RawValue>>, Fault> {
    if let Some(other) = line.trim_ascii_start().first().filter(|byte| **byte != b'{') {
        let problem = if is_json_start(*other) {
            Problem::NotAnObject
        } else {
            Problem::NotJson("the line does not start with `{`".to_owned())
        };
        return Err((start_of(line), None, problem));
    }
    let mut parser = serde_json::Deserializer::from_slice(line);
    let mut parse = || {
        let values = ObjectSeed { fields }.deserialize(&mut parser)?;
        parser.end().map(|()| values)
    };
    parse().map_err(|error| syntax_fault(line, &error))
}

fn is_json_start(byte: u8) -> bool {
    matches!(byte, b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
}

fn syntax_fault(line: &[u8], error: &serde_json::Error) -> Fault {
    if error.classify() == Category::Eof {
        return (start_of(line), None, Problem::EndsInJson);
    }
    let offset = error.column().saturating_sub(1).min(line.len());
    match std::str::from_utf8(line) {
        Err(invalid) if invalid.valid_up_to() <= offset => (invalid.valid_up_to(), None, Problem::NotUtf8),
        _ => (offset, None, Problem::NotJson(reason(error))),
    }
}

/// The parser's reason, without the place, which the error tells better.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_owned())
}

/// Takes an object apart: the values of the schema's fields as text, all others skipped.
struct ObjectSeed<'f> {
    fields: &'f [Field],
}

impl<'de> DeserializeSeed<'de> for ObjectSeed<'_> {
    type Value = Vec<Option<&'de RawValue>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ObjectSeed<'_> {
    type Value = Vec<Option<&'de RawValue>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = vec![None; self.fields.len()];
        let mut likely = 0;
        while let Some(field) = map.next_key_seed(KeySeed { fields: self.fields, likely })? {
            match field {
                Some(field) => {
                    values[field] = Some(map.next_value()?);
                    likely = field + 1;
                }
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(values)
    }
}

/// Finds the field that a key names, first where the order of the schema would have it.
struct KeySeed<'f> {
    fields: &'f [Field],
    likely: usize,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        if self.fields.get(self.likely).is_some_and(|field| field.name == key) {
            return Ok(Some(self.likely));
        }
        Ok(self.fields.iter().position(|field| field.name == key))
    }
}
