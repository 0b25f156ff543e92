//! Some values of one event, copied out of its batch into words that may be moved together.

use std::borrow::Cow;

use super::batch::EventBatch;
use super::value::{Datum, Value};
use crate::ids::ColumnId;
use crate::time::{Duration, Timestamp};

/// Values side by side, a word each, every sixteen behind a word with their tags, then the texts that some of them point
/// to. Lists and maps, rare in events, stand beside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PackedRow<'a> {
    /// From the first word of the row on; what follows it does not matter.
    words: &'a [u64],
    nested: &'a [Value],
}

/// Lists and maps, by number.
pub(crate) type Nested = Option<Box<Vec<Value>>>;

/// What a word stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Tag {
    Null,
    Bool,
    Int,
    Float,
    /// In the upper half the place of its first word within the row, in the lower its length in bytes.
    Str,
    Timestamp,
    Duration,
    /// The number of a list or map.
    Nested,
}

/// Values behind a word of tags, four bits each.
const BLOCK: usize = 16;

/// A row while it is copied.
#[derive(Debug)]
pub(super) struct Packing<'a> {
    row: &'a mut [u64],
    /// Where the next text goes.
    text: usize,
    nested: &'a mut Nested,
}

/// Writes the values of some columns in a row of a batch: as many words as [`words_of`] says.
pub(crate) fn pack(
    batch: &EventBatch,
    row: usize,
    columns: &[ColumnId],
    words: &mut [u64],
    nested: &mut Nested,
) {
    let mut packing = Packing { row: words, text: width(columns.len()), nested };
    for (block, columns) in columns.chunks(BLOCK).enumerate() {
        let first = block * (BLOCK + 1);
        let mut tags = 0;
        for (slot, column) in columns.iter().enumerate() {
            let (tag, word) = batch.column(*column).pack(row, &mut packing);
            packing.row[first + 1 + slot] = word;
            tags |= (tag as u64) << (4 * slot);
        }
        packing.row[first] = tags;
    }
}

/// A value that was read, of a row that is to be packed again.
#[derive(Clone, Debug)]
pub(crate) enum Slot<'a> {
    /// Any but a list or map.
    Plain(Datum<'a>),
    /// A list or map.
    Nested(Value),
}

impl Slot<'_> {
    /// The value, borrowed.
    pub(crate) fn as_datum(&self) -> Datum<'_> {
        match self {
            Self::Plain(datum) => datum.clone(),
            Self::Nested(value) => value.as_datum(),
        }
    }

    fn pack(&self, packing: &mut Packing<'_>) -> (Tag, u64) {
        match self {
            Self::Plain(Datum::Bool(value)) => (Tag::Bool, (*value).into()),
            Self::Plain(Datum::Int(value)) => (Tag::Int, value.cast_unsigned()),
            Self::Plain(Datum::Float(value)) => (Tag::Float, value.to_bits()),
            Self::Plain(Datum::Str(text)) => (Tag::Str, packing.text(text.as_bytes())),
            Self::Plain(Datum::Timestamp(time)) => (Tag::Timestamp, time.0.cast_unsigned()),
            Self::Plain(Datum::Duration(length)) => (Tag::Duration, length.0.cast_unsigned()),
            Self::Plain(Datum::Null | Datum::List(_) | Datum::Map(_)) => (Tag::Null, 0),
            Self::Nested(value) => (Tag::Nested, packing.nested(value)),
        }
    }
}

/// As [`pack`], of values that were read: as many words as [`words_of_slots`] says.
pub(crate) fn pack_slots(slots: &[Slot<'_>], words: &mut [u64], nested: &mut Nested) {
    let mut packing = Packing { row: words, text: width(slots.len()), nested };
    for (block, slots) in slots.chunks(BLOCK).enumerate() {
        let first = block * (BLOCK + 1);
        let mut tags = 0;
        for (place, slot) in slots.iter().enumerate() {
            let (tag, word) = slot.pack(&mut packing);
            packing.row[first + 1 + place] = word;
            tags |= (tag as u64) << (4 * place);
        }
        packing.row[first] = tags;
    }
}

/// The words that values take.
pub(crate) fn words_of_slots(slots: &[Slot<'_>]) -> usize {
    let text = |slot: &Slot<'_>| match slot {
        Slot::Plain(Datum::Str(text)) => text.len().div_ceil(WORD),
        _ => 0,
    };
    width(slots.len()) + slots.iter().map(text).sum::<usize>()
}

/// The words of a row without its texts.
fn width(columns: usize) -> usize {
    columns + columns.div_ceil(BLOCK)
}

/// The words that a row takes.
#[inline]
pub(crate) fn words_of(batch: &EventBatch, row: usize, columns: &[ColumnId]) -> usize {
    let texts = columns.iter().filter_map(|column| batch.column(*column).strs());
    width(columns.len()) + texts.map(|texts| texts.bytes(row).len().div_ceil(WORD)).sum::<usize>()
}

/// Bytes of a word.
const WORD: usize = size_of::<u64>();

/// Appends the lists and maps of a row of some columns to others, and has the row point to them there.
pub(crate) fn move_nested(row: &mut [u64], columns: usize, from: &[Value], to: &mut Nested) {
    for slot in 0..columns {
        let (tags, at) = place(slot);
        if Tag::of(row[tags] >> (4 * (slot % BLOCK))) == Tag::Nested {
            let value = from[row[at] as usize].clone();
            let to = to.get_or_insert_default();
            row[at] = to.len() as u64;
            to.push(value);
        }
    }
}

impl<'a> PackedRow<'a> {
    pub(crate) fn new(words: &'a [u64], nested: &'a [Value]) -> Self {
        Self { words, nested }
    }

    /// The value in a slot: columns are numbered as they were copied.
    pub(crate) fn get(self, slot: usize) -> Datum<'a> {
        let (tag, word) = self.slot(slot);
        match tag {
            Tag::Null => Datum::Null,
            Tag::Bool => Datum::Bool(word != 0),
            Tag::Int => Datum::Int(word.cast_signed()),
            Tag::Float => Datum::Float(f64::from_bits(word)),
            Tag::Str => Datum::Str(Cow::Borrowed(self.text(word))),
            Tag::Timestamp => Datum::Timestamp(Timestamp(word.cast_signed())),
            Tag::Duration => Datum::Duration(Duration(word.cast_signed())),
            Tag::Nested => self.nested[word as usize].as_datum(),
        }
    }

    /// The number in a slot as a float, NaN where it is null; none where it is no number that a float holds exactly.
    #[inline(always)]
    pub(crate) fn float(self, slot: usize) -> Option<f64> {
        let (tag, word) = self.slot(slot);
        match tag {
            Tag::Float => Some(f64::from_bits(word)),
            Tag::Int => crate::event::exact(word.cast_signed()),
            Tag::Null => Some(f64::NAN),
            _ => None,
        }
    }

    #[inline]
    fn slot(self, slot: usize) -> (Tag, u64) {
        let (tags, at) = place(slot);
        (Tag::of(self.words[tags] >> (4 * (slot % BLOCK))), self.words[at])
    }

    fn text(self, word: u64) -> &'a str {
        let (start, length) = ((word >> 32) as usize, word as u32 as usize);
        let bytes: &[u8] = bytemuck::cast_slice(&self.words[start..]);
        std::str::from_utf8(&bytes[..length]).expect("it was copied from text")
    }
}

/// Where a slot's tags and its word are.
#[inline]
fn place(slot: usize) -> (usize, usize) {
    let tags = slot / BLOCK * (BLOCK + 1);
    (tags, tags + 1 + slot % BLOCK)
}

impl Packing<'_> {
    /// Adds a text; tells what stands for it.
    #[inline]
    pub(super) fn text(&mut self, text: &[u8]) -> u64 {
        let start = u32::try_from(self.text).expect("a row holds less than 32 GiB of text");
        let length = u32::try_from(text.len()).expect("a text is less than 4 GiB");
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut self.row[self.text..]);
        bytes[..text.len()].copy_from_slice(text);
        self.text += text.len().div_ceil(WORD);
        u64::from(start) << 32 | u64::from(length)
    }

    /// Appends a list or map; tells what stands for it.
    pub(super) fn nested(&mut self, value: &Value) -> u64 {
        let nested = self.nested.get_or_insert_default();
        nested.push(value.clone());
        nested.len() as u64 - 1
    }
}

impl Tag {
    #[inline]
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
        let (mut words, mut nested) = (Vec::new(), None);
        for before in [0, 7] {
            words.clear();
            words.resize(before + words_of(&batch, 0, &columns), 0);
            pack(&batch, 0, &columns, &mut words[before..], &mut nested);
            let mut moved = None;
            move_nested(&mut words[before..], columns.len(), nested.as_deref().expect("lists"), &mut moved);
            let packed = PackedRow::new(&words[before..], moved.as_deref().expect("lists"));
            for (slot, value) in values.clone().enumerate() {
                assert_eq!(packed.get(slot), value.as_datum());
            }
        }
    }
}
