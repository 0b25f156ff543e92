//! From values of the engine to the user's types.

use std::fmt;

use cep_core::event::Value;
use serde::Deserialize;
use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{self, Deserializer, IntoDeserializer, Visitor};

/// Why what was found does not fit a type.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct ReadError(String);

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// A value to be read. Points and lengths of time are milliseconds.
#[derive(Clone, Copy)]
pub(crate) struct ValueReader<'a>(pub(crate) &'a Value);

impl<'de> Deserializer<'de> for ValueReader<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Int(value) => visitor.visit_i64(*value),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::Str(text) => visitor.visit_borrowed_str(text),
            Value::Timestamp(time) => visitor.visit_i64(time.0),
            Value::Duration(length) => visitor.visit_i64(length.0),
            Value::List(items) => {
                SeqDeserializer::new(items.iter().map(ValueReader)).deserialize_any(visitor)
            }
            Value::Map(map) => {
                let entries = map.iter().map(|(key, value)| (&**key, ValueReader(value)));
                MapDeserializer::new(entries).deserialize_any(visitor)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if *self.0 == Value::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    /// A variant without fields is the text of its name.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.0 {
            Value::Str(text) => visitor.visit_enum(StrDeserializer::new(text)),
            other => Err(ReadError(format!("a variant is a text, not {}", other.data_type()))),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, ReadError> for ValueReader<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Values under names, read as a struct or a map.
#[derive(Clone)]
pub(crate) struct Fields<I>(pub(crate) I);

impl<'de, I, D> Fields<I>
where
    I: Iterator<Item = (&'de str, D)>,
    D: IntoDeserializer<'de, ReadError>,
{
    /// What the values make.
    pub(crate) fn read<T: Deserialize<'de>>(self) -> Result<T, ReadError> {
        T::deserialize(MapDeserializer::new(self.0))
    }
}

impl<'de, I, D> IntoDeserializer<'de, ReadError> for Fields<I>
where
    I: Iterator<Item = (&'de str, D)>,
    D: IntoDeserializer<'de, ReadError>,
{
    type Deserializer = MapDeserializer<'de, I, ReadError>;

    fn into_deserializer(self) -> Self::Deserializer {
        MapDeserializer::new(self.0)
    }
}

/// The events of a stage: read as a list they are all of them, as anything else the last one; as an option, none where
/// there are none.
pub(crate) struct Items<I>(pub(crate) I);

impl<'de, I> Deserializer<'de> for Items<I>
where
    I: DoubleEndedIterator + Clone,
    I::Item: IntoDeserializer<'de, ReadError>,
{
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0.next_back() {
            Some(last) => last.into_deserializer().deserialize_any(visitor),
            None => visitor.visit_unit(),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        SeqDeserializer::new(self.0).deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.0.clone().next().is_none() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, I> IntoDeserializer<'de, ReadError> for Items<I>
where
    I: DoubleEndedIterator + Clone,
    I::Item: IntoDeserializer<'de, ReadError>,
{
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
