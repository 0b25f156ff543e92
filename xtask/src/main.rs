//! Project tasks, run as `cargo xtask TASK`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command for developers writes to their terminal"
)]

mod api;
mod bench;
mod child;
mod conformance;
mod kill;
mod latency;
mod random;
mod servers;
mod simulate;
mod test;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask TASK

  test                       everything: tidy, unit, fixture, example and doc tests, conformance
  conformance [FILE[.gz]…]   the cases that Flink CEP answered; without files, those that ship with the project
    --store memory|disk|redis (first: the engine over that store, committed after every event, opened anew now and then)
  tidy                       the rules of the house that a machine can check
  api [--accept]             whether docs/api lists what is public in the crates that users depend on; --accept writes it

  bench [W…]                 the engine alone, by workload: speed, matches, memory
  rivals [W…]                the engine, Flink CEP and Esper in turn over the same files; needs Java and Maven
    --runs N  --events N  --threads N (ours)  --json  --markdown  --engine NAME (rivals)
  flat [W…]                  the engine over a very long stream, a billion events of W1: fails unless memory stays flat
    --events N (each)  --threads N  --json
  curves [NAME…]             the cost of an event over keys, windows, patterns, partial matches, loops; docs/plots
  stored                     the engine over stores beside the matcher alone: speed, recovery, commit intervals; docs/plots
  simulate                   the protocol of state under crashes, old owners, lost answers, roll-backs; a seed each
    --seeds N  --from S  --break (each rule of the protocol switched off: it has to be noticed)
    --each-operation (each operation of the store fails once, before its effect and after it)
  kill-test                  `cep run` over a store, killed at random moments: nothing lost, doubled or different
    --store disk|redis  --source file|redis  --sink file|redis  --kills N  --seed S  --seconds N
    --server (kills redis-server instead)
  latency [SECONDS]          from the writing of an event to its match, through `cep run`";

/// The root of the workspace, above this crate.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (task, rest) = match args.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    let result = match task {
        "test" => test::run(&root()),
        "conformance" => conformance::run(&root(), rest),
        "tidy" => tidy::run(&root()),
        "api" => api::run(&root(), rest),
        "bench" => bench::alone(&root(), rest),
        "rivals" => bench::rivals(&root(), rest),
        "flat" => bench::flat(&root(), rest),
        "curves" => bench::curves(&root(), rest),
        "stored" => bench::stored(&root()),
        "simulate" => simulate::run(&root(), rest),
        "kill-test" => kill::run(&root(), rest),
        "latency" => latency::run(&root(), rest),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}
