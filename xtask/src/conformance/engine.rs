//! Runs a case on the engine, in batches of a given size, and notes all that comes out.

use std::num::NonZeroUsize;
use std::sync::Arc;

use cep_core::event::{BatchBuilder, DataType, Datum, EventBatch, Watermarks};
use cep_core::ids::StreamId;
use cep_core::matcher::{Config, Hold, Matcher, Output, ShardedMatcher, TableRows, TimerPolicy};
use cep_core::program::Program;
use cep_core::runtime::{MatchKind, RunError, RunErrorKind};
use cep_core::time::{Duration, Timestamp, Watermark};
use serde_json::{Map, Value};

use super::case::{Case, Fate, Item};
use super::saved::Saved;
use super::stored::{Kind, Shelf, Stored};
use super::translate::STREAM;

/// A match or timeout: stages in the order of their first event, each with the ids of its events.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Line {
    pub(crate) key: String,
    pub(crate) stages: Vec<(String, Vec<i64>)>,
    pub(crate) time: i64,
}

/// What came of a case.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) matches: Vec<Line>,
    pub(crate) timeouts: Vec<Line>,
    pub(crate) late: Vec<i64>,
    pub(crate) fate: Fate,
}

impl Outcome {
    pub(crate) fn rejected() -> Self {
        Self { matches: Vec::new(), timeouts: Vec::new(), late: Vec::new(), fate: Fate::Rejected }
    }
}

/// How a case is run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mode {
    pub(crate) batch_size: usize,
    pub(crate) holding: Holding,
    pub(crate) driver: Driver,
}

/// What runs it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Driver {
    OneThread,
    Threads(NonZeroUsize),
    /// State is saved as bytes and read back after every batch.
    Saving,
    /// State is in a store, committed again and again; the engine is opened anew now and then.
    Stored(Kind),
}

/// How partial matches are held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Holding {
    /// One by one; those that time out are handed out.
    Runs,
    /// As sets; then none that time out are known.
    Sets,
}

/// Runs a compiled case.
pub(crate) fn run(case: &Case, program: &Arc<Program>, mode: Mode, shelf: &Shelf) -> Outcome {
    let config = Config {
        timers: TimerPolicy::Flink,
        report_timeouts: mode.holding == Holding::Runs,
        hold: Hold::Sets,
        ..Config::default()
    };
    let batch_size = mode.batch_size;
    let stream = program.streams().id(STREAM).expect("every case has the stream");
    let schema = Arc::clone(&program.streams().get(stream).schema);
    let mut run = Run {
        finder: Finder::new(program, config, mode.driver, (shelf, case)),
        builder: BatchBuilder::new(stream, schema, 0),
        stream,
        batch_size,
        watermarks: case.bound().map(|bound| Watermarks::bounded(Duration(bound))),
        waiting: Vec::new(),
        current: Watermark::MIN,
        outcome: Outcome { fate: Fate::Ran, ..Outcome::rejected() },
    };
    if run.items(case).and_then(|()| run.call(Call::Flush)).is_err() {
        run.outcome.fate = Fate::SkipFailed;
    }
    run.outcome
}

/// The engine on one thread, or on several.
enum Finder {
    One(Box<Matcher>),
    Saving(Box<Saved>),
    Stored(Box<dyn Stored>),
    Many(Box<ShardedMatcher<Note>>),
}

/// What is asked of it.
#[derive(Clone)]
pub(super) enum Call {
    Push(EventBatch),
    Advance(StreamId, Watermark),
    Flush,
}

impl Finder {
    fn new(program: &Arc<Program>, config: Config, driver: Driver, (shelf, case): (&Shelf, &Case)) -> Self {
        match driver {
            Driver::OneThread => Self::One(Box::new(Matcher::with_config(Arc::clone(program), config))),
            Driver::Saving => Self::Saving(Box::new(Saved::new(program, config))),
            Driver::Stored(kind) => {
                // Of several groups each goes on to the end of a batch, whatever stops another.
                let most_groups = if case.fate() == Fate::Ran { 3 } else { 1 };
                Self::Stored(shelf.open(kind, program, config, most_groups))
            }
            Driver::Threads(threads) => {
                let tables = TableRows::default();
                let note = |output: Output<'_>| note(&output);
                let matcher = ShardedMatcher::new(Arc::clone(program), config, tables, threads, note);
                Self::Many(Box::new(matcher))
            }
        }
    }

    fn call(&mut self, call: Call, mut add: impl FnMut(Note)) -> Result<(), RunError> {
        match (self, call) {
            (Self::One(matcher), Call::Push(batch)) => matcher.push(batch, |output| add(note(&output))),
            (Self::One(matcher), Call::Advance(stream, to)) => {
                matcher.advance_stream(stream, to, |output| add(note(&output)))
            }
            (Self::Saving(saved), Call::Push(batch)) => {
                saved.call(|matcher| matcher.push(batch, |output| add(note(&output))))
            }
            (Self::Saving(saved), Call::Advance(stream, to)) => {
                saved.call(|matcher| matcher.advance_stream(stream, to, |output| add(note(&output))))
            }
            (Self::One(_) | Self::Saving(_), Call::Flush) => Ok(()),
            (Self::Stored(stored), call) => stored.call(call, &mut add),
            (Self::Many(matcher), Call::Push(batch)) => matcher.push(batch, add),
            (Self::Many(matcher), Call::Advance(stream, to)) => matcher.advance_stream(stream, to, add),
            (Self::Many(matcher), Call::Flush) => matcher.flush(add),
        }
    }
}

struct Run {
    finder: Finder,
    builder: BatchBuilder,
    stream: StreamId,
    batch_size: usize,
    /// None where only explicit watermarks move time.
    watermarks: Option<Watermarks>,
    /// Explicit watermarks since the last row.
    waiting: Vec<Watermark>,
    current: Watermark,
    outcome: Outcome,
}

/// The run stopped, as `or fail` asks for.
struct Stopped;

impl Run {
    fn items(&mut self, case: &Case) -> Result<(), Stopped> {
        for item in case.items() {
            match item {
                Item::Watermark(watermark) => self.waiting.push(Watermark(watermark)),
                Item::Event(event) => self.event(event)?,
            }
        }
        self.flush()?;
        let explicit = std::mem::take(&mut self.waiting).into_iter();
        let generated = self.watermarks.map(|watermarks| watermarks.current());
        let last = case.last_watermark().map(Watermark);
        explicit.chain(generated).chain(last).try_for_each(|watermark| self.advance(watermark))
    }

    fn event(&mut self, event: &Map<String, Value>) -> Result<(), Stopped> {
        let time = Timestamp(event["ts"].as_i64().expect("events have times"));
        if let Some(watermarks) = &mut self.watermarks {
            let before = watermarks.observe(time);
            self.waiting.push(before);
        }
        // A row carries one watermark; where several were given, each is a step of its own.
        if let Some((last, earlier)) = std::mem::take(&mut self.waiting).split_last() {
            for watermark in earlier {
                self.flush()?;
                self.advance(*watermark)?;
            }
            self.current = self.current.max(*last);
        }
        let schema = Arc::clone(self.builder.schema());
        let row: Vec<Datum<'_>> = schema
            .fields()
            .iter()
            .map(|field| event.get(&field.name).map_or(Datum::Null, |value| datum(value, &field.ty.data)))
            .collect();
        self.builder.push_row(time, self.current, &row).expect("events fit the schema made of them");
        self.builder.tag_last(event["id"].as_u64().expect("events have ids"));
        if self.builder.len() >= self.batch_size { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Stopped> {
        if self.builder.is_empty() {
            return Ok(());
        }
        let batch = self.builder.take();
        self.call(Call::Push(batch))
    }

    fn advance(&mut self, to: Watermark) -> Result<(), Stopped> {
        self.current = self.current.max(to);
        self.call(Call::Advance(self.stream, to))
    }

    fn call(&mut self, call: Call) -> Result<(), Stopped> {
        let outcome = &mut self.outcome;
        self.finder.call(call, |note| outcome.add(note)).map_err(|error| stopped(error.kind))
    }
}

fn stopped(kind: RunErrorKind) -> Stopped {
    debug_assert!(!matches!(kind, RunErrorKind::LimitExceeded { .. }), "no case has a limit");
    Stopped
}

fn datum<'a>(value: &'a Value, data: &DataType) -> Datum<'a> {
    match (value, data) {
        (Value::Bool(value), DataType::Bool) => Datum::Bool(*value),
        (Value::String(value), DataType::String) => Datum::Str(value.as_str().into()),
        (Value::Number(value), DataType::Float) => value.as_f64().map_or(Datum::Null, Datum::Float),
        (Value::Number(value), DataType::Int) => value.as_i64().map_or(Datum::Null, Datum::Int),
        (Value::Number(value), DataType::Timestamp) => {
            value.as_i64().map_or(Datum::Null, |value| Datum::Timestamp(Timestamp(value)))
        }
        _ => Datum::Null,
    }
}

/// An output, as far as cases tell.
#[derive(Debug)]
pub(super) enum Note {
    Match(MatchKind, Line),
    Late(i64),
}

impl Outcome {
    fn add(&mut self, note: Note) {
        match note {
            Note::Match(MatchKind::Complete, line) => self.matches.push(line),
            Note::Match(MatchKind::TimedOut, line) => self.timeouts.push(line),
            Note::Late(id) => self.late.push(id),
        }
    }
}

pub(super) fn note(output: &Output<'_>) -> Note {
    match output {
        Output::Late(late) => Note::Late(late.tag() as i64),
        Output::Match(found) => {
            let ids = |stage| found.stage(stage).map(|event| event.tag() as i64).collect();
            let names = &found.pattern().stages;
            let stages = found.stages().into_iter().map(|stage| (names[stage.index()].clone(), ids(stage)));
            let cep_core::event::Value::Str(key) = &found.key()[0] else { unreachable!("keys are text") };
            let line = Line { key: key.to_string(), stages: stages.collect(), time: found.time().0 };
            Note::Match(found.kind(), line)
        }
        _ => unreachable!("a case has one stratum"),
    }
}
