//! Expressions as they run: names have become ids, parameters their values, regular expressions are compiled.

use regex_automata::meta::Regex;

use super::{Aggregate, BinaryOp, Function, HostFunction, Running};
use crate::event::Value;
use crate::ids::{ColumnId, StageId, TableId};

/// Where a captured event of each input of a key family keeps a field; none for an input without that field.
pub type Slots = Box<[Option<u16>]>;

/// A resolved expression.
#[derive(Clone, Debug)]
pub enum Node {
    /// A constant.
    Literal(Value),
    /// A list of expressions.
    List(Box<[Node]>),
    /// A column of the event under test.
    Column(ColumnId),
    /// The time of the event under test.
    Time,
    /// A field of a captured event.
    Captured {
        /// The stage that captured it.
        stage: StageId,
        /// Which of the stage's events.
        pick: NodePick,
        /// Where the event keeps the field.
        slots: Slots,
    },
    /// The number of events of a stage.
    Count(StageId),
    /// Whether the value is not null.
    Exists(Box<Node>),
    /// An aggregate over the events of a stage.
    Aggregate {
        /// What is computed.
        function: Aggregate,
        /// The stage.
        stage: StageId,
        /// Where the events keep the field.
        slots: Slots,
        /// What `sum` of nothing is.
        zero: Value,
    },
    /// One of these three whose value nodes keep, so that no path is walked.
    Running(Box<Running>),
    /// A table look-up.
    Lookup {
        /// The table.
        table: TableId,
        /// The key.
        keys: Box<[Node]>,
        /// The column read.
        column: ColumnId,
    },
    /// Logical not.
    Not(Box<Node>),
    /// Arithmetic negation.
    Neg(Box<Node>),
    /// An operator, but for `=~`.
    Binary(BinaryOp, Box<Node>, Box<Node>),
    /// `text =~ regex`.
    Matches(Box<Node>, Box<Regex>),
    /// An element of a list or map.
    Index(Box<Node>, Box<Node>),
    /// A function call.
    Call(Function, Box<[Node]>),
    /// A call of a function of the host; on the heap, as it is rare.
    Host(Box<(HostFunction, Box<[Node]>)>),
}

/// Which of a stage's events is read.
#[derive(Clone, Debug)]
pub enum NodePick {
    /// The earliest.
    First,
    /// The latest.
    Last,
    /// By position from 0.
    At(Box<Node>),
}

impl Node {
    /// `text =~ pattern`; none where the pattern is no regular expression.
    #[must_use]
    pub fn matches(text: Self, pattern: &str) -> Option<Self> {
        Some(Self::Matches(Box::new(text), Box::new(Regex::new(pattern).ok()?)))
    }

    /// Whether the value depends on what a partial match has captured (Flink's iterative condition).
    #[must_use]
    pub fn is_iterative(&self) -> bool {
        match self {
            Self::Captured { .. } | Self::Count(_) | Self::Aggregate { .. } | Self::Running(_) => true,
            Self::Literal(_) | Self::Column(_) | Self::Time => false,
            Self::List(items) | Self::Call(_, items) | Self::Lookup { keys: items, .. } => {
                items.iter().any(Self::is_iterative)
            }
            Self::Host(call) => call.1.iter().any(Self::is_iterative),
            Self::Exists(inner) | Self::Not(inner) | Self::Neg(inner) | Self::Matches(inner, _) => {
                inner.is_iterative()
            }
            Self::Binary(_, left, right) | Self::Index(left, right) => {
                left.is_iterative() || right.is_iterative()
            }
        }
    }
}
