//! Some values of one event, copied out of its batch into one allocation.

use std::borrow::Cow;

use super::batch::EventBatch;
use super::value::{Datum, Value};
use crate::ids::ColumnId;
use crate::time::{Duration, Timestamp};

/// Values side by side, a word each, every sixteen behind a word with their tags, then the texts that some of them point
/// to. Lists and maps, rare in events, stand beside.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct PackedRow {
    words: Box<[u64]>,
    nested: Option<Box<Nested>>,
}

#[derive(Clone, PartialEq, Debug)]
struct Nested(Vec<Value>);

/// What a word stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Tag {
    Null,
    Bool,
    Int,
    Float,
    /// In the upper half the place of its first word, in the lower its length in bytes.
    Str,
    Timestamp,
    Duration,
    Nested,
}

/// Values behind a word of tags, four bits each.
const BLOCK: usize = 16;

/// A row while it is copied. Reused.
#[derive(Debug, Default)]
pub(crate) struct Packing {
    pub(super) words: Vec<u64>,
    pub(super) nested: Vec<Value>,
}

impl PackedRow {
    /// The values of some columns in a row of a batch.
    pub(crate) fn copy(batch: &EventBatch, row: usize, columns: &[ColumnId], packing: &mut Packing) -> Self {
        packing.words.clear();
        packing.words.resize(columns.len() + columns.len().div_ceil(BLOCK), 0);
        for (block, columns) in columns.chunks(BLOCK).enumerate() {
            let first = block * (BLOCK + 1);
            let mut tags = 0;
            for (slot, column) in columns.iter().enumerate() {
                let (tag, word) = batch.column(*column).pack(row, packing);
                packing.words[first + 1 + slot] = word;
                tags |= (tag as u64) << (4 * slot);
            }
            packing.words[first] = tags;
        }
        let nested = std::mem::take(&mut packing.nested);
        let nested = (!nested.is_empty()).then(|| Box::new(Nested(nested)));
        Self { words: packing.words.as_slice().into(), nested }
    }

    /// The value in a slot: columns are numbered as they were copied.
    pub(crate) fn get(&self, slot: usize) -> Datum<'_> {
        let (tag, word) = self.slot(slot);
        match tag {
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

    /// The number in a slot as a float, NaN where it is null; none where it is no number that a float holds exactly.
    pub(crate) fn float(&self, slot: usize) -> Option<f64> {
        let (tag, word) = self.slot(slot);
        match tag {
            Tag::Float => Some(f64::from_bits(word)),
            Tag::Int => crate::event::exact(word.cast_signed()),
            Tag::Null => Some(f64::NAN),
            _ => None,
        }
    }

    fn slot(&self, slot: usize) -> (Tag, u64) {
        let (tags, at) = place(slot);
        (Tag::of(self.words[tags] >> (4 * (slot % BLOCK))), self.words[at])
    }

    fn text(&self, word: u64) -> &str {
        let (start, length) = ((word >> 32) as usize, word as u32 as usize);
        let bytes: &[u8] = bytemuck::cast_slice(&self.words[start..]);
        std::str::from_utf8(&bytes[..length]).expect("it was copied from text")
    }
}

/// Where a slot's tags and its word are.
fn place(slot: usize) -> (usize, usize) {
    let tags = slot / BLOCK * (BLOCK + 1);
    (tags, tags + 1 + slot % BLOCK)
}

impl Packing {
    /// Appends a text; tells what stands for it.
    pub(super) fn text(&mut self, text: &[u8]) -> u64 {
        let start = u32::try_from(self.words.len()).expect("a row holds less than 32 GiB of text");
        let length = u32::try_from(text.len()).expect("a text is less than 4 GiB");
        let (whole, rest) = text.as_chunks::<8>();
        self.words.extend(whole.iter().map(|bytes| u64::from_ne_bytes(*bytes)));
        if !rest.is_empty() {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            self.words.push(u64::from_ne_bytes(last));
        }
        u64::from(start) << 32 | u64::from(length)
    }

    /// Appends a list or map; tells what stands for it.
    pub(super) fn nested(&mut self, value: &Value) -> u64 {
        self.nested.push(value.clone());
        self.nested.len() as u64 - 1
    }
}

impl Tag {
    fn of(bits: u64) -> Self {
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
        ALL[bits as usize % ALL.len()]
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
            (DataType::String, Value::from("just over sixteen")),
            (DataType::Duration, Value::Duration(Duration(9))),
            (DataType::Int, Value::Null),
        ];
        let mut schema = Schema::new();
        for repeated in 0..3 {
            for (index, (data, _)) in types.iter().enumerate() {
                schema = schema.with_nullable(format!("f{repeated}{index}"), data.clone());
            }
        }
        let mut builder = BatchBuilder::new(StreamId(0), Arc::new(schema), 0);
        let values = types.iter().cycle().take(30).map(|(_, value)| value);
        let row: Vec<_> = values.clone().map(Value::as_datum).collect();
        builder.push_row(Timestamp(0), Watermark::MIN, &row).expect("it fits");
        let batch = builder.finish();
        let columns: Vec<_> = (0..30).map(ColumnId::new).collect();
        let mut packing = Packing::default();
        for _ in 0..2 {
            let packed = PackedRow::copy(&batch, 0, &columns, &mut packing);
            for (slot, value) in values.clone().enumerate() {
                assert_eq!(packed.get(slot), value.as_datum());
            }
        }
    }
}
