//! What a stratum emits for those after it: rows of emitted streams, and the script that puts them in their place.

use std::sync::Arc;

use super::derive::streams_from;
use super::feed::{Item, What};
use super::merge::{Clocks, Merge};
use crate::event::{BatchBuilder, EventBatch, Value};
use crate::ids::StreamId;
use crate::program::{Origin, Program};
use crate::runtime::Record;
use crate::time::{Timestamp, Watermark};

/// The records of a stratum on their way to the next.
pub(super) struct Emitted {
    program: Arc<Program>,
    streams: Vec<EmittedStream>,
    /// The number of batches before those made here.
    first: usize,
    script: Vec<Item>,
}

struct EmittedStream {
    stream: StreamId,
    builder: BatchBuilder,
    clock: Watermark,
}

impl Emitted {
    /// `positions` tells how many rows each stream has had so far, `next` what the next stratum has been told.
    pub(super) fn new(program: &Arc<Program>, positions: &[u64], first: usize, next: &Clocks) -> Self {
        let emitted = program.streams().iter().filter(|(_, stream)| matches!(stream.origin, Origin::Emitted));
        let streams = emitted.map(|(id, stream)| EmittedStream {
            stream: id,
            builder: BatchBuilder::new(id, stream.schema.clone(), positions[id.index()]),
            clock: next.streams[id.index()].watermark,
        });
        Self { program: Arc::clone(program), streams: streams.collect(), first, script: Vec::new() }
    }

    pub(super) fn pass_on(&mut self, item: Item) {
        self.script.push(item);
    }

    pub(super) fn add(&mut self, record: &Record, time: Timestamp, step: u32) {
        let Some(place) = self.streams.iter().position(|known| known.stream == record.stream) else { return };
        let builder = &mut self.streams[place].builder;
        for (index, value) in record.values.iter().enumerate() {
            let column = builder.column_mut(crate::ids::ColumnId::new(index));
            if !column.push(&value.as_datum()) {
                column.push(&Value::Null.as_datum());
            }
        }
        builder.finish_row(time, Watermark::MIN);
        let row = u32::try_from(builder.len() - 1).expect("a step emits fewer than 2^32 rows");
        let batch = u32::try_from(self.first + place).expect("few batches are fed at once");
        self.script.push(Item { step, what: What::Row { batch, row } });
    }

    /// The watermark of an emitted stream follows those of all patterns that feed it.
    pub(super) fn clocks(&mut self, clocks: &mut Clocks, merges: &[Merge], step: u32) {
        clocks.replay(merges);
        for emitted in &mut self.streams {
            let producers = self.program.producers.get(&emitted.stream);
            let families = producers.into_iter().flatten().map(|id| self.program.pattern(*id).family);
            let clock_of = |family| clocks.of_family(family, merges);
            let Some(to) = families.filter_map(clock_of).min() else { continue };
            if to > emitted.clock.max(clocks.streams[emitted.stream.index()].watermark) {
                emitted.clock = to;
                let derived = streams_from(&self.program, emitted.stream).into_iter().map(|(id, _)| id);
                for stream in std::iter::once(emitted.stream).chain(derived) {
                    self.script.push(Item { step, what: What::Clock { stream, to } });
                }
            }
        }
    }

    /// The batches made, one an emitted stream, and the script of the next stratum.
    pub(super) fn finish(self, positions: &mut [u64]) -> (Vec<EventBatch>, Vec<Item>) {
        let batches = self.streams.into_iter().map(|emitted| {
            positions[emitted.stream.index()] += emitted.builder.len() as u64;
            emitted.builder.finish()
        });
        (batches.collect(), self.script)
    }
}
