//! From a value of the user's to a value of the type of a column.

use std::fmt;
use std::sync::Arc;

use cep_core::event::{DataType, Map, Value};
use cep_core::time::{Duration, Timestamp};
use serde::ser::{self, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple};

use super::write::RowError;

/// The text that a map's key is.
pub(super) fn text(key: &(impl Serialize + ?Sized)) -> Result<String, RowError> {
    match key.serialize(ValueWriter { field: "a key", ty: &DataType::String })? {
        Value::Str(text) => Ok(text.as_ref().to_owned()),
        _ => Err(RowError::NoRow("a map whose keys are no texts")),
    }
}

/// Makes a value of the type of a column.
#[derive(Clone, Copy)]
pub(super) struct ValueWriter<'a> {
    pub(super) field: &'a str,
    pub(super) ty: &'a DataType,
}

impl<'a> ValueWriter<'a> {
    fn no(self, found: impl fmt::Display) -> RowError {
        let (field, expected) = (self.field.to_owned(), self.ty.to_string());
        RowError::Type { field, expected, found: found.to_string() }
    }

    fn int(self, value: i64) -> Result<Value, RowError> {
        match self.ty {
            DataType::Int => Ok(Value::Int(value)),
            DataType::Float => Ok(Value::Float(value as f64)),
            DataType::Timestamp => Ok(Value::Timestamp(Timestamp(value))),
            DataType::Duration => Ok(Value::Duration(Duration(value))),
            _ => Err(self.no(format_args!("the number {value}"))),
        }
    }

    fn of_list(self) -> Result<Self, RowError> {
        match self.ty {
            DataType::List(of) => Ok(ValueWriter { field: self.field, ty: of }),
            _ => Err(self.no("a list")),
        }
    }

    fn list(self, length: Option<usize>) -> Result<ListWriter<'a>, RowError> {
        Ok(ListWriter { of: self.of_list()?, items: Vec::with_capacity(length.unwrap_or(0).min(1024)) })
    }

    fn map(self) -> Result<MapWriter<'a>, RowError> {
        match self.ty {
            DataType::Map(of) => Ok(MapWriter {
                of: ValueWriter { field: self.field, ty: of },
                map: Map::new(),
                key: String::new(),
            }),
            _ => Err(self.no("a map")),
        }
    }
}

/// Whole numbers that fit 64 bits.
macro_rules! ints {
    ($($method:ident($type:ty);)*) => {$(
        fn $method(self, value: $type) -> Result<Value, RowError> {
            let int = i64::try_from(value).map_err(|_| self.no(format_args!("the number {value}, which is too large")))?;
            self.int(int)
        }
    )*};
}

impl<'a> ser::Serializer for ValueWriter<'a> {
    type Ok = Value;
    type Error = RowError;
    type SerializeSeq = ListWriter<'a>;
    type SerializeTuple = ListWriter<'a>;
    type SerializeTupleStruct = Impossible<Value, RowError>;
    type SerializeTupleVariant = Impossible<Value, RowError>;
    type SerializeMap = MapWriter<'a>;
    type SerializeStruct = MapWriter<'a>;
    type SerializeStructVariant = Impossible<Value, RowError>;

    ints! {
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
    }

    fn serialize_bool(self, value: bool) -> Result<Value, RowError> {
        if *self.ty == DataType::Bool { Ok(Value::Bool(value)) } else { Err(self.no(value)) }
    }

    fn serialize_f32(self, value: f32) -> Result<Value, RowError> {
        self.serialize_f64(value.into())
    }

    /// A number that is not finite is null, as everywhere in the language.
    fn serialize_f64(self, value: f64) -> Result<Value, RowError> {
        if *self.ty == DataType::Float {
            Ok(Value::from(value))
        } else {
            Err(self.no(format_args!("the number {value}")))
        }
    }

    fn serialize_char(self, value: char) -> Result<Value, RowError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<Value, RowError> {
        match self.ty {
            DataType::String => Ok(Value::from(value)),
            DataType::Timestamp => {
                let time = Timestamp::parse(value);
                time.map(Value::Timestamp).ok_or_else(|| self.no(format_args!("the text \"{value}\"")))
            }
            _ => Err(self.no(format_args!("the text \"{value}\""))),
        }
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Value, RowError> {
        Err(self.no("bytes"))
    }

    fn serialize_none(self) -> Result<Value, RowError> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, RowError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, RowError> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, RowError> {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Value, RowError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Value, RowError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: &T,
    ) -> Result<Value, RowError> {
        Err(self.no(format_args!("the variant `{variant}` with a value")))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<ListWriter<'a>, RowError> {
        self.list(length)
    }

    fn serialize_tuple(self, length: usize) -> Result<ListWriter<'a>, RowError> {
        self.list(Some(length))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, RowError> {
        Err(self.no("a tuple"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, RowError> {
        Err(self.no(format_args!("the variant `{variant}` with values")))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<MapWriter<'a>, RowError> {
        self.map()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<MapWriter<'a>, RowError> {
        self.map()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, RowError> {
        Err(self.no(format_args!("the variant `{variant}` with fields")))
    }
}

/// The items of a list.
pub(super) struct ListWriter<'a> {
    of: ValueWriter<'a>,
    items: Vec<Value>,
}

impl SerializeSeq for ListWriter<'_> {
    type Ok = Value;
    type Error = RowError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), RowError> {
        self.items.push(value.serialize(self.of)?);
        Ok(())
    }

    fn end(self) -> Result<Value, RowError> {
        Ok(Value::List(self.items.into()))
    }
}

impl SerializeTuple for ListWriter<'_> {
    type Ok = Value;
    type Error = RowError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), RowError> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Value, RowError> {
        SerializeSeq::end(self)
    }
}

/// The entries of a map.
pub(super) struct MapWriter<'a> {
    of: ValueWriter<'a>,
    map: Map,
    key: String,
}

impl SerializeMap for MapWriter<'_> {
    type Ok = Value;
    type Error = RowError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), RowError> {
        self.key = text(key)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), RowError> {
        self.map.insert(self.key.as_str().into(), value.serialize(self.of)?);
        Ok(())
    }

    fn end(self) -> Result<Value, RowError> {
        Ok(Value::Map(Arc::new(self.map)))
    }
}

impl SerializeStruct for MapWriter<'_> {
    type Ok = Value;
    type Error = RowError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), RowError> {
        self.map.insert(name.into(), value.serialize(self.of)?);
        Ok(())
    }

    fn end(self) -> Result<Value, RowError> {
        SerializeMap::end(self)
    }
}
