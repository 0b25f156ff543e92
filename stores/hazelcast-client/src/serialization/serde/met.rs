//! A value of a field as serde tells it, and the same as the kind that the field has.

use crate::serialization::compact::{FieldKind, Record, RecordValue};
use RecordValue as V;

/// What serde tells.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Met {
    Null,
    Boolean(bool),
    /// And the kind that its type has.
    Integer(i64, FieldKind),
    Float32(f32),
    Float64(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Met>),
    Struct(Record),
}

type Converted<T> = Result<T, String>;

/// A type of Rust that a kind of field has.
trait Item: Sized {
    fn from_met(met: Met) -> Converted<Self>;
}

fn wrong<T>(met: &Met, wanted: &str) -> Converted<T> {
    Err(format!("{} where {wanted} was to be expected", met.name()))
}

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl Item for $type {
            fn from_met(met: Met) -> Converted<Self> {
                match met {
                    Met::Integer(number, _) => {
                        number.try_into().map_err(|_| format!("{number} is no {}", stringify!($type)))
                    }
                    other => wrong(&other, "a whole number"),
                }
            }
        }
    )*};
}

integers!(i16 i32 i64);

impl Item for i8 {
    fn from_met(met: Met) -> Converted<Self> {
        match met {
            // Bytes without a sign have the same bits.
            Met::Integer(number @ 128..=255, FieldKind::Int16) => Ok(number as u8 as Self),
            Met::Integer(number, _) => number.try_into().map_err(|_| format!("{number} is no byte")),
            other => wrong(&other, "a byte"),
        }
    }
}

macro_rules! items {
    ($($type:ty, $met:ident, $told:literal;)*) => {$(
        impl Item for $type {
            fn from_met(met: Met) -> Converted<Self> {
                match met {
                    Met::$met(value) => Ok(value),
                    other => wrong(&other, $told),
                }
            }
        }
    )*};
}

items! {
    bool, Boolean, "a truth value";
    f32, Float32, "a float32";
    f64, Float64, "a float64";
    String, Text, "a text";
    Record, Struct, "a struct";
}

fn optional<T: Item>(met: Met) -> Converted<Option<T>> {
    if met == Met::Null { Ok(None) } else { T::from_met(met).map(Some) }
}

fn list<T>(met: Met, item: impl Fn(Met) -> Converted<T>) -> Converted<Option<Vec<T>>> {
    match met {
        Met::Null => Ok(None),
        Met::List(items) => items.into_iter().map(item).collect::<Result<_, _>>().map(Some),
        other => wrong(&other, "a list"),
    }
}

fn plain<T: Item>(met: Met) -> Converted<Option<Vec<T>>> {
    list(met, T::from_met)
}

fn nullable<T: Item>(met: Met) -> Converted<Option<Vec<Option<T>>>> {
    list(met, optional)
}

impl Met {
    fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a truth value",
            Self::Integer(..) => "a whole number",
            Self::Float32(_) | Self::Float64(_) => "a floating number",
            Self::Text(_) => "a text",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "a list",
            Self::Struct(_) => "a struct",
        }
    }

    /// The kind of a field that has it, as far as the value tells.
    pub(super) fn kind(&self) -> Option<FieldKind> {
        use FieldKind as K;
        Some(match self {
            Self::Null => return None,
            Self::Boolean(_) => K::Boolean,
            Self::Integer(_, kind) => *kind,
            Self::Float32(_) => K::Float32,
            Self::Float64(_) => K::Float64,
            Self::Text(_) => K::String,
            Self::Bytes(_) => K::ArrayOfInt8,
            Self::Struct(_) => K::Compact,
            Self::List(items) => {
                let item = items.iter().find_map(Self::kind)?;
                let is_full = items.iter().all(|item| *item != Self::Null);
                // Arrays stand behind their items.
                let array = FieldKind::from_id(item.id() + 1)?;
                if is_full { array } else { array.nullable() }
            }
        })
    }

    /// The same as a field of this kind has it.
    pub(super) fn into_value(self, kind: FieldKind) -> Converted<RecordValue> {
        use FieldKind as K;
        Ok(match kind {
            K::Boolean => V::Boolean(Item::from_met(self)?),
            K::Int8 => V::Int8(Item::from_met(self)?),
            K::Int16 => V::Int16(Item::from_met(self)?),
            K::Int32 => V::Int32(Item::from_met(self)?),
            K::Int64 => V::Int64(Item::from_met(self)?),
            K::Float32 => V::Float32(Item::from_met(self)?),
            K::Float64 => V::Float64(Item::from_met(self)?),
            K::NullableBoolean => V::NullableBoolean(optional(self)?),
            K::NullableInt8 => V::NullableInt8(optional(self)?),
            K::NullableInt16 => V::NullableInt16(optional(self)?),
            K::NullableInt32 => V::NullableInt32(optional(self)?),
            K::NullableInt64 => V::NullableInt64(optional(self)?),
            K::NullableFloat32 => V::NullableFloat32(optional(self)?),
            K::NullableFloat64 => V::NullableFloat64(optional(self)?),
            K::String => V::String(optional(self)?),
            K::Compact => V::Compact(optional(self)?),
            K::ArrayOfInt8 => match self {
                Self::Bytes(bytes) => V::ArrayOfInt8(Some(bytes.into_iter().map(u8::cast_signed).collect())),
                other => V::ArrayOfInt8(plain(other)?),
            },
            other => return self.into_list(other),
        })
    }

    fn into_list(self, kind: FieldKind) -> Converted<RecordValue> {
        use FieldKind as K;
        Ok(match kind {
            K::ArrayOfBoolean => V::ArrayOfBoolean(plain(self)?),
            K::ArrayOfInt16 => V::ArrayOfInt16(plain(self)?),
            K::ArrayOfInt32 => V::ArrayOfInt32(plain(self)?),
            K::ArrayOfInt64 => V::ArrayOfInt64(plain(self)?),
            K::ArrayOfFloat32 => V::ArrayOfFloat32(plain(self)?),
            K::ArrayOfFloat64 => V::ArrayOfFloat64(plain(self)?),
            K::ArrayOfNullableBoolean => V::ArrayOfNullableBoolean(nullable(self)?),
            K::ArrayOfNullableInt8 => V::ArrayOfNullableInt8(nullable(self)?),
            K::ArrayOfNullableInt16 => V::ArrayOfNullableInt16(nullable(self)?),
            K::ArrayOfNullableInt32 => V::ArrayOfNullableInt32(nullable(self)?),
            K::ArrayOfNullableInt64 => V::ArrayOfNullableInt64(nullable(self)?),
            K::ArrayOfNullableFloat32 => V::ArrayOfNullableFloat32(nullable(self)?),
            K::ArrayOfNullableFloat64 => V::ArrayOfNullableFloat64(nullable(self)?),
            K::ArrayOfString => V::ArrayOfString(nullable(self)?),
            K::ArrayOfCompact => V::ArrayOfCompact(nullable(self)?),
            other => return Err(format!("serde has nothing of the kind {other:?}")),
        })
    }
}
