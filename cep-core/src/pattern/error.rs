//! Why a pattern is rejected: the malformed patterns that Flink rejects too.

use std::fmt;

/// A pattern that cannot mean anything.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("pattern `{pattern}`: {kind}{}", At(.stage.as_deref()))]
pub struct PatternError {
    /// The pattern's name.
    pub pattern: String,
    /// The stage at fault; none where it is a group or the pattern as a whole.
    pub stage: Option<String>,
    /// What is wrong.
    pub kind: PatternErrorKind,
}

struct At<'a>(Option<&'a str>);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |stage| write!(f, ", at stage `{stage}`"))
    }
}

/// What is wrong with a pattern.
#[derive(Clone, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PatternErrorKind {
    /// A sequence without a stage.
    #[error("a sequence needs at least one stage")]
    EmptySequence,
    /// `begin` anywhere but first, or anything else there.
    #[error("a sequence starts with `begin`, and only there")]
    MisplacedBegin,
    /// Two stages of one name.
    #[error("two stages have the same name")]
    DuplicateStage,
    /// An empty stage name.
    #[error("a stage needs a name")]
    EmptyName,
    /// `not followed by` at the end without anything that ends the wait.
    #[error("`not followed by` at the end needs a window to wait for")]
    TrailingNotWithoutWindow,
    /// `skip to` a stage that is not there.
    #[error("`skip to` names `{0}`, which is not a top-level stage")]
    UnknownSkipTarget(String),
    /// A gap or loop window larger than the whole window.
    #[error("a gap of {gap} is longer than the whole window of {window}")]
    GapExceedsWindow {
        /// The gap or loop window, as written.
        gap: String,
        /// The whole-pattern window in force.
        window: String,
    },
    /// `optional` directly after a greedy stage.
    #[error("an optional stage cannot follow a greedy one")]
    OptionalAfterGreedy,
    /// `consecutive` or `allow combinations` without a loop, or both.
    #[error("`consecutive` and `allow combinations` belong to a loop, one of them at most")]
    InnerWithoutLoop,
    /// `greedy` where it has no meaning.
    #[error("`greedy` belongs to a looping stage that does not allow combinations")]
    MisplacedGreedy,
    /// The same modifier, or two numbers of occurrences.
    #[error("`{0}` is said twice")]
    RepeatedModifier(&'static str),
    /// A modifier on a negated stage.
    #[error("a negated stage occurs once and is never optional")]
    QuantifiedNegation,
    /// A negated group.
    #[error("a group cannot be negated")]
    NegatedGroup,
    /// `until` without a loop.
    #[error("`until` belongs to a loop without upper bound")]
    MisplacedUntil,
    /// A second `until`.
    #[error("a loop has one `until`")]
    RepeatedUntil,
    /// A negation after a stage that may be absent.
    #[error("a negation cannot follow a stage that may be absent")]
    NegationAfterOptional,
    /// A condition on a group.
    #[error("a group has no condition of its own")]
    ConditionOnGroup,
    /// Times that cannot be.
    #[error("`times {from} to {to}` is no range of occurrences")]
    BadTimes {
        /// The least number.
        from: i64,
        /// The greatest number.
        to: i64,
    },
    /// A loop window where there is no loop.
    #[error("`at most … apart` belongs to a loop")]
    ApartWithoutLoop,
    /// A window that is not positive.
    #[error("a window must be longer than zero")]
    EmptyWindow,
}
