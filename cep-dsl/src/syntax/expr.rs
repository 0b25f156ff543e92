//! The tree of an expression.

use super::item::Name;
use crate::source::Span;

/// An expression and its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// The forms of expressions.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// A constant as written.
    Literal(LiteralKind),
    /// A bare name.
    Name(Name),
    /// `f(a, b)`
    Call {
        /// The function.
        function: Name,
        /// Its arguments.
        args: Vec<Expr>,
    },
    /// `x.name`
    Member(Box<Expr>, Name),
    /// `x[a, b]`
    Index(Box<Expr>, Vec<Expr>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `(x)`
    Paren(Box<Expr>),
    /// `not x`
    Not(Box<Expr>),
    /// `-x`
    Neg(Box<Expr>),
    /// `a and b and c`, at least two
    And(Vec<Expr>),
    /// `a or b or c`, at least two
    Or(Vec<Expr>),
    /// `a op b`
    Binary {
        /// Which operator.
        op: BinaryOp,
        /// Where it stands.
        op_span: Span,
        /// The left operand.
        left: Box<Expr>,
        /// The right operand.
        right: Box<Expr>,
    },
}

/// The operators of two operands, `and` and `or` excepted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
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
    /// `=~`
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
    /// `/`
    Div,
    /// `%`
    Rem,
}

impl BinaryOp {
    /// The operator as written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
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

    /// Whether it compares, so that it cannot be chained.
    #[must_use]
    pub fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::Eq
                | Self::Ne
                | Self::Lt
                | Self::Le
                | Self::Gt
                | Self::Ge
                | Self::Matches
                | Self::In
                | Self::NotIn
        )
    }
}

/// A constant and its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Literal {
    /// What it is; the sign of a negative number included.
    pub kind: LiteralKind,
    /// Where.
    pub span: Span,
}

/// The constants.
#[derive(Clone, PartialEq, Debug)]
pub enum LiteralKind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// `12`
    Int(i64),
    /// `1.5`
    Float(f64),
    /// `"text"`
    Str(String),
    /// `5m`, in milliseconds
    Duration(i64),
}
