//! What an expression is worth for an event that is being made up, by the engine's own evaluation: names are replaced by
//! values, and operators and functions are left to it.

use std::collections::BTreeMap;

use cep_core::event::{Datum, Value};
use cep_core::expr::{
    Aggregate, BinaryOp, CapturedEvent, Captures, Expr, LookUp, Node, Pick, Scope, UnaryOp, compare,
};
use cep_core::ids::{ColumnId, StageId, TableId};
use cep_core::program::ParamValues;

/// The fields of an event by name.
pub(in crate::explain) type Row = BTreeMap<String, Value>;

/// The events that stages have, in order.
pub(in crate::explain) type Taken = BTreeMap<String, Vec<Row>>;

/// A table's rows, and the columns that are its key.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The names of the key's columns.
    pub key: Vec<String>,
    /// The rows, fields by name.
    pub rows: Vec<BTreeMap<String, Value>>,
}

/// The tables of a program by name.
pub type Tables = BTreeMap<String, Table>;

/// What names stand for beside the fields of the event.
#[derive(Clone, Copy, Debug)]
pub(in crate::explain) struct Known<'a> {
    pub(in crate::explain) params: &'a ParamValues,
    pub(in crate::explain) tables: &'a Tables,
    pub(in crate::explain) taken: &'a Taken,
}

impl Known<'_> {
    pub(in crate::explain) fn holds(&self, condition: &Expr, row: &Row) -> bool {
        self.eval(condition, row) == Value::Bool(true)
    }

    pub(in crate::explain) fn eval(&self, expr: &Expr, row: &Row) -> Value {
        let node = |expr: &Expr| Node::Literal(self.eval(expr, row));
        match expr {
            Expr::Literal(value) => value.clone(),
            Expr::Field(name) => row.get(name).cloned().unwrap_or(Value::Null),
            Expr::Time => Value::Null,
            Expr::Param(name) => self.params.get(name).cloned().unwrap_or(Value::Null),
            Expr::Captured { stage, pick, field } => self.captured(stage, pick, field, row),
            Expr::Count(stage) => Value::Int(i64::try_from(self.events(stage).len()).unwrap_or(i64::MAX)),
            Expr::StageExists(stage) => Value::Bool(!self.events(stage).is_empty()),
            Expr::Aggregate { function, stage, field } => self.aggregate(*function, stage, field),
            Expr::Lookup { table, keys, field } => self.look_up(table, keys, field, row),
            Expr::List(items) => computed(&Node::List(items.iter().map(node).collect())),
            Expr::Exists(inner) => computed(&Node::Exists(Box::new(node(inner)))),
            Expr::Unary(UnaryOp::Not, inner) => computed(&Node::Not(Box::new(node(inner)))),
            Expr::Unary(UnaryOp::Neg, inner) => computed(&Node::Neg(Box::new(node(inner)))),
            Expr::Binary(BinaryOp::Matches, text, pattern) => match self.eval(pattern, row) {
                Value::Str(pattern) => {
                    Node::matches(node(text), &pattern).map_or(Value::Null, |node| computed(&node))
                }
                _ => Value::Null,
            },
            Expr::Binary(op, left, right) => operation(*op, self.eval(left, row), self.eval(right, row)),
            Expr::Index(from, index) => computed(&Node::Index(Box::new(node(from)), Box::new(node(index)))),
            Expr::Host(function, args) => {
                computed(&Node::Host(Box::new((function.clone(), args.iter().map(node).collect()))))
            }
            Expr::Call(function, args) => computed(&Node::Call(*function, args.iter().map(node).collect())),
        }
    }

    fn events(&self, stage: &str) -> &[Row] {
        self.taken.get(stage).map_or(&[], Vec::as_slice)
    }

    fn captured(&self, stage: &str, pick: &Pick, field: &str, row: &Row) -> Value {
        let events = self.events(stage);
        let event = match pick {
            Pick::First => events.first(),
            Pick::Last => events.last(),
            Pick::At(index) => match self.eval(index, row) {
                Value::Int(index) => usize::try_from(index).ok().and_then(|index| events.get(index)),
                _ => None,
            },
        };
        event.and_then(|event| event.get(field)).cloned().unwrap_or(Value::Null)
    }

    fn look_up(&self, table: &str, keys: &[Expr], field: &str, row: &Row) -> Value {
        let keys: Vec<_> = keys.iter().map(|key| self.eval(key, row)).collect();
        let found = self.tables.get(table).and_then(|table| {
            let fits = |row: &&Row| {
                let pairs = table.key.iter().zip(&keys);
                pairs.into_iter().all(|(name, key)| row.get(name).is_some_and(|value| equal(value, key)))
            };
            table.rows.iter().find(fits)
        });
        found.and_then(|row| row.get(field)).cloned().unwrap_or(Value::Null)
    }

    fn aggregate(&self, function: Aggregate, stage: &str, field: &str) -> Value {
        let values = self.events(stage).iter().filter_map(|event| event.get(field));
        let values: Vec<_> = values.filter(|value| **value != Value::Null).cloned().collect();
        let sum = || values.iter().cloned().reduce(|sum, value| operation(BinaryOp::Add, sum, value));
        let extreme = |op| values.iter().cloned().reduce(|best, value| better(op, best, value));
        let number = Value::Int(i64::try_from(values.len()).unwrap_or(i64::MAX));
        match function {
            Aggregate::Sum => sum().unwrap_or(Value::Int(0)),
            Aggregate::Avg => sum().map_or(Value::Null, |sum| operation(BinaryOp::Div, sum, number)),
            Aggregate::Min => extreme(BinaryOp::Lt).unwrap_or(Value::Null),
            Aggregate::Max => extreme(BinaryOp::Gt).unwrap_or(Value::Null),
            Aggregate::Stddev => deviation(&values),
            Aggregate::Collect => Value::List(values.into()),
            Aggregate::Distinct => {
                let mut different: Vec<Value> = Vec::new();
                for value in values {
                    if !different.contains(&value) {
                        different.push(value);
                    }
                }
                Value::List(different.into())
            }
        }
    }
}

/// What an operator makes of two values.
pub(super) fn operation(op: BinaryOp, left: Value, right: Value) -> Value {
    computed(&Node::Binary(op, Box::new(Node::Literal(left)), Box::new(Node::Literal(right))))
}

pub(super) fn equal(left: &Value, right: &Value) -> bool {
    compare(&left.as_datum(), &right.as_datum()).is_some_and(std::cmp::Ordering::is_eq)
}

fn better(op: BinaryOp, best: Value, value: Value) -> Value {
    if operation(op, value.clone(), best.clone()) == Value::Bool(true) { value } else { best }
}

fn deviation(values: &[Value]) -> Value {
    let numbers: Vec<f64> = values.iter().filter_map(|value| value.as_datum().as_f64()).collect();
    if numbers.is_empty() {
        return Value::Null;
    }
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    Value::Float((numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / count).sqrt())
}

fn computed(node: &Node) -> Value {
    Scope { event: None, captures: &Nothing, tables: &Nothing }.eval(node).into_value()
}

/// Neither captured events nor tables: their values have been put in.
struct Nothing;

/// There is none.
#[derive(Clone, Copy)]
enum Never {}

impl<'a> CapturedEvent<'a> for Never {
    fn input(self) -> usize {
        match self {}
    }

    fn slot(self, _: u16) -> Datum<'a> {
        match self {}
    }

    fn float(self, _: u16) -> Option<f64> {
        match self {}
    }
}

impl Captures for Nothing {
    type Event<'e> = Never;

    fn latest_first(&self, _: StageId) -> impl Iterator<Item = Never> {
        std::iter::empty()
    }
}

impl LookUp for Nothing {
    fn find(&self, _: TableId, _: &[Value], _: ColumnId) -> Value {
        Value::Null
    }
}
