//! Values of SQL, and what they are in Rust.

use crate::data::Data;
use crate::serialization::{
    BigDecimal, DataError, Json, LocalDate, LocalDateTime, LocalTime, OffsetDateTime,
};

/// What a column holds.
///
/// ```
/// use hazelcast_client::SqlKind;
///
/// assert_ne!(SqlKind::Integer, SqlKind::BigInt);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "SQL's names say it")]
pub enum SqlKind {
    Varchar,
    Boolean,
    TinyInt,
    SmallInt,
    Integer,
    BigInt,
    Decimal,
    Real,
    Double,
    Date,
    Time,
    Timestamp,
    TimestampWithTimeZone,
    Object,
    Null,
    Json,
    Row,
    /// One that this client does not know.
    Unknown(i32),
}

impl SqlKind {
    pub(super) const fn of(id: i32) -> Self {
        match id {
            0 => Self::Varchar,
            1 => Self::Boolean,
            2 => Self::TinyInt,
            3 => Self::SmallInt,
            4 => Self::Integer,
            5 => Self::BigInt,
            6 => Self::Decimal,
            7 => Self::Real,
            8 => Self::Double,
            9 => Self::Date,
            10 => Self::Time,
            11 => Self::Timestamp,
            12 => Self::TimestampWithTimeZone,
            13 => Self::Object,
            14 => Self::Null,
            15 => Self::Json,
            16 => Self::Row,
            id => Self::Unknown(id),
        }
    }
}

/// A value of a row.
///
/// ```
/// use hazelcast_client::{FromSql, SqlValue};
///
/// assert_eq!(i64::from_sql(&SqlValue::Integer(7))?, 7);
/// assert_eq!(Option::<i64>::from_sql(&SqlValue::Null)?, None);
/// # Ok::<_, hazelcast_client::DataError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum SqlValue {
    /// There is none.
    Null,
    /// A text.
    Varchar(String),
    /// Whether something holds.
    Boolean(bool),
    /// Of 8 bits.
    TinyInt(i8),
    /// Of 16 bits.
    SmallInt(i16),
    /// Of 32 bits.
    Integer(i32),
    /// Of 64 bits.
    BigInt(i64),
    /// A decimal number of any size.
    Decimal(BigDecimal),
    /// A floating number of 32 bits.
    Real(f32),
    /// A floating number of 64 bits.
    Double(f64),
    /// A day.
    Date(LocalDate),
    /// A time of day.
    Time(LocalTime),
    /// A day and a time.
    Timestamp(LocalDateTime),
    /// A day and a time, with the offset from UTC.
    TimestampWithTimeZone(OffsetDateTime),
    /// A value of Hazelcast's, which [`SqlRow::object`](crate::SqlRow::object) reads.
    Object(Data),
    /// A JSON text.
    Json(Json),
    /// A row within a row, as a text.
    Row(String),
}

impl SqlValue {
    const fn name(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Varchar(_) => "VARCHAR",
            Self::Boolean(_) => "BOOLEAN",
            Self::TinyInt(_) => "TINYINT",
            Self::SmallInt(_) => "SMALLINT",
            Self::Integer(_) => "INTEGER",
            Self::BigInt(_) => "BIGINT",
            Self::Decimal(_) => "DECIMAL",
            Self::Real(_) => "REAL",
            Self::Double(_) => "DOUBLE",
            Self::Date(_) => "DATE",
            Self::Time(_) => "TIME",
            Self::Timestamp(_) => "TIMESTAMP",
            Self::TimestampWithTimeZone(_) => "TIMESTAMP WITH TIME ZONE",
            Self::Object(_) => "OBJECT",
            Self::Json(_) => "JSON",
            Self::Row(_) => "ROW",
        }
    }

    fn is_no(&self, expected: &'static str) -> DataError {
        match self {
            Self::Null => DataError::Null { expected },
            other => {
                DataError::Custom(format!("a value of SQL's {} where {expected} was expected", other.name()))
            }
        }
    }
}

/// A value that SQL's are read as. Numbers are read as larger ones of their sort, too.
///
/// ```
/// use hazelcast_client::{FromSql, SqlValue};
///
/// assert_eq!(f64::from_sql(&SqlValue::Real(0.5))?, 0.5);
/// assert!(i32::from_sql(&SqlValue::BigInt(7)).is_err());
/// # Ok::<_, hazelcast_client::DataError>(())
/// ```
pub trait FromSql: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// Where it is of another type.
    fn from_sql(value: &SqlValue) -> Result<Self, DataError>;
}

macro_rules! from_sql {
    ($($type:ty, $told:literal, $($kind:ident)*;)*) => {$(
        impl FromSql for $type {
            fn from_sql(value: &SqlValue) -> Result<Self, DataError> {
                match value {
                    $(SqlValue::$kind(value) => Ok(value.clone().into()),)*
                    other => Err(other.is_no($told)),
                }
            }
        }
    )*};
}

from_sql! {
    String, "a text", Varchar Row;
    bool, "a boolean", Boolean;
    i8, "an integer of 8 bits", TinyInt;
    i16, "an integer of 16 bits", TinyInt SmallInt;
    i32, "an integer of 32 bits", TinyInt SmallInt Integer;
    i64, "an integer of 64 bits", TinyInt SmallInt Integer BigInt;
    f32, "a floating number of 32 bits", Real;
    f64, "a floating number of 64 bits", Real Double;
    BigDecimal, "a decimal", Decimal;
    LocalDate, "a date", Date;
    LocalTime, "a time", Time;
    LocalDateTime, "a timestamp", Timestamp;
    OffsetDateTime, "a timestamp with a time zone", TimestampWithTimeZone;
    Json, "JSON", Json;
    Data, "an object", Object;
}

impl<T: FromSql> FromSql for Option<T> {
    fn from_sql(value: &SqlValue) -> Result<Self, DataError> {
        match value {
            SqlValue::Null => Ok(None),
            value => T::from_sql(value).map(Some),
        }
    }
}

impl FromSql for SqlValue {
    fn from_sql(value: &SqlValue) -> Result<Self, DataError> {
        Ok(value.clone())
    }
}
