//! Values as the language writes them.

use std::fmt;

use super::value::Value;

/// Prints as the language writes it; a time stamp, which has no literal, as a conversion.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) if value.fract() == 0.0 && value.abs() < 1e15 => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Str(text) => write!(f, "{:?}", &**text),
            Self::Timestamp(time) => write!(f, "timestamp(\"{time}\")"),
            Self::Duration(length) => write!(f, "{length}"),
            Self::List(items) => {
                let items: Vec<_> = items.iter().map(Self::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Self::Map(map) => {
                let items: Vec<_> = map.iter().map(|(key, item)| format!("{key:?}: {item}")).collect();
                write!(f, "{{{}}}", items.join(", "))
            }
        }
    }
}
