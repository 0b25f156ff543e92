//! How fast the client is, and others on the same member in the same run: the official Go and Python clients, and redis-benchmark
//! as a yardstick. docs/benchmarks.md has what came out.
//!
//! `cargo run --release -p hazelcast-client --example speed -- [--seconds N] [--rounds N] [--small] [--go] [--python] [--redis]`
//! (`--small`: a member as tests start it, otherwise one as in production)
#![allow(clippy::print_stdout, reason = "it prints what it measures")]
#![expect(clippy::unwrap_used, reason = "a measurement ends where something is not as expected")]

#[path = "speed/figures.rs"]
mod figures;
#[path = "speed/rivals.rs"]
mod rivals;

use std::cell::Cell;
use std::fmt::Write as _;
use std::fs::File;
use std::future::Future;
use std::io::Write as _;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use hazelcast_client::{Client, Config, Error, Map, NearCacheConfig};
use hazelcast_kit::{Cluster, Options, Python};
use tokio::runtime::Builder;

use figures::Figures;

const KEYS: usize = 10_000;
const SIZE: usize = 256;
const IN_FLIGHT: usize = 512;
const BULK: usize = 1_000;
const SINGLES: usize = 20_000;
const BULKS: usize = 200;

/// A multiplier that visits keys in no order.
const STRIDE: usize = 7_919;

fn main() -> Result<(), Error> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| args.iter().any(|arg| arg == flag);
    let number = |flag: &str, usual: f64| {
        args.iter().skip_while(|arg| *arg != flag).nth(1).map_or(usual, |number| number.parse().unwrap())
    };
    let length = Duration::from_secs_f64(number("--seconds", 5.0));
    let options = Options::new("speed");
    let cluster = if has("--small") { options.start() } else { options.large().start() };
    let go = has("--go").then(rivals::build_go);
    let python = has("--python").then(Python::new);
    let mut figures = Figures::default();
    for round in 0..2 * number("--rounds", 1.0) as usize {
        let awake = if round % 2 == 0 { None } else { awake() };
        let mut measured = |who: &str, text: String| {
            let cores = if awake.is_some() { "idle cores stay awake" } else { "idle cores may sleep" };
            figures.add(&format!("{who}; {cores}"), &text);
        };
        measured(
            "hazelcast-client, on one thread",
            on(&mut Builder::new_current_thread(), &cluster, length)?,
        );
        let runtime = &mut Builder::new_multi_thread();
        measured("hazelcast-client, on a thread a core", on(runtime, &cluster, length)?);
        if let Some(go) = &go {
            measured(rivals::GO_CLIENT, rivals::go(go, &cluster, length));
        }
        if let Some(python) = &python {
            measured("hazelcast-python-client", rivals::python(python, &cluster));
        }
        if has("--redis") {
            measured("redis-benchmark", rivals::redis());
        }
    }
    print!("{figures}");
    Ok(())
}

/// Keeps idle cores from sleeping until it is closed, for all processes; only root may. A virtual core that sleeps takes longer to
/// wake than a call takes, and a call wakes three threads: what is measured is mostly that. Cores that stay awake take room from
/// others of the same machine, though, so that throughput is measured both ways too.
fn awake() -> Option<File> {
    let mut file = File::options().write(true).open("/dev/cpu_dma_latency").ok()?;
    file.write_all(&0_i32.to_ne_bytes()).ok()?;
    Some(file)
}

fn on(runtime: &mut Builder, cluster: &Cluster, length: Duration) -> Result<String, Error> {
    let mut text = String::new();
    runtime.enable_all().build().unwrap().block_on(ours(cluster, length, &mut text))?;
    Ok(text)
}

async fn ours(cluster: &Cluster, length: Duration, text: &mut String) -> Result<(), Error> {
    let config = Config::new(cluster.addresses()).cluster_name(cluster.name());
    let near = NearCacheConfig { max_entries: 2 * KEYS, ..NearCacheConfig::default() };
    let client = Client::connect(config.near_cache("speed-near", near)).await?;
    let map = client.map::<String, String>("speed");
    let value = "\0".repeat(SIZE);
    fill(&map, &value).await?;
    // Members compile what is called often; those who are measured later find that done.
    latency(SINGLES / 4, |i| map.get(key(i))).await?;
    throughput(length, |i| map.set(key(i), &value)).await?;
    throughput(length, |i| map.get(key(i))).await?;
    figure(text, "ping_us", latency(SINGLES, |_| client.ping()).await?);
    figure(text, "set_us", latency(SINGLES, |i| map.set(key(i), &value)).await?);
    figure(text, "get_us", latency(SINGLES, |i| map.get(key(i))).await?);
    figure(text, "sets_a_second", throughput(length, |i| map.set(key(i), &value)).await?);
    figure(text, "gets_a_second", throughput(length, |i| map.get(key(i))).await?);
    bulk(&map, &value, text).await?;
    near_cache(&client, &value, length, text).await
}

async fn fill(map: &Map<String, String>, value: &String) -> Result<(), Error> {
    let all: Vec<(&String, &String)> = keys().iter().map(|key| (key, value)).collect();
    map.put_all(all).await
}

async fn bulk(map: &Map<String, String>, value: &String, text: &mut String) -> Result<(), Error> {
    let put = |i: usize| {
        let entries: Vec<_> = (0..BULK).map(|at| (key(i * BULK + at * 31), value)).collect();
        map.put_all(entries)
    };
    figure(text, "put_all_us", latency(BULKS, put).await?);
    let get = |i: usize| {
        let wanted: Vec<_> = (0..BULK).map(|at| key(i * BULK + at * 31)).collect();
        map.get_all(wanted)
    };
    figure(text, "get_all_us", latency(BULKS, get).await?);
    Ok(())
}

/// Hits of one task; what it takes to look at the clock is part of it.
async fn near_cache(
    client: &Client,
    value: &String,
    length: Duration,
    text: &mut String,
) -> Result<(), Error> {
    let map = client.map::<String, String>("speed-near");
    fill(&map, value).await?;
    for key in keys() {
        map.get(key).await?;
    }
    let (started, mut hits) = (Instant::now(), 0_u64);
    while started.elapsed() < length {
        for i in 0..1_000 {
            map.get(key(i)).await?.unwrap();
        }
        hits += 1_000;
    }
    let rate = hits as f64 / started.elapsed().as_secs_f64();
    figure(text, "near_cache_hits_a_second", rate);
    assert!(map.near_cache_stats().unwrap().hits >= hits, "all were near");
    Ok(())
}

/// A line as rivals write it.
fn figure(text: &mut String, name: &str, value: f64) {
    writeln!(text, "{name} {value:.1}").unwrap();
}

/// Made beforehand, so that making them is not measured; rivals make them as they go, which is a small part of a call.
fn keys() -> &'static [String] {
    static KEYS_MADE: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
    KEYS_MADE.get_or_init(|| (0..KEYS).map(|i| format!("key-{i}")).collect())
}

fn key(i: usize) -> &'static String {
    &keys()[i * STRIDE % KEYS]
}

/// Calls something so often, one call after the other: half of them take no longer, in microseconds.
async fn latency<F, T>(count: usize, call: impl Fn(usize) -> F) -> Result<f64, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut times = Vec::with_capacity(count);
    for i in 0..count {
        let started = Instant::now();
        call(i).await?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    Ok(times[count / 2].as_secs_f64() * 1e6)
}

/// Calls something for so long, many callers at once, each as soon as its last call is answered: how many calls a second come to
/// their end.
async fn throughput<F, T>(length: Duration, call: impl Fn(usize) -> F) -> Result<f64, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let (started, calls) = (Instant::now(), Cell::new(0));
    let caller = || async {
        while started.elapsed() < length {
            call(calls.replace(calls.get() + 1)).await?;
        }
        Ok::<_, Error>(())
    };
    let mut callers: FuturesUnordered<_> = (0..IN_FLIGHT).map(|_| caller()).collect();
    while let Some(ended) = callers.next().await {
        ended?;
    }
    Ok(calls.get() as f64 / started.elapsed().as_secs_f64())
}
