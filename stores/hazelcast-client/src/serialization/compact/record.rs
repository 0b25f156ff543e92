//! Compact values of types that this program does not have: fields by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::body::{Body, problem};
use super::schema::Place;
use super::{CompactField, CompactReader, FieldKind, Schema};
use crate::serialization::basic::other;
use crate::serialization::{
    BigDecimal, DataError, FromData, Input, LocalDate, LocalDateTime, LocalTime, OffsetDateTime, Output,
    ToData, types,
};

/// A Compact value of any type.
///
/// The order of its fields is part of it where they have no fixed size, as it is of the bytes that members compare: texts,
/// lists, nested values and everything that may be null lie in the order in which they were written. One that was read is
/// written again as it was; a new one has the order that it is given, and so has the bytes of a [`Compact`](super::Compact)
/// type whose fields are written in that order. Records of Java's (`GenericRecord`) have their fields by name.
///
/// ```
/// use hazelcast_client::{Record, Serializer};
///
/// let record = Record::new("com.example.Point", [("x", 1_i32.into()), ("name", "home".to_owned().into())]);
/// let serializer = Serializer::new();
/// let data = serializer.to_data(&record)?;
/// let read = serializer.to_value::<Record>(&data)?;
/// assert_eq!(read.get("x"), Some(&1_i32.into()));
/// assert_eq!(read.type_name(), "com.example.Point");
/// # Ok::<_, hazelcast_client::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Record {
    schema: Arc<Schema>,
    /// By name, as the schema has its fields.
    values: Vec<RecordValue>,
    /// All fields in the order in which they are written.
    order: Vec<usize>,
}

macro_rules! values {
    ($($kind:ident $type:ty;)*) => {
        /// The value of a field of a [`Record`], of the kind that its name says.
        ///
        /// ```
        /// use hazelcast_client::RecordValue;
        ///
        /// assert_eq!(RecordValue::from(7_i64), RecordValue::Int64(7));
        /// assert_eq!(RecordValue::from("x"), RecordValue::String(Some("x".to_owned())));
        /// ```
        #[derive(Clone, PartialEq, Debug)]
        #[allow(missing_docs, reason = "values are what their kinds say")]
        #[non_exhaustive]
        pub enum RecordValue {
            $($kind($type),)*
        }

        $(
            impl From<$type> for RecordValue {
                fn from(value: $type) -> Self {
                    Self::$kind(value)
                }
            }
        )*

        impl RecordValue {
            /// The kind of field that has it.
            ///
            /// ```
            /// use hazelcast_client::{FieldKind, RecordValue};
            ///
            /// assert_eq!(RecordValue::from(Some(7)).kind(), FieldKind::NullableInt32);
            /// ```
            pub const fn kind(&self) -> FieldKind {
                match self {
                    $(Self::$kind(_) => FieldKind::$kind,)*
                }
            }

            pub(in crate::serialization) fn is_null(&self) -> bool {
                match self {
                    $(Self::$kind(value) => value.is_null(),)*
                }
            }

            fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
                match self {
                    $(Self::$kind(value) => value.put(output),)*
                }
            }

            fn read(reader: &CompactReader<'_>, name: &str, kind: FieldKind) -> Result<Self, DataError> {
                match kind {
                    $(FieldKind::$kind => reader.field(name).map(Self::$kind),)*
                }
            }
        }
    };
}

values! {
    Boolean bool;
    Int8 i8;
    Int16 i16;
    Int32 i32;
    Int64 i64;
    Float32 f32;
    Float64 f64;
    ArrayOfBoolean Option<Vec<bool>>;
    ArrayOfInt8 Option<Vec<i8>>;
    ArrayOfInt16 Option<Vec<i16>>;
    ArrayOfInt32 Option<Vec<i32>>;
    ArrayOfInt64 Option<Vec<i64>>;
    ArrayOfFloat32 Option<Vec<f32>>;
    ArrayOfFloat64 Option<Vec<f64>>;
    String Option<String>;
    ArrayOfString Option<Vec<Option<String>>>;
    Decimal Option<BigDecimal>;
    ArrayOfDecimal Option<Vec<Option<BigDecimal>>>;
    Time Option<LocalTime>;
    ArrayOfTime Option<Vec<Option<LocalTime>>>;
    Date Option<LocalDate>;
    ArrayOfDate Option<Vec<Option<LocalDate>>>;
    Timestamp Option<LocalDateTime>;
    ArrayOfTimestamp Option<Vec<Option<LocalDateTime>>>;
    TimestampWithTimezone Option<OffsetDateTime>;
    ArrayOfTimestampWithTimezone Option<Vec<Option<OffsetDateTime>>>;
    Compact Option<Record>;
    ArrayOfCompact Option<Vec<Option<Record>>>;
    NullableBoolean Option<bool>;
    ArrayOfNullableBoolean Option<Vec<Option<bool>>>;
    NullableInt8 Option<i8>;
    ArrayOfNullableInt8 Option<Vec<Option<i8>>>;
    NullableInt16 Option<i16>;
    ArrayOfNullableInt16 Option<Vec<Option<i16>>>;
    NullableInt32 Option<i32>;
    ArrayOfNullableInt32 Option<Vec<Option<i32>>>;
    NullableInt64 Option<i64>;
    ArrayOfNullableInt64 Option<Vec<Option<i64>>>;
    NullableFloat32 Option<f32>;
    ArrayOfNullableFloat32 Option<Vec<Option<f32>>>;
    NullableFloat64 Option<f64>;
    ArrayOfNullableFloat64 Option<Vec<Option<f64>>>;
}

impl From<String> for RecordValue {
    fn from(text: String) -> Self {
        Self::String(Some(text))
    }
}

impl From<&str> for RecordValue {
    fn from(text: &str) -> Self {
        Self::String(Some(text.to_owned()))
    }
}

impl From<Record> for RecordValue {
    fn from(record: Record) -> Self {
        Self::Compact(Some(record))
    }
}

impl Record {
    /// A value of a type with these fields, which are written in this order. Where a name comes twice, the last value counts.
    ///
    /// ```
    /// use hazelcast_client::Record;
    ///
    /// let payment = Record::new("Payment", [("card", "4111".into()), ("amount", 9.5.into())]);
    /// ```
    pub fn new<N: Into<String>>(
        type_name: impl Into<String>,
        fields: impl IntoIterator<Item = (N, RecordValue)>,
    ) -> Self {
        let (mut names, mut fields_by_name) = (Vec::new(), BTreeMap::new());
        for (name, value) in fields {
            let name: String = name.into();
            if fields_by_name.insert(name.clone(), value).is_none() {
                names.push(name);
            }
        }
        let kinds: Vec<_> = fields_by_name.iter().map(|(name, value)| (name.clone(), value.kind())).collect();
        let schema = Schema::new(type_name, kinds);
        let order = names.iter().filter_map(|name| schema.index(name)).collect();
        Self { schema: Arc::new(schema), values: fields_by_name.into_values().collect(), order }
    }

    /// The name of its type.
    ///
    /// ```
    /// # use hazelcast_client::Record;
    /// assert_eq!(Record::new("Point", [("x", 1_i32.into())]).type_name(), "Point");
    /// ```
    pub fn type_name(&self) -> &str {
        self.schema.type_name()
    }

    /// A field, where there is such a field.
    ///
    /// ```
    /// # use hazelcast_client::{Record, RecordValue};
    /// let point = Record::new("Point", [("x", 1_i32.into())]);
    /// assert_eq!((point.get("x"), point.get("z")), (Some(&RecordValue::Int32(1)), None));
    /// ```
    pub fn get(&self, name: &str) -> Option<&RecordValue> {
        self.values.get(self.schema.index(name)?)
    }

    /// Puts another value into a field.
    ///
    /// # Errors
    /// Where there is no such field, or where the value is of another kind.
    ///
    /// ```
    /// # use hazelcast_client::Record;
    /// let mut point = Record::new("Point", [("x", 1_i32.into())]);
    /// assert!(point.set("x", 5_i32).is_ok() && point.set("x", "five").is_err() && point.set("z", 5_i32).is_err());
    /// ```
    pub fn set(&mut self, name: &str, value: impl Into<RecordValue>) -> Result<(), DataError> {
        let value = value.into();
        let index = self.schema.index(name).ok_or_else(|| super::body::no_field(&self.schema, name))?;
        let field = &mut self.values[index];
        if field.kind() != value.kind() {
            let told = format!("it is {:?}, not {:?}", field.kind(), value.kind());
            return Err(problem(&self.schema, name, told));
        }
        *field = value;
        Ok(())
    }

    /// All fields by name.
    ///
    /// ```
    /// # use hazelcast_client::Record;
    /// let point = Record::new("Point", [("y", 1_i32.into()), ("x", 2_i32.into())]);
    /// assert_eq!(point.fields().map(|(name, _)| name).collect::<Vec<_>>(), ["x", "y"]);
    /// ```
    pub fn fields(&self) -> impl Iterator<Item = (&str, &RecordValue)> {
        self.schema.fields().map(|(name, _)| name).zip(&self.values)
    }

    /// Those that lie behind those of fixed size, in their order; null takes no place.
    fn lying(&self) -> impl Iterator<Item = usize> {
        let places: Vec<_> = self.schema.places().collect();
        let lies = move |index: &usize| {
            matches!(places[*index], Place::Variable(_)) && !self.values[*index].is_null()
        };
        self.order.iter().copied().filter(lies)
    }
}

#[cfg(feature = "serde")]
impl Record {
    pub(in crate::serialization) fn into_fields(self) -> impl Iterator<Item = (String, RecordValue)> {
        let names: Vec<_> = self.schema.fields().map(|(name, _)| name.to_owned()).collect();
        names.into_iter().zip(self.values)
    }
}

/// Two records are equal where their bytes are, which is what members compare.
impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.schema == other.schema && self.values == other.values && self.lying().eq(other.lying())
    }
}

pub(super) fn put(record: &Record, output: &mut Output<'_>) -> Result<(), DataError> {
    let schema = output.schemas().add(Arc::clone(&record.schema));
    output.uses(&schema);
    let mut body = Body::begin(output, &schema);
    let places: Vec<_> = schema.places().collect();
    for index in &record.order {
        let (place, value) = (places[*index], &record.values[*index]);
        if !matches!(place, Place::Variable(_)) || !value.is_null() {
            body.put(output, place, |output| value.put(output))?;
        }
    }
    body.finish(output);
    Ok(())
}

pub(super) fn get(input: &mut Input<'_>) -> Result<Record, DataError> {
    let reader = CompactReader::begin(input)?;
    let read = |(name, kind): (&str, FieldKind)| RecordValue::read(&reader, name, kind);
    let values = reader.schema().fields().map(read).collect::<Result<Vec<_>, DataError>>()?;
    let mut order = reader.order()?;
    let mut is_there = vec![false; values.len()];
    order.iter().for_each(|index| is_there[*index] = true);
    order.extend((0..values.len()).filter(|index| !is_there[*index]));
    Ok(Record { schema: reader.shared_schema(), values, order })
}

impl ToData for Record {
    fn type_id(&self) -> i32 {
        types::COMPACT
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        put(self, output)
    }
}

impl FromData for Record {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        match type_id {
            types::COMPACT => get(input),
            found => Err(other("a Compact value", found)),
        }
    }
}
