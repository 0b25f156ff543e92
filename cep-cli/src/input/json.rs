//! JSON text into columns and values, directed by the type: a number that is no whole number is no int, a number is no
//! string. The text has been checked to be JSON before, or is checked here where it comes from a CSV field.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use cep_core::event::{Column, DataType, Type, Value};
use cep_core::time::{Duration, Timestamp};
use serde_json::value::RawValue;

use super::problem::Problem;
use super::scalar;

/// Appends the value that JSON text stands for. On an error nothing is appended.
pub(super) fn push_json(column: &mut Column, ty: &Type, raw: &str) -> Result<(), Problem> {
    if raw == "null" {
        return push_null(column, ty);
    }
    match &ty.data {
        DataType::String => column.push_str(&text(raw).ok_or_else(|| not_a(&ty.data, raw))?),
        DataType::Float => column.push_float(number(raw, &ty.data, scalar::float)?),
        DataType::Int => column.push_int(number(raw, &ty.data, scalar::int)?),
        DataType::Bool => column.push_bool(bool(raw)?),
        DataType::Timestamp => column.push_int(number_or_text(raw, &ty.data, scalar::timestamp)?),
        DataType::Duration => column.push_int(number_or_text(raw, &ty.data, scalar::duration)?),
        DataType::Null | DataType::List(_) | DataType::Map(_) => push_nested(column, &ty.data, raw)?,
    }
    Ok(())
}

fn push_null(column: &mut Column, ty: &Type) -> Result<(), Problem> {
    if !ty.nullable {
        return Err(Problem::NoValue);
    }
    column.push_null();
    Ok(())
}

/// Appends the list or map that JSON text stands for.
pub(super) fn push_nested(column: &mut Column, data: &DataType, raw: &str) -> Result<(), Problem> {
    match value(raw, data)? {
        Value::Null => Err(not_a(data, raw)),
        value if column.push(&value.as_datum()) => Ok(()),
        _ => Err(not_a(data, raw)),
    }
}

/// The value of JSON text; elements of lists and maps may be null.
fn value(raw: &str, data: &DataType) -> Result<Value, Problem> {
    let raw = raw.trim_ascii();
    if raw == "null" {
        return Ok(Value::Null);
    }
    Ok(match data {
        DataType::Null => return Err(not_a(data, raw)),
        DataType::Bool => Value::Bool(bool(raw)?),
        DataType::Int => Value::Int(number(raw, data, scalar::int)?),
        DataType::Float => Value::Float(number(raw, data, scalar::float)?),
        DataType::String => Value::Str(text(raw).ok_or_else(|| not_a(data, raw))?.into()),
        DataType::Timestamp => Value::Timestamp(Timestamp(number_or_text(raw, data, scalar::timestamp)?)),
        DataType::Duration => Value::Duration(Duration(number_or_text(raw, data, scalar::duration)?)),
        DataType::List(of) => list(raw, of).ok_or_else(|| not_a(data, raw))?,
        DataType::Map(of) => map(raw, of).ok_or_else(|| not_a(data, raw))?,
    })
}

fn list(raw: &str, of: &DataType) -> Option<Value> {
    let items: Vec<&RawValue> = serde_json::from_str(raw).ok()?;
    let items: Result<Arc<[Value]>, Problem> = items.iter().map(|item| value(item.get(), of)).collect();
    items.ok().map(Value::List)
}

fn map(raw: &str, of: &DataType) -> Option<Value> {
    let items: BTreeMap<String, &RawValue> = serde_json::from_str(raw).ok()?;
    let item = |(key, item): (String, &RawValue)| Ok((key.into(), value(item.get(), of)?));
    let items: Result<_, Problem> = items.into_iter().map(item).collect();
    items.ok().map(|items| Value::Map(Arc::new(items)))
}

/// The text of a JSON string; none where it is another kind of value, or no text (half a surrogate pair).
fn text(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        serde_json::from_str(raw).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

fn bool(raw: &str) -> Result<bool, Problem> {
    match raw {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(not_a(&DataType::Bool, raw)),
    }
}

fn number<T>(raw: &str, data: &DataType, parse: impl Fn(&[u8]) -> Result<T, Problem>) -> Result<T, Problem> {
    if !raw.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return Err(not_a(data, raw));
    }
    parse(raw.as_bytes())
}

fn number_or_text<T>(
    raw: &str,
    data: &DataType,
    parse: impl Fn(&[u8]) -> Result<T, Problem>,
) -> Result<T, Problem> {
    match text(raw) {
        Some(text) => parse(text.as_bytes()),
        None => number(raw, data, parse),
    }
}

fn not_a(data: &DataType, raw: &str) -> Problem {
    Problem::not_a(data, raw.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(ty: Type, raw: &str) -> Result<Value, Problem> {
        let mut column = Column::new(&ty.data);
        let pushed = push_json(&mut column, &ty, raw);
        assert_eq!(column.len(), usize::from(pushed.is_ok()));
        pushed.map(|()| column.get(0).into_value())
    }

    #[test]
    fn each_type_takes_its_own_kind_of_json() {
        assert_eq!(read(DataType::String.required(), r#""a\u00e9\n""#), Ok("aé\n".into()));
        assert_eq!(read(DataType::Int.required(), "-7"), Ok((-7).into()));
        assert_eq!(read(DataType::Float.required(), "7"), Ok(7.0.into()));
        assert_eq!(read(DataType::Bool.required(), "true"), Ok(true.into()));
        assert_eq!(
            read(DataType::Timestamp.required(), "\"1970-01-01T00:00:01Z\""),
            Ok(Timestamp(1_000).into())
        );
        assert_eq!(read(DataType::Duration.required(), "\"5s\""), Ok(Duration(5_000).into()));
        assert_eq!(read(DataType::Float.nullable(), "null"), Ok(Value::Null));
        assert_eq!(read(DataType::Float.required(), "null"), Err(Problem::NoValue));
    }

    #[test]
    fn another_kind_of_json_is_refused() {
        let refused = [
            (DataType::String, "7"),
            (DataType::String, r#""\ud800""#),
            (DataType::Int, "\"7\""),
            (DataType::Int, "7.0"),
            (DataType::Float, "\"7\""),
            (DataType::Float, "1e999"),
            (DataType::Bool, "1"),
            (DataType::Timestamp, "true"),
            (DataType::Duration, "[5]"),
            (DataType::List(Box::new(DataType::Int)), "{}"),
            (DataType::List(Box::new(DataType::Int)), "[1, \"2\"]"),
            (DataType::Map(Box::new(DataType::Int)), "[1]"),
            (DataType::Map(Box::new(DataType::Int)), "{\"a\": 1"),
        ];
        for (data, raw) in refused {
            assert_eq!(read(data.clone().required(), raw), Err(not_a(&data, raw)), "{raw}");
        }
    }

    #[test]
    fn lists_and_maps_are_read_by_their_element_type() {
        let floats = DataType::List(Box::new(DataType::Float));
        let expected = Value::List([1.0.into(), Value::Null, 2.5.into()].into());
        assert_eq!(read(floats.required(), "[1, null, 2.5]"), Ok(expected));
        let nested = DataType::Map(Box::new(DataType::List(Box::new(DataType::String))));
        let inner = Value::List(["x".into()].into());
        let expected = Value::Map(Arc::new([("a".into(), inner)].into()));
        assert_eq!(read(nested.required(), r#"{"a": ["y"], "a": ["x"]}"#), Ok(expected));
    }
}
