//! What can be wrong with a value or its bytes.

/// A value that cannot be written, or bytes that are not the value that was asked for.
///
/// ```
/// use hazelcast_client::{DataError, Serializer};
///
/// let serializer = Serializer::new();
/// let data = serializer.to_data("seven").unwrap();
/// let error = serializer.to_value::<i32>(&data).unwrap_err();
/// assert_eq!(error, DataError::Type { expected: "an int", found: -11 });
/// ```
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The bytes are of another type.
    #[error("a value of type {found} where {expected} was expected")]
    Type {
        /// What was asked for.
        expected: &'static str,
        /// The number of the type that is there.
        found: i32,
    },
    /// Null, where the Rust type has no null: ask for an `Option`.
    #[error("null where {expected} was expected")]
    Null {
        /// What was asked for.
        expected: &'static str,
    },
    /// The bytes end too early.
    #[error("the bytes of a value end too early")]
    Short,
    /// A text is not UTF-8.
    #[error("a text is not UTF-8")]
    Text,
    /// A length, an offset or a number that cannot be.
    #[error("{0}")]
    Malformed(&'static str),
    /// A value is longer than members take.
    #[error("a value of {0} bytes is longer than members take")]
    Long(usize),
    /// A Compact value has a schema that this client does not know (yet).
    #[error("a Compact value has the unknown schema {0}")]
    UnknownSchema(i64),
    /// A field is not there, or of another kind.
    #[error("field `{field}` of `{type_name}`: {problem}")]
    Field {
        /// The type whose field it is.
        type_name: String,
        /// The field.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
    /// What an implementation of [`ToData`](crate::ToData), [`FromData`](crate::FromData), [`Compact`](crate::Compact) or
    /// [`Portable`](crate::Portable) says.
    #[error("{0}")]
    Custom(String),
}
