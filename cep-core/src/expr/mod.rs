//! Expressions of conditions and outputs: the tree as patterns hold it, with names; its types; and its evaluation
//! once names have become ids.

mod build;
mod calls;
mod display;
mod eval;
mod float;
mod function;
mod host;
mod node;
mod running;
mod stages;
mod typing;

pub use build::{StageRef, count, exists, field, function, lit, param, stage, time};
pub use calls::DATE_UNITS;
pub use eval::{CapturedEvent, Captures, LookUp, Row, Scope, compare};
pub(crate) use float::FloatTest;
pub use function::{Aggregate, Function};
pub use host::{Argument, HostClosure, HostFunction, Panicked, Return};
pub use node::{Node, NodePick, Slots};
pub(crate) use running::Kept;
pub use running::{EventWord, Running};
pub use typing::{TypeError, aggregate_type, binary_type, call_type, unary_type, unify};

use crate::event::Value;

/// An expression with names, as the language and the builder make it. Evaluated by two-valued logic for conditions:
/// null counts as false.
#[derive(Clone, PartialEq, Debug)]
pub enum Expr {
    /// A constant.
    Literal(Value),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// A field of the event under test (in a derived stream: of the source's event).
    Field(String),
    /// The event time of the event under test.
    Time,
    /// A run-time setting.
    Param(String),
    /// A field of an event the partial match has already captured.
    Captured {
        /// The stage that captured it.
        stage: String,
        /// Which of the stage's events.
        pick: Pick,
        /// The field read.
        field: String,
    },
    /// How many events the partial match has captured for a stage.
    Count(String),
    /// Whether the partial match has captured any event for a stage.
    StageExists(String),
    /// Whether a value is present and not null.
    Exists(Box<Expr>),
    /// An aggregate of a field over the captured events of a stage.
    Aggregate {
        /// What is computed.
        function: Aggregate,
        /// The stage whose events count.
        stage: String,
        /// The field read; nulls are skipped.
        field: String,
    },
    /// A field of the row a table has for a key; null where there is no row.
    Lookup {
        /// The table.
        table: String,
        /// One expression a key column.
        keys: Vec<Expr>,
        /// The column read.
        field: String,
    },
    /// `not x`, `-x`.
    Unary(UnaryOp, Box<Expr>),
    /// `x op y`.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `list[i]` or `map["key"]`; null where there is no such element.
    Index(Box<Expr>, Box<Expr>),
    /// A call of a built-in function.
    Call(Function, Vec<Expr>),
    /// A call of a function of the host.
    Host(HostFunction, Vec<Expr>),
}

/// Which of a stage's captured events is read.
#[derive(Clone, PartialEq, Debug)]
pub enum Pick {
    /// The earliest.
    First,
    /// The latest; what `stage.field` without more means.
    Last,
    /// Counted from 0; null outside.
    At(Box<Expr>),
}

/// Operators of one operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    /// Logical not; null counts as false.
    Not,
    /// Arithmetic negation.
    Neg,
}

/// Operators of two operands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    /// `and`
    And,
    /// `or`
    Or,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `=~`: the left text contains a match of the right regular expression.
    Matches,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `??`
    Coalesce,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`: always a float, or a duration of a duration.
    Div,
    /// `%`: takes the sign of its left operand.
    Rem,
}

impl BinaryOp {
    /// The operator as written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Matches => "=~",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Coalesce => "??",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
        }
    }
}

impl BinaryOp {
    /// The comparison with its operands exchanged.
    pub(crate) fn mirrored(self) -> Option<Self> {
        Some(match self {
            Self::Eq | Self::Ne => self,
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            _ => return None,
        })
    }
}

impl UnaryOp {
    /// The operator as written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Not => "not",
            Self::Neg => "-",
        }
    }
}

impl Expr {
    /// The expressions directly inside this one, left to right.
    #[must_use]
    pub fn children(&self) -> Vec<&Expr> {
        match self {
            Self::List(items)
            | Self::Call(_, items)
            | Self::Host(_, items)
            | Self::Lookup { keys: items, .. } => items.iter().collect(),
            Self::Captured { pick: Pick::At(index), .. } => vec![index],
            Self::Exists(inner) | Self::Unary(_, inner) => vec![inner],
            Self::Binary(_, left, right) | Self::Index(left, right) => vec![left, right],
            Self::Literal(_)
            | Self::Field(_)
            | Self::Time
            | Self::Param(_)
            | Self::Captured { .. }
            | Self::Count(_)
            | Self::StageExists(_)
            | Self::Aggregate { .. } => Vec::new(),
        }
    }

    /// Calls `visit` for this expression and all inside it.
    pub fn walk(&self, visit: &mut impl FnMut(&Expr)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }
}
