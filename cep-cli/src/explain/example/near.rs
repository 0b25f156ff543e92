//! Values for events that are made up: plain ones, ones that compare with others as they are to, and texts that a regular
//! expression is found in.

use cep_core::event::{DataType, Map, Type, Value};
use cep_core::expr::BinaryOp;
use cep_core::time::{Duration, Timestamp};
use regex_syntax::hir::{Class, Hir, HirKind};

use super::choice::Choice;

/// A value to begin with; texts are called after their field and a number.
pub(super) fn default(name: &str, data: &DataType, number: usize) -> Value {
    match data {
        DataType::Bool => Value::Bool(true),
        DataType::Int => Value::Int(1),
        DataType::Float => Value::Float(1.0),
        DataType::String => {
            let letter = name.chars().next().unwrap_or('x').to_lowercase();
            Value::from(format!("{letter}{number}"))
        }
        DataType::Timestamp => Value::Timestamp(Timestamp(0)),
        DataType::Duration => Value::Duration(Duration(1_000)),
        DataType::List(_) => Value::List([].into()),
        DataType::Map(_) => Value::Map(Map::new().into()),
        DataType::Null => Value::Null,
    }
}

/// A value as a field of that type holds it; none where it cannot.
pub(super) fn fitting(value: &Value, ty: &Type) -> Option<Value> {
    match (value, &ty.data) {
        (Value::Null, _) => ty.nullable.then_some(Value::Null),
        (Value::Int(number), DataType::Float) => Some(Value::Float(*number as f64)),
        (Value::Float(number), DataType::Int) => Some(Value::Int(number.floor() as i64)),
        (Value::Bool(_), DataType::String) => Some(Value::from("yes")),
        (Value::Int(number), DataType::String) => Some(Value::from(number.to_string())),
        (Value::Str(item), DataType::List(of)) if **of == DataType::String => {
            Some(Value::List([Value::Str(item.clone())].into()))
        }
        _ => value.fits(&ty.data).then(|| value.clone()),
    }
}

/// Values that compare with `target` so.
pub(super) fn near(op: BinaryOp, target: &Value, choice: &mut Choice) -> Vec<Value> {
    let mut values = match op {
        BinaryOp::Eq => vec![target.clone()],
        BinaryOp::Le | BinaryOp::Ge => [vec![target.clone()], beyond(op, target)].concat(),
        BinaryOp::Lt | BinaryOp::Gt => beyond(op, target),
        BinaryOp::Ne | BinaryOp::NotIn => other(target),
        BinaryOp::In => match target {
            Value::List(items) => items.to_vec(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    if !values.is_empty() {
        let first = choice.of(values.len());
        values.swap(0, first);
    }
    values
}

fn beyond(op: BinaryOp, target: &Value) -> Vec<Value> {
    let up = matches!(op, BinaryOp::Gt | BinaryOp::Ge);
    match target {
        Value::Int(number) if up => {
            vec![
                Value::Int(number.saturating_add(1)),
                Value::Int(number.saturating_add(number.abs() / 10 + 1)),
            ]
        }
        Value::Int(number) => vec![Value::Int(number.saturating_sub(1)), Value::Int(number / 2)],
        Value::Float(number) if up => vec![
            Value::Float(rounded(number + (number.abs() * 0.1).max(1.0))),
            Value::Float(number + number.abs() * 0.01 + 1e-6),
            Value::Float(number + 0.5),
        ],
        Value::Float(number) if *number > 0.0 => {
            vec![Value::Float(number / 2.0), Value::Float(number * 0.99), Value::Float(number - 1.0)]
        }
        Value::Float(number) => vec![Value::Float(number - (number.abs() * 0.1).max(1.0))],
        Value::Timestamp(time) => {
            let by = if up { 1_000 } else { -1_000 };
            vec![Value::Timestamp(Timestamp(time.0.saturating_add(by)))]
        }
        Value::Duration(length) if up => {
            vec![Value::Duration(Duration(length.0.saturating_add(length.0.abs() / 10 + 1_000)))]
        }
        Value::Duration(length) => {
            vec![
                Value::Duration(Duration(length.0 / 2)),
                Value::Duration(Duration(length.0.saturating_sub(1))),
            ]
        }
        Value::Str(text) if up => vec![Value::from(format!("{text}a"))],
        Value::Str(_) => vec![Value::from("")],
        Value::Bool(_) => vec![Value::Bool(up)],
        _ => Vec::new(),
    }
}

/// To three digits after the point, where that is enough.
fn rounded(number: f64) -> f64 {
    let round = (number * 1e3).round() / 1e3;
    if round.is_finite() { round } else { number }
}

/// Values that are another.
fn other(target: &Value) -> Vec<Value> {
    match target {
        Value::Str(text) => vec![Value::from(format!("{text}2")), Value::from("other")],
        Value::Bool(truth) => vec![Value::Bool(!truth)],
        Value::List(items) => items.first().map(other).unwrap_or_default(),
        other => beyond(BinaryOp::Gt, other),
    }
}

/// A text that a regular expression is found in.
pub(super) fn sample(pattern: &str) -> Option<String> {
    let mut text = Vec::new();
    put(&regex_syntax::parse(pattern).ok()?, &mut text);
    String::from_utf8(text).ok()
}

fn put(hir: &Hir, text: &mut Vec<u8>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.extend_from_slice(&literal.0),
        HirKind::Class(class) => put_one_of(class, text),
        HirKind::Repetition(repetition) => (0..repetition.min).for_each(|_| put(&repetition.sub, text)),
        HirKind::Capture(capture) => put(&capture.sub, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| put(part, text)),
        HirKind::Alternation(parts) => parts.iter().take(1).for_each(|part| put(part, text)),
    }
}

/// A letter where there may be one, else whatever may.
fn put_one_of(class: &Class, text: &mut Vec<u8>) {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
    };
    let within = |c: &char| ranges.iter().any(|(from, to)| (from..=to).contains(&c));
    let found = ('a'..='z').chain('0'..='9').chain('A'..='Z').find(within);
    if let Some(found) = found.or_else(|| ranges.first().map(|range| range.0)) {
        text.extend_from_slice(found.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_found_by_its_expression() {
        for (pattern, text) in
            [("^4[0-9]{5}", "400000"), ("^[^@]+@example", "a@example"), ("a|b", "a"), ("x?y", "y")]
        {
            assert_eq!(sample(pattern).as_deref(), Some(text), "{pattern}");
        }
        assert_eq!(sample("("), None);
    }

    #[test]
    fn what_is_near_compares_as_it_is_to() {
        let values = [
            Value::Int(0),
            Value::Int(-7),
            Value::Float(0.0),
            Value::Float(-2.5),
            Value::Float(1e9),
            Value::Duration(Duration(600_000)),
            Value::Timestamp(Timestamp(5)),
            Value::from("text"),
        ];
        for op in [BinaryOp::Eq, BinaryOp::Ne, BinaryOp::Lt, BinaryOp::Le, BinaryOp::Gt, BinaryOp::Ge] {
            for target in &values {
                let found = near(op, target, &mut Choice::new(0));
                let good = |value: &Value| {
                    super::super::values::operation(op, value.clone(), target.clone()) == Value::Bool(true)
                };
                assert!(found.iter().any(good), "{op:?} {target:?}: {found:?}");
            }
        }
    }
}
