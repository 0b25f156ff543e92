//! The fields of an event that is to satisfy conditions: comparisons are turned around until they say what a field has to
//! be. Not every condition can be; what comes out is tested, never believed.

use cep_core::event::{DataType, Schema, Value};
use cep_core::expr::{BinaryOp, Expr, Function, UnaryOp};
use cep_core::time::{Duration, Timestamp};

use super::choice::Choice;
use super::expr::reads_event;
use super::near::{default, fitting, near, sample};
use super::values::{Known, Row, equal, operation};

/// So often all conditions are gone through: mending one may break another.
const ROUNDS: usize = 24;

/// Something an event is to satisfy, or not to.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) condition: Expr,
    pub(super) truth: bool,
    /// Whether nothing comes of the event without it.
    pub(super) must: bool,
}

/// An event that is being made up.
pub(super) struct Solver<'a> {
    pub(super) known: Known<'a>,
    pub(super) schema: &'a Schema,
    pub(super) row: Row,
    pub(super) choice: &'a mut Choice,
}

impl Solver<'_> {
    /// The event, where it satisfies all that it must; what else is wished is left aside where both cannot be had.
    pub(super) fn solve(mut self, wishes: &[Wish]) -> Option<Row> {
        let plain = self.row.clone();
        if self.satisfy_all(wishes) {
            return Some(self.row);
        }
        let must: Vec<_> = wishes.iter().filter(|wish| wish.must).cloned().collect();
        if must.iter().all(|wish| self.is_so(&wish.condition, wish.truth)) {
            return Some(self.row);
        }
        self.row = plain;
        self.satisfy_all(&must).then_some(self.row)
    }

    fn satisfy_all(&mut self, wishes: &[Wish]) -> bool {
        for _ in 0..ROUNDS {
            let mut done = true;
            for wish in wishes {
                if !self.is_so(&wish.condition, wish.truth) {
                    done = false;
                    self.satisfy(&wish.condition, wish.truth);
                }
            }
            if done {
                return true;
            }
        }
        false
    }

    fn is_so(&self, condition: &Expr, truth: bool) -> bool {
        self.known.holds(condition, &self.row) == truth
    }

    fn value(&self, expr: &Expr) -> Value {
        self.known.eval(expr, &self.row)
    }

    /// Makes a condition true or false, if it can.
    fn satisfy(&mut self, condition: &Expr, truth: bool) -> bool {
        if self.is_so(condition, truth) {
            return true;
        }
        match condition {
            Expr::Unary(UnaryOp::Not, inner) => self.satisfy(inner, !truth),
            Expr::Binary(op @ (BinaryOp::And | BinaryOp::Or), left, right) => {
                let parts = [&**left, &**right];
                if (*op == BinaryOp::And) == truth {
                    parts.iter().all(|part| self.satisfy(part, truth))
                } else {
                    let first = self.choice.of(2);
                    self.satisfy(parts[first], truth) || self.satisfy(parts[1 - first], truth)
                }
            }
            Expr::Binary(op, left, right) => self.compare(*op, left, right, truth),
            Expr::Exists(inner) if truth => self.present(inner),
            Expr::Exists(inner) => self.assign(inner, &Value::Null),
            Expr::Call(Function::If, args) => {
                self.satisfy(&args[0], true) && self.satisfy(&args[1], truth)
                    || self.satisfy(&args[0], false) && self.satisfy(&args[2], truth)
            }
            Expr::Call(Function::Contains | Function::StartsWith | Function::EndsWith, args) if truth => {
                let part = self.value(&args[1]);
                self.assign(&args[0], &part)
            }
            other => self.assign(other, &Value::Bool(truth)),
        }
    }

    fn compare(&mut self, op: BinaryOp, left: &Expr, right: &Expr, truth: bool) -> bool {
        let op = if truth { op } else { negated(op) };
        if op == BinaryOp::Matches {
            let Value::Str(pattern) = self.value(right) else { return false };
            return sample(&pattern).is_some_and(|text| self.assign(left, &text.into()));
        }
        if let (Expr::Call(Function::Haversine, places), BinaryOp::Lt | BinaryOp::Le) = (left, op) {
            return self.same_place(places);
        }
        let turned = mirrored(op).map(|mirrored| (right, left, mirrored));
        for (side, other, op) in [Some((left, right, op)), turned].into_iter().flatten() {
            if reads_event(side) && self.towards(side, op, other) {
                return true;
            }
        }
        false
    }

    /// Gives `side` a value that compares with `other` as it is to.
    fn towards(&mut self, side: &Expr, op: BinaryOp, other: &Expr) -> bool {
        let mut target = self.value(other);
        if target == Value::Null && self.present(other) {
            target = self.value(other);
        }
        for value in near(op, &target, self.choice) {
            let before = self.row.clone();
            if self.assign(side, &value)
                && operation(op, self.value(side), self.value(other)) == Value::Bool(true)
            {
                return true;
            }
            self.row = before;
        }
        false
    }

    /// Two places on earth become one.
    fn same_place(&mut self, places: &[Expr]) -> bool {
        let mut moved = false;
        for at in 0..places.len() {
            let other = self.value(&places[(at + 2) % places.len()]);
            if reads_event(&places[at]) && other != Value::Null {
                moved |= self.assign(&places[at], &other);
            }
        }
        moved
    }

    /// Gives an expression that is null a value.
    fn present(&mut self, expr: &Expr) -> bool {
        match expr {
            Expr::Field(name) => {
                let Some(field) = self.schema.field(name) else { return false };
                let value = default(name, &field.ty.data, 1);
                self.assign(expr, &value)
            }
            Expr::Lookup { .. } => self.assign(expr, &Value::Bool(true)),
            _ => expr.children().into_iter().filter(|child| reads_event(child)).fold(false, |any, child| {
                let missing = self.value(child) == Value::Null;
                (missing && self.present(child)) || any
            }),
        }
    }

    /// Makes an expression worth a value, by the fields in it.
    fn assign(&mut self, expr: &Expr, value: &Value) -> bool {
        match expr {
            Expr::Field(name) => {
                let Some(field) = self.schema.field(name) else { return false };
                match fitting(value, &field.ty) {
                    Some(value) => {
                        self.row.insert(name.clone(), value);
                        true
                    }
                    None => false,
                }
            }
            Expr::Unary(UnaryOp::Neg, inner) => {
                let value = operation(BinaryOp::Mul, value.clone(), Value::Int(-1));
                self.assign(inner, &value)
            }
            Expr::Unary(UnaryOp::Not, _) | Expr::Exists(_) => {
                matches!(value, Value::Bool(truth) if self.satisfy(expr, *truth))
            }
            Expr::Binary(BinaryOp::Coalesce, left, right) => {
                let part = if reads_event(left) { left } else { right };
                self.assign(part, value)
            }
            Expr::Binary(op, left, right) => self.assign_operand(*op, left, right, value),
            Expr::Call(function, args) => self.assign_argument(*function, args, value),
            Expr::Index(from, index) => self.assign_element(from, index, value),
            Expr::Lookup { table, keys, field } => self.assign_key(table, keys, field, value),
            _ => false,
        }
    }

    fn assign_operand(&mut self, op: BinaryOp, left: &Expr, right: &Expr, value: &Value) -> bool {
        let (side, other, is_left) =
            if reads_event(left) { (left, right, true) } else { (right, left, false) };
        let other = self.value(other);
        let needed = match (op, is_left) {
            (BinaryOp::Add, _) => operation(BinaryOp::Sub, value.clone(), other),
            (BinaryOp::Sub, true) => operation(BinaryOp::Add, value.clone(), other),
            (BinaryOp::Sub, false) => operation(BinaryOp::Sub, other, value.clone()),
            (BinaryOp::Mul, _) => operation(BinaryOp::Div, value.clone(), other),
            (BinaryOp::Div, true) => operation(BinaryOp::Mul, value.clone(), other),
            (BinaryOp::Div, false) => operation(BinaryOp::Div, other, value.clone()),
            (BinaryOp::Rem, true) => value.clone(),
            _ => return matches!(value, Value::Bool(truth) if self.compare(op, left, right, *truth)),
        };
        needed != Value::Null && self.assign(side, &needed)
    }

    fn assign_argument(&mut self, function: Function, args: &[Expr], value: &Value) -> bool {
        let number = value.as_datum().as_f64();
        let needed = match (function, value) {
            (Function::If, _) => {
                let branch = if reads_event(&args[1]) { 1 } else { 2 };
                return self.assign(&args[branch], value) && self.satisfy(&args[0], branch == 1);
            }
            (Function::Sqrt, _) => number.map(|number| Value::Float(number * number)),
            (Function::Exp, _) => number.map(|number| Value::Float(number.ln())),
            (Function::Ln, _) => number.map(|number| Value::Float(number.exp())),
            (Function::Length, Value::Int(long)) => {
                let long = usize::try_from(*long).ok().filter(|long| *long < 1_000);
                long.map(|long| Value::from("x".repeat(long)))
            }
            (Function::Hour, Value::Int(hour)) => {
                Some(Value::Timestamp(Timestamp(hour.saturating_mul(3_600_000))))
            }
            (Function::DayOfWeek, Value::Int(day)) => {
                // The epoch began on a Thursday, and weeks begin on Mondays.
                Some(Value::Timestamp(Timestamp((day - 4).rem_euclid(7) * 86_400_000)))
            }
            _ => Some(value.clone()),
        };
        let Some(needed) = needed else { return false };
        args.iter().any(|arg| reads_event(arg) && self.assign(arg, &needed))
    }

    fn assign_element(&mut self, from: &Expr, index: &Expr, value: &Value) -> bool {
        let Expr::Field(name) = from else { return false };
        let changed = match (self.value(from), self.value(index)) {
            (Value::Map(map), Value::Str(key)) => {
                let mut map = (*map).clone();
                map.insert(key, value.clone());
                Value::Map(map.into())
            }
            (Value::List(items), Value::Int(at)) => {
                let mut items = items.to_vec();
                let Ok(at) = usize::try_from(at) else { return false };
                while items.len() <= at.min(99) {
                    items.push(value.clone());
                }
                items[at.min(99)] = value.clone();
                Value::List(items.into())
            }
            _ => return false,
        };
        self.row.insert(name.clone(), changed);
        true
    }

    /// Keys whose row has the value, or, for null, that have none. `true` stands for any value.
    fn assign_key(&mut self, table: &str, keys: &[Expr], field: &str, value: &Value) -> bool {
        let Some(table) = self.known.tables.get(table) else { return false };
        if *value == Value::Null {
            let absent =
                Value::from(format!("new {}", keys.first().map(ToString::to_string).unwrap_or_default()));
            return keys.iter().rev().any(|key| reads_event(key) && self.assign(key, &absent));
        }
        let wanted = |row: &&Row| {
            row.get(field).is_some_and(|found| *value == Value::Bool(true) || equal(found, value))
        };
        let Some(row) = table.rows.iter().find(wanted) else { return false };
        let pairs = table.key.iter().zip(keys);
        pairs.into_iter().all(|(name, key)| {
            let part = row.get(name).cloned().unwrap_or(Value::Null);
            self.assign(key, &part) || equal(&self.value(key), &part)
        })
    }
}

fn negated(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Eq => BinaryOp::Ne,
        BinaryOp::Ne => BinaryOp::Eq,
        BinaryOp::Lt => BinaryOp::Ge,
        BinaryOp::Le => BinaryOp::Gt,
        BinaryOp::Gt => BinaryOp::Le,
        BinaryOp::Ge => BinaryOp::Lt,
        BinaryOp::In => BinaryOp::NotIn,
        BinaryOp::NotIn => BinaryOp::In,
        other => other,
    }
}

fn mirrored(op: BinaryOp) -> Option<BinaryOp> {
    match op {
        BinaryOp::Eq | BinaryOp::Ne => Some(op),
        BinaryOp::Lt => Some(BinaryOp::Gt),
        BinaryOp::Le => Some(BinaryOp::Ge),
        BinaryOp::Gt => Some(BinaryOp::Lt),
        BinaryOp::Ge => Some(BinaryOp::Le),
        _ => None,
    }
}

/// An event of a stream before anything is wished of it. Its texts end with a number.
pub(super) fn plain(schema: &Schema, time: Option<(&str, Timestamp)>, number: usize) -> Row {
    let fields = schema.fields().iter().filter(|field| !field.ty.nullable);
    let mut row: Row =
        fields.map(|field| (field.name.clone(), default(&field.name, &field.ty.data, number))).collect();
    if let Some((field, time)) = time {
        row.insert(field.to_owned(), Value::Timestamp(time));
    }
    for field in schema.fields().iter().filter(|field| field.ty.data == DataType::Duration) {
        row.entry(field.name.clone()).and_modify(|value| *value = Value::Duration(Duration(1_000)));
    }
    row
}
