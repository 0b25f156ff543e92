//! From a record to a struct: its `Deserialize` is told what the record has.

use ::serde::de::value::StringDeserializer;
use ::serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};
use ::serde::forward_to_deserialize_any;

use crate::serialization::DataError;
use crate::serialization::compact::{Record, RecordValue};
use RecordValue as V;

pub(super) fn value<T: DeserializeOwned>(record: Record) -> Result<T, DataError> {
    T::deserialize(Reader(V::Compact(Some(record))))
}

/// Gives one value.
struct Reader(RecordValue);

/// Gives the items of a list.
struct Items<I>(I);

impl<'de, I: Iterator<Item = RecordValue>> SeqAccess<'de> for Items<I> {
    type Error = DataError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, DataError> {
        self.0.next().map(|item| seed.deserialize(Reader(item))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.size_hint().0)
    }
}

fn list<'de, V: Visitor<'de>, T: Into<RecordValue>>(
    items: Option<Vec<T>>,
    visitor: V,
) -> Result<V::Value, DataError> {
    match items {
        Some(items) => visitor.visit_seq(Items(items.into_iter().map(Into::into))),
        None => visitor.visit_none(),
    }
}

/// Gives the fields of a record by name.
struct Fields<I> {
    type_name: String,
    fields: I,
    next: Option<(String, RecordValue)>,
}

impl<'de, I: Iterator<Item = (String, RecordValue)>> MapAccess<'de> for Fields<I> {
    type Error = DataError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, DataError> {
        self.next = self.fields.next();
        let Some((name, _)) = &self.next else { return Ok(None) };
        let name: StringDeserializer<DataError> = name.clone().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, DataError> {
        let (field, value) = self.next.take().ok_or(DataError::Malformed("a value without a name"))?;
        seed.deserialize(Reader(value)).map_err(|error| match error {
            DataError::Custom(problem) => {
                DataError::Field { type_name: self.type_name.clone(), field, problem }
            }
            other => other,
        })
    }
}

fn fields<'de, V: Visitor<'de>>(record: Record, visitor: V) -> Result<V::Value, DataError> {
    let type_name = record.type_name().to_owned();
    visitor.visit_map(Fields { type_name, fields: record.into_fields(), next: None })
}

macro_rules! visits {
    ($value:expr, $visitor:expr;
     [$($single:ident $visit:ident,)*] [$($optional:ident $visit_optional:ident,)*] [$($list:ident,)*]) => {
        match $value {
            $(V::$single(value) => $visitor.$visit(value),)*
            $(V::$optional(Some(value)) => $visitor.$visit_optional(value),)*
            $(V::$optional(None) => $visitor.visit_none(),)*
            $(V::$list(items) => list(items, $visitor),)*
            V::Compact(Some(record)) => fields(record, $visitor),
            V::Compact(None) => $visitor.visit_none(),
            other => Err(DataError::custom(format!("serde has nothing for the kind {:?}", other.kind()))),
        }
    };
}

impl<'de> Deserializer<'de> for Reader {
    type Error = DataError;

    fn deserialize_any<Vis: Visitor<'de>>(self, visitor: Vis) -> Result<Vis::Value, DataError> {
        visits! {
            self.0, visitor;
            [Boolean visit_bool, Int8 visit_i8, Int16 visit_i16, Int32 visit_i32, Int64 visit_i64,
                Float32 visit_f32, Float64 visit_f64,]
            [NullableBoolean visit_bool, NullableInt8 visit_i8, NullableInt16 visit_i16,
                NullableInt32 visit_i32, NullableInt64 visit_i64, NullableFloat32 visit_f32,
                NullableFloat64 visit_f64, String visit_string,]
            [ArrayOfBoolean, ArrayOfInt8, ArrayOfInt16, ArrayOfInt32, ArrayOfInt64, ArrayOfFloat32,
                ArrayOfFloat64, ArrayOfString, ArrayOfCompact, ArrayOfNullableBoolean, ArrayOfNullableInt8,
                ArrayOfNullableInt16, ArrayOfNullableInt32, ArrayOfNullableInt64, ArrayOfNullableFloat32,
                ArrayOfNullableFloat64,]
        }
    }

    /// Bytes are asked for one by one, with a sign or without.
    fn deserialize_u8<Vis: Visitor<'de>>(self, visitor: Vis) -> Result<Vis::Value, DataError> {
        match self.0 {
            V::Int8(byte) => visitor.visit_u8(byte.cast_unsigned()),
            other => Self(other).deserialize_any(visitor),
        }
    }

    fn deserialize_bytes<Vis: Visitor<'de>>(self, visitor: Vis) -> Result<Vis::Value, DataError> {
        self.deserialize_byte_buf(visitor)
    }

    fn deserialize_byte_buf<Vis: Visitor<'de>>(self, visitor: Vis) -> Result<Vis::Value, DataError> {
        match self.0 {
            V::ArrayOfInt8(Some(bytes)) => {
                visitor.visit_byte_buf(bytes.into_iter().map(i8::cast_unsigned).collect())
            }
            other => Self(other).deserialize_any(visitor),
        }
    }

    fn deserialize_option<Vis: Visitor<'de>>(self, visitor: Vis) -> Result<Vis::Value, DataError> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<Vis: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: Vis,
    ) -> Result<Vis::Value, DataError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<Vis: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: Vis,
    ) -> Result<Vis::Value, DataError> {
        if let V::Compact(Some(record)) = &self.0
            && record.type_name() != name
        {
            let found = record.type_name();
            return Err(DataError::custom(format!("a value of type `{found}`, not `{name}`")));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<Vis: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: Vis,
    ) -> Result<Vis::Value, DataError> {
        match self.0 {
            V::String(Some(variant)) => visitor.visit_enum(variant.into_deserializer()),
            other => Self(other).deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u16 u32 u64 u128 f32 f64 char str string unit unit_struct seq tuple tuple_struct map
        identifier ignored_any
    }
}
