//! Conditions taken apart: the parts that `and` joins, each with the values it had for an event and a partial match.

use super::report::Part;
use crate::event::Value;
use crate::expr::{BinaryOp, Expr, Row, UnaryOp};
use crate::program::Probe;
use crate::runtime::{EventAt, PartialMatch, Trace};

/// The parts of a condition that `and` joins, left to right.
pub(super) fn parts(condition: &Expr) -> Vec<&Expr> {
    match condition {
        Expr::Binary(BinaryOp::And, left, right) => [parts(left), parts(right)].concat(),
        one => vec![one],
    }
}

/// Where conditions are tested.
pub(super) struct Tester<'a> {
    pub(super) trace: &'a Trace<'a>,
    pub(super) probe: &'a Probe<'a>,
    pub(super) event: EventAt<'a>,
    pub(super) run: PartialMatch,
}

impl Tester<'_> {
    /// A part of a condition, as it is.
    pub(super) fn part(&self, expr: &Expr) -> Part {
        let holds = self.value(expr) == Value::Bool(true);
        Part { text: expr.to_string(), values: self.shown(expr), holds }
    }

    /// How far a comparison that does not hold is from holding, between 0 and 1.
    pub(super) fn distance(&self, expr: &Expr) -> f64 {
        let Expr::Binary(_, left, right) = expr else { return 1.0 };
        let number = |value: &Value| match value {
            Value::Timestamp(time) => Some(time.0 as f64),
            Value::Duration(length) => Some(length.0 as f64),
            value => value.as_datum().as_f64(),
        };
        match (number(&self.value(left)), number(&self.value(right))) {
            (Some(left), Some(right)) => {
                let all = left.abs() + right.abs();
                if all == 0.0 { 0.0 } else { (left - right).abs() / all }
            }
            _ => 1.0,
        }
    }

    fn value(&self, expr: &Expr) -> Value {
        let row = Row { batch: self.event.batch, row: self.event.row };
        let node = self.probe.node(self.event.input, expr);
        node.map_or(Value::Null, |node| self.trace.eval(&node, row, &self.run))
    }

    /// An expression with values in the place of what they are of, as far down as its operators are logical.
    fn shown(&self, expr: &Expr) -> String {
        match expr {
            Expr::Binary(op @ (BinaryOp::And | BinaryOp::Or), left, right) => {
                format!("{} {} {}", self.nested(left), op.symbol(), self.nested(right))
            }
            Expr::Unary(UnaryOp::Not, inner) => format!("not {}", self.nested(inner)),
            Expr::Binary(op, left, right) if is_test(*op) => {
                format!("{} {} {}", self.operand(left), op.symbol(), self.operand(right))
            }
            Expr::Exists(inner) => format!("exists({})", self.operand(inner)),
            Expr::Call(function, args) => {
                let args: Vec<_> = args.iter().map(|arg| self.operand(arg)).collect();
                format!("{}({})", function.name(), args.join(", "))
            }
            other => self.operand(other),
        }
    }

    fn nested(&self, expr: &Expr) -> String {
        match expr {
            Expr::Binary(BinaryOp::And | BinaryOp::Or, ..) => format!("({})", self.shown(expr)),
            other => self.shown(other),
        }
    }

    fn operand(&self, expr: &Expr) -> String {
        match self.value(expr) {
            Value::Timestamp(time) => time.to_string(),
            value => value.to_string(),
        }
    }
}

fn is_test(op: BinaryOp) -> bool {
    use BinaryOp::{Eq, Ge, Gt, In, Le, Lt, Matches, Ne, NotIn};
    matches!(op, Eq | Ne | Lt | Le | Gt | Ge | In | NotIn | Matches)
}
