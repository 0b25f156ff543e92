//! Some values of one event, copied out of its batch into one allocation.

use std::borrow::Cow;

use super::batch::EventBatch;
use super::value::{Datum, Value};
use crate::ids::ColumnId;
use crate::time::{Duration, Timestamp};

/// Values side by side: a tag and eight bytes each, then the texts that those point to. Lists and maps, rare in events,
/// stand beside.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct PackedRow {
    bytes: Box<[u8]>,
    nested: Option<Box<Nested>>,
}

#[derive(Clone, PartialEq, Debug)]
struct Nested(Vec<Value>);

#[derive(Clone, Copy)]
#[repr(u8)]
enum Tag {
    Null,
    Bool,
    Int,
    Float,
    Str,
    Timestamp,
    Duration,
    Nested,
}

/// The bytes of a tag and a value.
const SLOT: usize = 1 + size_of::<u64>();

impl PackedRow {
    /// The values of some columns in a row of a batch; `scratch` is room to work in.
    pub(crate) fn copy(batch: &EventBatch, row: usize, columns: &[ColumnId], scratch: &mut Vec<u8>) -> Self {
        scratch.clear();
        scratch.resize(columns.len() * SLOT, 0);
        let mut nested = Vec::new();
        for (slot, column) in columns.iter().enumerate() {
            let (tag, word) = match batch.column(*column).get(row) {
                Datum::Null => (Tag::Null, 0),
                Datum::Bool(value) => (Tag::Bool, u64::from(value)),
                Datum::Int(value) => (Tag::Int, value.cast_unsigned()),
                Datum::Float(value) => (Tag::Float, value.to_bits()),
                Datum::Str(text) => (Tag::Str, append(scratch, &text)),
                Datum::Timestamp(time) => (Tag::Timestamp, time.0.cast_unsigned()),
                Datum::Duration(length) => (Tag::Duration, length.0.cast_unsigned()),
                value @ (Datum::List(_) | Datum::Map(_)) => {
                    nested.push(value.into_value());
                    (Tag::Nested, nested.len() as u64 - 1)
                }
            };
            let bytes = &mut scratch[slot * SLOT..][..SLOT];
            bytes[0] = tag as u8;
            bytes[1..].copy_from_slice(&word.to_le_bytes());
        }
        let nested = (!nested.is_empty()).then(|| Box::new(Nested(nested)));
        Self { bytes: scratch.as_slice().into(), nested }
    }

    /// The value in a slot: columns are numbered as they were copied.
    pub(crate) fn get(&self, slot: usize) -> Datum<'_> {
        let bytes = &self.bytes[slot * SLOT..][..SLOT];
        let word = u64::from_le_bytes(bytes[1..].try_into().expect("a slot has eight bytes after its tag"));
        match Tag::of(bytes[0]) {
            Tag::Null => Datum::Null,
            Tag::Bool => Datum::Bool(word != 0),
            Tag::Int => Datum::Int(word.cast_signed()),
            Tag::Float => Datum::Float(f64::from_bits(word)),
            Tag::Str => Datum::Str(Cow::Borrowed(self.text(word))),
            Tag::Timestamp => Datum::Timestamp(Timestamp(word.cast_signed())),
            Tag::Duration => Datum::Duration(Duration(word.cast_signed())),
            Tag::Nested => self.nested.as_ref().map_or(Datum::Null, |all| all.0[word as usize].as_datum()),
        }
    }

    fn text(&self, word: u64) -> &str {
        let (start, length) = ((word >> 32) as usize, word as u32 as usize);
        std::str::from_utf8(&self.bytes[start..start + length]).expect("it was copied from text")
    }
}

/// Where a text was put: its start in the upper half, its length in the lower.
fn append(bytes: &mut Vec<u8>, text: &str) -> u64 {
    let start = u32::try_from(bytes.len()).expect("a row holds less than 4 GiB of text");
    let length = u32::try_from(text.len()).expect("a row holds less than 4 GiB of text");
    bytes.extend_from_slice(text.as_bytes());
    u64::from(start) << 32 | u64::from(length)
}

impl Tag {
    fn of(byte: u8) -> Self {
        const ALL: [Tag; 8] = [
            Tag::Null,
            Tag::Bool,
            Tag::Int,
            Tag::Float,
            Tag::Str,
            Tag::Timestamp,
            Tag::Duration,
            Tag::Nested,
        ];
        ALL[usize::from(byte)]
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::{BatchBuilder, DataType, Schema};
    use crate::ids::StreamId;
    use crate::time::Watermark;

    #[test]
    fn every_kind_of_value_is_read_back() {
        let list = DataType::List(Box::new(DataType::Int));
        let types = [
            (DataType::Bool, Value::Bool(true)),
            (DataType::Int, Value::Int(-7)),
            (DataType::Float, Value::Float(0.5)),
            (DataType::String, Value::from("größer")),
            (DataType::Timestamp, Value::Timestamp(Timestamp(-1))),
            (list, Value::List([Value::Int(1), Value::Int(2)].into())),
            (DataType::String, Value::from("")),
            (DataType::Duration, Value::Duration(Duration(9))),
            (DataType::Int, Value::Null),
        ];
        let mut schema = Schema::new();
        for (index, (data, _)) in types.iter().enumerate() {
            schema = schema.with_nullable(format!("f{index}"), data.clone());
        }
        let mut builder = BatchBuilder::new(StreamId(0), Arc::new(schema), 0);
        let row: Vec<_> = types.iter().map(|(_, value)| value.as_datum()).collect();
        builder.push_row(Timestamp(0), Watermark::MIN, &row).expect("it fits");
        let columns: Vec<_> = (0..types.len()).rev().map(ColumnId::new).collect();
        let packed = PackedRow::copy(&builder.finish(), 0, &columns, &mut Vec::new());
        for (slot, (_, value)) in types.iter().rev().enumerate() {
            assert_eq!(packed.get(slot), value.as_datum());
        }
    }
}
