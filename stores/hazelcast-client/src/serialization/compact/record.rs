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
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    schema: Arc<Schema>,
    fields: BTreeMap<String, RecordValue>,
}

macro_rules! values {
    ($($kind:ident $type:ty;)*) => {
        /// The value of a field of a [`Record`], of the kind that its name says.
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
            pub const fn kind(&self) -> FieldKind {
                match self {
                    $(Self::$kind(_) => FieldKind::$kind,)*
                }
            }

            fn is_null(&self) -> bool {
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
    /// A value of a type with these fields.
    pub fn new<N: Into<String>>(
        type_name: impl Into<String>,
        fields: impl IntoIterator<Item = (N, RecordValue)>,
    ) -> Self {
        let fields: BTreeMap<String, _> =
            fields.into_iter().map(|(name, value)| (name.into(), value)).collect();
        let kinds: Vec<_> = fields.iter().map(|(name, value)| (name.clone(), value.kind())).collect();
        Self { schema: Arc::new(Schema::new(type_name, kinds)), fields }
    }

    /// The name of its type.
    pub fn type_name(&self) -> &str {
        self.schema.type_name()
    }

    /// A field, where there is such a field.
    pub fn get(&self, name: &str) -> Option<&RecordValue> {
        self.fields.get(name)
    }

    /// Puts another value into a field.
    ///
    /// # Errors
    /// Where there is no such field, or where the value is of another kind.
    pub fn set(&mut self, name: &str, value: impl Into<RecordValue>) -> Result<(), DataError> {
        let value = value.into();
        match self.fields.get_mut(name) {
            Some(field) if field.kind() == value.kind() => *field = value,
            Some(field) => {
                let told = format!("it is {:?}, not {:?}", field.kind(), value.kind());
                return Err(problem(&self.schema, name, told));
            }
            None => return Err(super::body::no_field(&self.schema, name)),
        }
        Ok(())
    }

    /// All fields by name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &RecordValue)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value))
    }
}

pub(super) fn put(record: &Record, output: &mut Output<'_>) -> Result<(), DataError> {
    let schema = output.schemas().add((*record.schema).clone());
    output.uses(&schema);
    let mut body = Body::begin(output, &schema);
    for (name, value) in &record.fields {
        let field = body.field(name, value.kind())?;
        if !matches!(field.place, Place::Variable(_)) || !value.is_null() {
            body.put(output, field.place, |output| value.put(output))?;
        }
    }
    body.finish(output);
    Ok(())
}

pub(super) fn get(input: &mut Input<'_>) -> Result<Record, DataError> {
    let reader = CompactReader::begin(input)?;
    let read =
        |(name, kind): (&str, FieldKind)| Ok((name.to_owned(), RecordValue::read(&reader, name, kind)?));
    let fields = reader.schema().fields().map(read).collect::<Result<_, DataError>>()?;
    Ok(Record { schema: Arc::new(reader.schema().clone()), fields })
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
