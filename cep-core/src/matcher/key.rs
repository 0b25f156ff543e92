//! Keys as bytes: the values of the key fields, in a form in which equal keys have equal bytes. Most keys fit into the
//! place where they are kept, so that looking one up follows no pointer.

use std::borrow::Cow;
use std::cmp::Ordering;

use smallvec::SmallVec;

use crate::event::{Datum, EventBatch, Value};
use crate::expr::compare;
use crate::ids::ColumnId;
use crate::time::{Duration, Timestamp};

/// A key.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Key(SmallVec<[u8; 16]>);

pub(super) const NULL: u8 = 0;
pub(super) const BOOL: u8 = 1;
pub(super) const INT: u8 = 2;
pub(super) const FLOAT: u8 = 3;
pub(super) const STR: u8 = 4;
pub(super) const TIMESTAMP: u8 = 5;
pub(super) const DURATION: u8 = 6;

impl Key {
    /// The key of a row.
    pub(super) fn of_row(batch: &EventBatch, row: usize, columns: &[ColumnId]) -> Self {
        Self::of(columns.iter().map(|column| batch.column(*column).get(row)))
    }

    /// The key of some values.
    pub(super) fn of_values(values: &[Value]) -> Self {
        Self::of(values.iter().map(Value::as_datum))
    }

    fn of<'a>(values: impl ExactSizeIterator<Item = Datum<'a>>) -> Self {
        let mut bytes = SmallVec::new();
        let last = values.len();
        for (place, value) in (1..).zip(values) {
            append(&mut bytes, &value, place == last);
        }
        Self(bytes)
    }

    /// All of its bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// What is hashed: of a key that is one text, just the text.
    pub(super) fn hashed(&self) -> &[u8] {
        // A text before others is marked as measured, so this one is alone.
        match self.0.first() {
            Some(&STR) => &self.0[1..],
            _ => &self.0,
        }
    }

    /// How many bytes it takes beside its place.
    pub(super) fn memory(&self) -> usize {
        if self.0.spilled() { self.0.capacity() } else { 0 }
    }

    /// Whether this is the key of one field with this text.
    pub(super) fn is_text(&self, text: &[u8]) -> bool {
        self.0.len() == text.len() + 1 && self.0[0] == STR && self.0[1..] == *text
    }

    /// The values.
    pub(super) fn values(&self) -> impl Iterator<Item = Datum<'_>> {
        let mut rest = &self.0[..];
        std::iter::from_fn(move || take(&mut rest))
    }

    /// The values, owned.
    pub(super) fn to_values(&self) -> Vec<Value> {
        self.values().map(Datum::into_value).collect()
    }

    /// The order of keys among things that happen at one moment.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let pairs = self.values().zip(other.values());
        // Null comes first, so that the order is total.
        let mut orders = pairs.map(|(left, right)| match (left.is_null(), right.is_null()) {
            (false, false) => compare(&left, &right).unwrap_or(Ordering::Equal),
            (left, right) => right.cmp(&left),
        });
        orders.find(|order| order.is_ne()).unwrap_or_else(|| self.0.cmp(&other.0))
    }
}

/// Says that a text goes on for as long as stands before it, and not to the end.
pub(super) const MEASURED: u8 = 0x80;

fn append(bytes: &mut SmallVec<[u8; 16]>, value: &Datum<'_>, is_last: bool) {
    let mut word = |tag: u8, word: u64| {
        bytes.push(tag);
        bytes.extend_from_slice(&word.to_le_bytes());
    };
    match value {
        Datum::Null | Datum::List(_) | Datum::Map(_) => bytes.push(NULL),
        Datum::Bool(value) => bytes.extend_from_slice(&[BOOL, u8::from(*value)]),
        Datum::Int(value) => word(INT, value.cast_unsigned()),
        // Zero has two signs and one key.
        Datum::Float(value) => word(FLOAT, (value + 0.0).to_bits()),
        Datum::Timestamp(time) => word(TIMESTAMP, time.0.cast_unsigned()),
        Datum::Duration(length) => word(DURATION, length.0.cast_unsigned()),
        Datum::Str(text) if is_last => {
            bytes.push(STR);
            bytes.extend_from_slice(text.as_bytes());
        }
        Datum::Str(text) => {
            word(STR | MEASURED, text.len() as u64);
            bytes.extend_from_slice(text.as_bytes());
        }
    }
}

/// Takes the first value off.
fn take<'a>(rest: &mut &'a [u8]) -> Option<Datum<'a>> {
    let (tag, after) = rest.split_first()?;
    *rest = after;
    Some(match *tag {
        BOOL => Datum::Bool(bytes(rest, 1)[0] != 0),
        INT => Datum::Int(word(rest).cast_signed()),
        FLOAT => Datum::Float(f64::from_bits(word(rest))),
        TIMESTAMP => Datum::Timestamp(Timestamp(word(rest).cast_signed())),
        DURATION => Datum::Duration(Duration(word(rest).cast_signed())),
        STR => Datum::Str(text(std::mem::take(rest))),
        tag if tag == STR | MEASURED => {
            let length = usize::try_from(word(rest)).expect("a text that was in memory");
            Datum::Str(text(bytes(rest, length)))
        }
        _ => Datum::Null,
    })
}

fn bytes<'a>(rest: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (taken, after) = rest.split_at(length);
    *rest = after;
    taken
}

fn word(rest: &mut &[u8]) -> u64 {
    u64::from_le_bytes(bytes(rest, 8).try_into().expect("eight bytes were asked for"))
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    Cow::Borrowed(std::str::from_utf8(bytes).expect("it was made from text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_back_and_equal_keys_have_equal_bytes() {
        let keys = [
            vec![Value::from("größer")],
            vec![Value::from("")],
            vec![Value::from("a"), Value::from("bc")],
            vec![Value::from("ab"), Value::from("c")],
            vec![Value::Null, Value::Int(-7), Value::Bool(true)],
            vec![Value::Float(0.5), Value::Timestamp(Timestamp(-1)), Value::Duration(Duration(9))],
            vec![],
        ];
        for (index, values) in keys.iter().enumerate() {
            let key = Key::of_values(values);
            assert_eq!(key.to_values(), *values);
            assert_eq!(keys.iter().position(|other| Key::of_values(other) == key), Some(index));
        }
        assert_eq!(Key::of_values(&[Value::Float(-0.0)]), Key::of_values(&[Value::Float(0.0)]));
        assert!(Key::of_values(&keys[0]).is_text("größer".as_bytes()));
        assert_eq!(Key::of_values(&keys[2]).order(&Key::of_values(&keys[3])), Ordering::Less);
        let null = Key::of_values(&[Value::Null]);
        assert_eq!(null.order(&Key::of_values(&keys[1])), Ordering::Less);
        assert_eq!(Key::of_values(&keys[0]).order(&null), Ordering::Greater);
    }
}
