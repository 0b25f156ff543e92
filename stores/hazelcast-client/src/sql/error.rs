//! What SQL says is wrong.

use uuid::Uuid;

use super::wire::WireSqlError;
use crate::error::{Error, ErrorKind};

/// Why a query was not carried out, as the member says it: the source of the [`Error`].
///
/// ```
/// use std::error::Error as _;
/// use hazelcast_client::{Error, SqlError};
///
/// fn suggestion(error: &Error) -> Option<&str> {
///     error.source()?.downcast_ref::<SqlError>()?.suggestion.as_deref()
/// }
/// ```
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct SqlError {
    /// The number of the error, which is SQL's own: 1008 where the text is wrong, 1010 where there is no such map.
    pub code: i32,
    /// What is wrong.
    pub message: String,
    /// What would mend it, such as the statement that makes a mapping.
    pub suggestion: Option<String>,
    /// The member where it went wrong.
    pub member: Uuid,
}

/// What passes: connections within the cluster that were lost, partitions that moved, members that came or went, maps that are
/// being loaded, time that was over, and what this client has cancelled.
const FOR_NOW: [i32; 7] = [1001, 1003, 1004, 1005, 1007, 1011, 1012];

/// What the caller is told: a statement that changes something may have changed a part when it failed.
pub(super) fn told(error: WireSqlError, may_change: bool) -> Error {
    let WireSqlError { code, member, message, suggestion } = error;
    let kind = match (FOR_NOW.contains(&code), may_change) {
        (false, _) => ErrorKind::Refused,
        (true, false) => ErrorKind::Unavailable,
        (true, true) => ErrorKind::Indeterminate,
    };
    let message = message.unwrap_or_else(|| "no message".to_owned());
    let text = match &suggestion {
        Some(suggestion) => format!("SQL: {message}; it would help: {suggestion}"),
        None => format!("SQL: {message}"),
    };
    Error::new(kind, text).with_code(code).with_source(SqlError { code, message, suggestion, member })
}
