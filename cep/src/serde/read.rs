//! From values of the engine to the user's types.

use std::fmt;

use cep_core::event::Value;
use serde::Deserialize;
use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};

/// Why what was found does not fit a type. Names the pattern, the stage or record, and the field.
///
/// ```
/// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a }")?;
/// let mut matcher = program.matcher();
/// matcher.push("s", &serde_json::json!({ "n": 1, "ts": 1 }))?;
/// let found = matcher.finish()?.next().expect("the event is one");
///
/// #[derive(serde::Deserialize, Debug)]
/// struct Stages { a: A }
/// #[derive(serde::Deserialize, Debug)]
/// struct A { m: i64 }
/// let error = found.read::<Stages>().expect_err("the stream has no `m`");
/// assert_eq!(error.to_string(), "pattern `p`, stage `a`: there is no `m`, only `n`, `ts`");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadError {
    /// From the inside out.
    places: Vec<String>,
    message: String,
    /// Whether the message is about a name, and the names that there are have not been told yet.
    asks_names: bool,
}

impl ReadError {
    fn new(message: String) -> Self {
        Self { places: Vec::new(), message, asks_names: false }
    }

    /// The same, inside a place of that kind and name.
    pub(crate) fn within(mut self, kind: &str, name: &str) -> Self {
        self.places.push(format!("{kind} `{name}`"));
        self
    }

    /// The same, with the names that there are, if it is about those.
    fn among<'n>(mut self, names: impl Iterator<Item = &'n str>) -> Self {
        if std::mem::take(&mut self.asks_names) {
            let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
            let only = if names.is_empty() {
                ", nor anything else".to_owned()
            } else {
                format!(", only {}", names.join(", "))
            };
            self.message.push_str(&only);
        }
        self
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places: Vec<_> = self.places.iter().rev().map(String::as_str).collect();
        let colon = if places.is_empty() { "" } else { ": " };
        write!(f, "{}{colon}{}", places.join(", "), self.message)
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self { asks_names: true, ..Self::new(format!("there is no `{field}`")) }
    }

    /// Of a type that refuses what it does not know.
    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let expected: Vec<_> = expected.iter().map(|name| format!("`{name}`")).collect();
        Self::new(format!("the type has no field `{field}`, only {}", expected.join(", ")))
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
            other => Err(ReadError::new(format!("a variant is a text, not {}", other.data_type()))),
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

/// Values under names, read as a struct or a map; errors name which, and what kind of thing it is.
#[derive(Clone)]
pub(crate) struct Fields<I> {
    kind: &'static str,
    values: I,
}

impl<I> Fields<I> {
    /// The fields of an event or a record.
    pub(crate) fn of_event(values: I) -> Self {
        Self { kind: "field", values }
    }

    /// The stages of a match.
    pub(crate) fn of_match(values: I) -> Self {
        Self { kind: "stage", values }
    }
}

impl<'de, I, D> Fields<I>
where
    I: Iterator<Item = (&'de str, D)> + Clone,
    D: IntoDeserializer<'de, ReadError>,
{
    /// What the values make.
    pub(crate) fn read<T: Deserialize<'de>>(self) -> Result<T, ReadError> {
        T::deserialize(self)
    }
}

impl<'de, I, D> Deserializer<'de> for Fields<I>
where
    I: Iterator<Item = (&'de str, D)> + Clone,
    D: IntoDeserializer<'de, ReadError>,
{
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let names = self.values.clone().map(|(name, _)| name);
        let entries = Entries { fields: self, next: None };
        visitor.visit_map(entries).map_err(|error| error.among(names))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, I, D> IntoDeserializer<'de, ReadError> for Fields<I>
where
    I: Iterator<Item = (&'de str, D)> + Clone,
    D: IntoDeserializer<'de, ReadError>,
{
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The values on their way.
struct Entries<'de, I, D> {
    fields: Fields<I>,
    next: Option<(&'de str, D)>,
}

impl<'de, I, D> MapAccess<'de> for Entries<'de, I, D>
where
    I: Iterator<Item = (&'de str, D)>,
    D: IntoDeserializer<'de, ReadError>,
{
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        self.next = self.fields.values.next();
        let name = self.next.as_ref().map(|(name, _)| *name);
        name.map(|name| seed.deserialize(StrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, ReadError> {
        let (name, value) =
            self.next.take().ok_or_else(|| ReadError::new("a value before its name".to_owned()))?;
        seed.deserialize(value.into_deserializer()).map_err(|error| error.within(self.fields.kind, name))
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
