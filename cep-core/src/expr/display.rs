//! Expressions as the language writes them, with no parentheses but those they need.

use std::fmt;

use super::{BinaryOp, Expr, Pick, UnaryOp};

/// How tightly an expression holds together: as a child of something tighter it stands in parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tightness {
    Or,
    And,
    Not,
    Comparison,
    Coalesce,
    Sum,
    Product,
    Minus,
    Atom,
}

fn of_operator(op: BinaryOp) -> Tightness {
    match op {
        BinaryOp::Or => Tightness::Or,
        BinaryOp::And => Tightness::And,
        BinaryOp::Coalesce => Tightness::Coalesce,
        BinaryOp::Add | BinaryOp::Sub => Tightness::Sum,
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => Tightness::Product,
        _ => Tightness::Comparison,
    }
}

fn of(expr: &Expr) -> Tightness {
    match expr {
        Expr::Binary(op, ..) => of_operator(*op),
        Expr::Unary(UnaryOp::Not, _) => Tightness::Not,
        Expr::Unary(UnaryOp::Neg, _) => Tightness::Minus,
        _ => Tightness::Atom,
    }
}

/// An expression where something of at least that tightness must stand.
struct At<'a>(&'a Expr, Tightness);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if of(self.0) < self.1 { write!(f, "({})", self.0) } else { write!(f, "{}", self.0) }
    }
}

struct Commas<'a>(&'a [Expr]);

impl fmt::Display for Commas<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(value) => write!(f, "{value}"),
            Self::List(items) => write!(f, "[{}]", Commas(items)),
            Self::Field(name) | Self::Param(name) => f.write_str(name),
            Self::Time => f.write_str("(event time)"),
            Self::Captured { stage, pick, field } => match pick {
                Pick::First => write!(f, "{stage}.first.{field}"),
                Pick::Last => write!(f, "{stage}.{field}"),
                Pick::At(index) => write!(f, "{stage}[{index}].{field}"),
            },
            Self::Count(stage) => write!(f, "count({stage})"),
            Self::StageExists(stage) => write!(f, "exists({stage})"),
            Self::Exists(inner) => write!(f, "exists({inner})"),
            Self::Aggregate { function, stage, field } => write!(f, "{}({stage}.{field})", function.name()),
            Self::Lookup { table, keys, field } => write!(f, "{table}[{}].{field}", Commas(keys)),
            Self::Unary(op @ UnaryOp::Not, inner) => {
                write!(f, "{} {}", op.symbol(), At(inner, Tightness::Not))
            }
            Self::Unary(op, inner) => write!(f, "{}{}", op.symbol(), At(inner, Tightness::Minus)),
            Self::Binary(op, left, right) => binary(f, *op, left, right),
            Self::Index(from, index) => write!(f, "{}[{index}]", At(from, Tightness::Atom)),
            Self::Call(function, args) => write!(f, "{}({})", function.name(), Commas(args)),
            Self::Host(function, args) => write!(f, "{}({})", function.name(), Commas(args)),
        }
    }
}

/// Operators lean to the left; a comparison has no comparison as a child.
fn binary(f: &mut fmt::Formatter<'_>, op: BinaryOp, left: &Expr, right: &Expr) -> fmt::Result {
    let own = of_operator(op);
    let tighter = match own {
        Tightness::Or => Tightness::And,
        Tightness::And => Tightness::Not,
        Tightness::Comparison => Tightness::Coalesce,
        Tightness::Coalesce => Tightness::Sum,
        Tightness::Sum => Tightness::Product,
        _ => Tightness::Minus,
    };
    let left_at_least = if own == Tightness::Comparison { tighter } else { own };
    write!(f, "{} {} {}", At(left, left_at_least), op.symbol(), At(right, tighter))
}

#[cfg(test)]
mod tests {
    use crate::expr::{count, field, lit, stage};

    #[test]
    fn only_needed_parentheses_are_printed() {
        let sum = field("a").add(1).mul(field("b").sub(field("c").sub(2)));
        assert_eq!(sum.to_string(), "(a + 1) * (b - (c - 2))");
        let logic = field("a").gt(1).or(field("b").eq("x")).and(count("s").lt(3).negate());
        assert_eq!(logic.to_string(), "(a > 1 or b == \"x\") and not count(s) < 3");
        let captured = stage("s").first("x").or_else(lit(0)).le(stage("s").max("y").minus());
        assert_eq!(captured.to_string(), "s.first.x ?? 0 <= -max(s.y)");
    }
}
