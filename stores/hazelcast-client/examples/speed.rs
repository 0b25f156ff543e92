//! How fast the client is, and others on the same member in the same run: the official Go and Python clients, and redis-benchmark
//! as a yardstick. docs/benchmarks.md has what came out.
//!
//! `cargo run --release -p hazelcast-client --example speed -- [--seconds N] [--small] [--go] [--python] [--redis]`
//! (`--small`: a member as tests start it, otherwise one as in production)
#![allow(clippy::print_stdout, reason = "it prints what it measures")]
#![expect(clippy::unwrap_used, reason = "a measurement ends where something is not as expected")]

#[path = "speed/rivals.rs"]
mod rivals;

use std::future::Future;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use hazelcast_client::{Client, Config, Error, Map, NearCacheConfig};
use hazelcast_kit::{Cluster, Options};

const KEYS: usize = 10_000;
const SIZE: usize = 256;
const IN_FLIGHT: usize = 512;
const BULK: usize = 1_000;
const SINGLES: usize = 20_000;
const BULKS: usize = 200;

/// A multiplier that visits keys in no order.
const STRIDE: usize = 7_919;

// One thread: with a member beside it on two cores, whoever wakes another thread loses more than that one wins.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| args.iter().any(|arg| arg == flag);
    let seconds = args.iter().skip_while(|arg| *arg != "--seconds").nth(1);
    let length = Duration::from_secs_f64(seconds.map_or(5.0, |seconds| seconds.parse().unwrap()));
    let options = Options::new("speed");
    let cluster = if has("--small") { options.start() } else { options.large().start() };
    ours(&cluster, length).await?;
    if has("--go") {
        rivals::go(&cluster, length);
    }
    if has("--python") {
        rivals::python(&cluster);
    }
    if has("--redis") {
        rivals::redis();
    }
    Ok(())
}

async fn ours(cluster: &Cluster, length: Duration) -> Result<(), Error> {
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
    println!("## hazelcast-client");
    println!("ping_us {:.1}", latency(SINGLES, |_| client.ping()).await?);
    println!("set_us {:.1}", latency(SINGLES, |i| map.set(key(i), &value)).await?);
    println!("get_us {:.1}", latency(SINGLES, |i| map.get(key(i))).await?);
    println!("sets_a_second {:.0}", throughput(length, |i| map.set(key(i), &value)).await?);
    println!("gets_a_second {:.0}", throughput(length, |i| map.get(key(i))).await?);
    bulk(&map, &value).await?;
    near_cache(&client, &value, length).await
}

async fn fill(map: &Map<String, String>, value: &String) -> Result<(), Error> {
    let all: Vec<(&String, &String)> = keys().iter().map(|key| (key, value)).collect();
    map.put_all(all).await
}

async fn bulk(map: &Map<String, String>, value: &String) -> Result<(), Error> {
    let put = |i: usize| {
        let entries: Vec<_> = (0..BULK).map(|at| (key(i * BULK + at * 31), value)).collect();
        map.put_all(entries)
    };
    println!("put_all_us {:.1}", latency(BULKS, put).await?);
    let get = |i: usize| {
        let wanted: Vec<_> = (0..BULK).map(|at| key(i * BULK + at * 31)).collect();
        map.get_all(wanted)
    };
    println!("get_all_us {:.1}", latency(BULKS, get).await?);
    Ok(())
}

/// Hits of one task; what it takes to look at the clock is part of it.
async fn near_cache(client: &Client, value: &String, length: Duration) -> Result<(), Error> {
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
    println!("near_cache_hits_a_second {rate:.0} ({:?})", map.near_cache_stats().unwrap());
    Ok(())
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

/// Calls something for so long, many calls at once: how many a second come to their end.
async fn throughput<F, T>(length: Duration, call: impl Fn(usize) -> F) -> Result<f64, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let (started, mut next, mut done) = (Instant::now(), 0, 0_u64);
    let mut under_way: FuturesUnordered<F> = FuturesUnordered::new();
    while started.elapsed() < length {
        while under_way.len() < IN_FLIGHT {
            under_way.push(call(next));
            next += 1;
        }
        for _ in 0..IN_FLIGHT / 4 {
            under_way.next().await.unwrap()?;
            done += 1;
        }
    }
    while let Some(result) = under_way.next().await {
        result?;
        done += 1;
    }
    Ok(done as f64 / started.elapsed().as_secs_f64())
}
