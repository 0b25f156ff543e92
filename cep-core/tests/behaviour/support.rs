//! A small world for tests: events of a letter and a number, written `a1@10` (letter, number, time), streams by name.

use std::collections::HashMap;
use std::sync::Arc;

use cep_core::event::{BatchBuilder, DataType, Datum, EventBatch, Schema, Watermarks};
use cep_core::expr::{Expr, field};
use cep_core::matcher::{Config, Matcher, Output};
use cep_core::pattern::{Definitions, Pattern, StreamDef};
use cep_core::program::Program;
use cep_core::runtime::{Match, MatchKind};
use cep_core::time::{Duration, Timestamp, Watermark};

use crate::emit::by_reference;

/// Letter, number, key and time.
pub(crate) fn schema() -> Schema {
    Schema::new()
        .with("letter", DataType::String)
        .with("n", DataType::Int)
        .with("key", DataType::String)
        .with("ts", DataType::Timestamp)
}

pub(crate) fn is(letter: &str) -> Expr {
    field("letter").eq(letter)
}

pub(crate) fn stream(name: &str) -> StreamDef {
    StreamDef::new(name, schema(), "ts")
}

pub(crate) fn program(streams: Vec<StreamDef>, patterns: Vec<Pattern>) -> Arc<Program> {
    compile(Definitions { streams, patterns, ..Definitions::default() })
}

pub(crate) fn compile(definitions: Definitions) -> Arc<Program> {
    Arc::new(Program::compile(definitions, &HashMap::new()).expect("the test's definitions are sound"))
}

/// An event of a stream: `orders:a1@10/k`, where the stream defaults to `s`, the number to 0 and the key to `k`.
pub(crate) struct Event {
    pub(crate) stream: String,
    letter: String,
    n: i64,
    time: i64,
    key: String,
}

impl Event {
    fn parse(text: &str) -> Self {
        let (stream, rest) = text.split_once(':').unwrap_or(("s", text));
        let (rest, key) = rest.split_once('/').unwrap_or((rest, "k"));
        let (name, time) = rest.split_once('@').expect("an event has a time");
        let digits = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
        let n = name[digits..].parse().unwrap_or(0);
        let time = time.parse().expect("a time is a number");
        Self { stream: stream.into(), letter: name[..digits].into(), n, time, key: key.into() }
    }
}

pub(crate) fn events(text: &str) -> Vec<Event> {
    text.split_whitespace().map(Event::parse).collect()
}

/// What came out, in order: `p a1@10 b@20` for a match, with `timeout` or `late` in front for those.
pub(crate) struct World {
    pub(crate) matcher: Matcher,
    pub(crate) lines: Vec<String>,
    watermarks: HashMap<String, Watermarks>,
    positions: HashMap<String, u64>,
}

impl World {
    pub(crate) fn new(program: &Arc<Program>) -> Self {
        Self::with_config(program, Config { report_timeouts: true, ..Config::default() })
    }

    pub(crate) fn with_config(program: &Arc<Program>, config: Config) -> Self {
        Self {
            matcher: Matcher::with_config(Arc::clone(program), config),
            lines: Vec::new(),
            watermarks: HashMap::new(),
            positions: HashMap::new(),
        }
    }

    /// Events in batches of at most `size`, each of one stream; watermarks ascend with the given lateness.
    pub(crate) fn feed(&mut self, input: &str, size: usize, lateness: i64) -> &mut Self {
        for batch in self.batches(input, size, lateness) {
            let program = Arc::clone(self.matcher.program());
            let (stream, lines) = (batch.stream(), &mut self.lines);
            let last = batch
                .time(batch.len() - 1)
                .0
                .max(batch.watermark_before(batch.len() - 1).0.saturating_add(lateness + 1));
            self.matcher
                .push(batch, by_reference(&mut |output| lines.push(line(&program, &output))))
                .expect("the run goes on");
            let after = Watermark(last - lateness - 1);
            let advanced = self.matcher.advance_stream(
                stream,
                after,
                by_reference(&mut |output| lines.push(line(&program, &output))),
            );
            advanced.expect("the run goes on");
        }
        self
    }

    pub(crate) fn batches(&mut self, input: &str, size: usize, lateness: i64) -> Vec<EventBatch> {
        let program = Arc::clone(self.matcher.program());
        let mut batches = Vec::new();
        let mut open: Option<(String, BatchBuilder)> = None;
        for event in events(input) {
            let full =
                open.as_ref().is_some_and(|(name, builder)| *name != event.stream || builder.len() == size);
            if full {
                batches.extend(open.take().map(|(_, builder)| builder.finish()));
            }
            let position = self.positions.entry(event.stream.clone()).or_default();
            let (_, builder) = open.get_or_insert_with(|| {
                let id = program.streams().id(&event.stream).expect("a stream of the program");
                let schema = program.streams().get(id).schema.clone();
                (event.stream.clone(), BatchBuilder::new(id, schema, *position))
            });
            *position += 1;
            let watermarks = self.watermarks.entry(event.stream.clone());
            let watermarks = watermarks.or_insert_with(|| Watermarks::bounded(Duration(lateness)));
            let time = Timestamp(event.time);
            let row = [
                Datum::Str(event.letter.as_str().into()),
                Datum::Int(event.n),
                Datum::Str(event.key.as_str().into()),
                Datum::Timestamp(time),
            ];
            builder.push_row(time, watermarks.observe(time), &row).expect("the row fits");
        }
        batches.extend(open.map(|(_, builder)| builder.finish()));
        batches
    }

    pub(crate) fn advance(&mut self, to: i64) -> &mut Self {
        let program = Arc::clone(self.matcher.program());
        let lines = &mut self.lines;
        let advanced = self
            .matcher
            .advance(Watermark(to), by_reference(&mut |output| lines.push(line(&program, &output))));
        advanced.expect("the run goes on");
        self
    }

    pub(crate) fn end(&mut self) -> &mut Self {
        self.advance(i64::MAX)
    }
}

pub(crate) fn line(program: &Program, output: &Output<'_>) -> String {
    if let Output::Late(late) = output {
        let column = schema().column("letter").expect("the letter");
        return format!("late {:?} @{}", late.get(column).into_value(), late.time().0);
    }
    let found: Match = output.as_match().expect("a match").to_owned();
    let kind = if found.kind == MatchKind::TimedOut { "timeout " } else { "" };
    let captures =
        found.captures.iter().flat_map(|(stage, events)| events.iter().map(move |event| (stage, event)));
    let captures: Vec<_> = captures
        .map(|(stage, event)| {
            let name = &program.pattern(found.pattern).stages[stage.index()];
            format!("{name}@{}", event.time.0)
        })
        .collect();
    let key = match found.key.first() {
        Some(cep_core::event::Value::Str(key)) if &**key != "k" => format!("/{key}"),
        _ => String::new(),
    };
    let name = &program.pattern(found.pattern).name;
    format!("{kind}{name}{key} {} ={}", captures.join(" "), found.time.0)
}

/// All that comes of an input, in order.
pub(crate) fn lines(program: &Arc<Program>, input: &str) -> Vec<String> {
    let mut world = World::new(program);
    world.feed(input, 4096, 0).end();
    world.lines
}
