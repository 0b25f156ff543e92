//! What the checker makes of a program: names resolved, types known, constants computed. `lower` turns it into the
//! engine's definitions without asking anything.

use std::rc::Rc;

use crate::catalog::{Aggregate, DataType, Duration, Function, HostFunction, Schema, Type, Value};
use crate::source::Span;
use crate::syntax::{BinaryOp, ConnectorKind, Inner, Overflow};

/// A checked program; everything in text order.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) params: Vec<Param>,
    pub(crate) streams: Vec<Stream>,
    pub(crate) derived: Vec<Derived>,
    pub(crate) tables: Vec<Table>,
    pub(crate) patterns: Vec<Pattern>,
}

#[derive(Debug)]
pub(crate) struct Param {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) default: Option<Value>,
}

#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) name: String,
    pub(crate) schema: Rc<Schema>,
    pub(crate) key: Vec<String>,
    pub(crate) time: Option<Time>,
    pub(crate) idle_after: Option<Duration>,
    pub(crate) from: Option<String>,
    pub(crate) late_to: Option<String>,
    pub(crate) metadata: Vec<(String, Value)>,
    pub(crate) doc: Option<String>,
}

/// Where a stream's event time comes from.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Time {
    pub(crate) field: String,
    /// The fields that order events of equal time, and whether greater values come first.
    pub(crate) ties: Vec<(String, bool)>,
    pub(crate) lateness: Duration,
}

#[derive(Debug)]
pub(crate) struct Derived {
    pub(crate) name: String,
    pub(crate) source: String,
    pub(crate) condition: Option<Expr>,
    pub(crate) with: Vec<(String, Expr)>,
    pub(crate) doc: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) schema: Rc<Schema>,
    pub(crate) key: Vec<String>,
    pub(crate) from: String,
}

#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) name: String,
    /// Streams and the fields that make the key.
    pub(crate) inputs: Vec<(String, Vec<String>)>,
    pub(crate) sequence: Vec<Step>,
    pub(crate) within: Option<Duration>,
    pub(crate) skip: Skip,
    pub(crate) limit: Option<(u32, Overflow)>,
    pub(crate) emits: Vec<Emit>,
    pub(crate) timeout_emits: Vec<Emit>,
    pub(crate) metadata: Vec<(String, Value)>,
    pub(crate) doc: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) connector: ConnectorKind,
    pub(crate) body: Body,
    pub(crate) quantifier: Quantifier,
    pub(crate) until: Option<Expr>,
    pub(crate) gap: Option<Duration>,
}

#[derive(Debug)]
pub(crate) enum Body {
    Stage { name: String, stream: Option<String>, condition: Option<Expr> },
    Group(Vec<Step>),
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Quantifier {
    pub(crate) repeat: Repeat,
    pub(crate) optional: bool,
    pub(crate) greedy: bool,
    pub(crate) inner: Option<Inner>,
    pub(crate) apart: Option<Duration>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Repeat {
    #[default]
    Once,
    Times {
        from: u32,
        to: u32,
    },
    AtLeast(u32),
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) enum Skip {
    #[default]
    Nothing,
    ToNext,
    PastLastEvent,
    ToFirst {
        stage: String,
        or_fail: bool,
    },
    ToLast {
        stage: String,
        or_fail: bool,
    },
}

#[derive(Debug)]
pub(crate) struct Emit {
    pub(crate) name: String,
    pub(crate) columns: Vec<(String, Expr)>,
    pub(crate) to: Option<String>,
}

/// An expression with its type.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) ty: Type,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    Literal(Value),
    List(Vec<Expr>),
    Field(String),
    Param(String),
    Captured { stage: String, pick: Pick, field: String },
    Count(String),
    StageExists(String),
    Exists(Box<Expr>),
    Aggregate { function: Aggregate, stage: String, field: String },
    Lookup { table: String, keys: Vec<Expr>, field: String },
    Not(Box<Expr>),
    Neg(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    Index(Box<Expr>, Box<Expr>),
    Call(Function, Vec<Expr>),
    Host(HostFunction, Vec<Expr>),
}

/// Which of a stage's events is read.
#[derive(Clone, Debug)]
pub(crate) enum Pick {
    First,
    Last,
    At(Box<Expr>),
}

impl Quantifier {
    /// Whether the element may be left out.
    pub(crate) fn may_be_absent(&self) -> bool {
        self.optional || matches!(self.repeat, Repeat::Times { from: 0, .. })
    }
}

impl Expr {
    pub(crate) fn new(kind: ExprKind, ty: Type, span: Span) -> Self {
        Self { kind, ty, span }
    }

    /// A condition that holds or does not, never null.
    pub(crate) fn condition(kind: ExprKind, span: Span) -> Self {
        Self::new(kind, DataType::Bool.required(), span)
    }

    /// The expressions directly inside this one.
    pub(crate) fn children(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::List(items)
            | ExprKind::And(items)
            | ExprKind::Or(items)
            | ExprKind::Call(_, items)
            | ExprKind::Host(_, items)
            | ExprKind::Lookup { keys: items, .. } => items.iter().collect(),
            ExprKind::Captured { pick: Pick::At(inner), .. }
            | ExprKind::Exists(inner)
            | ExprKind::Not(inner)
            | ExprKind::Neg(inner) => vec![inner],
            ExprKind::Binary(_, left, right) | ExprKind::Index(left, right) => vec![left, right],
            ExprKind::Literal(_)
            | ExprKind::Field(_)
            | ExprKind::Param(_)
            | ExprKind::Captured { .. }
            | ExprKind::Count(_)
            | ExprKind::StageExists(_)
            | ExprKind::Aggregate { .. } => Vec::new(),
        }
    }

    /// Whether two expressions read the same things in the same way; places do not matter.
    pub(crate) fn same(&self, other: &Self) -> bool {
        let heads = match (&self.kind, &other.kind) {
            (ExprKind::Literal(left), ExprKind::Literal(right)) => left == right,
            (ExprKind::Field(left), ExprKind::Field(right))
            | (ExprKind::Param(left), ExprKind::Param(right))
            | (ExprKind::Count(left), ExprKind::Count(right))
            | (ExprKind::StageExists(left), ExprKind::StageExists(right)) => left == right,
            (
                ExprKind::Captured { stage, pick, field },
                ExprKind::Captured { stage: other_stage, pick: other_pick, field: other_field },
            ) => {
                let picks = std::mem::discriminant(pick) == std::mem::discriminant(other_pick);
                stage == other_stage && field == other_field && picks
            }
            (
                ExprKind::Aggregate { function, stage, field },
                ExprKind::Aggregate { function: other_function, stage: other_stage, field: other_field },
            ) => function == other_function && stage == other_stage && field == other_field,
            (ExprKind::Binary(left, ..), ExprKind::Binary(right, ..)) => left == right,
            (ExprKind::Call(left, _), ExprKind::Call(right, _)) => left == right,
            (ExprKind::Host(left, _), ExprKind::Host(right, _)) => left == right,
            (ExprKind::Lookup { .. }, _) => false,
            (left, right) => std::mem::discriminant(left) == std::mem::discriminant(right),
        };
        let (left, right) = (self.children(), other.children());
        heads && left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.same(right))
    }
}
