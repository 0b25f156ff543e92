//! Programs of kinds that random ones seldom are: patterns that run as one, conditions over long paths, lists and maps in
//! what is captured, many partial matches of one key.

use std::sync::Arc;

use cep_core::event::{BatchBuilder, DataType, Map, Schema, Value, Watermarks};
use cep_core::expr::{Expr, count, field, stage};
use cep_core::ids::ColumnId;
use cep_core::pattern::{Definitions, Pattern, PatternBuilder, Skip, StreamDef};
use cep_core::program::Program;
use cep_core::time::{Duration, Timestamp, Watermark};

use crate::input::Call;
use crate::random::Random;

pub(crate) fn schema() -> Schema {
    Schema::new()
        .with("letter", DataType::String)
        .with("key", DataType::String)
        .with_nullable("price", DataType::Float)
        .with_nullable("list", DataType::List(Box::new(DataType::Int)))
        .with_nullable("map", DataType::Map(Box::new(DataType::String)))
        .with("flag", DataType::Bool)
        .with("long", DataType::Duration)
        .with("free", DataType::Int)
        .with("ts", DataType::Timestamp)
}

pub(crate) fn compile(
    patterns: impl IntoIterator<Item = (String, PatternBuilder)>,
    key: &[&str],
) -> Arc<Program> {
    let on = |(name, pattern): (String, PatternBuilder)| {
        pattern.on_keyed("s", key.iter().copied()).build(name).unwrap()
    };
    let definitions = Definitions {
        streams: vec![StreamDef::new("s", schema(), "ts")],
        patterns: patterns.into_iter().map(on).collect(),
        ..Definitions::default()
    };
    Arc::new(Program::compile(definitions, &Default::default()).unwrap())
}

pub(crate) fn is(letter: &str) -> Expr {
    field("letter").eq(letter)
}

/// A program and what kind it is.
pub(crate) fn program(random: &mut Random) -> (&'static str, Arc<Program>) {
    let name = |name: &str| name.to_owned();
    let within = Duration(random.pick(&[5, 20, 60]));
    match random.below(5) {
        0 => {
            let pattern = |limit: i64| {
                let small = Pattern::begin("a").filter(field("price").lt(limit as f64));
                let pattern = small.followed_by("b").filter(field("price").gt(9.0 - limit as f64));
                (format!("p{limit}"), pattern.within(within))
            };
            let other = Pattern::begin("x").filter(is("a")).next("y").filter(is("b")).within(within);
            ("groups", compile((1..9).map(pattern).chain([(name("other"), other)]), &["key"]))
        }
        1 => {
            let rising = field("price").gt(stage("a").avg("price")).or(count("a").lt(3));
            let loops =
                Pattern::begin("a").filter(rising).one_or_more().next("b").filter(
                    field("price").lt(stage("a").first("price")).and(stage("a").sum("price").gt(10.0)),
                );
            let skip = random.pick(&[Skip::NoSkip, Skip::ToNext, Skip::PastLastEvent]);
            let ups = Pattern::begin("u").filter(is("a")).followed_by("v").one_or_more();
            let ups = ups.filter(stage("v").max("price").lt(6.0).or(stage("u").exists())).greedy();
            let ups = ups.followed_by("w").filter(is("c")).within(within);
            let patterns = [(name("loops"), loops.within(within).after_match(skip)), (name("ups"), ups)];
            ("running", compile(patterns, &["key"]))
        }
        2 => {
            let lists = Pattern::begin("a").filter(is("a")).followed_by("b").filter(is("b"));
            let maps = Pattern::begin("a").filter(is("b")).followed_by_any("b").filter(is("c"));
            let patterns = [(name("lists"), lists.within(within)), (name("maps"), maps.within(within))];
            ("lists", compile(patterns, &["key"]))
        }
        3 => {
            let all = Pattern::begin("a").filter(is("a")).followed_by_any("b").filter(is("b"));
            let all = all.one_or_more().followed_by_any("c").filter(is("c")).within(Duration(12));
            ("sets", compile([(name("all"), all)], &[]))
        }
        _ => {
            let many = Pattern::begin("a").filter(is("a")).followed_by("b").filter(field("price").gt(8.9));
            let held = Pattern::begin("x").filter(is("a")).followed_by("y").filter(is("b")).one_or_more();
            let held = held.followed_by("z").filter(is("c")).after_match(Skip::ToNext).within(within);
            ("many", compile([(name("many"), many.within(Duration(300))), (name("held"), held)], &[]))
        }
    }
}

/// Calls to the end of the input: rows out of order, columns that are not filled, numbers of the caller's.
pub(crate) fn input(random: &mut Random, program: &Program) -> Vec<Call> {
    let id = program.streams().id("s").unwrap();
    let schema = &program.streams().get(id).schema;
    let mut watermarks = Watermarks::bounded(Duration(random.pick(&[0, 4])));
    let (mut time, mut position, mut calls) = (0, random.pick(&[0, 1 << 40]), Vec::new());
    for _ in 0..random.pick(&[5, 20]) {
        let mut builder = BatchBuilder::new(id, Arc::clone(schema), position);
        if random.percent(30) {
            builder.leave_out(ColumnId::new(7));
        }
        for _ in 0..random.pick(&[1, 7, 30]) {
            time += random.pick(&[0, 1, 1, 2]);
            let at = Timestamp(time - if random.percent(20) { random.below(8) } else { 0 });
            let row = row(random, at);
            let row: Vec<_> = row.iter().map(Value::as_datum).collect();
            builder.push_row(at, watermarks.observe(at), &row).unwrap();
            if random.percent(30) {
                builder.tag_last(random.next());
            }
        }
        position += builder.len() as u64;
        calls.push(Call::Push(builder.finish()));
        if random.percent(40) {
            calls.push(Call::AdvanceStream(id, watermarks.current()));
        }
    }
    calls.push(Call::Advance(Watermark::MAX));
    calls
}

pub(crate) fn row(random: &mut Random, time: Timestamp) -> [Value; 9] {
    let list = [Value::Int(random.below(3)), Value::Null];
    let map: Map = [("größe".into(), Value::from("x")), ("z".into(), Value::Null)].into();
    let price = Value::Float(random.below(100) as f64 / 10.0);
    let or_null = |random: &mut Random, value: Value| if random.percent(20) { Value::Null } else { value };
    [
        random.pick(&["a", "b", "c"]).into(),
        format!("key {}", random.below(3)).into(),
        or_null(random, price),
        or_null(random, Value::List(list.into())),
        or_null(random, Value::Map(Arc::new(map))),
        random.percent(50).into(),
        Value::Duration(Duration(random.below(5_000) - 2_000)),
        random.below(9).into(),
        Value::Timestamp(time),
    ]
}
