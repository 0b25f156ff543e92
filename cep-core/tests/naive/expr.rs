//! Conditions of the naive matcher: the expressions of the conformance cases over events of any fields.

use std::rc::Rc;

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Value {
    Number(f64),
    Text(Rc<str>),
    Bool(bool),
}

#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) time: i64,
    pub(crate) fields: Vec<(Rc<str>, Value)>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Expr {
    Value(Option<Value>),
    Field(String),
    Time,
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
    Compare(Compare, Box<Expr>, Box<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    Contains(Box<Expr>, Box<Expr>),
    StartsWith(Box<Expr>, Box<Expr>),
    Count(String),
    Captured(Fold, String, String),
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Compare {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Arithmetic {
    Add,
    Sub,
    Mul,
    Div,
}

/// What is made of a field of the captured events of a stage.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Fold {
    First,
    Last,
    Sum,
    Avg,
    Min,
    Max,
}

/// What a condition can see: the event under test and what was captured before it (10.1).
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) event: &'a Event,
    pub(crate) captured: &'a [(&'a str, usize)],
    pub(crate) events: &'a [Event],
}

impl Event {
    fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(field, _)| **field == *name).map(|(_, value)| value)
    }

    /// Its type, in worlds of letters.
    pub(crate) fn letter(&self) -> String {
        match self.field("type") {
            Some(Value::Text(letter)) => letter.to_string(),
            _ => String::new(),
        }
    }

    /// A field that is a number, else the least of all.
    pub(crate) fn number(&self, name: &str) -> f64 {
        match self.field(name) {
            Some(Value::Number(number)) => *number,
            _ => f64::NEG_INFINITY,
        }
    }
}

impl<'a> Seen<'a> {
    fn of_stage<'s>(self, stage: &'s str) -> impl DoubleEndedIterator<Item = &'a Event> + use<'a, 's> {
        self.captured.iter().filter(move |(name, _)| *name == stage).map(move |(_, at)| &self.events[*at])
    }
}

impl Expr {
    /// Two-valued: null counts as false.
    pub(crate) fn holds(&self, seen: Seen<'_>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(seen)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(seen)),
            Self::Not(inner) => !inner.holds(seen),
            Self::Compare(operator, left, right) => {
                let pair = (left.value(seen), right.value(seen));
                matches!(pair, (Some(left), Some(right)) if compare(*operator, &left, &right))
            }
            Self::Contains(text, part) => {
                matches!((text.text(seen), part.text(seen)), (Some(text), Some(part)) if text.contains(&*part))
            }
            Self::StartsWith(text, start) => {
                matches!((text.text(seen), start.text(seen)), (Some(text), Some(start)) if text.starts_with(&*start))
            }
            other => other.value(seen) == Some(Value::Bool(true)),
        }
    }

    fn value(&self, seen: Seen<'_>) -> Option<Value> {
        match self {
            Self::Value(value) => value.clone(),
            Self::Field(name) => seen.event.field(name).cloned(),
            Self::Time => Some(Value::Number(number(seen.event.time))),
            Self::Arithmetic(operator, left, right) => {
                calculate(*operator, left.number(seen)?, right.number(seen)?).map(Value::Number)
            }
            Self::Count(stage) => Some(Value::Number(number(seen.of_stage(stage).count()))),
            Self::Captured(fold, stage, field) => folded(*fold, stage, field, seen),
            condition => Some(Value::Bool(condition.holds(seen))),
        }
    }

    fn number(&self, seen: Seen<'_>) -> Option<f64> {
        match self.value(seen)? {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    fn text(&self, seen: Seen<'_>) -> Option<Rc<str>> {
        match self.value(seen)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Test data is small enough to be exact as a float.
fn number(integer: impl TryInto<i32>) -> f64 {
    f64::from(integer.try_into().unwrap_or(i32::MAX))
}

fn compare(operator: Compare, left: &Value, right: &Value) -> bool {
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.partial_cmp(right),
        (Value::Text(left), Value::Text(right)) => Some(left.encode_utf16().cmp(right.encode_utf16())),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        _ => None,
    };
    order.is_some_and(|order| match operator {
        Compare::Eq => order.is_eq(),
        Compare::Ne => order.is_ne(),
        Compare::Lt => order.is_lt(),
        Compare::Le => order.is_le(),
        Compare::Gt => order.is_gt(),
        Compare::Ge => order.is_ge(),
    })
}

fn calculate(operator: Arithmetic, left: f64, right: f64) -> Option<f64> {
    match operator {
        Arithmetic::Add => Some(left + right),
        Arithmetic::Sub => Some(left - right),
        Arithmetic::Mul => Some(left * right),
        Arithmetic::Div => (right != 0.0).then(|| left / right),
    }
}

fn folded(fold: Fold, stage: &str, field: &str, seen: Seen<'_>) -> Option<Value> {
    let mut events = seen.of_stage(stage);
    match fold {
        Fold::First => return events.next()?.field(field).cloned(),
        Fold::Last => return events.next_back()?.field(field).cloned(),
        _ => {}
    }
    let numbers: Vec<f64> = events
        .filter_map(|event| match event.field(field) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        })
        .collect();
    let sum: f64 = numbers.iter().fold(0.0, |sum, number| sum + number);
    match fold {
        Fold::Sum => Some(sum),
        Fold::Avg => (!numbers.is_empty()).then(|| sum / number(numbers.len())),
        Fold::Min => numbers.into_iter().reduce(f64::min),
        _ => numbers.into_iter().reduce(f64::max),
    }
    .map(Value::Number)
}
