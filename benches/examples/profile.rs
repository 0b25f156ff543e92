//! Runs one workload some times, for a profiler: `profile W1 1000000 5`.
#![expect(clippy::print_stdout, reason = "a command for developers")]

use cep_benches::run::run;
use cep_benches::workload::Workload;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let Some(workload) = args.get(1).and_then(|name| Workload::named(name)) else {
        println!("usage: profile {:?} ROWS TIMES", Workload::ALL);
        return;
    };
    let number =
        |index: usize, default| args.get(index).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (rows, times) = (number(2, 1_000_000), number(3, 1));
    let (program, batches) = (workload.program(), workload.batches(rows));
    for _ in 0..times {
        let batches = batches.clone();
        let start = std::time::Instant::now();
        let found = run(&program, batches);
        let rate = rows as f64 / start.elapsed().as_secs_f64() / 1e6;
        println!(
            "{workload:?}: {} matches, checksum {:016x}, {rate:.2} M events/s",
            found.matches, found.checksum
        );
    }
}
