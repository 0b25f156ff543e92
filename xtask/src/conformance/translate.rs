//! From a case's neutral JSON to the pattern builder.

use cep_core::event::{DataType, Schema, Value as Constant};
use cep_core::expr::{Aggregate, Expr, Function, exists, field, function, lit, stage, time};
use cep_core::pattern::{
    Definitions, GroupBuilder, Input, Pattern, PatternBuilder, PatternError, Skip, StreamDef, TieBreak,
};
use cep_core::time::Duration;
use serde_json::Value;

use super::case::{Case, Item};

/// The stream and the pattern of every case.
pub(crate) const STREAM: &str = "ev";

/// The definitions of a case: stream `ev`, pattern `p`, keyed by `key`.
pub(crate) fn definitions(case: &Case) -> Result<Definitions, Vec<PatternError>> {
    let schema = schema(case);
    let translation = Translation { stages: stage_names(&case.pattern()["stages"]), schema: &schema };
    let pattern = translation.pattern(case.pattern())?;
    let mut stream = StreamDef::new(STREAM, schema.clone(), "ts");
    if let Some((field, descending)) = case.comparator()
        && let Some(time) = &mut stream.time
    {
        time.tie_break.push(TieBreak { field: field.to_owned(), descending });
    }
    Ok(Definitions { streams: vec![stream], patterns: vec![pattern], ..Definitions::default() })
}

/// The fields every event has, and those that any event of the case has, typed by what they hold.
pub(crate) fn schema(case: &Case) -> Schema {
    let mut schema =
        Schema::new().with("id", DataType::Int).with("ts", DataType::Timestamp).with("key", DataType::String);
    for known in [("type", DataType::String), ("name", DataType::String), ("price", DataType::Float)] {
        schema = schema.with_nullable(known.0, known.1);
    }
    for item in case.items() {
        let Item::Event(event) = item else { continue };
        for (name, value) in event {
            let data = match value {
                Value::Bool(_) => DataType::Bool,
                Value::Number(_) => DataType::Float,
                Value::String(_) => DataType::String,
                _ => continue,
            };
            if schema.column(name).is_none() {
                schema = schema.with_nullable(name, data);
            }
        }
    }
    schema
}

fn stage_names(stages: &Value) -> Vec<String> {
    let each = stages.as_array().into_iter().flatten();
    each.flat_map(|stage| match stage["name"].as_str() {
        Some(name) => vec![name.to_owned()],
        None => stage_names(&stage["stages"]),
    })
    .collect()
}

struct Translation<'a> {
    stages: Vec<String>,
    schema: &'a Schema,
}

/// What a neutral expression is worth, as far as comparing goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Truth,
    Nothing,
}

/// One method of the builder on either builder: patterns and groups have the same ones.
trait Sequence: Sized {
    fn connect(self, contiguity: &str, name: &str) -> Self;
    fn connect_group(self, contiguity: &str, group: GroupBuilder) -> Self;
    fn filter(self, condition: Expr) -> Self;
    fn until(self, condition: Expr) -> Self;
    fn times(self, n: i64) -> Self;
    fn times_between(self, from: i64, to: i64) -> Self;
    fn times_or_more(self, n: i64) -> Self;
    fn optional(self) -> Self;
    fn greedy(self) -> Self;
    fn consecutive(self) -> Self;
    fn allow_combinations(self) -> Self;
    fn at_most_apart(self, window: Duration) -> Self;
    fn gap(self, window: Duration) -> Self;
    fn window_here(self, window: Duration) -> Self;
}

macro_rules! sequence {
    ($builder:ty) => {
        impl Sequence for $builder {
            fn connect(self, contiguity: &str, name: &str) -> Self {
                match contiguity {
                    "next" => self.next(name),
                    "followed_by_any" => self.followed_by_any(name),
                    "not_next" => self.not_next(name),
                    "not_followed_by" => self.not_followed_by(name),
                    _ => self.followed_by(name),
                }
            }
            fn connect_group(self, contiguity: &str, group: GroupBuilder) -> Self {
                match contiguity {
                    "next" => self.next_group(group),
                    "followed_by_any" => self.followed_by_any_group(group),
                    _ => self.followed_by_group(group),
                }
            }
            fn filter(self, condition: Expr) -> Self {
                self.filter(condition)
            }
            fn until(self, condition: Expr) -> Self {
                self.until(condition)
            }
            fn times(self, n: i64) -> Self {
                self.times(n)
            }
            fn times_between(self, from: i64, to: i64) -> Self {
                self.times_between(from, to)
            }
            fn times_or_more(self, n: i64) -> Self {
                self.times_or_more(n)
            }
            fn optional(self) -> Self {
                self.optional()
            }
            fn greedy(self) -> Self {
                self.greedy()
            }
            fn consecutive(self) -> Self {
                self.consecutive()
            }
            fn allow_combinations(self) -> Self {
                self.allow_combinations()
            }
            fn at_most_apart(self, window: Duration) -> Self {
                self.at_most_apart(window)
            }
            fn gap(self, window: Duration) -> Self {
                self.gap(window)
            }
            fn window_here(self, window: Duration) -> Self {
                self.window_here(window)
            }
        }
    };
}

sequence!(PatternBuilder);
sequence!(GroupBuilder);

impl Translation<'_> {
    fn pattern(&self, pattern: &Value) -> Result<Pattern, Vec<PatternError>> {
        let stages = pattern["stages"].as_array().map(Vec::as_slice).unwrap_or_default();
        let first = &stages[0];
        let builder = match first["name"].as_str() {
            Some(name) => Pattern::begin(name),
            None => Pattern::begin_group(self.group(first)),
        };
        let mut builder = self.rest(self.details(builder, first), &stages[1..]);
        if let Some(within) = millis(&pattern["within_ms"]) {
            let previous = pattern["within_type"].as_str() == Some("previous_and_current");
            builder = if previous { builder.gap(within) } else { builder.within(within) };
        }
        let mut pattern = builder.after_match(skip(&pattern["skip"])).build("p")?;
        pattern.inputs = vec![Input { stream: STREAM.to_owned(), by: vec!["key".to_owned()] }];
        Ok(pattern)
    }

    fn group(&self, group: &Value) -> GroupBuilder {
        let stages = group["stages"].as_array().map(Vec::as_slice).unwrap_or_default();
        let first = &stages[0];
        let builder = match first["name"].as_str() {
            Some(name) => GroupBuilder::begin(name),
            None => GroupBuilder::begin_group(self.group(first)),
        };
        self.rest(self.details(builder, first), &stages[1..])
    }

    fn rest<S: Sequence>(&self, builder: S, stages: &[Value]) -> S {
        stages.iter().fold(builder, |builder, stage| {
            let contiguity = stage["contiguity"].as_str().unwrap_or_default();
            let connected = match stage["name"].as_str() {
                Some(name) => builder.connect(contiguity, name),
                None => builder.connect_group(contiguity, self.group(stage)),
            };
            self.details(connected, stage)
        })
    }

    /// In the order in which Flink's API calls come.
    fn details<S: Sequence>(&self, mut builder: S, stage: &Value) -> S {
        if !stage["where"].is_null() {
            builder = builder.filter(self.condition(&stage["where"]));
        }
        builder = quantifier(builder, &stage["quantifier"]);
        if !stage["until"].is_null() {
            builder = builder.until(self.condition(&stage["until"]));
        }
        if let Some(gap) = millis(&stage["within_ms"]) {
            builder = builder.gap(gap);
        }
        match millis(&stage["within_first_last_ms"]) {
            Some(window) => builder.window_here(window),
            None => builder,
        }
    }

    fn condition(&self, expr: &Value) -> Expr {
        match self.expr(expr) {
            (condition, Kind::Truth) => condition,
            _ => lit(false),
        }
    }

    fn expr(&self, expr: &Value) -> (Expr, Kind) {
        match expr {
            Value::Bool(value) => (lit(*value), Kind::Truth),
            Value::Number(value) => (lit(value.as_f64().unwrap_or_default()), Kind::Number),
            Value::String(value) => (lit(value.as_str()), Kind::Text),
            Value::Array(parts) => self.form(parts[0].as_str().unwrap_or_default(), &parts[1..]),
            Value::Null | Value::Object(_) => (Expr::Literal(Constant::Null), Kind::Nothing),
        }
    }

    fn form(&self, form: &str, args: &[Value]) -> (Expr, Kind) {
        let name = |index: usize| args.get(index).and_then(Value::as_str).unwrap_or_default();
        match form {
            "f" => self.typed(name(0), field(name(0))),
            "ts" => (function(Function::Float, [time()]), Kind::Number),
            "and" => (self.joined(args, true, |left, right| left.and(right)), Kind::Truth),
            "or" => (self.joined(args, false, |left, right| left.or(right)), Kind::Truth),
            "not" => (self.condition(&args[0]).negate(), Kind::Truth),
            "==" | "!=" | "<" | "<=" | ">" | ">=" => (self.comparison(form, args), Kind::Truth),
            "+" | "-" | "*" | "/" => self.arithmetic(form, args),
            "contains" => (self.search(Function::Contains, args), Kind::Truth),
            "starts_with" => (self.search(Function::StartsWith, args), Kind::Truth),
            "count" if self.knows(name(0)) => (Expr::Count(name(0).to_owned()), Kind::Number),
            "count" => (lit(0), Kind::Number),
            _ => self.of_stage(form, name(0), name(1)),
        }
    }

    fn knows(&self, name: &str) -> bool {
        self.stages.iter().any(|stage| stage == name)
    }

    fn typed(&self, name: &str, expr: Expr) -> (Expr, Kind) {
        match self.schema.field(name).map(|field| &field.ty.data) {
            Some(DataType::Timestamp) => (function(Function::Float, [expr]), Kind::Number),
            Some(DataType::Int | DataType::Float) => (expr, Kind::Number),
            Some(DataType::String) => (expr, Kind::Text),
            Some(DataType::Bool) => (expr, Kind::Truth),
            _ => (Expr::Literal(Constant::Null), Kind::Nothing),
        }
    }

    fn of_stage(&self, form: &str, name: &str, of: &str) -> (Expr, Kind) {
        let (_, kind) = self.typed(of, field(of));
        let nothing = || (Expr::Literal(Constant::Null), Kind::Nothing);
        if matches!(form, "first" | "last") {
            return match (self.knows(name), form) {
                (false, _) => nothing(),
                (true, "first") => self.typed(of, stage(name).first(of)),
                (true, _) => self.typed(of, stage(name).last(of)),
            };
        }
        let aggregate = Aggregate::by_name(form).filter(|_| self.knows(name) && kind == Kind::Number);
        match (aggregate, form) {
            (Some(aggregate), _) => (stage(name).aggregate(aggregate, of), Kind::Number),
            (None, "sum") => (lit(0.0), Kind::Number),
            (None, _) => nothing(),
        }
    }

    fn joined(&self, args: &[Value], empty: bool, join: fn(Expr, Expr) -> Expr) -> Expr {
        args.iter().map(|arg| self.condition(arg)).reduce(join).unwrap_or(lit(empty))
    }

    /// Values of different kinds never compare.
    fn comparison(&self, op: &str, args: &[Value]) -> Expr {
        let ((left, left_kind), (right, right_kind)) = (self.expr(&args[0]), self.expr(&args[1]));
        if left_kind != right_kind || left_kind == Kind::Nothing {
            return lit(false);
        }
        match op {
            "==" => left.eq(right),
            "!=" => left.ne(right),
            "<" => left.lt(right),
            "<=" => left.le(right),
            ">" => left.gt(right),
            _ => left.ge(right),
        }
    }

    fn arithmetic(&self, op: &str, args: &[Value]) -> (Expr, Kind) {
        let ((left, left_kind), (right, right_kind)) = (self.expr(&args[0]), self.expr(&args[1]));
        if left_kind != Kind::Number || right_kind != Kind::Number {
            return (Expr::Literal(Constant::Null), Kind::Nothing);
        }
        let result = match op {
            "+" => left.add(right),
            "-" => left.sub(right),
            "*" => left.mul(right),
            _ => left.div(right),
        };
        (result, Kind::Number)
    }

    /// False, not null, where either side is no text.
    fn search(&self, of: Function, args: &[Value]) -> Expr {
        let ((text, text_kind), (what, what_kind)) = (self.expr(&args[0]), self.expr(&args[1]));
        if text_kind != Kind::Text || what_kind != Kind::Text {
            return lit(false);
        }
        let found = function(of, [text, what]);
        exists(found.clone()).and(found)
    }
}

fn millis(value: &Value) -> Option<Duration> {
    value.as_i64().map(Duration)
}

fn quantifier<S: Sequence>(builder: S, quantifier: &Value) -> S {
    if let Some(calls) = quantifier["calls"].as_array() {
        return calls.iter().fold(builder, literal_call);
    }
    if quantifier.is_null() {
        return builder;
    }
    let min = quantifier["min"].as_i64().unwrap_or(1);
    let unbounded = quantifier.get("max").is_some_and(Value::is_null);
    let max = quantifier["max"].as_i64().unwrap_or(1);
    let mut builder = match (min, max) {
        _ if unbounded => builder.times_or_more(min),
        (1, 1) if quantifier["times"].as_bool() != Some(true) => builder,
        (min, max) if min == max => builder.times(min),
        (min, max) => builder.times_between(min, max),
    };
    if let Some(window) = millis(&quantifier["window_ms"]) {
        builder = builder.at_most_apart(window);
    }
    builder = match quantifier["inner"].as_str() {
        Some("consecutive") => builder.consecutive(),
        Some("combinations") => builder.allow_combinations(),
        _ => builder,
    };
    if quantifier["optional"].as_bool() == Some(true) {
        builder = builder.optional();
    }
    if quantifier["greedy"].as_bool() == Some(true) {
        builder = builder.greedy();
    }
    builder
}

fn literal_call<S: Sequence>(builder: S, call: &Value) -> S {
    let number = |index: usize| call[index].as_i64().unwrap_or(0);
    match (call[0].as_str().unwrap_or_default(), call.as_array().map_or(0, Vec::len)) {
        ("times", 2) => builder.times(number(1)),
        ("times", _) => builder.times_between(number(1), number(2)),
        ("times_or_more", _) => builder.times_or_more(number(1)),
        ("one_or_more", _) => builder.times_or_more(1),
        ("optional", _) => builder.optional(),
        ("greedy", _) => builder.greedy(),
        ("consecutive", _) => builder.consecutive(),
        ("combinations", _) => builder.allow_combinations(),
        (other, _) => unreachable!("the corpus calls no `{other}`"),
    }
}

fn skip(skip: &Value) -> Skip {
    let stage = || skip["stage"].as_str().unwrap_or_default().to_owned();
    let or_fail = skip["throw"].as_bool().unwrap_or(false);
    match skip["kind"].as_str() {
        Some("to_next") => Skip::ToNext,
        Some("past_last") => Skip::PastLastEvent,
        Some("to_first") => Skip::ToFirst { stage: stage(), or_fail },
        Some("to_last") => Skip::ToLast { stage: stage(), or_fail },
        _ => Skip::NoSkip,
    }
}
