//! Values as text: as JSON, as CSV, and as people read them.

use std::io::{self, Write};

use cep_core::event::{Datum, Value};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A value as JSON. Times and durations are milliseconds.
pub(crate) struct AsJson<'a>(pub(crate) Datum<'a>);

impl Serialize for AsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Datum::Null => serializer.serialize_unit(),
            Datum::Bool(value) => serializer.serialize_bool(*value),
            Datum::Int(value) => serializer.serialize_i64(*value),
            Datum::Float(value) => serializer.serialize_f64(*value),
            Datum::Str(text) => serializer.serialize_str(text),
            Datum::Timestamp(time) => serializer.serialize_i64(time.0),
            Datum::Duration(length) => serializer.serialize_i64(length.0),
            Datum::List(items) => serializer.collect_seq(items.iter().map(|item| AsJson(item.as_datum()))),
            Datum::Map(map) => {
                serializer.collect_map(map.iter().map(|(key, value)| (&**key, AsJson(value.as_datum()))))
            }
        }
    }
}

/// Named values as a JSON object.
pub(super) struct AsObject<I>(pub(super) I);

impl<'a, I: Iterator<Item = (&'a str, &'a Value)> + Clone> Serialize for AsObject<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.0.clone() {
            map.serialize_entry(name, &AsJson(value.as_datum()))?;
        }
        map.end()
    }
}

/// The value as a CSV field: empty for null, quoted where it must be; lists and maps as JSON.
pub(super) fn write_csv(out: &mut Vec<u8>, value: &Value) -> io::Result<()> {
    match value {
        Value::Null => Ok(()),
        Value::Str(text) => {
            write_csv_text(out, text);
            Ok(())
        }
        Value::List(_) | Value::Map(_) => {
            write_csv_text(out, &serde_json::to_string(&AsJson(value.as_datum()))?);
            Ok(())
        }
        value => Ok(serde_json::to_writer(out, &AsJson(value.as_datum()))?),
    }
}

/// Text as a CSV field. Empty text is quoted, to be told from null.
pub(super) fn write_csv_text(out: &mut Vec<u8>, text: &str) {
    let plain = !text.is_empty() && !text.contains([',', '"', '\n', '\r']);
    if plain {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

/// The value as people read it: times as RFC 3339, durations with units, text without quotes and on one line.
pub(super) fn readable(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Str(text) => text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
        Value::Timestamp(time) => time.to_string(),
        Value::Duration(length) => length.to_string(),
        Value::List(items) => bracketed('[', items.iter().map(nested), ']'),
        Value::Map(map) => {
            let items = map.iter().map(|(key, value)| format!("{key}: {}", nested(value)));
            bracketed('{', items, '}')
        }
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
    }
}

/// The value in a list or map, where null and text need to be told from nothing.
fn nested(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Str(text) => format!("{text:?}"),
        value => readable(value),
    }
}

fn bracketed(open: char, items: impl Iterator<Item = String>, close: char) -> String {
    format!("{open}{}{close}", items.collect::<Vec<_>>().join(", "))
}

/// Ends a line of JSON.
pub(crate) fn write_line(out: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
