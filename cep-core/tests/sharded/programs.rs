//! Random programs: two streams, one derived from the first, a table, and patterns by several keys, some of which read
//! what others emit.

use std::sync::Arc;

use cep_core::event::{DataType, Schema, Value};
use cep_core::expr::{Expr, count, field, lit, stage};
use cep_core::matcher::TableRows;
use cep_core::pattern::{
    Definitions, DerivedStream, Overflow, Pattern, PatternBuilder, Skip, StreamDef, TableDef, TieBreak,
};
use cep_core::program::Program;
use cep_core::time::Duration;

use crate::random::Random;

/// The fields of both streams.
pub(crate) fn schema() -> Schema {
    Schema::new()
        .with("letter", DataType::String)
        .with("n", DataType::Int)
        .with_nullable("key", DataType::String)
        .with("other", DataType::Int)
        .with("ts", DataType::Timestamp)
}

/// A program, and the rows of its table. `limits` may also stop the run.
pub(crate) fn program(random: &mut Random, limits: bool) -> (Arc<Program>, TableRows) {
    loop {
        let definitions = definitions(random, limits);
        // Some random definitions make no sense, such as absence at the end without a window.
        let Ok(program) = Program::compile(definitions, &Default::default()) else { continue };
        let mut tables = TableRows::default();
        for n in 0..3 {
            tables.insert(&program, "names", vec![Value::Int(n), format!("name {n}").into()]).unwrap();
        }
        return (Arc::new(program), tables);
    }
}

fn definitions(random: &mut Random, limits: bool) -> Definitions {
    let mut streams = vec![StreamDef::new("s", schema(), "ts"), StreamDef::new("t", schema(), "ts")];
    if random.percent(25) {
        let tie_break = TieBreak { field: "n".into(), descending: random.percent(50) };
        streams.iter_mut().for_each(|def| def.time.as_mut().unwrap().tie_break = vec![tie_break.clone()]);
    }
    let derived = vec![DerivedStream {
        name: "d".into(),
        source: "s".into(),
        condition: Some(field("n").lt(random.below(4))),
        with: vec![("twice".into(), field("n").mul(2))],
        doc: None,
    }];
    let names = Schema::new().with("n", DataType::Int).with("name", DataType::String);
    let table =
        TableDef { name: "names".into(), schema: names, key: vec!["n".into()], source: "file:names".into() };
    let emits = random.percent(50);
    let mut patterns = Vec::new();
    for place in 0..random.below(4) + 1 {
        patterns.extend(pattern(random, place, emits, limits));
    }
    if emits {
        patterns.extend(over_emitted(random));
    }
    Definitions { streams, derived, tables: vec![table], patterns, ..Definitions::default() }
}

fn condition(random: &mut Random) -> Expr {
    match random.below(5) {
        0 => field("letter").eq("a"),
        1 => field("letter").eq("b"),
        2 => field("letter").ne("c"),
        3 => field("n").gt(1),
        _ => lit(true),
    }
}

/// Stages one after the other; the names are a, b, c.
fn stages(random: &mut Random, streams: &[&str]) -> PatternBuilder {
    let mut pattern = Pattern::begin("a").of(random.pick(streams)).filter(condition(random));
    if random.percent(20) {
        pattern = pattern.one_or_more();
    }
    for name in ["b", "c"].into_iter().take(usize::try_from(random.below(3)).unwrap()) {
        pattern = match random.below(5) {
            0 => pattern.next(name),
            1 => pattern.not_followed_by(name),
            2 => pattern.followed_by_any(name),
            _ => pattern.followed_by(name),
        };
        pattern = pattern.of(random.pick(streams)).filter(condition(random));
        if random.percent(15) {
            pattern = pattern.filter(field("n").ge(stage("a").last("n")));
        }
        if random.percent(15) {
            pattern = pattern.optional();
        }
    }
    pattern
}

fn pattern(random: &mut Random, place: i64, emits: bool, limits: bool) -> Option<Pattern> {
    let streams: &[&str] = random.pick(&[&["s"], &["s"], &["s"], &["s", "t"], &["d"], &["t"]]);
    let mut pattern = stages(random, streams);
    let or_fail = limits && random.percent(20);
    let skip = random.pick(&[
        Skip::NoSkip,
        Skip::NoSkip,
        Skip::ToNext,
        Skip::PastLastEvent,
        Skip::ToLast { stage: "b".into(), or_fail },
    ]);
    // Without a window, only few partial matches may live: there are more and more of others.
    if skip != Skip::PastLastEvent || random.percent(50) {
        pattern = pattern.within(Duration(random.pick(&[2, 4, 8])));
    }
    pattern = pattern.after_match(skip);
    if limits && random.percent(40) {
        let overflow = random.pick(&[Overflow::DropOldest, Overflow::DropNewest]);
        let overflow = if random.percent(20) { Overflow::Fail } else { overflow };
        pattern = pattern.limit(random.pick(&[2, 4, 6]), overflow);
    }
    let columns = || {
        let name =
            Expr::Lookup { table: "names".into(), keys: vec![stage("a").last("n")], field: "name".into() };
        [("n", count("a")), ("o", stage("a").last("other")), ("name", name)]
    };
    if emits && (place == 0 || random.percent(40)) {
        pattern = pattern.emit("e", columns());
    } else if random.percent(30) {
        pattern = pattern.on_timeout_emit("gone", columns());
    }
    let key: &[&str] = random.pick(&[&["key"], &["key"], &["other"], &["key", "other"], &[]]);
    for stream in streams {
        pattern = pattern.on_keyed(*stream, key.iter().copied());
    }
    pattern.build(format!("p{place}")).ok()
}

/// Patterns over what others emit, by another key, alone or with a declared stream; and one over what those emit.
fn over_emitted(random: &mut Random) -> Vec<Pattern> {
    let alone = Pattern::begin("x").followed_by("y").filter(field("n").ge(1)).within(Duration(10));
    let alone = alone.emit("f", [("n", count("x"))]).on_keyed("e", ["o"]).build("alone");
    let mixed = Pattern::begin("x").of("e").followed_by("y").of("t").filter(condition(random));
    let mixed = mixed.within(Duration(15)).on_keyed("e", ["o"]).on_keyed("t", ["other"]).build("mixed");
    let both = Pattern::begin("x").of("f").followed_by_any("y").of("e").within(Duration(20));
    let both = both.on("f").on("e").build("both");
    [alone, mixed, both].into_iter().filter(|_| random.percent(75)).flatten().collect()
}
