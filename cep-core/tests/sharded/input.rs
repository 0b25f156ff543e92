//! Random input: batches of both streams with rows out of order, some too late, and streams that fall idle.

use cep_core::event::{BatchBuilder, Datum, EventBatch, Watermarks};
use cep_core::ids::StreamId;
use cep_core::program::Program;
use cep_core::time::{Duration, Timestamp, Watermark};

use crate::random::Random;

/// One call of a matcher.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Push(EventBatch),
    AdvanceStream(StreamId, Watermark),
    Idle(StreamId, bool),
    Advance(Watermark),
    /// Only for several threads: waits for all.
    Flush,
}

/// Calls to the end of the input.
pub(crate) fn input(random: &mut Random, program: &Program) -> Vec<Call> {
    let streams = ["s", "t"].map(|name| program.streams().id(name).unwrap());
    let keys = random.pick(&[3, 20, 60]);
    let lateness = random.pick(&[0, 0, 3]);
    let mut watermarks = [(); 2].map(|()| Watermarks::bounded(Duration(lateness)));
    let mut positions = [0; 2];
    let mut times = [0; 2];
    let mut calls = Vec::new();
    for _ in 0..random.pick(&[3, 10, 25]) {
        let which = usize::from(random.percent(35));
        let id = streams[which];
        let schema = program.streams().get(id).schema.clone();
        let mut builder = BatchBuilder::new(id, schema, positions[which]);
        for _ in 0..random.pick(&[0, 1, 5, 40, 130]) {
            times[which] += random.pick(&[0, 0, 0, 1, 1, 2]);
            let behind = if random.percent(15) { random.below(7) } else { 0 };
            let time = Timestamp(times[which] - behind);
            let key = random.below(keys);
            let key = if key == 0 { Datum::Null } else { Datum::Str(format!("k{key}").into()) };
            let row = [
                Datum::Str(random.pick(&["a", "b", "c"]).into()),
                Datum::Int(random.below(4)),
                key,
                Datum::Int(random.below(5)),
                Datum::Timestamp(time),
            ];
            builder.push_row(time, watermarks[which].observe(time), &row).unwrap();
        }
        positions[which] += builder.len() as u64;
        calls.push(Call::Push(builder.finish()));
        if random.percent(60) {
            calls.push(Call::AdvanceStream(id, watermarks[which].current()));
        }
        if random.percent(10) {
            calls.push(Call::Idle(random.pick(&streams), true));
        }
        if random.percent(20) {
            calls.push(Call::Flush);
        }
    }
    calls.extend([Call::Advance(Watermark::MAX), Call::Flush]);
    calls
}
