//! What a server answered, as what it should be.

use bytes::Bytes;
use cep_engine::store::{StoreError, StoreErrorKind};
use redis::Value;

/// An answer that is not what was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Bad(&'static str);

impl Bad {
    pub(crate) fn new(expected: &'static str) -> Self {
        Self(expected)
    }

    /// The error to tell: what is stored is not what was written.
    pub(crate) fn told(self, at: &str) -> StoreError {
        let what = format!("Redis at {at} holds what was not written: expected {}", self.0);
        StoreError::new(StoreErrorKind::Corrupt, what)
    }
}

pub(crate) fn list(value: Value) -> Result<Vec<Value>, Bad> {
    match value {
        Value::Array(values) => Ok(values),
        _ => Err(Bad("a list")),
    }
}

pub(crate) fn bytes(value: Value) -> Result<Bytes, Bad> {
    maybe_bytes(value)?.ok_or(Bad("bytes"))
}

/// None where there is nothing.
pub(crate) fn maybe_bytes(value: Value) -> Result<Option<Bytes>, Bad> {
    match value {
        Value::BulkString(bytes) => Ok(Some(bytes.into())),
        Value::SimpleString(text) => Ok(Some(text.into())),
        Value::Nil => Ok(None),
        _ => Err(Bad("bytes")),
    }
}

pub(crate) fn text(value: Value) -> Result<String, Bad> {
    match value {
        Value::BulkString(bytes) => String::from_utf8(bytes).map_err(|_| Bad("text")),
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => Ok(text),
        _ => Err(Bad("text")),
    }
}

pub(crate) fn number(value: Value) -> Result<u64, Bad> {
    match value {
        Value::Int(number) => number.try_into().map_err(|_| Bad("a number")),
        value => text(value)?.parse().map_err(|_| Bad("a number")),
    }
}

/// A number below 2^16.
pub(crate) fn small(value: Value) -> Result<u16, Bad> {
    number(value)?.try_into().map_err(|_| Bad("a small number"))
}

/// Milliseconds as a score of a sorted set; none where there is no score.
pub(crate) fn maybe_score(value: Value) -> Result<Option<i64>, Bad> {
    if value == Value::Nil {
        return Ok(None);
    }
    text(value)?.parse().map(Some).map_err(|_| Bad("a deadline of whole milliseconds"))
}

/// The answer of a script: a word, and what belongs to it.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) word: String,
    rest: std::vec::IntoIter<Value>,
}

impl Said {
    pub(crate) fn new(value: Value) -> Result<Self, Bad> {
        let mut rest = list(value)?.into_iter();
        let word = text(rest.next().unwrap_or(Value::Nil))?;
        Ok(Self { word, rest })
    }

    /// What comes next; nothing behind the end.
    pub(crate) fn next(&mut self) -> Value {
        self.rest.next().unwrap_or(Value::Nil)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulk(text: &str) -> Value {
        Value::BulkString(text.as_bytes().to_vec())
    }

    #[test]
    fn whatever_is_not_as_it_should_be_is_an_error() {
        assert_eq!(number(bulk("7")), Ok(7));
        assert_eq!(number(Value::Int(7)), Ok(7));
        for bad in [bulk("-7"), bulk("7.5"), bulk(""), Value::Int(-1), Value::Nil, Value::Array(vec![])] {
            assert!(number(bad.clone()).is_err(), "{bad:?}");
        }
        assert_eq!(maybe_score(bulk("-9007199254740992")), Ok(Some(-(1 << 53))));
        assert_eq!(maybe_score(Value::Nil), Ok(None));
        assert!(maybe_score(bulk("1.5")).is_err() && maybe_score(bulk("inf")).is_err());
        assert_eq!(maybe_bytes(Value::Nil), Ok(None));
        assert!(bytes(Value::Nil).is_err() && list(Value::Nil).is_err() && small(bulk("65536")).is_err());
    }
}
