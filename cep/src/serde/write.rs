//! From the user's event to the values of a row.

use std::fmt;

use cep_core::event::{Schema, Value};
use serde::ser::{self, Impossible, Serialize, SerializeMap, SerializeStruct};

use super::value::{ValueWriter, text};

/// Why an event does not fit its stream.
///
/// ```
/// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
/// let error = program.matcher().push("s", &serde_json::json!({ "ts": 1 })).map(|_| ()).unwrap_err();
/// assert_eq!(error.to_string(), "an event of `s`: `n` is missing");
/// # Ok::<(), cep::CompileError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// It is neither a struct nor a map.
    #[error("an event is a struct or a map, not {0}")]
    NoRow(&'static str),
    /// A field that may not be null is not there, or is null.
    #[error("`{0}` is missing")]
    Missing(String),
    /// A field has another type than its column.
    #[error("`{field}` is of type `{expected}`, not {found}")]
    Type {
        /// The field.
        field: String,
        /// What the stream declares.
        expected: String,
        /// What came.
        found: String,
    },
    /// The value's own `Serialize` fails.
    #[error("{0}")]
    Own(String),
}

impl ser::Error for RowError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Own(message.to_string())
    }
}

/// Writes an event's values into a row, a value a column. Fields that the stream does not have are passed over.
pub(crate) fn write_row(
    event: &(impl Serialize + ?Sized),
    schema: &Schema,
    row: &mut Vec<Value>,
) -> Result<(), RowError> {
    row.clear();
    row.resize(schema.fields().len(), Value::Null);
    event.serialize(RowWriter { schema, row, key: None })?;
    let missing =
        schema.fields().iter().zip(&*row).find(|(field, value)| !field.ty.nullable && **value == Value::Null);
    missing.map_or(Ok(()), |(field, _)| Err(RowError::Missing(field.name.clone())))
}

struct RowWriter<'a> {
    schema: &'a Schema,
    row: &'a mut Vec<Value>,
    /// The key of a map whose value comes next.
    key: Option<String>,
}

impl RowWriter<'_> {
    fn field(&mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), RowError> {
        let Some(column) = self.schema.column(name) else { return Ok(()) };
        let ty = &self.schema.fields()[column.index()].ty.data;
        self.row[column.index()] = value.serialize(ValueWriter { field: name, ty })?;
        Ok(())
    }
}

/// What is no row, and says so.
macro_rules! no_row {
    ($($method:ident($type:ty) $name:literal;)*) => {$(
        fn $method(self, _: $type) -> Result<(), RowError> {
            Err(RowError::NoRow($name))
        }
    )*};
}

impl ser::Serializer for RowWriter<'_> {
    type Ok = ();
    type Error = RowError;
    type SerializeSeq = Impossible<(), RowError>;
    type SerializeTuple = Impossible<(), RowError>;
    type SerializeTupleStruct = Impossible<(), RowError>;
    type SerializeTupleVariant = Impossible<(), RowError>;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), RowError>;

    no_row! {
        serialize_bool(bool) "a truth value";
        serialize_i8(i8) "a number";
        serialize_i16(i16) "a number";
        serialize_i32(i32) "a number";
        serialize_i64(i64) "a number";
        serialize_u8(u8) "a number";
        serialize_u16(u16) "a number";
        serialize_u32(u32) "a number";
        serialize_u64(u64) "a number";
        serialize_f32(f32) "a number";
        serialize_f64(f64) "a number";
        serialize_char(char) "a text";
        serialize_str(&str) "a text";
        serialize_bytes(&[u8]) "bytes";
        serialize_unit_struct(&'static str) "a struct without fields";
    }

    fn serialize_none(self) -> Result<(), RowError> {
        Err(RowError::NoRow("nothing"))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), RowError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), RowError> {
        Err(RowError::NoRow("nothing"))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), RowError> {
        Err(RowError::NoRow("a variant without fields"))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), RowError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), RowError> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, RowError> {
        Err(RowError::NoRow("a list"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, RowError> {
        Err(RowError::NoRow("a tuple"))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, RowError> {
        Err(RowError::NoRow("a tuple"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, RowError> {
        Err(RowError::NoRow("a tuple"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, RowError> {
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, RowError> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, RowError> {
        Err(RowError::NoRow("a variant with fields: write `#[serde(tag = \"…\")]` or one stream a variant"))
    }
}

impl SerializeStruct for RowWriter<'_> {
    type Ok = ();
    type Error = RowError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), RowError> {
        self.field(name, value)
    }

    fn end(self) -> Result<(), RowError> {
        Ok(())
    }
}

impl SerializeMap for RowWriter<'_> {
    type Ok = ();
    type Error = RowError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), RowError> {
        self.key = Some(text(key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), RowError> {
        let key = self.key.take().unwrap_or_default();
        self.field(&key, value)
    }

    fn end(self) -> Result<(), RowError> {
        Ok(())
    }
}
