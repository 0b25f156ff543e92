//! What stops a run.

use crate::event::Value;
use crate::ids::{PatternId, StageId};
use crate::time::Timestamp;

/// A pattern asked for the run to stop. Matches of earlier events have been delivered.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("pattern `{pattern_name}`{}, at {time}: {kind}{}", key_words(.key), stage_words(.stage_name.as_deref()))]
pub struct RunError {
    /// The pattern.
    pub pattern: PatternId,
    /// Its name.
    pub pattern_name: String,
    /// The stage skipped to, if any.
    pub stage_name: Option<String>,
    /// The key.
    pub key: Vec<Value>,
    /// The time reached.
    pub time: Timestamp,
    /// The match at fault, as positions of its events.
    pub events: Vec<u64>,
    /// Why.
    pub kind: RunErrorKind,
}

fn key_words(key: &[Value]) -> String {
    let values: Vec<_> = key.iter().map(Value::to_string).collect();
    if values.is_empty() { String::new() } else { format!(", key {}", values.join(", ")) }
}

fn stage_words(stage: Option<&str>) -> String {
    stage.map(|stage| format!(" (stage `{stage}`)")).unwrap_or_default()
}

/// Why a run stops.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunErrorKind {
    /// `skip to … or fail`, and the match has no such stage.
    #[error("a match has no event of the stage to skip to")]
    SkipTargetMissing {
        /// The stage.
        stage: Option<StageId>,
    },
    /// `skip to … or fail`, and the match starts there: it would be found again for ever.
    #[error("the stage to skip to is the first event of the match")]
    SkipToFirstEvent {
        /// The stage.
        stage: Option<StageId>,
    },
    /// `limit … fail`.
    #[error("the limit of {limit} partial matches a key is exceeded")]
    LimitExceeded {
        /// The limit.
        limit: u32,
    },
}
