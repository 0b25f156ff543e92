//! What an attempt can end with, and whether another one may follow.

use crate::codec::{CodecError, Repeat, WireError};
use crate::error::{Error, ErrorKind};

/// Why an attempt brought no answer.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// Nothing was sent.
    NotSent(String),
    /// It was on its way when the connection was lost, or when time was up.
    Lost(String),
    /// A member answered with an error.
    Refused(Vec<WireError>),
    /// The answer is none.
    Broken(CodecError),
}

/// Codes after which a request was not carried out, and another member may do it: instance not active, caller not a member,
/// partition migrating, retryable errors, target not a member, wrong target, target no replica, cannot replicate.
const ELSEWHERE: [i32; 9] = [19, 8, 39, 46, 47, 53, 62, 82, 90];

/// Codes after which nobody knows: member left, target disconnected, indeterminate state.
const UNKNOWN: [i32; 3] = [33, 52, 80];

/// A member that is going away.
const NOT_ACTIVE: i32 = 19;

impl Failure {
    /// Whether another attempt may follow.
    pub(crate) fn may_repeat(&self, repeat: Repeat) -> bool {
        match self {
            Self::NotSent(_) => true,
            Self::Lost(_) => repeat == Repeat::Safe,
            Self::Refused(_) => match self.code() {
                Some(code) if ELSEWHERE.contains(&code) => true,
                Some(code) if UNKNOWN.contains(&code) => repeat == Repeat::Safe,
                _ => false,
            },
            Self::Broken(_) => false,
        }
    }

    pub(crate) fn code(&self) -> Option<i32> {
        match self {
            Self::Refused(errors) => errors.first().map(|error| error.code),
            _ => None,
        }
    }

    /// What the caller is told of a request of this name.
    pub(crate) fn into_error(self, name: &str) -> Error {
        match self {
            Self::NotSent(why) => Error::new(ErrorKind::Unavailable, format!("{name}: {why}")),
            Self::Lost(why) => Error::new(
                ErrorKind::Indeterminate,
                format!("{name}: {why}; it is not known whether it was carried out"),
            ),
            Self::Refused(errors) => refused(name, &errors),
            Self::Broken(error) => {
                Error::new(ErrorKind::Protocol, format!("{name}: the answer is none: {error}"))
                    .with_source(error)
            }
        }
    }
}

fn refused(name: &str, errors: &[WireError]) -> Error {
    let Some(first) = errors.first() else {
        return Error::new(ErrorKind::Protocol, format!("{name}: an error without an error"));
    };
    let kind = match first.code {
        code if code == NOT_ACTIVE || ELSEWHERE.contains(&code) => ErrorKind::Unavailable,
        code if UNKNOWN.contains(&code) => ErrorKind::Indeterminate,
        _ => ErrorKind::Refused,
    };
    let told =
        |error: &WireError| format!("{}: {}", error.class, error.message.as_deref().unwrap_or("no message"));
    // The first says what, the last says why.
    let why = errors[1..].last().map(|cause| format!("; caused by {}", told(cause))).unwrap_or_default();
    Error::new(kind, format!("{name}: {}{why}", told(first))).with_code(first.code)
}
