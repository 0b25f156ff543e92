//! One run over one store, measured.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cep_benches::run::run;
use cep_core::event::EventBatch;
use cep_core::matcher::Output;
use cep_core::program::Program;
use cep_core::time::Watermark;
use cep_engine::store::{Namespace, StateStore};
use cep_engine::{Engine, Options, Position, Render, Resume};
use cep_store_disk::DiskStore;
use cep_store_memory::MemoryStore;
use cep_store_redis::RedisStore;

use crate::processor::Processor;

const SOURCE: &str = "bench";

/// What is run.
#[derive(Debug)]
pub(crate) struct Input {
    program: Arc<Program>,
    batches: Vec<EventBatch>,
    /// Whether windows stay open at the end, and what is there is opened again.
    is_open_ended: bool,
}

/// What a run took.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) outputs: u64,
    /// Events a second.
    pub(crate) rate: f64,
    /// Nanoseconds of processor an event, here and in the server.
    pub(crate) own: f64,
    pub(crate) server: f64,
    /// How many keys came back, and after what time.
    pub(crate) recovered: Option<(u64, Duration)>,
}

impl Input {
    pub(crate) fn new(program: Arc<Program>, batches: Vec<EventBatch>) -> Self {
        Self { program, batches, is_open_ended: false }
    }

    pub(crate) fn open_ended(program: Arc<Program>, batches: Vec<EventBatch>) -> Self {
        Self { is_open_ended: true, ..Self::new(program, batches) }
    }

    fn events(&self) -> u64 {
        self.batches.iter().map(|batch| batch.len() as u64).sum()
    }
}

/// Runs all of the input over a store by its name.
pub(crate) async fn with_store(
    store: &str,
    input: &Input,
    options: Options,
    processor: &Processor,
) -> Measured {
    match store {
        "none" => alone(input, processor),
        "memory" => measure(&memory(), input, options, processor).await,
        _ => match store.strip_prefix("disk:") {
            Some(folder) => measure(&disk(folder), input, options, processor).await,
            None => measure(&redis(store).await, input, options, processor).await,
        },
    }
}

/// What is killed just before the last of its commits, by a store's name: the time until it is where it was again.
pub(crate) async fn killed(store: &str, input: &Input, options: Options) -> Duration {
    match store {
        "memory" => back(&memory(), input, options).await,
        _ => match store.strip_prefix("disk:") {
            Some(folder) => back(&disk(folder), input, options).await,
            None => back(&redis(store).await, input, options).await,
        },
    }
}

fn name() -> Namespace {
    "bench".parse().expect("it is a name")
}

fn memory() -> Arc<MemoryStore> {
    Arc::new(MemoryStore::new(name()))
}

fn disk(folder: &str) -> Arc<DiskStore> {
    Arc::new(DiskStore::open(folder, name(), Default::default()).expect("the folder can be had"))
}

async fn redis(url: &str) -> Arc<RedisStore> {
    Arc::new(RedisStore::connect(url, name(), &Default::default()).await.expect("the server is there"))
}

/// The matcher without a store.
fn alone(input: &Input, processor: &Processor) -> Measured {
    // The copy, whose memory is new, is not what is measured.
    let batches = input.batches.clone();
    let (start, used) = (Instant::now(), processor.used());
    let outputs = run(&input.program, batches).matches;
    let (rate, (own, server)) = (rate(input, start), used.per_event(processor, input.events()));
    Measured { outputs, rate, own, server, recovered: None }
}

fn rate(input: &Input, start: Instant) -> f64 {
    input.events() as f64 / start.elapsed().as_secs_f64()
}

async fn measure<S: StateStore>(
    store: &Arc<S>,
    input: &Input,
    options: Options,
    processor: &Processor,
) -> Measured {
    store.drop_namespace().await.expect("what was there can go");
    let (mut engine, _) = open(store, input, options).await;
    let (start, used) = (Instant::now(), processor.used());
    let mut outputs = 0;
    for batch in &input.batches {
        push(&mut engine, batch, start.elapsed()).await;
        outputs += take(&mut engine).await;
    }
    if input.is_open_ended {
        engine.commit().await.expect("nothing stops it");
        engine.settle().await.expect("nothing stops it");
    } else {
        engine.finish().await.expect("nothing stops it");
    }
    outputs += take(&mut engine).await;
    let (rate, (own, server)) = (rate(input, start), used.per_event(processor, input.events()));
    drop(engine);
    let start = Instant::now();
    let recovered = if input.is_open_ended {
        let (_, resume) = open(store, input, options).await;
        Some((resume.keys, start.elapsed()))
    } else {
        None
    };
    Measured { outputs, rate, own, server, recovered }
}

async fn back<S: StateStore>(store: &Arc<S>, input: &Input, options: Options) -> Duration {
    store.drop_namespace().await.expect("what was there can go");
    let (mut engine, _) = open(store, input, options).await;
    let (mut read, mut since, events) = (0, 0, input.events());
    // The last third is read as far as the commit that is not made.
    for batch in &input.batches {
        let rows = batch.len() as u64;
        if 3 * read > 2 * events && since + rows >= options.commit_rows {
            break;
        }
        push(&mut engine, batch, Duration::ZERO).await;
        take(&mut engine).await;
        (read, since) = (read + rows, if since + rows >= options.commit_rows { 0 } else { since + rows });
    }
    engine.settle().await.expect("nothing stops it");
    // As by a kill: nothing more is written.
    drop(engine);
    let start = Instant::now();
    let (mut engine, resume) = open(store, input, options).await;
    let kept = resume.vector.get(SOURCE).map_or(0, |position| position.rows);
    let mut rows = 0;
    for batch in &input.batches {
        rows += batch.len() as u64;
        if rows > kept && rows <= read {
            push_at(&mut engine, batch, rows, Duration::ZERO).await;
        }
    }
    start.elapsed()
}

async fn open<S: StateStore>(store: &Arc<S>, input: &Input, options: Options) -> (Engine<S>, Resume) {
    let program = Arc::clone(&input.program);
    let opened = Engine::open(Arc::clone(store), program, options, render());
    opened.await.expect("it can be opened")
}

async fn push<S: StateStore>(engine: &mut Engine<S>, batch: &EventBatch, now: Duration) {
    let before = engine.vector().get(SOURCE).map_or(0, |position| position.rows);
    push_at(engine, batch, before + batch.len() as u64, now).await;
}

async fn push_at<S: StateStore>(engine: &mut Engine<S>, batch: &EventBatch, rows: u64, now: Duration) {
    let last = batch.len().checked_sub(1);
    let reached = last.map_or(Watermark::MIN, |last| batch.watermark_before(last));
    let after = Position { rows, state: Vec::new() };
    engine.push(batch.clone(), SOURCE, after).await.expect("nothing stops it");
    engine.advance_stream(batch.stream(), reached).await.expect("nothing stops it");
    engine.tick(now).await.expect("nothing stops it");
}

/// Outputs are taken as a sink does that is always ready.
async fn take<S: StateStore>(engine: &mut Engine<S>) -> u64 {
    let released = engine.take_released();
    let groups: BTreeMap<_, _> = released.iter().map(|output| (output.group, output.number + 1)).collect();
    for (group, below) in groups {
        engine.trim(group, below).await.expect("nothing stops it");
    }
    released.len() as u64
}

/// The times of the events of a match: what every engine reads of one.
fn render() -> Render {
    Box::new(|output: Output<'_>, put: &mut dyn FnMut(Bytes)| {
        let Output::Match(found) = output else { return };
        let times: Vec<u8> = found.events().flat_map(|(_, event)| event.time().0.to_le_bytes()).collect();
        put(times.into());
    })
}
