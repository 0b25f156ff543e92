//! Why an event was not taken.

use cep_core::expr::Panicked;
use cep_core::runtime::RunError;

use crate::serde::RowError;

/// Why an event was not taken, or the run has to stop.
///
/// ```
/// # use serde_json::json;
/// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
/// # let mut matcher = program.matcher();
/// use cep::{PushError, RowError};
///
/// match matcher.push("s", &json!({ "n": "seven", "ts": 1 })) {
///     Err(PushError::Event { error: RowError::Type { field, .. }, .. }) => assert_eq!(field, "n"),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// There is no such stream, or its events are made here: derived from others, or emitted by a pattern.
    #[error("`{0}` is no stream that the program declares")]
    NoStream(String),
    /// The event does not fit its stream. It has not been taken; all others have.
    #[error("an event of `{stream}`: {error}")]
    Event {
        /// The stream.
        stream: String,
        /// What is wrong.
        error: RowError,
    },
    /// The stream is declared without event time.
    #[error("`{0}` has no field with its time: use `push_at`")]
    NoTime(String),
    /// A pattern asks for the run to stop: a skip strategy with `or fail`, or a limit with `fail`. What was found before is
    /// there for [`Matcher::matches`](crate::Matcher::matches).
    #[error(transparent)]
    Stopped(#[from] RunError),
    /// A function of yours panicked. The matcher takes nothing more, and says this again; what was found before is there for
    /// [`Matcher::matches`](crate::Matcher::matches).
    #[error(transparent)]
    Function(#[from] Panicked),
}
