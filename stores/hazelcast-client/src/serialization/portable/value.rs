//! The values that fields of Portable records have.

use super::record::{NestedPortable, NestedPortables, PortableRecord};
use super::{PortableField, PortableWriter};
use crate::serialization::{
    BigDecimal, DataError, Input, LocalDate, LocalDateTime, LocalTime, OffsetDateTime,
};

macro_rules! values {
    ($($kind:ident $type:ty;)*) => {
        /// The value of a field of a [`PortableRecord`], of the kind that its name says.
        ///
        /// ```
        /// use hazelcast_client::PortableValue;
        ///
        /// assert_eq!(PortableValue::from(7_i64), PortableValue::Long(7));
        /// assert_eq!(PortableValue::from("x"), PortableValue::String(Some("x".to_owned())));
        /// ```
        #[derive(Clone, PartialEq, Debug)]
        #[allow(missing_docs, reason = "values are what their kinds say")]
        #[non_exhaustive]
        pub enum PortableValue {
            $($kind($type),)*
        }

        $(
            impl From<$type> for PortableValue {
                fn from(value: $type) -> Self {
                    Self::$kind(value)
                }
            }
        )*

        impl PortableValue {
            /// The number of the kind of field that has it.
            pub(super) const fn kind(&self) -> u8 {
                match self {
                    $(Self::$kind(_) => <$type as PortableField>::KIND,)*
                }
            }

            pub(super) fn write(&self, name: &str, writer: &mut PortableWriter<'_, '_>) {
                match self {
                    $(Self::$kind(value) => writer.field(name, value),)*
                };
            }

            pub(super) fn read(kind: u8, input: &mut Input<'_>) -> Result<Self, DataError> {
                $(
                    if kind == <$type as PortableField>::KIND {
                        let value = <$type as PortableField>::get(kind, input)?;
                        return value.map(Self::$kind).ok_or(UNKNOWN);
                    }
                )*
                Err(UNKNOWN)
            }
        }
    };
}

const UNKNOWN: DataError = DataError::Malformed("a Portable field of an unknown kind");

values! {
    Portable NestedPortable;
    Byte i8;
    Boolean bool;
    Char u16;
    Short i16;
    Int i32;
    Long i64;
    Float f32;
    Double f64;
    String Option<String>;
    PortableArray NestedPortables;
    ByteArray Option<Vec<i8>>;
    BooleanArray Option<Vec<bool>>;
    CharArray Option<Vec<u16>>;
    ShortArray Option<Vec<i16>>;
    IntArray Option<Vec<i32>>;
    LongArray Option<Vec<i64>>;
    FloatArray Option<Vec<f32>>;
    DoubleArray Option<Vec<f64>>;
    StringArray Option<Vec<Option<String>>>;
    Decimal Option<BigDecimal>;
    DecimalArray Option<Vec<BigDecimal>>;
    Time Option<LocalTime>;
    TimeArray Option<Vec<LocalTime>>;
    Date Option<LocalDate>;
    DateArray Option<Vec<LocalDate>>;
    Timestamp Option<LocalDateTime>;
    TimestampArray Option<Vec<LocalDateTime>>;
    TimestampWithTimezone Option<OffsetDateTime>;
    TimestampWithTimezoneArray Option<Vec<OffsetDateTime>>;
}

impl From<String> for PortableValue {
    fn from(text: String) -> Self {
        Self::String(Some(text))
    }
}

impl From<&str> for PortableValue {
    fn from(text: &str) -> Self {
        Self::String(Some(text.to_owned()))
    }
}

impl From<PortableRecord> for PortableValue {
    fn from(record: PortableRecord) -> Self {
        Self::Portable(record.into())
    }
}
