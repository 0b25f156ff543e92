//! Why definitions do not make a program. The language reports these with spans before they get here; users of the
//! builder meet them directly.

use crate::expr::TypeError;
use crate::pattern::PatternError;

/// One mistake in the definitions of a program.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("{place}: {kind}")]
pub struct CompileError {
    /// The definition at fault, for people: "pattern `fraud`, stage `large`".
    pub place: String,
    /// What is wrong.
    pub kind: CompileErrorKind,
}

/// What is wrong with a definition.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileErrorKind {
    /// The pattern is malformed.
    #[error(transparent)]
    Malformed(#[from] PatternError),
    /// Two things of one kind share a name.
    #[error("`{0}` is defined twice")]
    Duplicate(String),
    /// Two functions of the host that nothing tells apart.
    #[error("two functions of the host are called `{0}`")]
    FunctionsAlike(String),
    /// A name that nothing has.
    #[error("there is no {what} `{name}`")]
    Unknown {
        /// The kind of thing looked for.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Operands that do not fit.
    #[error("`{operation}`: {error}")]
    Type {
        /// The operator or function.
        operation: String,
        /// Why.
        error: TypeError,
    },
    /// A condition that is no condition.
    #[error("a condition is of type bool, this is `{0}`")]
    NotACondition(String),
    /// A regular expression that is not a literal, or not one at all.
    #[error("bad regular expression: {0}")]
    Regex(String),
    /// Keys that do not agree.
    #[error("the inputs' keys differ in number or type")]
    KeyMismatch,
    /// Inputs that order equal times differently.
    #[error("the inputs' tie-break fields differ")]
    TieBreakMismatch,
    /// A pattern without inputs.
    #[error("a pattern reads at least one stream")]
    NoInput,
    /// Emits of one name with different columns.
    #[error("stream `{0}` is emitted with different columns")]
    EmitMismatch(String),
    /// A column that is there already.
    #[error("column `{0}` is there already")]
    ColumnTaken(String),
    /// Derived and emitted streams that need each other.
    #[error("it depends on itself")]
    Cycle,
    /// A setting without a value.
    #[error("the parameter has no value")]
    MissingParam,
    /// A setting of the wrong type.
    #[error("the parameter is of type `{expected}`, `{found}` was given")]
    ParamType {
        /// The declared type.
        expected: String,
        /// The value's type.
        found: String,
    },
    /// A time field of another type.
    #[error("`{0}` is not of type timestamp")]
    NotATime(String),
    /// More states or transitions than a pattern may have.
    #[error("the pattern has too many states or transitions ({0})")]
    TooLarge(usize),
}

/// Errors of one place.
pub(crate) fn at(place: impl Into<String>, kind: impl Into<CompileErrorKind>) -> CompileError {
    CompileError { place: place.into(), kind: kind.into() }
}
