//! Evaluation: what an expression is worth for an event and the events captured before it.
//!
//! Total: overflow, division by zero, NaN and missing values give null, never a panic.

use std::borrow::Cow;
use std::cmp::Ordering;

use smallvec::SmallVec;

use super::node::{Node, NodePick};
use super::{BinaryOp, EventWord, HostFunction, Running, calls, stages};
use crate::event::{Datum, EventBatch, Value};
use crate::ids::{ColumnId, StageId, TableId};
use crate::time::{Duration, Timestamp};

/// A captured event, as expressions read it.
pub trait CapturedEvent<'a>: Copy {
    /// The input of the key family it came from.
    fn input(self) -> usize;
    /// A kept field.
    fn slot(self, slot: u16) -> Datum<'a>;
    /// A kept field as a float, NaN where it is null; none where it is no number that a float holds exactly.
    fn float(self, slot: u16) -> Option<f64>;
}

/// What a partial match has captured, as expressions read it.
pub trait Captures {
    /// The events' type.
    type Event<'e>: CapturedEvent<'e>
    where
        Self: 'e;
    /// The events of a stage, latest first.
    fn latest_first(&self, stage: StageId) -> impl Iterator<Item = Self::Event<'_>>;

    /// The running values at the end of the path; none where none are kept.
    fn running(&self) -> Option<&[u64]> {
        None
    }

    /// The event that a word of the running values stands for.
    fn event_of(&self, _: EventWord) -> Option<Self::Event<'_>> {
        None
    }
}

/// Rows found by key.
pub trait LookUp {
    /// The value of a column in the row for a key; null where there is no row.
    fn find(&self, table: TableId, key: &[Value], column: ColumnId) -> Value;
}

/// The event under test.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Its batch.
    pub batch: &'a EventBatch,
    /// Its row there.
    pub row: usize,
}

/// What an evaluation sees.
#[derive(Debug)]
pub struct Scope<'a, C, L> {
    /// The event under test; none in an output of a match.
    pub event: Option<Row<'a>>,
    /// The partial match.
    pub captures: &'a C,
    /// The tables.
    pub tables: &'a L,
}

impl<'a, C: Captures, L: LookUp> Scope<'a, C, L> {
    /// The value of an expression.
    #[must_use]
    pub fn eval(&self, node: &'a Node) -> Datum<'a> {
        match node {
            Node::Literal(value) => value.as_datum(),
            Node::List(items) => Datum::List(Cow::Owned(self.values(items))),
            Node::Column(column) => self.event.map_or(Datum::Null, |at| at.batch.column(*column).get(at.row)),
            Node::Time => self.event.map_or(Datum::Null, |at| Datum::Timestamp(at.batch.time(at.row))),
            Node::Captured { stage, pick, slots } => self.captured(*stage, pick, slots),
            Node::Count(stage) => Datum::Int(stages::count(self.captures, *stage)),
            Node::Exists(inner) => Datum::Bool(!self.eval(inner).is_null()),
            Node::Aggregate { function, stage, slots, zero } => {
                stages::aggregate(self.captures, *function, *stage, slots, zero)
            }
            Node::Running(running) => self.running(running),
            Node::Lookup { table, keys, column } => {
                owned_datum(self.tables.find(*table, &self.values(keys), *column))
            }
            Node::Not(inner) => Datum::Bool(!self.eval(inner).is_true()),
            Node::Neg(inner) => negate(&self.eval(inner)),
            Node::Binary(op, left, right) => self.binary(*op, left, right),
            Node::Matches(text, regex) => match self.eval(text) {
                Datum::Str(text) => Datum::Bool(regex.is_match(text.as_bytes())),
                _ => Datum::Bool(false),
            },
            Node::Index(from, index) => element(self.eval(from), &self.eval(index)),
            Node::Call(function, args) => calls::call(*function, args, |arg| self.eval(arg)),
            Node::Host(call) => self.host(&call.0, &call.1),
        }
    }

    /// Whether a condition holds; null counts as false.
    #[must_use]
    pub fn holds(&self, node: &'a Node) -> bool {
        self.eval(node).is_true()
    }

    #[inline(never)]
    fn host(&self, function: &HostFunction, args: &'a [Node]) -> Datum<'a> {
        let args: SmallVec<[Datum<'a>; 4]> = args.iter().map(|arg| self.eval(arg)).collect();
        function.value(&args)
    }

    fn values(&self, nodes: &'a [Node]) -> Vec<Value> {
        nodes.iter().map(|node| self.eval(node).into_value()).collect()
    }

    fn captured(&self, stage: StageId, pick: &'a NodePick, slots: &[Option<u16>]) -> Datum<'a> {
        let event = match pick {
            NodePick::Last => self.captures.latest_first(stage).next(),
            NodePick::First => self.captures.latest_first(stage).last(),
            NodePick::At(index) => match self.eval(index) {
                Datum::Int(index) => stages::at(self.captures, stage, index),
                _ => None,
            },
        };
        event.and_then(|event| stages::read(event, slots)).unwrap_or(Datum::Null)
    }

    /// What nodes keep; before the first one, there is no path to walk.
    fn running(&self, running: &'a Running) -> Datum<'a> {
        let Some(kept) = running.value(self.captures) else { return self.eval(&running.of) };
        // As text, since -0 equals 0 and NaN not itself.
        debug_assert_eq!(format!("{kept:?}"), format!("{:?}", self.eval(&running.of)), "kept and walked");
        kept
    }

    fn binary(&self, op: BinaryOp, left: &'a Node, right: &'a Node) -> Datum<'a> {
        match op {
            BinaryOp::And => Datum::Bool(self.holds(left) && self.holds(right)),
            BinaryOp::Or => Datum::Bool(self.holds(left) || self.holds(right)),
            BinaryOp::Coalesce => match self.eval(left) {
                Datum::Null => self.eval(right),
                found => found,
            },
            _ => binary(op, &self.eval(left), &self.eval(right)),
        }
    }
}

/// An operator whose operands are both always evaluated.
fn binary<'a>(op: BinaryOp, x: &Datum<'_>, y: &Datum<'_>) -> Datum<'a> {
    let ordered = |test: fn(Ordering) -> bool| Datum::Bool(compare(x, y).is_some_and(test));
    match op {
        BinaryOp::Eq => ordered(Ordering::is_eq),
        BinaryOp::Ne => ordered(Ordering::is_ne),
        BinaryOp::Lt => ordered(Ordering::is_lt),
        BinaryOp::Le => ordered(Ordering::is_le),
        BinaryOp::Gt => ordered(Ordering::is_gt),
        BinaryOp::Ge => ordered(Ordering::is_ge),
        BinaryOp::In => Datum::Bool(member(x, y) == Some(true)),
        BinaryOp::NotIn => Datum::Bool(member(x, y) == Some(false)),
        _ => arithmetic(op, x, y),
    }
}

/// The order of two values; none where either is null or they are of different kinds. Numbers compare as floats
/// unless both are integers, text by UTF-16 unit, false before true.
#[must_use]
pub fn compare(x: &Datum<'_>, y: &Datum<'_>) -> Option<Ordering> {
    match (x, y) {
        (Datum::Int(x), Datum::Int(y)) => Some(x.cmp(y)),
        (Datum::Str(x), Datum::Str(y)) => Some(compare_text(x, y)),
        (Datum::Bool(x), Datum::Bool(y)) => Some(x.cmp(y)),
        (Datum::Timestamp(x), Datum::Timestamp(y)) => Some(x.cmp(y)),
        (Datum::Duration(x), Datum::Duration(y)) => Some(x.cmp(y)),
        _ => x.as_f64()?.partial_cmp(&y.as_f64()?),
    }
}

/// Text by UTF-16 unit. Differs from the order of code points only where a surrogate pair meets U+E000 to U+FFFF.
fn compare_text(x: &str, y: &str) -> Ordering {
    if x.is_ascii() || y.is_ascii() { x.cmp(y) } else { x.encode_utf16().cmp(y.encode_utf16()) }
}

fn member(x: &Datum<'_>, list: &Datum<'_>) -> Option<bool> {
    match list {
        Datum::List(items) if !x.is_null() => {
            Some(items.iter().any(|item| compare(x, &item.as_datum()).is_some_and(Ordering::is_eq)))
        }
        _ => None,
    }
}

fn arithmetic<'a>(op: BinaryOp, x: &Datum<'_>, y: &Datum<'_>) -> Datum<'a> {
    use Datum::{Duration as Length, Int, Str, Timestamp as Point};
    match (op, x, y) {
        (BinaryOp::Add, Str(x), Str(y)) => Str(Cow::Owned(format!("{x}{y}"))),
        (BinaryOp::Div, Length(x), Length(y)) => divide(x.0 as f64, y.0 as f64),
        (BinaryOp::Div, Length(x), y) => y.as_f64().map_or(Datum::Null, |y| length(x.0 as f64 / y)),
        (BinaryOp::Mul, Length(x), Int(y)) | (BinaryOp::Mul, Int(y), Length(x)) => {
            x.0.checked_mul(*y).map_or(Datum::Null, |product| Length(Duration(product)))
        }
        (BinaryOp::Mul, Length(x), y) | (BinaryOp::Mul, y, Length(x)) => {
            y.as_f64().map_or(Datum::Null, |y| length(x.0 as f64 * y))
        }
        (BinaryOp::Sub, Point(x), Point(y)) => {
            integer(op, x.0, y.0).map_or(Datum::Null, |d| Length(Duration(d)))
        }
        (_, Point(x), Length(y)) => integer(op, x.0, y.0).map_or(Datum::Null, |t| Point(Timestamp(t))),
        (_, Length(x), Point(y)) => integer(op, x.0, y.0).map_or(Datum::Null, |t| Point(Timestamp(t))),
        (_, Length(x), Length(y)) => integer(op, x.0, y.0).map_or(Datum::Null, |d| Length(Duration(d))),
        (BinaryOp::Div, x, y) => both(x, y).map_or(Datum::Null, |(x, y)| divide(x, y)),
        (_, Int(x), Int(y)) => integer(op, *x, *y).map_or(Datum::Null, Int),
        (_, x, y) => both(x, y).map_or(Datum::Null, |(x, y)| float(op, x, y)),
    }
}

fn both(x: &Datum<'_>, y: &Datum<'_>) -> Option<(f64, f64)> {
    Some((x.as_f64()?, y.as_f64()?))
}

fn divide<'a>(x: f64, y: f64) -> Datum<'a> {
    if y == 0.0 { Datum::Null } else { Datum::finite(x / y) }
}

fn length<'a>(millis: f64) -> Datum<'a> {
    calls::whole(millis.round()).map_or(Datum::Null, |millis| Datum::Duration(Duration(millis)))
}

fn integer(op: BinaryOp, x: i64, y: i64) -> Option<i64> {
    match op {
        BinaryOp::Add => x.checked_add(y),
        BinaryOp::Sub => x.checked_sub(y),
        BinaryOp::Mul => x.checked_mul(y),
        BinaryOp::Rem => x.checked_rem(y),
        _ => None,
    }
}

fn float<'a>(op: BinaryOp, x: f64, y: f64) -> Datum<'a> {
    Datum::finite(match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x * y,
        BinaryOp::Rem => x % y,
        _ => f64::NAN,
    })
}

fn negate<'a>(x: &Datum<'_>) -> Datum<'a> {
    match x {
        Datum::Int(x) => x.checked_neg().map_or(Datum::Null, Datum::Int),
        Datum::Float(x) => Datum::Float(-x),
        Datum::Duration(x) => x.0.checked_neg().map_or(Datum::Null, |x| Datum::Duration(Duration(x))),
        _ => Datum::Null,
    }
}

fn element<'a>(from: Datum<'a>, index: &Datum<'_>) -> Datum<'a> {
    match (from, index) {
        (Datum::List(Cow::Borrowed(items)), Datum::Int(index)) => usize::try_from(*index)
            .ok()
            .and_then(|index| items.get(index))
            .map_or(Datum::Null, Value::as_datum),
        (Datum::List(Cow::Owned(items)), Datum::Int(index)) => usize::try_from(*index)
            .ok()
            .and_then(|index| items.get(index).cloned())
            .map_or(Datum::Null, owned_datum),
        (Datum::Map(map), Datum::Str(key)) => map.get(key.as_ref()).map_or(Datum::Null, Value::as_datum),
        _ => Datum::Null,
    }
}

/// A value that nothing else owns. A map cannot be borrowed from it and is null: no operator yields a fresh map.
pub(super) fn owned_datum<'a>(value: Value) -> Datum<'a> {
    match value {
        Value::Null | Value::Map(_) => Datum::Null,
        Value::Bool(value) => Datum::Bool(value),
        Value::Int(value) => Datum::Int(value),
        Value::Float(value) => Datum::Float(value),
        Value::Str(text) => Datum::Str(Cow::Owned(text.as_ref().to_owned())),
        Value::Timestamp(time) => Datum::Timestamp(time),
        Value::Duration(length) => Datum::Duration(length),
        Value::List(items) => Datum::List(Cow::Owned(items.to_vec())),
    }
}
