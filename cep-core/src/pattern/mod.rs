//! Patterns and the definitions around them, with names: what the builder and the language produce and the
//! compiler takes. Nothing here runs.

mod builder;
mod definitions;
mod draining;
mod error;
mod validate;

pub use builder::{GroupBuilder, PatternBuilder};
pub use definitions::{
    Definitions, DerivedStream, Emit, Input, Param, StreamDef, StreamTime, TableDef, TieBreak,
};
pub(crate) use draining::change_expression;
pub use draining::{draining_name, plain_name};
pub use error::{PatternError, PatternErrorKind};
pub use validate::validate;

use crate::event::Value;
use crate::expr::Expr;
use crate::time::Duration;

/// A pattern over the time-ordered merge of its inputs, one matcher a key.
#[derive(Clone, PartialEq, Debug)]
pub struct Pattern {
    /// Unique among the program's patterns.
    pub name: String,
    /// The streams it reads, and the fields that make the key.
    pub inputs: Vec<Input>,
    /// Its stages and groups in order.
    pub sequence: Vec<Element>,
    /// The whole-pattern window (Flink's `within(d)`): exclusive, from the first to the last event.
    pub within: Option<Duration>,
    /// What a match does to partial matches that overlap it.
    pub skip: Skip,
    /// The bound on partial matches of one key.
    pub limit: Option<Limit>,
    /// Records made of each match, in order.
    pub emits: Vec<Emit>,
    /// Records made of each partial match dropped by a window, in order.
    pub timeout_emits: Vec<Emit>,
    /// Free metadata carried on every match.
    pub metadata: Vec<(String, Value)>,
    /// The doc comment.
    pub doc: Option<String>,
    /// Whether it is the earlier form of a pattern, and what is in flight of it runs out: no event starts a partial match,
    /// and none is late for it.
    pub draining: bool,
}

/// A stage or a group with everything said about it.
#[derive(Clone, PartialEq, Debug)]
pub struct Element {
    /// How it follows the element before it.
    pub contiguity: Contiguity,
    /// The stage, or the group's inner sequence.
    pub body: Body,
    /// How often it occurs.
    pub quantifier: Quantifier,
    /// The stop condition of a loop.
    pub until: Option<Expr>,
    /// The gap window to the previous matched event (Flink's `within(d, PREVIOUS_AND_CURRENT)`).
    pub gap: Option<Duration>,
    /// A whole-pattern window written at this element (Flink's `within(d, FIRST_AND_LAST)`); the least one counts.
    pub window: Option<Duration>,
}

/// What stands in an element's place.
#[derive(Clone, PartialEq, Debug)]
pub enum Body {
    /// A stage.
    Stage {
        /// Its name.
        name: String,
        /// The only input whose events it takes, where it names one (Flink's `subtype`).
        stream: Option<String>,
        /// What an event must satisfy; none accepts every event.
        condition: Option<Expr>,
    },
    /// A group (Flink's `GroupPattern`).
    Group(Vec<Element>),
}

/// How an element follows the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Contiguity {
    /// The first element of a sequence.
    Begin,
    /// Strict: the very next event.
    Next,
    /// Relaxed: the next event that fits, others are ignored.
    FollowedBy,
    /// Non-deterministic relaxed: any later event that fits.
    FollowedByAny,
    /// The very next event must not fit.
    NotNext,
    /// No event may fit before the next element does (or, at the end, before the window closes).
    NotFollowedBy,
}

impl Contiguity {
    /// Whether the element says what must not happen.
    #[must_use]
    pub fn is_negated(self) -> bool {
        matches!(self, Self::NotNext | Self::NotFollowedBy)
    }

    /// The connector as the language writes it.
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

/// How often an element occurs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Quantifier {
    /// The number of occurrences.
    pub repeat: Repeat,
    /// Whether it may be left out.
    pub optional: bool,
    /// Whether events its loop accepts are withheld from the following stage.
    pub greedy: bool,
    /// The contiguity between repetitions.
    pub inner: Inner,
    /// The loop window (the Duration argument of Flink's `times` and `oneOrMore`).
    pub apart: Option<Duration>,
}

/// The number of occurrences.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Repeat {
    /// Exactly one, no loop.
    #[default]
    Once,
    /// Between `from` and `to`, both included; `from` 0 is optional 1.
    Times {
        /// The least number.
        from: u32,
        /// The greatest number.
        to: u32,
    },
    /// At least that many.
    AtLeast(u32),
}

/// The contiguity between the repetitions of a loop.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Inner {
    /// As `followed by`.
    #[default]
    Relaxed,
    /// As `next`.
    Consecutive,
    /// As `followed by any`.
    Combinations,
}

/// What a match does to the partial matches that overlap it (Flink's `AfterMatchSkipStrategy`).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum Skip {
    /// Nothing: every possible match is found.
    #[default]
    NoSkip,
    /// Drops those that start with the same event.
    ToNext,
    /// Drops those that start before the match ends.
    PastLastEvent,
    /// Drops those that start before the first event of a stage.
    ToFirst {
        /// The stage.
        stage: String,
        /// Whether a match without that stage, or starting with it, fails the run.
        or_fail: bool,
    },
    /// Drops those that start before the last event of a stage.
    ToLast {
        /// The stage.
        stage: String,
        /// Whether a match without that stage, or starting with it, fails the run.
        or_fail: bool,
    },
}

/// The bound on partial matches of one key, the start state not counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Limit {
    /// The greatest number that may live after an event.
    pub partial_matches: u32,
    /// What happens to those above it.
    pub overflow: Overflow,
}

/// What happens to partial matches above a limit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Overflow {
    /// The earliest started are dropped and counted.
    DropOldest,
    /// The latest started are dropped and counted.
    DropNewest,
    /// The run stops with an error.
    Fail,
}

impl Element {
    /// The stage's name; groups have none.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match &self.body {
            Body::Stage { name, .. } => Some(name),
            Body::Group(_) => None,
        }
    }

    /// The inner sequence of a group.
    #[must_use]
    pub fn group(&self) -> Option<&[Element]> {
        match &self.body {
            Body::Group(inner) => Some(inner),
            Body::Stage { .. } => None,
        }
    }

    /// Calls `visit` for every stage of this element, in text order.
    pub fn visit_stages<'a>(&'a self, visit: &mut impl FnMut(&'a Element)) {
        match &self.body {
            Body::Stage { .. } => visit(self),
            Body::Group(inner) => inner.iter().for_each(|element| element.visit_stages(visit)),
        }
    }
}

impl Quantifier {
    /// Whether the element may be left out: `optional`, or `times 0 to n`.
    #[must_use]
    pub fn may_be_absent(&self) -> bool {
        self.optional || matches!(self.repeat, Repeat::Times { from: 0, .. })
    }

    /// Whether anything at all is said.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

impl Pattern {
    /// Every stage in text order, those inside groups included.
    #[must_use]
    pub fn stages(&self) -> Vec<&Element> {
        let mut stages = Vec::new();
        for element in &self.sequence {
            element.visit_stages(&mut |stage| stages.push(stage));
        }
        stages
    }

    /// The whole-pattern window in force: the least one written on the pattern, a top-level element, or any element of
    /// a group but its last (Flink looks at no other). `within` on the pattern replaces the last element's own.
    #[must_use]
    pub fn window(&self) -> Option<Duration> {
        fn inner(sequence: &[Element]) -> impl Iterator<Item = Duration> {
            let but_last = sequence.len().saturating_sub(1);
            sequence.iter().enumerate().flat_map(move |(index, element)| {
                let own = (index < but_last).then_some(element.window).flatten();
                own.into_iter().chain(element.group().into_iter().flat_map(|group| inner_boxed(group)))
            })
        }
        fn inner_boxed(sequence: &[Element]) -> Box<dyn Iterator<Item = Duration> + '_> {
            Box::new(inner(sequence))
        }
        let replaced = usize::from(self.within.is_some());
        let top = self.sequence.iter().rev().skip(replaced).filter_map(|element| element.window);
        let groups = self.sequence.iter().filter_map(Element::group).flat_map(inner_boxed);
        self.within.into_iter().chain(top).chain(groups).min()
    }
}
