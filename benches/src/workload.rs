//! The workloads: a pattern, the file it runs over, and that file as batches.

use std::sync::Arc;

use cep_core::event::{BatchBuilder, DataType, Datum, EventBatch, Schema, Watermarks};
use cep_core::expr::{field, stage};
use cep_core::matcher::{Matcher, Output};
use cep_core::pattern::{Definitions, Pattern, PatternBuilder, Skip, StreamDef};
use cep_core::program::Program;
use cep_core::time::{Duration, Timestamp, Watermark};

use crate::data::File;

/// Rows a batch.
const BATCH: usize = 4096;

/// A workload by name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "each is described by its pattern")]
pub enum Workload {
    W1,
    W2,
    W3,
    W3b,
    W4,
    W5,
    W6,
    W6b,
    W7,
    W8,
}

impl Workload {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::W1,
        Self::W2,
        Self::W3,
        Self::W3b,
        Self::W4,
        Self::W5,
        Self::W6,
        Self::W6b,
        Self::W7,
        Self::W8,
    ];

    /// The file it runs over.
    #[must_use]
    pub fn file(self) -> File {
        match self {
            Self::W1 | Self::W7 => File::Txn,
            Self::W8 => File::TxnMillionKeys,
            Self::W2 => File::Stock,
            Self::W3 | Self::W3b | Self::W5 => File::Sensor,
            Self::W4 | Self::W6 | Self::W6b => File::Letters,
        }
    }

    /// Its program.
    #[must_use]
    pub fn program(self) -> Arc<Program> {
        let (stream, schema, key) = stream(self.file());
        let on = |pattern: PatternBuilder, name: &str| {
            pattern.on_keyed(stream, key.iter().copied()).build(name).expect("the workloads are sound")
        };
        let patterns = match self {
            Self::W7 => (1..=100)
                .map(|i| on(fraud(0.01 * f64::from(i), 500.0 + 5.0 * f64::from(i)), &format!("w7_{i}")))
                .collect(),
            _ => vec![on(self.pattern(), "w")],
        };
        let streams = vec![StreamDef::new(stream, schema, "ts")];
        let definitions = Definitions { streams, patterns, ..Definitions::default() };
        Arc::new(Program::compile(definitions, &Default::default()).expect("the workloads are sound"))
    }

    fn pattern(self) -> PatternBuilder {
        let is = |name: &str, value: &str| field(name).eq(value);
        let price = || field("price");
        match self {
            Self::W1 | Self::W7 | Self::W8 => fraud(1.0, 500.0),
            Self::W2 => Pattern::begin("a")
                .next("b")
                .filter(price().gt(stage("a").last("price")))
                .next("c")
                .filter(price().gt(stage("b").last("price")))
                .next("d")
                .filter(
                    price().gt(stage("c").last("price")).and(price().sub(stage("a").last("price")).gt(5.0)),
                )
                .within(Duration::from_secs(10)),
            Self::W3 | Self::W3b => {
                let hot =
                    Pattern::begin("start").filter(is("status", "start")).followed_by("hot").one_or_more();
                let hot = if self == Self::W3b { hot.greedy() } else { hot };
                hot.filter(field("temp").gt(95.0))
                    .followed_by("stop")
                    .filter(is("status", "stop"))
                    .within(Duration::from_secs(100))
                    .after_match(Skip::PastLastEvent)
            }
            Self::W4 => Pattern::begin("a")
                .filter(is("type", "A"))
                .followed_by_any("b")
                .filter(is("type", "B"))
                .followed_by_any("c")
                .filter(is("type", "C"))
                .within(Duration(100)),
            Self::W5 => Pattern::begin("o")
                .filter(is("status", "open"))
                .not_followed_by("c")
                .filter(is("status", "close"))
                .within(Duration::from_secs(30)),
            Self::W6 | Self::W6b => Pattern::begin("a")
                .filter(is("type", "A"))
                .followed_by_any("b")
                .filter(is("type", "B"))
                .followed_by_any("c")
                .filter(is("type", "C"))
                .followed_by_any("z")
                .filter(is("type", "Z"))
                .within(Duration(if self == Self::W6 { 200 } else { 1_000 })),
        }
    }

    /// The first `rows` events as batches with their watermarks.
    #[must_use]
    pub fn batches(self, rows: u64) -> Vec<EventBatch> {
        let program = self.program();
        let (name, schema, _) = stream(self.file());
        let id = program.streams().id(name).expect("the workload's stream");
        let mut builder = BatchBuilder::new(id, Arc::new(schema.clone()), 0);
        let mut watermarks = Watermarks::bounded(Duration(0));
        let mut batches = Vec::new();
        for line in self.file().csv(rows).lines().skip(1) {
            let cells = line.split(',').zip(schema.fields());
            let row: Vec<_> = cells.map(|(text, field)| datum(text, &field.ty.data)).collect();
            let Datum::Timestamp(time) = row[0] else { unreachable!("the first column is the time") };
            builder.push_row(time, watermarks.observe(time), &row).expect("generated rows fit");
            if builder.len() == BATCH {
                batches.push(builder.take());
            }
        }
        batches.push(builder.finish());
        batches
    }
}

fn fraud(small: f64, large: f64) -> PatternBuilder {
    Pattern::begin("small")
        .filter(field("amount").lt(small))
        .followed_by("large")
        .filter(field("amount").gt(large))
        .within(Duration::from_secs(600))
}

fn stream(file: File) -> (&'static str, Schema, &'static [&'static str]) {
    let schema = Schema::new().with("ts", DataType::Timestamp);
    let text = DataType::String;
    match file {
        File::Txn | File::TxnMillionKeys => (
            "txn",
            schema.with("card", text.clone()).with("amount", DataType::Float).with("kind", text),
            &["card"],
        ),
        File::Stock => {
            let schema =
                schema.with("symbol", text).with("price", DataType::Float).with("volume", DataType::Int);
            ("stock", schema, &["symbol"])
        }
        File::Sensor => (
            "sensor",
            schema.with("machine", text.clone()).with("temp", DataType::Float).with("status", text),
            &["machine"],
        ),
        File::Letters => ("letters", schema.with("type", text).with("value", DataType::Int), &[]),
    }
}

fn datum<'a>(text: &'a str, data: &DataType) -> Datum<'a> {
    match data {
        DataType::Timestamp => {
            Datum::Timestamp(Timestamp(text.parse().expect("generated times are integers")))
        }
        DataType::Int => Datum::Int(text.parse().expect("generated integers")),
        DataType::Float => Datum::Float(text.parse().expect("generated numbers")),
        _ => Datum::Str(text.into()),
    }
}

/// Runs a program over batches; gives the number of matches and a sum over the times of their events, so that every
/// capture is read.
#[must_use]
pub fn run(program: &Arc<Program>, batches: Vec<EventBatch>) -> (u64, i64) {
    let mut matcher = Matcher::new(Arc::clone(program));
    let (mut matches, mut sum) = (0, 0_i64);
    let mut read = |output: Output<'_>| {
        if let Output::Match(found) = output {
            matches += 1;
            for (_, event) in found.events() {
                sum = sum.wrapping_add(event.time().0);
            }
        }
    };
    for batch in batches {
        matcher.push(batch, &mut read).expect("no workload stops a run");
    }
    matcher.advance(Watermark::MAX, &mut read).expect("no workload stops a run");
    (matches, sum)
}
