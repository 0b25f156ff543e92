//! The engine over a store, beside the matcher alone:
//!
//! - `stored speed W1 EVENTS COMMIT STORE…`: a run from beginning to end.
//! - `stored recovery EVENTS STORE…`: a live key of about every card of W8's file, and how long opening takes.
//! - `stored commits EVENTS FOLDER STORE…`: W8 by commit interval: speed, and how long it takes to be where one was after a
//!   kill just before a commit. Points as JSON lines and a picture, in that folder.
//!
//! COMMIT is `1s`, `500ms` or a number of events; a store is `none` (the matcher), `memory`, `disk:FOLDER` or a `redis://`
//! address. Speed is that of the whole run to its last commit. `--server PID` counts the processor time of a server as well.
#![expect(clippy::print_stdout, reason = "a command for developers")]

mod commits;
mod job;
mod plot;
mod processor;

use std::sync::Arc;
use std::time::Duration;

use cep_benches::workload::Workload;
use cep_core::event::{DataType, Schema};
use cep_core::expr::field;
use cep_core::pattern::{Definitions, Pattern, StreamDef};
use cep_core::program::Program;
use cep_engine::Options;

use job::{Input, Measured, with_store};
use processor::Processor;

const USAGE: &str = "usage: stored speed WORKLOAD EVENTS COMMIT STORE… | stored recovery EVENTS STORE… | \
                     stored commits EVENTS FOLDER STORE…, each with --server PID";

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let processor = Processor::new(take_server(&mut args));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("threads can be had");
    match &args[..] {
        [what, name, events, commit, stores @ ..] if what == "speed" => {
            let workload = Workload::named(name).expect(USAGE);
            let input = Input::new(workload.program(), workload.batches(number(events)));
            for store in stores {
                let measured = with_store(store, &input, commit_of(commit), &processor);
                runtime.block_on(measured).print(store);
            }
        }
        [what, events, stores @ ..] if what == "recovery" => {
            let input = Input::open_ended(every_card(), Workload::W8.batches(number(events)));
            for store in stores {
                let rare = Options { commit_interval: Duration::MAX, ..Options::default() };
                runtime.block_on(with_store(store, &input, rare, &processor)).print(store);
            }
        }
        [what, events, folder, stores @ ..] if what == "commits" => {
            runtime.block_on(commits::measure(number(events), folder.as_ref(), stores, &processor));
        }
        _ => println!("{USAGE}"),
    }
}

fn number(text: &str) -> u64 {
    text.parse().expect(USAGE)
}

/// The process whose time counts as well.
fn take_server(args: &mut Vec<String>) -> Option<u32> {
    let at = args.iter().position(|arg| arg == "--server")?;
    let pid = args.get(at + 1).expect(USAGE).parse().expect(USAGE);
    args.drain(at..at + 2);
    Some(pid)
}

fn commit_of(text: &str) -> Options {
    let every = |commit_interval| Options { commit_interval, commit_rows: u64::MAX, ..Options::default() };
    match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(millis), _) => every(Duration::from_millis(number(millis))),
        (_, Some(seconds)) => every(Duration::from_secs(number(seconds))),
        _ => Options { commit_rows: number(text), ..every(Duration::MAX) },
    }
}

/// A pattern of which nearly every card has a partial match for good.
fn every_card() -> Arc<Program> {
    let schema = Schema::new()
        .with("ts", DataType::Timestamp)
        .with("card", DataType::String)
        .with("amount", DataType::Float)
        .with("kind", DataType::String);
    let pattern = Pattern::begin("first").filter(field("amount").gt(0)).next("never");
    let pattern = pattern.filter(field("amount").lt(0)).within(cep_core::time::Duration::from_hours(1_000));
    let pattern = pattern.on_keyed("txn", ["card"]).build("live").expect("a sound pattern");
    let streams = vec![StreamDef::new("txn", schema, "ts")];
    let definitions = Definitions { streams, patterns: vec![pattern], ..Definitions::default() };
    Arc::new(Program::compile(definitions, &Default::default()).expect("sound definitions"))
}

impl Measured {
    fn print(&self, store: &str) {
        let label = store.split(':').next().unwrap_or_default();
        let Self { outputs, rate, own, server, .. } = self;
        println!(
            "{label:8} {outputs} outputs, {:.2} M events/s, processor an event: {own:.0} ns here, {server:.0} ns in the server",
            rate / 1e6
        );
        if let Some((keys, time)) = self.recovered {
            println!("{:8} {keys} keys are back after {:.2} s", "", time.as_secs_f64());
        }
    }
}
