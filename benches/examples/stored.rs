//! The engine over a store, beside the matcher alone: `stored W1 EVENTS COMMIT STORE…`, where COMMIT is `1s`, `500ms` or a
//! number of events, and a store is `none` (the matcher), `memory`, `disk:FOLDER` or a `redis://` address. Speed is that of
//! the whole run to its last commit; processor time is this process's. `stored recovery EVENTS STORE…` makes a live key of
//! about every card of W8's file and says how long opening takes.
#![expect(clippy::print_stdout, reason = "a command for developers")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cep_benches::run::run;
use cep_benches::workload::Workload;
use cep_core::event::{DataType, EventBatch, Schema};
use cep_core::expr::field;
use cep_core::matcher::Output;
use cep_core::pattern::{Definitions, Pattern, StreamDef};
use cep_core::program::Program;
use cep_core::time::Watermark;
use cep_engine::store::{Namespace, StateStore};
use cep_engine::{Engine, Options, Position, Render};
use cep_store_disk::DiskStore;
use cep_store_memory::MemoryStore;
use cep_store_redis::RedisStore;

const USAGE: &str = "usage: stored WORKLOAD EVENTS COMMIT STORE… | stored recovery EVENTS STORE…";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("threads can be had");
    let number = |text: &String| text.parse::<u64>().expect(USAGE);
    match &args[..] {
        [what, events, stores @ ..] if what == "recovery" => {
            let program = every_card();
            let batches = Workload::W8.batches(number(events));
            for store in stores {
                runtime.block_on(with_store(store, &program, &batches, Duration::MAX, u64::MAX, true));
            }
        }
        [name, events, commit, stores @ ..] => {
            let workload = Workload::named(name).expect(USAGE);
            let (program, batches) = (workload.program(), workload.batches(number(events)));
            let (interval, rows) = commit_of(commit);
            for store in stores {
                runtime.block_on(with_store(store, &program, &batches, interval, rows, false));
            }
        }
        _ => println!("{USAGE}"),
    }
}

fn commit_of(text: &str) -> (Duration, u64) {
    let number = |text: &str| text.parse().expect(USAGE);
    match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(millis), _) => (Duration::from_millis(number(millis)), u64::MAX),
        (_, Some(seconds)) => (Duration::from_secs(number(seconds)), u64::MAX),
        _ => (Duration::MAX, number(text)),
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

async fn with_store(
    store: &str,
    program: &Arc<Program>,
    batches: &[EventBatch],
    interval: Duration,
    rows: u64,
    recovery: bool,
) {
    let name: Namespace = "bench".parse().expect("it is a name");
    let options = Options { commit_interval: interval, commit_rows: rows, ..Options::default() };
    let job = Job { label: store, program, batches, options, recovery };
    if store == "none" {
        let (start, cpu) = (Instant::now(), processor_time());
        let found = run(program, batches.to_vec());
        job.tell(start, cpu, found.matches);
    } else if store == "memory" {
        job.run(MemoryStore::new(name)).await;
    } else if let Some(folder) = store.strip_prefix("disk:") {
        job.run(DiskStore::open(folder, name, Default::default()).expect("the folder can be had")).await;
    } else {
        let redis = RedisStore::connect(store, name, &Default::default()).await.expect("the server is there");
        job.run(redis).await;
    }
}

struct Job<'a> {
    label: &'a str,
    program: &'a Arc<Program>,
    batches: &'a [EventBatch],
    options: Options,
    recovery: bool,
}

impl Job<'_> {
    fn tell(&self, start: Instant, cpu: Duration, matches: u64) {
        let events: usize = self.batches.iter().map(EventBatch::len).sum();
        let (wall, cpu) = (start.elapsed(), processor_time().saturating_sub(cpu));
        let rate = events as f64 / wall.as_secs_f64() / 1e6;
        let each = cpu.as_secs_f64() / events as f64 * 1e9;
        let label = self.label.split(':').next().unwrap_or_default();
        println!("{label:8} {matches} outputs, {rate:.2} M events/s, {each:.0} ns of processor an event");
    }

    async fn run<S: StateStore>(self, store: S) {
        let store = Arc::new(store);
        store.drop_namespace().await.expect("what was there can go");
        let engine = self.open(&store).await;
        let (start, cpu) = (Instant::now(), processor_time());
        let outputs = self.feed(engine, start).await;
        self.tell(start, cpu, outputs);
        if self.recovery {
            let start = Instant::now();
            let opened = Engine::open(store, Arc::clone(self.program), self.options, render());
            let (_, resume) = opened.await.expect("it can be opened again");
            println!("{:8} {} keys are back after {:.2} s", "", resume.keys, start.elapsed().as_secs_f64());
        }
    }

    async fn open<S: StateStore>(&self, store: &Arc<S>) -> Engine<S> {
        let program = Arc::clone(self.program);
        let opened = Engine::open(Arc::clone(store), program, self.options, render());
        opened.await.expect("it can be opened").0
    }

    async fn feed<S: StateStore>(&self, mut engine: Engine<S>, start: Instant) -> u64 {
        let (mut rows, mut outputs) = (0, 0);
        for batch in self.batches {
            rows += batch.len() as u64;
            let stream = batch.stream();
            let reached =
                batch.len().checked_sub(1).map_or(Watermark::MIN, |last| batch.watermark_before(last));
            let after = Position { rows, state: Vec::new() };
            engine.push(batch.clone(), "bench", after).await.expect("nothing stops it");
            engine.advance_stream(stream, reached).await.expect("nothing stops it");
            engine.tick(start.elapsed()).await.expect("nothing stops it");
            outputs += self.take(&mut engine).await;
        }
        if self.recovery {
            engine.commit().await.expect("nothing stops it");
            engine.settle().await.expect("nothing stops it");
        } else {
            engine.finish().await.expect("nothing stops it");
        }
        outputs + self.take(&mut engine).await
    }

    /// Outputs are taken as a sink does that is always ready.
    async fn take<S: StateStore>(&self, engine: &mut Engine<S>) -> u64 {
        let released = engine.take_released();
        let groups: std::collections::BTreeMap<_, _> =
            released.iter().map(|output| (output.group, output.number + 1)).collect();
        for (group, below) in groups {
            engine.trim(group, below).await.expect("nothing stops it");
        }
        released.len() as u64
    }
}

/// The times of the events of a match: what every engine reads of one.
fn render() -> Render {
    Box::new(|output: Output<'_>, put: &mut dyn FnMut(Bytes)| {
        let Output::Match(found) = output else { return };
        let times: Vec<u8> = found.events().flat_map(|(_, event)| event.time().0.to_le_bytes()).collect();
        put(times.into());
    })
}

/// The processor time of this process so far, to the hundredth of a second.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    Duration::from_millis(10 * (ticks(11) + ticks(12)))
}
