//! The events of the curves: one a millisecond, with a key, a kind and a number, drawn evenly or, kinds, in turn.

use std::sync::Arc;

use cep_benches::data::SplitMix64;
use cep_core::event::{BatchBuilder, DataType, Datum, EventBatch, Schema, Watermarks};
use cep_core::pattern::{Definitions, Pattern, StreamDef};
use cep_core::program::Program;
use cep_core::time::{Duration, Timestamp};

/// Rows a batch: few enough for a slow point to be noticed soon.
pub(crate) const BATCH: usize = 1024;

/// How events are drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw {
    pub(crate) keys: u64,
    pub(crate) kinds: Kinds,
}

/// In what order kinds come.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kinds {
    /// 0 to this one, left out, drawn evenly.
    Even(u64),
    /// One 0, so many 1, one 2, over and over.
    Loop(u64),
}

impl Kinds {
    fn next(self, event: u64, random: &mut SplitMix64) -> u64 {
        match self {
            Self::Even(kinds) => random.below(kinds),
            Self::Loop(length) => match event % (length + 2) {
                0 => 0,
                place if place <= length => 1,
                _ => 2,
            },
        }
    }
}

pub(crate) fn program(patterns: Vec<Pattern>) -> Arc<Program> {
    let streams = vec![StreamDef::new("s", schema(), "ts")];
    let definitions = Definitions { streams, patterns, ..Definitions::default() };
    Arc::new(Program::compile(definitions, &Default::default()).expect("the curves' patterns are sound"))
}

fn schema() -> Schema {
    Schema::new()
        .with("ts", DataType::Timestamp)
        .with("key", DataType::String)
        .with("kind", DataType::Int)
        .with("x", DataType::Float)
}

/// So many events, in batches.
pub(crate) fn batches(program: &Program, draw: Draw, events: usize) -> Vec<EventBatch> {
    let id = program.streams().id("s").expect("the curves' stream");
    let mut builder = BatchBuilder::new(id, Arc::new(schema()), 0);
    let mut watermarks = Watermarks::bounded(Duration(0));
    let mut random = SplitMix64::new(5);
    let mut batches = Vec::new();
    for ts in 0..events {
        let time = Timestamp(ts as i64);
        let key = format!("k{}", random.below(draw.keys));
        let kind = draw.kinds.next(ts as u64, &mut random) as i64;
        let x = random.below(100_000) as f64 / 1_000.0;
        let row =
            [Datum::Timestamp(time), Datum::Str(key.as_str().into()), Datum::Int(kind), Datum::Float(x)];
        builder.push_row(time, watermarks.observe(time), &row).expect("the rows fit");
        if builder.len() == BATCH {
            batches.push(builder.take());
        }
    }
    batches.push(builder.finish());
    batches
}
