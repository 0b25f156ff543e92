//! Computes what is known of an expression without running it: constants, and what becomes of a condition when some
//! stages have captured nothing. Unknown stays unknown; what is claimed here holds for every event.

use std::cmp::Ordering;

use super::model::{Expr, ExprKind};
use crate::catalog::{Aggregate, DataType, Duration, Function, Timestamp, Value};
use crate::syntax::BinaryOp;

/// The value of a constant expression; none where it is not constant or cannot be computed here.
pub(crate) fn constant(expr: &Expr) -> Option<Value> {
    Evaluation { empty: &|_| false }.value(expr)
}

/// The value an expression certainly has while the stages for which `empty` holds have captured nothing.
pub(crate) fn with_empty(expr: &Expr, empty: &dyn Fn(&str) -> bool) -> Option<Value> {
    Evaluation { empty }.value(expr)
}

struct Evaluation<'a> {
    empty: &'a dyn Fn(&str) -> bool,
}

fn is_true(value: &Value) -> bool {
    *value == Value::Bool(true)
}

impl Evaluation<'_> {
    fn value(&self, expr: &Expr) -> Option<Value> {
        match &expr.kind {
            ExprKind::Literal(value) => Some(value.clone()),
            ExprKind::List(items) => {
                let items: Option<Vec<_>> = items.iter().map(|item| self.value(item)).collect();
                Some(Value::List(items?.into()))
            }
            ExprKind::Captured { stage, .. } => (self.empty)(stage).then_some(Value::Null),
            ExprKind::Count(stage) => (self.empty)(stage).then_some(Value::Int(0)),
            ExprKind::StageExists(stage) => (self.empty)(stage).then_some(Value::Bool(false)),
            ExprKind::Aggregate { function, stage, .. } => {
                (self.empty)(stage).then(|| of_nothing(*function, &expr.ty.data))
            }
            ExprKind::Exists(inner) => self.value(inner).map(|value| Value::Bool(value != Value::Null)),
            ExprKind::Not(inner) => self.value(inner).map(|value| Value::Bool(!is_true(&value))),
            ExprKind::Neg(inner) => self.value(inner).and_then(negate),
            ExprKind::And(items) => self.joined(items, false),
            ExprKind::Or(items) => self.joined(items, true),
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right),
            ExprKind::Call(function, args) => self.call(*function, args),
            ExprKind::Index(base, key) => {
                let null = [base, key].iter().any(|side| self.value(side) == Some(Value::Null));
                null.then_some(Value::Null)
            }
            // A host's function is called when the program runs, not before.
            ExprKind::Host(..) | ExprKind::Field(_) | ExprKind::Param(_) | ExprKind::Lookup { .. } => None,
        }
    }

    /// `and` where `decides` is false, `or` where it is true.
    fn joined(&self, items: &[Expr], decides: bool) -> Option<Value> {
        let values: Vec<_> = items.iter().map(|item| self.value(item)).collect();
        if values.iter().flatten().any(|value| is_true(value) == decides) {
            return Some(Value::Bool(decides));
        }
        values.iter().all(Option::is_some).then_some(Value::Bool(!decides))
    }

    fn binary(&self, op: BinaryOp, left: &Expr, right: &Expr) -> Option<Value> {
        let (left, right) = (self.value(left), self.value(right));
        if op == BinaryOp::Coalesce {
            return if left == Some(Value::Null) { right } else { left };
        }
        if left == Some(Value::Null) || right == Some(Value::Null) {
            return Some(if op.is_comparison() { Value::Bool(false) } else { Value::Null });
        }
        let (left, right) = (left?, right?);
        if op.is_comparison() { compare(op, &left, &right) } else { arithmetic(op, &left, &right) }
    }

    fn call(&self, function: Function, args: &[Expr]) -> Option<Value> {
        match function {
            Function::Coalesce => {
                for arg in args {
                    match self.value(arg) {
                        Some(Value::Null) => {}
                        known => return known,
                    }
                }
                Some(Value::Null)
            }
            Function::If => match is_true(&self.value(&args[0])?) {
                true => self.value(&args[1]),
                false => self.value(&args[2]),
            },
            Function::Timestamp => match self.value(&args[0])? {
                Value::Str(text) => Some(Timestamp::parse(&text).map_or(Value::Null, Value::Timestamp)),
                Value::Int(millis) => Some(Value::Timestamp(Timestamp(millis))),
                Value::Null => Some(Value::Null),
                _ => None,
            },
            _ => args.iter().any(|arg| self.value(arg) == Some(Value::Null)).then_some(Value::Null),
        }
    }
}

/// An aggregate over no events.
fn of_nothing(function: Aggregate, data: &DataType) -> Value {
    match (function, data) {
        (Aggregate::Sum, DataType::Float) => Value::Float(0.0),
        (Aggregate::Sum, DataType::Duration) => Value::Duration(Duration(0)),
        (Aggregate::Sum, _) => Value::Int(0),
        (Aggregate::Collect | Aggregate::Distinct, _) => Value::List(Vec::new().into()),
        _ => Value::Null,
    }
}

fn negate(value: Value) -> Option<Value> {
    Some(match value {
        Value::Null => Value::Null,
        Value::Int(value) => value.checked_neg().map_or(Value::Null, Value::Int),
        Value::Float(value) => Value::from(-value),
        Value::Duration(value) => {
            value.0.checked_neg().map_or(Value::Null, |it| Value::Duration(Duration(it)))
        }
        _ => return None,
    })
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        _ => None,
    }
}

/// The order of two values that compare.
pub(crate) fn ordering(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Duration(left), Value::Duration(right)) => Some(left.cmp(right)),
        (Value::Timestamp(left), Value::Timestamp(right)) => Some(left.cmp(right)),
        (Value::Str(left), Value::Str(right)) => Some(left.encode_utf16().cmp(right.encode_utf16())),
        _ => number(left)?.partial_cmp(&number(right)?),
    }
}

fn compare(op: BinaryOp, left: &Value, right: &Value) -> Option<Value> {
    if let (BinaryOp::In | BinaryOp::NotIn, Value::List(items)) = (op, right) {
        let found = items.iter().any(|item| ordering(left, item) == Some(Ordering::Equal));
        return Some(Value::Bool(found == (op == BinaryOp::In)));
    }
    let order = ordering(left, right)?;
    Some(Value::Bool(match op {
        BinaryOp::Eq => order.is_eq(),
        BinaryOp::Ne => order.is_ne(),
        BinaryOp::Lt => order.is_lt(),
        BinaryOp::Le => order.is_le(),
        BinaryOp::Gt => order.is_gt(),
        BinaryOp::Ge => order.is_ge(),
        _ => return None,
    }))
}

fn arithmetic(op: BinaryOp, left: &Value, right: &Value) -> Option<Value> {
    let int = |value: Option<i64>| Some(value.map_or(Value::Null, Value::Int));
    let length = |value: Option<i64>| Some(value.map_or(Value::Null, |it| Value::Duration(Duration(it))));
    match (op, left, right) {
        (BinaryOp::Add, Value::Int(x), Value::Int(y)) => int(x.checked_add(*y)),
        (BinaryOp::Sub, Value::Int(x), Value::Int(y)) => int(x.checked_sub(*y)),
        (BinaryOp::Mul, Value::Int(x), Value::Int(y)) => int(x.checked_mul(*y)),
        (BinaryOp::Rem, Value::Int(x), Value::Int(y)) => int(x.checked_rem(*y)),
        (BinaryOp::Add, Value::Duration(x), Value::Duration(y)) => length(x.0.checked_add(y.0)),
        (BinaryOp::Sub, Value::Duration(x), Value::Duration(y)) => length(x.0.checked_sub(y.0)),
        (BinaryOp::Mul, Value::Duration(x), Value::Int(y))
        | (BinaryOp::Mul, Value::Int(y), Value::Duration(x)) => length(x.0.checked_mul(*y)),
        (BinaryOp::Rem, Value::Duration(x), Value::Duration(y)) => length(x.0.checked_rem(y.0)),
        (BinaryOp::Div, Value::Duration(x), Value::Duration(y)) => floats(op, x.0 as f64, y.0 as f64),
        (BinaryOp::Mul, Value::Duration(x), y) | (BinaryOp::Mul, y, Value::Duration(x)) => {
            length(whole(x.0 as f64 * number(y)?))
        }
        (BinaryOp::Div, Value::Duration(x), y) => length(whole(x.0 as f64 / number(y)?)),
        (BinaryOp::Add, Value::Timestamp(x), Value::Duration(y)) => {
            Some(x.0.checked_add(y.0).map_or(Value::Null, |it| Value::Timestamp(Timestamp(it))))
        }
        (BinaryOp::Add, Value::Str(x), Value::Str(y)) => Some(Value::from(format!("{x}{y}"))),
        _ => floats(op, number(left)?, number(right)?),
    }
}

/// The nearest whole number; none where it does not fit.
fn whole(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    let value = value.round();
    (-LIMIT..LIMIT).contains(&value).then_some(value as i64)
}

fn floats(op: BinaryOp, x: f64, y: f64) -> Option<Value> {
    Some(Value::from(match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x * y,
        BinaryOp::Div => x / y,
        BinaryOp::Rem => x % y,
        _ => return None,
    }))
}
