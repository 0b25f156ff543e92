//! The kinds that fields of Compact types have.

/// The kind of a field. Its number is what schemas carry.
///
/// ```
/// assert_eq!(hazelcast_client::FieldKind::String.id(), 17);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs, reason = "kinds are what their names say")]
#[repr(i32)]
#[non_exhaustive]
pub enum FieldKind {
    Boolean = 1,
    ArrayOfBoolean = 2,
    Int8 = 3,
    ArrayOfInt8 = 4,
    Int16 = 7,
    ArrayOfInt16 = 8,
    Int32 = 9,
    ArrayOfInt32 = 10,
    Int64 = 11,
    ArrayOfInt64 = 12,
    Float32 = 13,
    ArrayOfFloat32 = 14,
    Float64 = 15,
    ArrayOfFloat64 = 16,
    String = 17,
    ArrayOfString = 18,
    Decimal = 19,
    ArrayOfDecimal = 20,
    Time = 21,
    ArrayOfTime = 22,
    Date = 23,
    ArrayOfDate = 24,
    Timestamp = 25,
    ArrayOfTimestamp = 26,
    TimestampWithTimezone = 27,
    ArrayOfTimestampWithTimezone = 28,
    Compact = 29,
    ArrayOfCompact = 30,
    NullableBoolean = 33,
    ArrayOfNullableBoolean = 34,
    NullableInt8 = 35,
    ArrayOfNullableInt8 = 36,
    NullableInt16 = 37,
    ArrayOfNullableInt16 = 38,
    NullableInt32 = 39,
    ArrayOfNullableInt32 = 40,
    NullableInt64 = 41,
    ArrayOfNullableInt64 = 42,
    NullableFloat32 = 43,
    ArrayOfNullableFloat32 = 44,
    NullableFloat64 = 45,
    ArrayOfNullableFloat64 = 46,
}

use FieldKind as K;

/// All kinds.
pub(crate) const KINDS: [FieldKind; 42] = [
    K::Boolean,
    K::ArrayOfBoolean,
    K::Int8,
    K::ArrayOfInt8,
    K::Int16,
    K::ArrayOfInt16,
    K::Int32,
    K::ArrayOfInt32,
    K::Int64,
    K::ArrayOfInt64,
    K::Float32,
    K::ArrayOfFloat32,
    K::Float64,
    K::ArrayOfFloat64,
    K::String,
    K::ArrayOfString,
    K::Decimal,
    K::ArrayOfDecimal,
    K::Time,
    K::ArrayOfTime,
    K::Date,
    K::ArrayOfDate,
    K::Timestamp,
    K::ArrayOfTimestamp,
    K::TimestampWithTimezone,
    K::ArrayOfTimestampWithTimezone,
    K::Compact,
    K::ArrayOfCompact,
    K::NullableBoolean,
    K::ArrayOfNullableBoolean,
    K::NullableInt8,
    K::ArrayOfNullableInt8,
    K::NullableInt16,
    K::ArrayOfNullableInt16,
    K::NullableInt32,
    K::ArrayOfNullableInt32,
    K::NullableInt64,
    K::ArrayOfNullableInt64,
    K::NullableFloat32,
    K::ArrayOfNullableFloat32,
    K::NullableFloat64,
    K::ArrayOfNullableFloat64,
];

/// What becomes of a value in the bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// A bit, never null.
    Bit,
    /// So many bytes, never null.
    Fixed(usize),
    /// As many bytes as it needs, or null.
    Variable,
}

impl FieldKind {
    /// The kind's number.
    ///
    /// ```
    /// assert_eq!(hazelcast_client::FieldKind::String.id(), 17);
    /// ```
    pub const fn id(self) -> i32 {
        self as i32
    }

    /// The kind of a number.
    ///
    /// ```
    /// use hazelcast_client::FieldKind;
    ///
    /// assert_eq!((FieldKind::from_id(17), FieldKind::from_id(0)), (Some(FieldKind::String), None));
    /// ```
    pub fn from_id(id: i32) -> Option<Self> {
        KINDS.into_iter().find(|kind| kind.id() == id)
    }

    pub(crate) const fn shape(self) -> Shape {
        match self {
            Self::Boolean => Shape::Bit,
            Self::Int8 => Shape::Fixed(1),
            Self::Int16 => Shape::Fixed(2),
            Self::Int32 | Self::Float32 => Shape::Fixed(4),
            Self::Int64 | Self::Float64 => Shape::Fixed(8),
            _ => Shape::Variable,
        }
    }

    /// The kind of an array's items, none where it is no array.
    ///
    /// ```
    /// use hazelcast_client::FieldKind;
    ///
    /// assert_eq!(FieldKind::ArrayOfString.item(), Some(FieldKind::String));
    /// ```
    pub fn item(self) -> Option<Self> {
        // Arrays have even numbers, and stand behind their items.
        if self.id() % 2 == 0 { Self::from_id(self.id() - 1) } else { None }
    }

    /// The kind that may be null, where this is one that may not and there is such a one.
    #[cfg(feature = "serde")]
    pub(crate) fn nullable(self) -> Self {
        KINDS.into_iter().find(|kind| *kind != self && kind.plain() == self).unwrap_or(self)
    }

    /// The kind that is never null, where this is one that may be and there is such a one.
    pub(crate) const fn plain(self) -> Self {
        match self {
            Self::NullableBoolean => Self::Boolean,
            Self::NullableInt8 => Self::Int8,
            Self::NullableInt16 => Self::Int16,
            Self::NullableInt32 => Self::Int32,
            Self::NullableInt64 => Self::Int64,
            Self::NullableFloat32 => Self::Float32,
            Self::NullableFloat64 => Self::Float64,
            Self::ArrayOfNullableBoolean => Self::ArrayOfBoolean,
            Self::ArrayOfNullableInt8 => Self::ArrayOfInt8,
            Self::ArrayOfNullableInt16 => Self::ArrayOfInt16,
            Self::ArrayOfNullableInt32 => Self::ArrayOfInt32,
            Self::ArrayOfNullableInt64 => Self::ArrayOfInt64,
            Self::ArrayOfNullableFloat32 => Self::ArrayOfFloat32,
            Self::ArrayOfNullableFloat64 => Self::ArrayOfFloat64,
            other => other,
        }
    }
}
