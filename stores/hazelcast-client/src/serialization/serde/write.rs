//! From a struct to a record: what serde tells of its fields, with the kinds that are known of them.

use ::serde::ser::{
    Error as _, Impossible, Serialize, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct,
    Serializer,
};

use super::met::Met;
use super::trace::Trace;
use crate::serialization::DataError;
use crate::serialization::compact::{FieldKind, Record, RecordValue};

/// A struct as a record.
pub(super) fn record<T: Serialize>(value: &T, trace: &Trace) -> Result<Record, DataError> {
    match value.serialize(Writer { trace, node: trace.root() })? {
        Met::Struct(record) => Ok(record),
        _ => Err(DataError::custom("a Compact value is a struct with named fields, and this is none")),
    }
}

/// Takes one value.
#[derive(Clone, Copy)]
struct Writer<'t> {
    trace: &'t Trace,
    /// What is known of the struct that the value has, or is.
    node: Option<usize>,
}

fn no_kind<T>(what: &str) -> Result<T, DataError> {
    Err(DataError::custom(format!("{what} has no kind in Compact")))
}

fn integer(number: impl TryInto<i64>, kind: FieldKind) -> Result<Met, DataError> {
    match number.try_into() {
        Ok(number) => Ok(Met::Integer(number, kind)),
        Err(_) => Err(DataError::custom("a whole number that is too large for an int64")),
    }
}

macro_rules! integers {
    ($($method:ident $type:ty, $kind:ident;)*) => {$(
        fn $method(self, number: $type) -> Result<Met, DataError> {
            integer(number, FieldKind::$kind)
        }
    )*};
}

impl<'t> Serializer for Writer<'t> {
    type Ok = Met;
    type Error = DataError;
    type SerializeSeq = Items<'t>;
    type SerializeTuple = Items<'t>;
    type SerializeTupleStruct = Items<'t>;
    type SerializeTupleVariant = Impossible<Met, DataError>;
    type SerializeMap = Impossible<Met, DataError>;
    type SerializeStruct = Fields<'t>;
    type SerializeStructVariant = Impossible<Met, DataError>;

    // The same kinds as `trace` finds.
    integers! {
        serialize_i8 i8, Int8;
        serialize_i16 i16, Int16;
        serialize_i32 i32, Int32;
        serialize_i64 i64, Int64;
        serialize_u8 u8, Int16;
        serialize_u16 u16, Int32;
        serialize_u32 u32, Int64;
        serialize_u64 u64, Int64;
    }

    fn serialize_bool(self, value: bool) -> Result<Met, DataError> {
        Ok(Met::Boolean(value))
    }

    fn serialize_f32(self, value: f32) -> Result<Met, DataError> {
        Ok(Met::Float32(value))
    }

    fn serialize_f64(self, value: f64) -> Result<Met, DataError> {
        Ok(Met::Float64(value))
    }

    fn serialize_char(self, value: char) -> Result<Met, DataError> {
        Ok(Met::Text(value.to_string()))
    }

    fn serialize_str(self, value: &str) -> Result<Met, DataError> {
        Ok(Met::Text(value.to_owned()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Met, DataError> {
        Ok(Met::Bytes(value.to_vec()))
    }

    fn serialize_none(self) -> Result<Met, DataError> {
        Ok(Met::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Met, DataError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Met, DataError> {
        no_kind("`()`")
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<Met, DataError> {
        no_kind(&format!("`{name}`, a struct without fields,"))
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Met, DataError> {
        Ok(Met::Text(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Met, DataError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: &T,
    ) -> Result<Met, DataError> {
        no_kind(&format!("`{name}::{variant}`, an enum with data,"))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items<'t>, DataError> {
        Ok(Items { writer: self, items: Vec::with_capacity(length.unwrap_or_default()) })
    }

    fn serialize_tuple(self, length: usize) -> Result<Items<'t>, DataError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Items<'t>, DataError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, DataError> {
        no_kind(&format!("`{name}::{variant}`, an enum with data,"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, DataError> {
        no_kind("a map")
    }

    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Fields<'t>, DataError> {
        Ok(Fields { writer: self, name, fields: Vec::with_capacity(length) })
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, DataError> {
        no_kind(&format!("`{name}::{variant}`, an enum with data,"))
    }
}

/// Takes the items of a list.
struct Items<'t> {
    writer: Writer<'t>,
    items: Vec<Met>,
}

impl Items<'_> {
    fn add<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), DataError> {
        let item = item.serialize(self.writer)?;
        if matches!(item, Met::List(_) | Met::Bytes(_)) {
            return no_kind("a list of lists");
        }
        self.items.push(item);
        Ok(())
    }
}

macro_rules! items {
    ($($which:ident $method:ident;)*) => {$(
        impl $which for Items<'_> {
            type Ok = Met;
            type Error = DataError;

            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), DataError> {
                self.add(item)
            }

            fn end(self) -> Result<Met, DataError> {
                Ok(Met::List(self.items))
            }
        }
    )*};
}

items! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
}

/// Takes the fields of a struct.
struct Fields<'t> {
    writer: Writer<'t>,
    name: &'static str,
    fields: Vec<(&'static str, RecordValue)>,
}

impl Fields<'_> {
    fn problem(&self, field: &str, problem: String) -> DataError {
        DataError::Field { type_name: self.name.to_owned(), field: field.to_owned(), problem }
    }

    fn add(&mut self, name: &'static str, met: Met) -> Result<(), DataError> {
        let Writer { trace, node } = self.writer;
        let kind = trace.shape(node, name).map(|shape| shape.kind).or_else(|| met.kind());
        let unknown =
            || "its kind is not known, as it is null or empty, and its type does not tell".to_owned();
        let value = kind.ok_or_else(unknown).and_then(|kind| met.into_value(kind));
        self.fields.push((name, value.map_err(|problem| self.problem(name, problem))?));
        Ok(())
    }
}

impl SerializeStruct for Fields<'_> {
    type Ok = Met;
    type Error = DataError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), DataError> {
        let Writer { trace, node } = self.writer;
        let node = trace.shape(node, name).and_then(|shape| shape.node);
        let met = value.serialize(Writer { trace, node }).map_err(|error| match error {
            DataError::Custom(problem) => self.problem(name, problem),
            other => other,
        })?;
        self.add(name, met)
    }

    /// All values of a type have the same fields.
    fn skip_field(&mut self, name: &'static str) -> Result<(), DataError> {
        self.add(name, Met::Null)
    }

    fn end(self) -> Result<Met, DataError> {
        Ok(Met::Struct(Record::new(self.name, self.fields)))
    }
}
