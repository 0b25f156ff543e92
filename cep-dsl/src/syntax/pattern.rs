//! The tree of a pattern: inputs, sequence, clauses.

use super::expr::Expr;
use super::item::{Assign, Keys, Name, Text};
use crate::source::Span;

/// `pattern name on inputs { sequence clauses }`
#[derive(Clone, PartialEq, Debug)]
pub struct Pattern {
    /// Its name.
    pub name: Name,
    /// The streams it reads.
    pub inputs: Vec<Input>,
    /// The opening brace.
    pub open: Span,
    /// Its stages and groups.
    pub sequence: Sequence,
    /// What follows them.
    pub clauses: Clauses,
    /// The closing brace.
    pub close: Span,
}

/// `stream by keys`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Input {
    /// The stream.
    pub stream: Name,
    /// The fields that make the key.
    pub by: Option<Keys>,
    /// Where.
    pub span: Span,
}

/// Steps in text order; the first is a `begin`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sequence {
    /// The steps.
    pub steps: Vec<Step>,
}

/// A connector and what it leads to.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// How it follows the step before.
    pub connector: Connector,
    /// The stage or group.
    pub target: Target,
    /// Where.
    pub span: Span,
}

/// `followed within 5m by any`
#[derive(Clone, PartialEq, Debug)]
pub struct Connector {
    /// Which.
    pub kind: ConnectorKind,
    /// The gap inside it.
    pub gap: Option<Gap>,
    /// Where.
    pub span: Span,
}

/// The connectors.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ConnectorKind {
    /// `begin`
    Begin,
    /// `next`
    Next,
    /// `followed by`
    FollowedBy,
    /// `followed by any`
    FollowedByAny,
    /// `not next`
    NotNext,
    /// `not followed by`
    NotFollowedBy,
}

impl ConnectorKind {
    /// Whether it says what must not happen.
    #[must_use]
    pub fn is_negated(self) -> bool {
        matches!(self, Self::NotNext | Self::NotFollowedBy)
    }

    /// As written, without a gap.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::Next => "next",
            Self::FollowedBy => "followed by",
            Self::FollowedByAny => "followed by any",
            Self::NotNext => "not next",
            Self::NotFollowedBy => "not followed by",
        }
    }
}

/// `within 5m` inside a connector.
#[derive(Clone, PartialEq, Debug)]
pub struct Gap {
    /// How long.
    pub length: Length,
    /// Where.
    pub span: Span,
}

/// Written as a literal, or as the name of a const.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Valued<T> {
    /// The value.
    Literal(T, Span),
    /// A const.
    Const(Name),
}

/// A duration in milliseconds.
pub type Length = Valued<i64>;

/// A number of events or partial matches.
pub type Count = Valued<i64>;

impl<T> Valued<T> {
    /// Where.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Literal(_, span) => *span,
            Self::Const(name) => name.span,
        }
    }
}

/// A stage or group with its modifiers.
#[derive(Clone, PartialEq, Debug)]
pub struct Target {
    /// The stage or group.
    pub body: Body,
    /// How often it occurs.
    pub modifiers: Modifiers,
    /// The stop condition of a loop.
    pub until: Option<Expr>,
    /// Where.
    pub span: Span,
}

/// What stands at a step.
#[derive(Clone, PartialEq, Debug)]
pub enum Body {
    /// A stage.
    Stage(Stage),
    /// `( sequence )`
    Group {
        /// The opening parenthesis.
        open: Span,
        /// What is inside.
        sequence: Sequence,
        /// The closing parenthesis.
        close: Span,
    },
}

/// `name: stream … where condition`
#[derive(Clone, PartialEq, Debug)]
pub struct Stage {
    /// Its name.
    pub name: Name,
    /// The only input whose events it takes.
    pub stream: Option<Name>,
    /// What an event must satisfy.
    pub condition: Option<Expr>,
}

/// The modifiers of a stage or group: a set, so their order is not kept.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Modifiers {
    /// How many occurrences.
    pub repeat: Option<Repeat>,
    /// `at most … apart`
    pub apart: Option<Apart>,
    /// Where `optional` stands.
    pub optional: Option<Span>,
    /// Where `greedy` stands.
    pub greedy: Option<Span>,
    /// `consecutive` or `allow combinations`
    pub inner: Option<InnerModifier>,
}

/// A quantifier.
#[derive(Clone, PartialEq, Debug)]
pub struct Repeat {
    /// Which.
    pub kind: RepeatKind,
    /// Where.
    pub span: Span,
}

/// The quantifiers.
#[derive(Clone, PartialEq, Debug)]
pub enum RepeatKind {
    /// `one or more`
    OneOrMore,
    /// `times n`
    Times(Count),
    /// `times n to m`
    Range(Count, Count),
    /// `times n or more`
    OrMore(Count),
}

/// `at most d apart`
#[derive(Clone, PartialEq, Debug)]
pub struct Apart {
    /// How long.
    pub length: Length,
    /// Where.
    pub span: Span,
}

/// How repetitions follow one another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Inner {
    /// `consecutive`
    Consecutive,
    /// `allow combinations`
    Combinations,
}

/// `consecutive` or `allow combinations` and its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InnerModifier {
    /// Which.
    pub kind: Inner,
    /// Where.
    pub span: Span,
}

/// What follows the sequence; emits in text order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Clauses {
    /// `within …`
    pub within: Option<Within>,
    /// `after match …`
    pub skip: Option<SkipClause>,
    /// `limit …`
    pub limit: Option<Limit>,
    /// `emit …`
    pub emits: Vec<Emit>,
    /// `on timeout emit …`
    pub timeout_emits: Vec<Emit>,
}

/// `within d`
#[derive(Clone, PartialEq, Debug)]
pub struct Within {
    /// How long.
    pub length: Length,
    /// Where.
    pub span: Span,
}

/// `after match …`
#[derive(Clone, PartialEq, Debug)]
pub struct SkipClause {
    /// What is skipped.
    pub kind: Skip,
    /// Where.
    pub span: Span,
}

/// What a match does to overlapping partial matches.
#[derive(Clone, PartialEq, Debug)]
pub enum Skip {
    /// `no skip`
    NoSkip,
    /// `skip to next`
    ToNext,
    /// `skip past last event`
    PastLastEvent,
    /// `skip to first stage`
    ToFirst {
        /// The stage.
        stage: Name,
        /// Where `or fail` stands, if it does.
        or_fail: Option<Span>,
    },
    /// `skip to last stage`
    ToLast {
        /// The stage.
        stage: Name,
        /// Where `or fail` stands, if it does.
        or_fail: Option<Span>,
    },
}

/// `limit n partial matches per key …`
#[derive(Clone, PartialEq, Debug)]
pub struct Limit {
    /// How many.
    pub count: Count,
    /// What happens above it.
    pub overflow: Overflow,
    /// Where.
    pub span: Span,
}

/// What happens above a limit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Overflow {
    /// `drop oldest`
    DropOldest,
    /// `drop newest`
    DropNewest,
    /// `fail`
    Fail,
}

/// `emit name { … } to "…"`
#[derive(Clone, PartialEq, Debug)]
pub struct Emit {
    /// The stream it goes to.
    pub name: Name,
    /// Its columns.
    pub object: Object,
    /// Where else it goes.
    pub to: Option<Text>,
    /// Where.
    pub span: Span,
}

/// `{ name: expr, … }`
#[derive(Clone, PartialEq, Debug)]
pub struct Object {
    /// The columns.
    pub assigns: Vec<Assign>,
    /// Where, braces included.
    pub span: Span,
}
