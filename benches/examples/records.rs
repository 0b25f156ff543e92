//! What writing and reading the records of a workload's keys costs: `records W1 1000000`. The keys are those that hold
//! anything after so many events.
#![expect(clippy::print_stdout, reason = "a command for developers")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use cep_benches::workload::Workload;
use cep_core::matcher::{Hold, Matcher};
use cep_core::runtime::RecordCodec;

/// Each record is written and read so many times.
const TIMES: usize = 5;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let Some(workload) = args.get(1).and_then(|name| Workload::named(name)) else {
        println!("usage: records {:?} ROWS", Workload::ALL);
        return;
    };
    let rows = args.get(2).and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let program = workload.program();
    let mut matcher = Matcher::new(Arc::clone(&program));
    for batch in workload.batches(rows) {
        matcher.push(batch, |_| {}).expect("no workload stops");
    }
    let codec = RecordCodec::of(Arc::clone(&program), Hold::Chosen);
    let mut records = Vec::new();
    matcher.save_records(&codec, |family, _, record| records.push((family, record.to_vec())));
    let count = records.len();
    let bytes: usize = records.iter().map(|(_, record)| record.len()).sum();
    println!("{workload:?}: {count} records, {:.1} bytes each", bytes as f64 / count as f64);
    let each = |what: &str, start: Instant| {
        let nanos = start.elapsed().as_nanos() as f64 / (TIMES * count) as f64;
        println!("  {what}: {nanos:.0} ns a record");
    };

    let start = Instant::now();
    for _ in 0..TIMES {
        matcher.save_records(&codec, |_, _, record| {
            black_box(record);
        });
    }
    each("from a matcher, as they are kept there", start);

    let decode =
        |(family, record): &(_, Vec<u8>)| codec.decode(*family, record).expect("it was just written");
    let states: Vec<_> = records.iter().map(|record| (record.0, decode(record).state)).collect();
    let mut out = Vec::new();
    let start = Instant::now();
    for _ in 0..TIMES {
        for (family, state) in &states {
            out.clear();
            codec.encode(*family, state, &mut out);
            black_box(&out);
        }
    }
    each("encode", start);

    let start = Instant::now();
    for _ in 0..TIMES {
        for record in &records {
            black_box(decode(record));
        }
    }
    each("decode, and forget", start);
}
