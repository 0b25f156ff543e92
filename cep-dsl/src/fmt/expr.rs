//! Expressions on one line. Parentheses stand where the writer put them, literals as written.

use super::{Printer, name};
use crate::syntax::{Expr, ExprKind};

impl Printer<'_> {
    pub(super) fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Literal(_) => self.source(expr.span).to_owned(),
            ExprKind::Name(it) => name(it),
            ExprKind::Call { function, args } => format!("{}({})", name(function), self.list(args)),
            ExprKind::Member(base, field) => format!("{}.{}", self.expr(base), name(field)),
            ExprKind::Index(base, keys) => format!("{}[{}]", self.expr(base), self.list(keys)),
            ExprKind::List(items) => format!("[{}]", self.list(items)),
            ExprKind::Paren(inner) => format!("({})", self.expr(inner)),
            ExprKind::Not(inner) => format!("not {}", self.expr(inner)),
            ExprKind::Neg(inner) => format!("-{}", self.expr(inner)),
            ExprKind::And(items) => self.joined(items, " and "),
            ExprKind::Or(items) => self.joined(items, " or "),
            ExprKind::Binary { op, left, right, .. } => {
                format!("{} {} {}", self.expr(left), op.symbol(), self.expr(right))
            }
        }
    }

    fn list(&self, items: &[Expr]) -> String {
        self.joined(items, ", ")
    }

    fn joined(&self, items: &[Expr], separator: &str) -> String {
        items.iter().map(|item| self.expr(item)).collect::<Vec<_>>().join(separator)
    }
}
