//! Values and their types. `Value` is owned and kept; `Datum` is borrowed and lives for one evaluation.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::time::{Duration, Timestamp};

/// A map value: text keys, read by `m["k"]`.
pub type Map = BTreeMap<Arc<str>, Value>;

/// The kinds of data the language knows.
///
/// ```
/// use cep_core::event::DataType;
///
/// assert_eq!(DataType::List(Box::new(DataType::Int)).to_string(), "list<int>");
/// assert_eq!(DataType::Float.nullable().to_string(), "float?");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum DataType {
    /// The type of the literal `null` and of the elements of `[]`: fits every type.
    Null,
    /// `true` or `false`.
    Bool,
    /// 64-bit signed integer.
    Int,
    /// 64-bit IEEE number; never NaN or infinite in a program.
    Float,
    /// UTF-8 text.
    String,
    /// Milliseconds since the epoch.
    Timestamp,
    /// Milliseconds.
    Duration,
    /// Values of one type in order.
    List(Box<DataType>),
    /// Values of one type under text keys.
    Map(Box<DataType>),
}

/// A data type, and whether null may stand in its place (`T?`).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Type {
    /// What it holds when it holds something.
    pub data: DataType,
    /// Whether it may be null or absent.
    pub nullable: bool,
}

impl DataType {
    /// This type, never null.
    #[must_use]
    pub fn required(self) -> Type {
        Type { data: self, nullable: false }
    }

    /// This type or null.
    #[must_use]
    pub fn nullable(self) -> Type {
        Type { data: self, nullable: true }
    }

    /// Whether it is `int` or `float`.
    #[must_use]
    pub fn is_numeric(&self) -> bool {
        matches!(self, Self::Int | Self::Float)
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Float => f.write_str("float"),
            Self::String => f.write_str("string"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Duration => f.write_str("duration"),
            Self::List(of) => write!(f, "list<{of}>"),
            Self::Map(of) => write!(f, "map<{of}>"),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.data, if self.nullable { "?" } else { "" })
    }
}

/// An owned value. Text, lists and maps are shared, so a clone is cheap.
///
/// ```
/// use cep_core::event::Value;
///
/// assert_eq!(Value::from(7), Value::Int(7));
/// assert_eq!(Value::from("x").to_string(), "\"x\"");
/// // Numbers that are not finite are null.
/// assert_eq!(Value::from(f64::NAN), Value::Null);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// Null or absent.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number; finite.
    Float(f64),
    /// Text.
    Str(Arc<str>),
    /// A point in time.
    Timestamp(Timestamp),
    /// A length of time.
    Duration(Duration),
    /// A list.
    List(Arc<[Value]>),
    /// A map.
    Map(Arc<Map>),
}

impl Value {
    /// The type this value shows; a list or map shows that of its first element.
    #[must_use]
    pub fn data_type(&self) -> DataType {
        let of = |first: Option<&Value>| Box::new(first.map_or(DataType::Null, Value::data_type));
        match self {
            Self::Null => DataType::Null,
            Self::Bool(_) => DataType::Bool,
            Self::Int(_) => DataType::Int,
            Self::Float(_) => DataType::Float,
            Self::Str(_) => DataType::String,
            Self::Timestamp(_) => DataType::Timestamp,
            Self::Duration(_) => DataType::Duration,
            Self::List(items) => DataType::List(of(items.first())),
            Self::Map(map) => DataType::Map(of(map.values().next())),
        }
    }

    /// Whether the value may stand in a column of `data`; an integer may stand for a float.
    #[must_use]
    pub fn fits(&self, data: &DataType) -> bool {
        match (self, data) {
            (Self::Null, _) | (Self::Int(_), DataType::Float) => true,
            (Self::List(items), DataType::List(of)) => items.iter().all(|item| item.fits(of)),
            (Self::Map(map), DataType::Map(of)) => map.values().all(|item| item.fits(of)),
            _ => self.data_type() == *data,
        }
    }

    /// The value, borrowed for an evaluation.
    #[must_use]
    pub fn as_datum(&self) -> Datum<'_> {
        match self {
            Self::Null => Datum::Null,
            Self::Bool(value) => Datum::Bool(*value),
            Self::Int(value) => Datum::Int(*value),
            Self::Float(value) => Datum::Float(*value),
            Self::Str(text) => Datum::Str(Cow::Borrowed(text)),
            Self::Timestamp(time) => Datum::Timestamp(*time),
            Self::Duration(length) => Datum::Duration(*length),
            Self::List(items) => Datum::List(Cow::Borrowed(items)),
            Self::Map(map) => Datum::Map(map),
        }
    }
}

/// Integers up to here, either sign, are exact as floats.
pub(crate) const EXACT: f64 = (1_u64 << 53) as f64;

/// An integer as a float, if that is exact.
pub(crate) fn exact(value: i64) -> Option<f64> {
    (value.unsigned_abs() <= 1 << 53).then_some(value as f64)
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<f64> for Value {
    /// A number that is not finite becomes null, as everywhere in the language.
    fn from(value: f64) -> Self {
        if value.is_finite() { Self::Float(value) } else { Self::Null }
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Str(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Str(value.into())
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Timestamp(value)
    }
}

impl From<Duration> for Value {
    fn from(value: Duration) -> Self {
        Self::Duration(value)
    }
}

/// A value as one evaluation sees it: borrowed from a column, a captured event or a literal where possible.
#[derive(Clone, PartialEq, Debug)]
pub enum Datum<'a> {
    /// Null or absent.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number; finite.
    Float(f64),
    /// Text.
    Str(Cow<'a, str>),
    /// A point in time.
    Timestamp(Timestamp),
    /// A length of time.
    Duration(Duration),
    /// A list.
    List(Cow<'a, [Value]>),
    /// A map.
    Map(&'a Map),
}

impl Datum<'_> {
    /// Whether this is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Two-valued truth: anything but `true` counts as false.
    #[must_use]
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    /// A float, or null where the number is not finite.
    #[must_use]
    pub fn finite(value: f64) -> Self {
        if value.is_finite() { Self::Float(value) } else { Self::Null }
    }

    /// The value of an `int` or `float`, as a float.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// The value, owned.
    #[must_use]
    pub fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Int(value) => Value::Int(value),
            Self::Float(value) => Value::Float(value),
            Self::Str(text) => Value::Str(text.into()),
            Self::Timestamp(time) => Value::Timestamp(time),
            Self::Duration(length) => Value::Duration(length),
            Self::List(items) => Value::List(items.into()),
            Self::Map(map) => Value::Map(Arc::new(map.clone())),
        }
    }
}
