//! What nodes keep for conditions is what a walk over the path gives: debug builds compare the two at each evaluation,
//! and here is what they are to evaluate. Patterns are random, with loops, groups, optional stages and `until`, over two
//! streams whose fields stand in different places; values are null, too large to add up, or of either sign of zero.

use std::sync::Arc;

use cep_core::event::{BatchBuilder, DataType, Datum, EventBatch, Schema};
use cep_core::expr::{Aggregate, Expr, count, field, lit, stage};
use cep_core::matcher::{Config, Matcher, Residency};
use cep_core::pattern::{
    Body, Contiguity, Definitions, Element, Inner, Input, Pattern, Quantifier, Repeat, Skip, StreamDef,
};
use cep_core::program::Program;
use cep_core::time::{Duration, Timestamp, Watermark};

use crate::emit::by_reference;
use crate::seams::Store;
use crate::support::{is, line};

/// The stream, the letter, and numbers by which the values are drawn.
type Row = (u64, &'static str, [u64; 4]);

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.next() as usize % of.len()].clone()
    }

    fn percent(&mut self, share: u64) -> bool {
        self.next() % 100 < share
    }
}

const FIELDS: [(&str, DataType); 4] =
    [("i", DataType::Int), ("f", DataType::Float), ("d", DataType::Duration), ("t", DataType::String)];

fn schema(reversed: bool) -> Schema {
    let mut fields = FIELDS.to_vec();
    if reversed {
        fields.reverse();
    }
    let schema = Schema::new().with("letter", DataType::String);
    let schema = fields.into_iter().fold(schema, |schema, (name, ty)| schema.with_nullable(name, ty));
    schema.with("ts", DataType::Timestamp)
}

fn value(field: &str, drawn: u64) -> Datum<'static> {
    let of = |length: usize| drawn as usize % length;
    match field {
        "i" => [
            Datum::Null,
            Datum::Int(0),
            Datum::Int(3),
            Datum::Int(-5),
            Datum::Int(1 << 60),
            Datum::Int(i64::MAX),
        ][of(6)]
        .clone(),
        "f" => {
            let values = [f64::NAN, -0.0, -0.0, 0.1, 0.2, 0.3, 1e16, -1e16, 1e308, -1e308];
            Datum::finite(values[of(values.len())])
        }
        "d" => match [-1, 0, 1, 60_000, i64::MAX / 2][of(5)] {
            -1 => Datum::Null,
            millis => Datum::Duration(Duration(millis)),
        },
        _ => match ["", "a", "b", "ß", "\u{1F600}", "\u{FF21}"][of(6)] {
            "" => Datum::Null,
            text => Datum::Str(text.into()),
        },
    }
}

/// Something of a stage, and something of the event to compare it with.
fn compared(random: &mut Random, of: &str) -> (Expr, Expr) {
    if random.percent(20) {
        return (count(of), lit(random.pick(&[0_i64, 1, 2, 5])));
    }
    let (name, ty) = random.pick(&FIELDS);
    let folds: &[Aggregate] = match ty {
        DataType::String => &[Aggregate::Min, Aggregate::Max],
        _ => &[Aggregate::Sum, Aggregate::Avg, Aggregate::Min, Aggregate::Max],
    };
    let read = match random.next() % 6 {
        0 => stage(of).first(name),
        1 => stage(of).last(name),
        2 => stage(of).at(random.pick(&[0_i64, 1, 1, 3]), name),
        _ => stage(of).aggregate(random.pick(folds), name),
    };
    (read, field(name))
}

fn condition(random: &mut Random, names: &[String]) -> Expr {
    let letter = match random.pick(&["a", "b", "ab", "ab", "abc"]) {
        "ab" => is("a").or(is("b")),
        "abc" => lit(true),
        one => is(one),
    };
    if random.percent(30) {
        return letter;
    }
    let mut compare = || {
        let of = random.pick(names);
        let (left, right) = compared(random, &of);
        let test = match random.next() % 4 {
            0 => left.lt(right),
            1 => left.gt(right),
            2 => left.ne(right),
            _ => return stage(of).exists(),
        };
        if random.percent(60) { test.negate() } else { test }
    };
    let (one, other) = (compare(), compare());
    match random.next() % 3 {
        0 => letter.and(one),
        1 => letter.and(one.or(other)),
        _ => letter.and(one).and(other),
    }
}

fn element(random: &mut Random, first: bool, depth: usize, names: &mut Vec<String>) -> Element {
    use Contiguity::{Begin, FollowedBy, FollowedByAny, Next};
    let body = if depth > 0 && random.percent(25) {
        let length = random.pick(&[1, 2]);
        Body::Group((0..length).map(|at| element(random, at == 0, depth - 1, names)).collect())
    } else {
        let name = format!("s{}", names.len());
        names.push(name.clone());
        let stream = random.percent(15).then(|| "r".to_owned());
        Body::Stage { name, stream, condition: Some(condition(random, names)) }
    };
    let repeat = random.pick(&[
        Repeat::Once,
        Repeat::AtLeast(1),
        Repeat::AtLeast(1),
        Repeat::AtLeast(2),
        Repeat::Times { from: 1, to: 12 },
    ]);
    let quantifier = Quantifier {
        repeat,
        optional: random.percent(20),
        greedy: repeat != Repeat::Once && matches!(body, Body::Stage { .. }) && random.percent(50),
        inner: random.pick(&[Inner::Relaxed, Inner::Relaxed, Inner::Consecutive]),
        apart: None,
    };
    let until =
        (matches!(repeat, Repeat::AtLeast(_)) && random.percent(30)).then(|| condition(random, names));
    let contiguity = if first { Begin } else { random.pick(&[Next, FollowedBy, FollowedBy, FollowedByAny]) };
    Element { contiguity, body, quantifier, until, gap: None, window: None }
}

fn pattern(random: &mut Random) -> Pattern {
    let length = random.pick(&[1, 2, 2, 3]);
    // Over one stream, conditions over numbers are evaluated as floats as well.
    let inputs: &[&str] = random.pick(&[&["s", "r"][..], &["s"]]);
    let mut names = Vec::new();
    Pattern {
        name: "p".into(),
        inputs: inputs.iter().map(|stream| Input { stream: (*stream).into(), by: Vec::new() }).collect(),
        sequence: (0..length).map(|at| element(random, at == 0, 1, &mut names)).collect(),
        within: Some(Duration(12)),
        skip: random.pick(&[Skip::NoSkip, Skip::ToNext, Skip::PastLastEvent]),
        limit: None,
        emits: Vec::new(),
        timeout_emits: Vec::new(),
        metadata: Vec::new(),
        doc: None,
        draining: false,
    }
}

fn compile(patterns: Vec<Pattern>) -> Option<Arc<Program>> {
    let streams =
        [("s", false), ("r", true)].map(|(name, reversed)| StreamDef::new(name, schema(reversed), "ts"));
    let definitions = Definitions { streams: streams.into(), patterns, ..Definitions::default() };
    Program::compile(definitions, &Default::default()).ok().map(Arc::new)
}

fn batch(program: &Program, time: i64, (stream, letter, drawn): Row) -> EventBatch {
    let id = program.streams().id(["s", "r"][stream as usize]).unwrap();
    let schema = Arc::clone(&program.streams().get(id).schema);
    let mut builder = BatchBuilder::new(id, Arc::clone(&schema), time as u64);
    let row = schema.fields().iter().map(|of| match of.name.as_str() {
        "letter" => Datum::Str(letter.into()),
        "ts" => Datum::Timestamp(Timestamp(time)),
        name => value(name, drawn[FIELDS.iter().position(|(field, _)| *field == name).unwrap()]),
    });
    let row: Vec<_> = row.collect();
    builder.push_row(Timestamp(time), Watermark(time - 1), &row).unwrap();
    builder.finish()
}

/// An event a millisecond; time goes on for both streams.
fn kept_in_memory(program: &Arc<Program>, rows: &[Row]) -> Vec<String> {
    let (mut matcher, mut lines) = (Matcher::new(Arc::clone(program)), Vec::new());
    for (time, row) in (1..).zip(rows) {
        matcher
            .push(batch(program, time, *row), by_reference(&mut |output| lines.push(line(program, &output))))
            .unwrap();
        matcher
            .advance(Watermark(time), by_reference(&mut |output| lines.push(line(program, &output))))
            .unwrap();
    }
    lines
}

/// The same, all that nodes keep being computed anew before each step.
fn kept_again(program: &Arc<Program>, rows: &[Row]) -> Vec<String> {
    let config = Config { residency: Residency::Store, ..Config::default() };
    let (mut matcher, mut lines) = (Matcher::with_config(Arc::clone(program), config), Vec::new());
    let mut store = Store::default();
    for (time, row) in (1..).zip(rows) {
        let prepared = matcher.prepare(batch(program, time, *row));
        store.step(&mut matcher, Watermark(time - 1), prepared, &mut lines);
        let prepared = matcher.prepare_advance(Watermark(time));
        store.step(&mut matcher, Watermark(time), prepared, &mut lines);
    }
    lines
}

fn keeps(program: &Program) -> bool {
    format!("{program:?}").contains("Running(")
}

#[test]
fn what_nodes_keep_is_what_a_walk_gives() {
    let mut random = Random(17);
    let (mut tried, mut keeping, mut matching) = (0, 0, 0);
    while tried < 1_000 {
        let patterns =
            (0..random.pick(&[1, 1, 2])).map(|at| Pattern { name: format!("p{at}"), ..pattern(&mut random) });
        let Some(program) = compile(patterns.collect()) else { continue };
        let row = |random: &mut Random| {
            let drawn = std::array::from_fn(|_| random.next() % 60);
            (random.next() % 2, random.pick(&["a", "a", "b", "c"]), drawn)
        };
        let rows: Vec<Row> = (0..18).map(|_| row(&mut random)).collect();
        let found = kept_in_memory(&program, &rows);
        assert_eq!(found, kept_again(&program, &rows), "{:#?}", program.definitions().patterns);
        tried += 1;
        keeping += usize::from(keeps(&program));
        matching += usize::from(!found.is_empty());
    }
    assert!(keeping * 2 > tried && matching * 3 > tried, "{keeping} keep, {matching} match");
}
