//! What the values of one field have in common.

use std::collections::HashMap;

use cep_core::time::Timestamp;
use serde_json::Value;

use super::time::{Disorder, is_milliseconds, is_seconds, is_without_zone};

/// How many different values are told apart; with more, a field is no key to speak of.
pub(super) const MOST_VALUES: usize = 100_000;

/// What the values of a field are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// No value at all.
    Empty,
    /// `true` or `false`.
    Bool,
    /// Whole numbers.
    Int,
    /// Numbers.
    Float,
    /// Texts.
    Text,
    /// Points in time, as RFC 3339 has them.
    Rfc3339,
    /// Points in time, in milliseconds.
    Milliseconds,
    /// Lists of values of one type.
    List(Element),
    /// Objects whose values have one type.
    Map(Element),
    /// Values that no one type holds.
    Mixed,
}

/// What lists and objects are of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Element {
    /// Nothing: all are empty.
    Nothing,
    /// `true` or `false`.
    Bool,
    /// Whole numbers.
    Int,
    /// Numbers.
    Float,
    /// Texts.
    Text,
}

/// A field and what its values are.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// How many values there are.
    pub values: u64,
    /// What all of them are; none before the first.
    kind: Option<Kind>,
    /// How often each value occurs; none where there are too many.
    counts: Option<HashMap<String, u64>>,
    /// How far its points in time go back.
    pub(super) disorder: Disorder,
    /// Whether all are whole numbers that would be seconds of our time, or texts that would be times but for their zone.
    pub(super) seconds: bool,
    pub(super) without_zone: bool,
}

impl Column {
    pub(super) fn new(name: String) -> Self {
        let counts = Some(HashMap::new());
        Self {
            name,
            values: 0,
            kind: None,
            counts,
            disorder: Disorder::default(),
            seconds: true,
            without_zone: true,
        }
    }

    /// What all values are.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.kind {
            None => Kind::Empty,
            // Whole numbers that all are milliseconds of our time are hardly anything else.
            Some(Kind::Milliseconds) if !self.disorder.is_time() => Kind::Int,
            Some(kind) => kind,
        }
    }

    /// How many different values there are, and how many rows the most frequent has; none where there are too many.
    #[must_use]
    pub fn cardinality(&self) -> Option<(usize, u64)> {
        let counts = self.counts.as_ref()?;
        Some((counts.len(), counts.values().copied().max().unwrap_or(0)))
    }

    /// A value as CSV has it: a text that may be a number or a time.
    pub(super) fn see_text(&mut self, text: &str) {
        let kind = text_kind(text);
        self.count(text);
        self.see(kind, text);
    }

    /// A value as JSON has it.
    pub(super) fn see_json(&mut self, value: &Value) {
        let kind = match value {
            Value::Null => return,
            Value::Bool(_) => Kind::Bool,
            Value::Number(number) if number.is_i64() => int_kind(number.as_i64().unwrap_or_default()),
            Value::Number(_) => Kind::Float,
            Value::String(text) if Timestamp::parse(text).is_some() => Kind::Rfc3339,
            Value::String(_) => Kind::Text,
            Value::Array(items) => element(items.iter()).map_or(Kind::Mixed, Kind::List),
            Value::Object(fields) => element(fields.values()).map_or(Kind::Mixed, Kind::Map),
        };
        match value {
            Value::String(text) => {
                self.count(text);
                self.see(kind, text);
            }
            other => {
                let text = other.to_string();
                self.count(&text);
                self.see(kind, &text);
            }
        }
    }

    fn see(&mut self, kind: Kind, text: &str) {
        self.values += 1;
        self.seconds &= kind == Kind::Int && text.parse().is_ok_and(is_seconds);
        self.without_zone &= kind == Kind::Text && is_without_zone(text);
        match kind {
            Kind::Rfc3339 => self.disorder.see(Timestamp::parse(text)),
            Kind::Milliseconds => self.disorder.see(text.parse().ok().map(Timestamp)),
            _ => self.disorder.see(None),
        }
        self.kind = Some(match self.kind {
            None => kind,
            Some(known) => joined(known, kind),
        });
    }

    fn count(&mut self, text: &str) {
        let Some(counts) = &mut self.counts else { return };
        if let Some(count) = counts.get_mut(text) {
            *count += 1;
        } else if counts.len() < MOST_VALUES {
            counts.insert(text.to_owned(), 1);
        } else {
            self.counts = None;
        }
    }
}

fn int_kind(value: i64) -> Kind {
    if is_milliseconds(value) { Kind::Milliseconds } else { Kind::Int }
}

/// What a field of a CSV file is. Digits behind a zero are a code, not a number.
fn text_kind(text: &str) -> Kind {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let code = digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
    let number = digits.starts_with(|c: char| c.is_ascii_digit());
    let whole = digits.bytes().all(|b| b.is_ascii_digit());
    match text.parse::<i64>() {
        _ if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") => Kind::Bool,
        Ok(value) if number && !code => int_kind(value),
        Err(_) if number && !whole && text.parse::<f64>().is_ok_and(f64::is_finite) => Kind::Float,
        _ if Timestamp::parse(text).is_some() => Kind::Rfc3339,
        _ => Kind::Text,
    }
}

/// The kind that holds values of both.
fn joined(left: Kind, right: Kind) -> Kind {
    use Kind::{Float, Int, List, Map, Milliseconds, Mixed, Rfc3339, Text};
    match (left, right) {
        (left, right) if left == right => left,
        (Int, Milliseconds) | (Milliseconds, Int) => Int,
        (Float, Int | Milliseconds) | (Int | Milliseconds, Float) => Float,
        (Text, Rfc3339) | (Rfc3339, Text) => Text,
        (List(left), List(right)) => element_of_both(left, right).map_or(Mixed, List),
        (Map(left), Map(right)) => element_of_both(left, right).map_or(Mixed, Map),
        _ => Mixed,
    }
}

fn element<'v>(mut values: impl Iterator<Item = &'v Value>) -> Option<Element> {
    values.try_fold(Element::Nothing, |all, value| {
        let one = match value {
            Value::Null => Element::Nothing,
            Value::Bool(_) => Element::Bool,
            Value::Number(number) if number.is_i64() => Element::Int,
            Value::Number(_) => Element::Float,
            Value::String(_) => Element::Text,
            Value::Array(_) | Value::Object(_) => return None,
        };
        element_of_both(all, one)
    })
}

fn element_of_both(left: Element, right: Element) -> Option<Element> {
    match (left, right) {
        (Element::Nothing, other) | (other, Element::Nothing) => Some(other),
        (Element::Int, Element::Float) | (Element::Float, Element::Int) => Some(Element::Float),
        (left, right) => (left == right).then_some(left),
    }
}

/// In a CSV file values of several kinds are all texts; in JSON they are not.
pub(super) fn as_text(column: &mut Column) {
    if column.kind == Some(Kind::Mixed) {
        column.kind = Some(Kind::Text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(texts: &[&str]) -> Kind {
        let mut column = Column::new("c".into());
        texts.iter().for_each(|text| column.see_text(text));
        as_text(&mut column);
        column.kind()
    }

    #[test]
    fn texts_are_what_all_of_them_are() {
        assert_eq!(kind_of(&[]), Kind::Empty);
        assert_eq!(kind_of(&["1", "-5"]), Kind::Int);
        assert_eq!(kind_of(&["1", "1.5", "2e3"]), Kind::Float);
        assert_eq!(kind_of(&["true", "FALSE"]), Kind::Bool);
        assert_eq!(kind_of(&["007", "12"]), Kind::Text);
        assert_eq!(kind_of(&["12345678901234567890"]), Kind::Text);
        assert_eq!(kind_of(&["1", "x"]), Kind::Text);
        assert_eq!(kind_of(&["inf", "NaN"]), Kind::Text);
        assert_eq!(kind_of(&["2026-03-01T09:00:00Z"]), Kind::Rfc3339);
        assert_eq!(kind_of(&["1767225600000"]), Kind::Milliseconds);
        assert_eq!(kind_of(&["1767225600000", "5"]), Kind::Int);
    }

    #[test]
    fn values_of_json_keep_their_types() {
        let mut column = Column::new("c".into());
        for value in ["[1, 2]", "[]", "[1.5]"] {
            column.see_json(&serde_json::from_str(value).unwrap());
        }
        assert_eq!(column.kind(), Kind::List(Element::Float));
        column.see_json(&Value::from("x"));
        assert_eq!(column.kind(), Kind::Mixed);
        assert_eq!(column.cardinality(), Some((4, 1)));
    }
}
