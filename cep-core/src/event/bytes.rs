//! Types and values as bytes, and back: docs/state-format.md, 1 and 3.

use std::borrow::Cow;
use std::sync::Arc;

use super::packed::Slot;
use super::value::{DataType, Datum, Map, Value};
use crate::bytes::{Reader, RecordError, float, int, text, uint};
use crate::time::{Duration, Timestamp};

/// Lists in lists: more than any type that a person writes, and few enough for the stack.
const DEEPEST: usize = 100;

const LIST: u8 = 7;
const MAP: u8 = 8;

/// A type.
pub(crate) fn write_type(out: &mut Vec<u8>, data: &DataType) {
    let (byte, of) = match data {
        DataType::Null => (0, None),
        DataType::Bool => (1, None),
        DataType::Int => (2, None),
        DataType::Float => (3, None),
        DataType::String => (4, None),
        DataType::Timestamp => (5, None),
        DataType::Duration => (6, None),
        DataType::List(of) => (LIST, Some(of)),
        DataType::Map(of) => (MAP, Some(of)),
    };
    out.push(byte);
    if let Some(of) = of {
        write_type(out, of);
    }
}

/// Reads a type.
pub(crate) fn read_type(reader: &mut Reader<'_>) -> Result<DataType, RecordError> {
    let mut around = Vec::new();
    let mut data = loop {
        break match reader.u8()? {
            0 => DataType::Null,
            1 => DataType::Bool,
            2 => DataType::Int,
            3 => DataType::Float,
            4 => DataType::String,
            5 => DataType::Timestamp,
            6 => DataType::Duration,
            byte @ (LIST | MAP) if around.len() < DEEPEST => {
                around.push(byte);
                continue;
            }
            _ => return Err(reader.corrupt("a type that there is not")),
        };
    };
    while let Some(byte) = around.pop() {
        let of = Box::new(data);
        data = if byte == LIST { DataType::List(of) } else { DataType::Map(of) };
    }
    Ok(data)
}

/// Whether a value can stand in a column of a type; null where it cannot.
#[inline]
pub(crate) fn stands(data: &DataType, datum: &Datum<'_>) -> bool {
    match (data, datum) {
        (DataType::Float, Datum::Float(value)) => value.is_finite(),
        (DataType::Bool, Datum::Bool(_))
        | (DataType::Int, Datum::Int(_))
        | (DataType::String, Datum::Str(_))
        | (DataType::Timestamp, Datum::Timestamp(_))
        | (DataType::Duration, Datum::Duration(_))
        | (DataType::Null | DataType::List(_) | DataType::Map(_), Datum::List(_) | Datum::Map(_)) => true,
        _ => false,
    }
}

/// A value that stands in a column, of an event of some time.
#[inline]
pub(crate) fn write_datum(out: &mut Vec<u8>, datum: &Datum<'_>, time: Timestamp) {
    match datum {
        Datum::Bool(value) => out.push((*value).into()),
        Datum::Int(value) => int(out, *value),
        Datum::Float(value) => float(out, *value),
        Datum::Str(value) => text(out, value),
        Datum::Timestamp(Timestamp(value)) => int(out, value.wrapping_sub(time.0)),
        Datum::Duration(Duration(value)) => int(out, *value),
        Datum::Null | Datum::List(_) | Datum::Map(_) => write_value(out, datum),
    }
}

/// Reads a value that stands in a column of a type.
#[inline]
pub(crate) fn read_datum<'a>(
    reader: &mut Reader<'a>,
    data: &DataType,
    time: Timestamp,
) -> Result<Slot<'a>, RecordError> {
    Ok(Slot::Plain(match data {
        DataType::Bool => Datum::Bool(reader.below(2, "a bool that is neither")? == 1),
        DataType::Int => Datum::Int(reader.int()?),
        DataType::Float => Datum::Float(reader.float()?),
        DataType::String => Datum::Str(Cow::Borrowed(reader.text()?)),
        DataType::Timestamp => Datum::Timestamp(Timestamp(time.0.wrapping_add(reader.int()?))),
        DataType::Duration => Datum::Duration(Duration(reader.int()?)),
        DataType::Null | DataType::List(_) | DataType::Map(_) => {
            let value = read_value(reader, 0)?;
            let is_nested = matches!(value, Value::List(_) | Value::Map(_));
            reader.expect(is_nested, "a value that is no list or map in a column of those")?;
            return Ok(Slot::Nested(value));
        }
    }))
}

/// A value of any type, which it names.
pub(crate) fn write_value(out: &mut Vec<u8>, datum: &Datum<'_>) {
    match datum {
        Datum::Float(value) if !value.is_finite() => out.push(0),
        Datum::Null => out.push(0),
        Datum::Bool(value) => out.push(1 + u8::from(*value)),
        Datum::Int(value) => {
            out.push(3);
            int(out, *value);
        }
        Datum::Float(value) => {
            out.push(4);
            float(out, *value);
        }
        Datum::Str(value) => {
            out.push(5);
            text(out, value);
        }
        Datum::Timestamp(Timestamp(value)) => {
            out.push(6);
            int(out, *value);
        }
        Datum::Duration(Duration(value)) => {
            out.push(7);
            int(out, *value);
        }
        Datum::List(items) => {
            out.push(8);
            uint(out, items.len() as u64);
            items.iter().for_each(|item| write_value(out, &item.as_datum()));
        }
        Datum::Map(map) => {
            out.push(9);
            uint(out, map.len() as u64);
            for (key, value) in *map {
                text(out, key);
                write_value(out, &value.as_datum());
            }
        }
    }
}

fn read_value(reader: &mut Reader<'_>, depth: usize) -> Result<Value, RecordError> {
    reader.expect(depth < DEEPEST, "lists in too many lists")?;
    Ok(match reader.u8()? {
        0 => Value::Null,
        1 => Value::Bool(false),
        2 => Value::Bool(true),
        3 => Value::Int(reader.int()?),
        4 => Value::Float(reader.float()?),
        5 => Value::Str(reader.text()?.into()),
        6 => Value::Timestamp(Timestamp(reader.int()?)),
        7 => Value::Duration(Duration(reader.int()?)),
        8 => Value::List(reader.list(|reader| read_value(reader, depth + 1))?.into()),
        9 => {
            let mut map = Map::new();
            for _ in 0..reader.count()? {
                let key = reader.text()?;
                let last = map.last_key_value().map(|(last, _): (&Arc<str>, _)| last);
                reader.expect(last.is_none_or(|last| **last < *key), "keys of a map that do not ascend")?;
                let value = read_value(reader, depth + 1)?;
                map.insert(key.into(), value);
            }
            Value::Map(Arc::new(map))
        }
        _ => return Err(reader.corrupt("a value of no type")),
    })
}

/// A bit for each of some things, in whole bytes.
pub(crate) fn bits(out: &mut Vec<u8>, of: impl ExactSizeIterator<Item = bool>) {
    let from = out.len();
    out.resize(from + of.len().div_ceil(8), 0);
    of.enumerate().for_each(|(place, bit)| out[from + place / 8] |= u8::from(bit) << (place % 8));
}

/// Reads a bit for each of some things; some bit is set.
pub(crate) fn read_bits<'a>(reader: &mut Reader<'a>, count: usize) -> Result<&'a [u8], RecordError> {
    let bytes = reader.take(count.div_ceil(8))?;
    let beyond = bytes.last().is_some_and(|last| !count.is_multiple_of(8) && last >> (count % 8) > 0);
    reader.expect(!beyond && bytes.iter().any(|byte| *byte > 0), "bits that mean nothing")?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_values_are_read_back() {
        let nested = DataType::Map(Box::new(DataType::List(Box::new(DataType::Duration))));
        let mut bytes = Vec::new();
        write_type(&mut bytes, &nested);
        assert_eq!(read_type(&mut Reader::new(&bytes)), Ok(nested));

        let inner = Value::List([Value::Null, Value::Float(-0.0), Value::from("ß")].into());
        let map: Map = [("a".into(), inner), ("b".into(), Value::Bool(true))].into();
        let value = Value::Map(Arc::new(map));
        bytes.clear();
        write_value(&mut bytes, &value.as_datum());
        assert_eq!(read_value(&mut Reader::new(&bytes), 0), Ok(value));
    }

    #[test]
    fn what_is_too_deep_is_no_value() {
        let mut bytes = [8, 1].repeat(200);
        assert!(read_value(&mut Reader::new(&bytes), 0).is_err());
        bytes.fill(LIST);
        assert!(read_type(&mut Reader::new(&bytes)).is_err());
    }
}
