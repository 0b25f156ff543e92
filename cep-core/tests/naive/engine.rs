//! The real matcher on patterns and events of the naive one.

use std::num::NonZeroUsize;
use std::sync::Arc;

use cep_core::event::{BatchBuilder, DataType, Datum, Schema};
use cep_core::expr::{Expr, field, lit, stage};
use cep_core::ids::{PatternId, StreamId};
use cep_core::matcher::{Config, Hold, Matcher, Output, ShardedMatcher, TableRows};
use cep_core::pattern::{
    Body, Contiguity, Definitions, Element, Inner, Input, Pattern, Quantifier, Repeat, Skip, StreamDef,
    validate,
};
use cep_core::program::Program;
use cep_core::runtime::MatchKind;
use cep_core::time::{Duration, Timestamp, Watermark};

use crate::emit::by_reference;
use crate::expr::{self, Compare, Event, Fold};
use crate::pattern::{self as naive, Connector, Count};

/// A match or a timeout: which, its time, and the events in the order taken with their stages.
pub(crate) type Row = (bool, i64, Vec<(String, usize)>);

/// The program of a pattern; none if it is rejected.
pub(crate) fn compile(pattern: &naive::Pattern, skip: Skip) -> Option<Arc<Program>> {
    let pattern = Pattern { skip, ..translate(pattern) };
    validate(&pattern).ok()?;
    let schema = Schema::new()
        .with("key", DataType::Int)
        .with("type", DataType::String)
        .with("value", DataType::Float)
        .with("ts", DataType::Timestamp);
    let streams = vec![StreamDef::new("ev", schema, "ts")];
    let definitions = Definitions { streams, patterns: vec![pattern], ..Definitions::default() };
    Program::compile(definitions, &Default::default()).ok().map(Arc::new)
}

/// What comes of each stream, each under a key of its own; time stops at `pause` on its way.
pub(crate) fn run(program: &Arc<Program>, streams: &[Vec<Event>], pause: i64) -> Vec<Vec<Row>> {
    run_with(program, streams, pause, Config { report_timeouts: true, ..Config::default() })
}

/// The matches of each stream, partial matches held as sets; none where that is not possible.
pub(crate) fn run_as_sets(
    program: &Arc<Program>,
    streams: &[Vec<Event>],
    pause: i64,
) -> Option<Vec<Vec<Row>>> {
    let possible = program.patterns().all(|(_, pattern)| pattern.held.as_sets(Hold::Sets));
    let config = Config { hold: Hold::Sets, ..Config::default() };
    possible.then(|| run_with(program, streams, pause, config))
}

fn run_with(program: &Arc<Program>, streams: &[Vec<Event>], pause: i64, config: Config) -> Vec<Vec<Row>> {
    let mut rows = vec![Vec::new(); streams.len()];
    for (key, row) in in_order(program, streams, pause, config) {
        rows[key].push(row);
    }
    rows
}

/// All outputs with their keys.
fn in_order(program: &Arc<Program>, streams: &[Vec<Event>], pause: i64, config: Config) -> Vec<(usize, Row)> {
    let mut matcher = Matcher::with_config(Arc::clone(program), config);
    let mut rows = Vec::new();
    let mut note = |output: Output<'_>| rows.push(row(&output));
    for (batch, to) in halves(program, streams, pause) {
        matcher.push(batch, by_reference(&mut note)).unwrap();
        matcher.advance(to, by_reference(&mut note)).unwrap();
    }
    rows
}

/// Panics where three threads put out anything else than one, or in another order.
pub(crate) fn check_threads(program: &Arc<Program>, streams: &[Vec<Event>], pause: i64) {
    for hold in [Hold::Runs, Hold::Sets] {
        let config = Config { report_timeouts: hold == Hold::Runs, hold, ..Config::default() };
        let threads = NonZeroUsize::new(3).unwrap();
        let tables = TableRows::default();
        let mut matcher =
            ShardedMatcher::new(Arc::clone(program), config, tables, threads, |output| row(&output));
        let mut rows = Vec::new();
        for (batch, to) in halves(program, streams, pause) {
            matcher.push(batch, |row| rows.push(row)).unwrap();
            matcher.advance(to, |row| rows.push(row)).unwrap();
        }
        matcher.flush(|row| rows.push(row)).unwrap();
        assert_eq!(
            rows,
            in_order(program, streams, pause, config),
            "{:?}",
            program.source(PatternId::new(0))
        );
    }
}

/// The events up to `pause` and those after it, each with how far time comes then.
fn halves(
    program: &Program,
    streams: &[Vec<Event>],
    pause: i64,
) -> [(cep_core::event::EventBatch, Watermark); 2] {
    let stream = program.streams().id("ev").unwrap();
    [(i64::MIN, pause), (pause, i64::MAX)]
        .map(|(from, to)| (batch(program, stream, streams, |time| from < time && time <= to), Watermark(to)))
}

/// An output with its key.
pub(crate) fn row(output: &Output<'_>) -> (usize, Row) {
    let Output::Match(found) = output else { panic!("nothing is late or kept: {output:?}") };
    let cep_core::event::Value::Int(key) = found.key()[0] else { panic!("keys are numbers") };
    let names = &found.pattern().stages;
    let events = found
        .events()
        .map(|(stage, event)| (names[stage.index()].clone(), usize::try_from(event.tag()).unwrap()));
    let row = (found.kind() == MatchKind::Complete, found.time().0, events.collect());
    (usize::try_from(key).unwrap(), row)
}

/// The events of a time as one batch, those of each key together.
fn batch(
    program: &Program,
    stream: StreamId,
    streams: &[Vec<Event>],
    wanted: impl Fn(i64) -> bool,
) -> cep_core::event::EventBatch {
    let mut builder = BatchBuilder::new(stream, Arc::clone(&program.streams().get(stream).schema), 0);
    for (key, events) in (0..).zip(streams) {
        for (index, event) in (0..).zip(events).filter(|(_, event)| wanted(event.time)) {
            let time = Timestamp(event.time);
            let (letter, value) = (event.letter(), event.number("value"));
            let row = [
                Datum::Int(key),
                Datum::Str(letter.as_str().into()),
                Datum::Float(value),
                Datum::Timestamp(time),
            ];
            builder.push_row(time, Watermark::MIN, &row).unwrap();
            builder.tag_last(index);
        }
    }
    builder.finish()
}

fn translate(pattern: &naive::Pattern) -> Pattern {
    Pattern {
        name: "p".to_owned(),
        inputs: vec![Input { stream: "ev".to_owned(), by: vec!["key".to_owned()] }],
        sequence: sequence(&pattern.sequence),
        within: pattern.within.map(Duration),
        skip: Skip::NoSkip,
        limit: None,
        emits: Vec::new(),
        timeout_emits: Vec::new(),
        metadata: Vec::new(),
        doc: None,
        draining: false,
    }
}

fn sequence(elements: &[naive::Element]) -> Vec<Element> {
    let begin = |index| index == 0;
    elements.iter().enumerate().map(|(index, element)| translated(element, begin(index))).collect()
}

fn translated(element: &naive::Element, begin: bool) -> Element {
    let contiguity = match element.connector {
        _ if begin => Contiguity::Begin,
        Connector::Next => Contiguity::Next,
        Connector::FollowedBy => Contiguity::FollowedBy,
        Connector::FollowedByAny => Contiguity::FollowedByAny,
        Connector::NotNext => Contiguity::NotNext,
        Connector::NotFollowedBy => Contiguity::NotFollowedBy,
    };
    let body = match &element.body {
        naive::Body::Group(inner) => Body::Group(sequence(inner)),
        naive::Body::Stage { name, condition } => {
            Body::Stage { name: name.clone(), stream: None, condition: Some(condition_of(condition)) }
        }
    };
    let until = element.until.as_ref().map(condition_of);
    let gap = element.gap.map(Duration);
    Element { contiguity, body, quantifier: quantifier(element), until, gap, window: None }
}

/// `times 1 to n optional` is said as `times 0 to n`, which may also follow a greedy loop.
fn quantifier(element: &naive::Element) -> Quantifier {
    let repeat = match element.count {
        Count::Once => Repeat::Once,
        Count::Times(1, to) if element.optional && to > 1 => Repeat::Times { from: 0, to },
        Count::Times(from, to) => Repeat::Times { from, to },
        Count::OrMore(least) => Repeat::AtLeast(least),
    };
    let inner = match element.inner {
        Connector::Next => Inner::Consecutive,
        Connector::FollowedByAny => Inner::Combinations,
        _ => Inner::Relaxed,
    };
    Quantifier {
        repeat,
        optional: element.optional && !matches!(repeat, Repeat::Times { from: 0, .. }),
        greedy: element.greedy,
        inner,
        apart: element.apart.map(Duration),
    }
}

fn condition_of(condition: &expr::Expr) -> Expr {
    match condition {
        expr::Expr::Value(Some(expr::Value::Number(value))) => lit(*value),
        expr::Expr::Value(Some(expr::Value::Text(value))) => lit(&**value),
        expr::Expr::Value(Some(expr::Value::Bool(value))) => lit(*value),
        expr::Expr::Field(name) => field(name),
        expr::Expr::All(parts) => parts.iter().map(condition_of).fold(lit(true), Expr::and),
        expr::Expr::Any(parts) => parts.iter().map(condition_of).fold(lit(false), Expr::or),
        expr::Expr::Not(inner) => condition_of(inner).negate(),
        expr::Expr::Count(of) => cep_core::expr::count(of),
        expr::Expr::Captured(fold, of, name) => match fold {
            Fold::First => stage(of).first(name),
            Fold::Last => stage(of).last(name),
            Fold::Sum => stage(of).sum(name),
            Fold::Avg => stage(of).avg(name),
            Fold::Min => stage(of).min(name),
            Fold::Max => stage(of).max(name),
        },
        expr::Expr::Compare(Compare::Eq, left, right) => condition_of(left).eq(condition_of(right)),
        expr::Expr::Compare(Compare::Lt, left, right) => condition_of(left).lt(condition_of(right)),
        expr::Expr::Compare(Compare::Gt, left, right) => condition_of(left).gt(condition_of(right)),
        other => panic!("worlds have no {other:?}"),
    }
}
