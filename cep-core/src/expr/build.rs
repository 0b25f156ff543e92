//! Fluent construction of expressions: `field("amount").gt(500.0).and(stage("small").last("card").eq(field("card")))`.

use super::{Aggregate, BinaryOp, Expr, Function, Pick, UnaryOp};
use crate::event::Value;

/// A field of the event under test.
#[must_use]
pub fn field(name: impl Into<String>) -> Expr {
    Expr::Field(name.into())
}

/// A constant.
#[must_use]
pub fn lit(value: impl Into<Value>) -> Expr {
    Expr::Literal(value.into())
}

/// A run-time setting of the program.
#[must_use]
pub fn param(name: impl Into<String>) -> Expr {
    Expr::Param(name.into())
}

/// The event time of the event under test.
#[must_use]
pub fn time() -> Expr {
    Expr::Time
}

/// How many events are captured for a stage.
#[must_use]
pub fn count(stage: impl Into<String>) -> Expr {
    Expr::Count(stage.into())
}

/// Whether a value is present and not null.
#[must_use]
pub fn exists(value: Expr) -> Expr {
    Expr::Exists(Box::new(value))
}

/// A call of a built-in function.
#[must_use]
pub fn function(function: Function, args: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Call(function, args.into_iter().collect())
}

/// The events captured for a stage.
#[must_use]
pub fn stage(name: impl Into<String>) -> StageRef {
    StageRef { name: name.into() }
}

/// The events captured for a stage, to read a field or an aggregate from.
#[derive(Clone, Debug)]
pub struct StageRef {
    name: String,
}

impl StageRef {
    fn captured(self, pick: Pick, field: impl Into<String>) -> Expr {
        Expr::Captured { stage: self.name, pick, field: field.into() }
    }

    /// The field of the earliest event.
    #[must_use]
    pub fn first(self, field: impl Into<String>) -> Expr {
        self.captured(Pick::First, field)
    }

    /// The field of the latest event.
    #[must_use]
    pub fn last(self, field: impl Into<String>) -> Expr {
        self.captured(Pick::Last, field)
    }

    /// The field of the event at a position, from 0.
    #[must_use]
    pub fn at(self, index: impl Into<Expr>, field: impl Into<String>) -> Expr {
        self.captured(Pick::At(Box::new(index.into())), field)
    }

    /// Whether any event is captured.
    #[must_use]
    pub fn exists(self) -> Expr {
        Expr::StageExists(self.name)
    }

    /// An aggregate of a field.
    #[must_use]
    pub fn aggregate(self, function: Aggregate, field: impl Into<String>) -> Expr {
        Expr::Aggregate { function, stage: self.name, field: field.into() }
    }

    /// The sum of a field.
    #[must_use]
    pub fn sum(self, field: impl Into<String>) -> Expr {
        self.aggregate(Aggregate::Sum, field)
    }

    /// The mean of a field.
    #[must_use]
    pub fn avg(self, field: impl Into<String>) -> Expr {
        self.aggregate(Aggregate::Avg, field)
    }

    /// The least value of a field.
    #[must_use]
    pub fn min(self, field: impl Into<String>) -> Expr {
        self.aggregate(Aggregate::Min, field)
    }

    /// The greatest value of a field.
    #[must_use]
    pub fn max(self, field: impl Into<String>) -> Expr {
        self.aggregate(Aggregate::Max, field)
    }
}

impl<T: Into<Value>> From<T> for Expr {
    fn from(value: T) -> Self {
        Self::Literal(value.into())
    }
}

macro_rules! binary {
    ($($(#[$doc:meta])* $name:ident $op:ident),* $(,)?) => {
        impl Expr {
            $(
                $(#[$doc])*
                #[must_use]
                #[allow(clippy::should_implement_trait, reason = "comparison operators cannot be overloaded to build trees")]
                pub fn $name(self, right: impl Into<Expr>) -> Self {
                    Self::Binary(BinaryOp::$op, Box::new(self), Box::new(right.into()))
                }
            )*
        }
    };
}

binary! {
    /// `self and right`
    and And,
    /// `self or right`
    or Or,
    /// `self == right`
    eq Eq,
    /// `self != right`
    ne Ne,
    /// `self < right`
    lt Lt,
    /// `self <= right`
    le Le,
    /// `self > right`
    gt Gt,
    /// `self >= right`
    ge Ge,
    /// `self =~ right`
    matches Matches,
    /// `self in right`
    is_in In,
    /// `self ?? right`
    or_else Coalesce,
    /// `self + right`
    add Add,
    /// `self - right`
    sub Sub,
    /// `self * right`
    mul Mul,
    /// `self / right`
    div Div,
    /// `self % right`
    rem Rem,
}

impl Expr {
    /// `not self`
    #[must_use]
    pub fn negate(self) -> Self {
        Self::Unary(UnaryOp::Not, Box::new(self))
    }

    /// `-self`
    #[must_use]
    pub fn minus(self) -> Self {
        Self::Unary(UnaryOp::Neg, Box::new(self))
    }
}
