//! The engine alone, by workload: batches are built beforehand, keys are hashed and captures read inside.
#![allow(missing_docs, reason = "criterion's macros make undocumented items")]

use cep_benches::run::run;
use cep_benches::workload::Workload;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

/// Enough for rates to settle, little enough for a full run in minutes.
fn rows(workload: Workload) -> u64 {
    match workload {
        Workload::W4 | Workload::W7 => 100_000,
        Workload::W6 | Workload::W6b => 20_000,
        _ => 1_000_000,
    }
}

fn engine(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("engine");
    group.sample_size(10);
    for workload in Workload::ALL {
        let (program, batches) = (workload.program(), workload.batches(rows(workload)));
        group.throughput(Throughput::Elements(rows(workload)));
        group.bench_function(format!("{workload:?}"), |bencher| {
            bencher.iter_batched(|| batches.clone(), |batches| run(&program, batches), BatchSize::LargeInput);
        });
    }
    group.finish();
}

criterion_group!(benches, engine);
criterion_main!(benches);
