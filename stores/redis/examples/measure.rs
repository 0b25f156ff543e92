//! What the store costs on a server of one's own: rates of commits, loads and scans, bytes an entry.
//!
//! `cargo run --release -p cep-store-redis --example measure -- redis://127.0.0.1:6379 [entries]`, on a database that may be
//! written to; what it makes it removes.

#![expect(clippy::print_stdout, reason = "it is run to be read")]

use std::error::Error;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{Changes, Fresh, GroupId, Put, StateStore, StoreError, Version};
use cep_store_redis::{RedisOptions, RedisStore};
use futures_util::future::try_join_all;

const GROUP: GroupId = GroupId(0);
const VALUE: usize = 200;
const BATCH: u64 = 8_000;

/// A namespace of one group, and where its commits stand.
struct Measured {
    store: RedisStore,
    url: String,
    version: Version,
}

/// Deadlines of the entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Deadlines {
    None,
    All,
}

fn put(number: u64, deadlines: Deadlines, round: u8) -> Put {
    let deadline = Timestamp(1_700_000_000_000 + i64::from(round) + (number % 100_000).cast_signed());
    Put {
        key: format!("key-{number:012}").into(),
        deadline: (deadlines == Deadlines::All).then_some(deadline),
        value: Bytes::from(vec![round; VALUE]),
    }
}

impl Measured {
    async fn new(url: &str) -> Result<Self, StoreError> {
        let name = "measured"
            .parse()
            .map_err(|_| StoreError::new(cep_engine::store::StoreErrorKind::Misuse, "name"))?;
        let store = RedisStore::connect(url, name, &RedisOptions::default()).await?;
        store.drop_namespace().await?;
        let opened = store.open(Fresh { groups: 1, about: Bytes::new() }).await?;
        Ok(Self { store, url: url.to_owned(), version: opened.groups[0].version })
    }

    async fn commit(&mut self, puts: Vec<Put>) -> Result<Duration, StoreError> {
        let begin = Instant::now();
        self.store.commit(GROUP, self.version, Changes { puts, ..Changes::default() }).await?;
        self.version = self.version.next();
        Ok(begin.elapsed())
    }

    /// Once everything that was dropped is given back.
    fn used_memory(&self) -> Result<f64, Box<dyn Error>> {
        let mut connection = redis::Client::open(self.url.as_str())?.get_connection()?;
        loop {
            let told: String = redis::cmd("INFO").arg("memory").query(&mut connection)?;
            let number = |name: &str| told.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            if number("lazyfree_pending_objects:") == Some("0") {
                return Ok(number("used_memory:").unwrap_or("0").parse()?);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Commits of so many entries, new ones and then the same again.
async fn commits(measured: &mut Measured, count: u64, deadlines: Deadlines) -> Result<(), StoreError> {
    let batch = |from: u64, round| (from..from + count).map(|number| put(number, deadlines, round)).collect();
    let (mut new, mut again) = (Vec::new(), Vec::new());
    for part in 0..5 {
        new.push(measured.commit(batch(part * count, 0)).await?);
    }
    for round in 1..6 {
        again.push(measured.commit(batch(0, round)).await?);
    }
    println!(
        "commit of {count:>7} entries, deadlines of {deadlines:?}: new {:>6.1} ms, replaced {:>6.1} ms",
        median(new).as_secs_f64() * 1e3,
        median(again).as_secs_f64() * 1e3
    );
    Ok(())
}

async fn small(measured: &mut Measured) -> Result<(), StoreError> {
    let mut times = Vec::new();
    for round in 0..2_000 {
        times.push(measured.commit(vec![put(round % 10, Deadlines::None, 0)]).await?);
    }
    println!("commit of one entry: p50 {:.0} µs", median(times).as_secs_f64() * 1e6);
    let begin = Instant::now();
    let commit = |ahead: u64| {
        let expected = Version { seq: measured.version.seq + ahead, ..measured.version };
        let changes = Changes { puts: vec![put(ahead % 10, Deadlines::None, 0)], ..Changes::default() };
        measured.store.commit(GROUP, expected, changes)
    };
    try_join_all((0..10_000).map(commit)).await?;
    measured.version.seq += 10_000;
    println!("the same, 10,000 in flight: {:.0} a second", 10_000.0 / begin.elapsed().as_secs_f64());
    Ok(())
}

async fn loads(measured: &Measured, among: u64) -> Result<(), StoreError> {
    for count in [1, 1_000, 10_000_u64] {
        let mut times = Vec::new();
        for round in 0..50 {
            let key = |at: u64| put((at * 7_919 + round * 104_729) % among, Deadlines::None, 0).key;
            let keys: Vec<_> = (0..count).map(key).collect();
            let begin = Instant::now();
            measured.store.load(GROUP, None, &keys).await?;
            times.push(begin.elapsed());
        }
        println!("load of {count:>6} keys: p50 {:.3} ms", median(times).as_secs_f64() * 1e3);
    }
    Ok(())
}

async fn scan(measured: &Measured) -> Result<u64, StoreError> {
    let (mut after, mut count) = (None, 0);
    loop {
        let page = measured.store.scan(GROUP, None, b"", after, 10_000).await?;
        count += page.items.len() as u64;
        after = page.next;
        if after.is_none() {
            return Ok(count);
        }
    }
}

async fn due(measured: &Measured) -> Result<u64, StoreError> {
    let (mut after, mut count) = (None, 0);
    loop {
        let page = measured.store.due(GROUP, None, Timestamp(i64::MAX), after, 10_000).await?;
        count += page.items.len() as u64;
        after = page.next;
        if after.is_none() {
            return Ok(count);
        }
    }
}

/// Bytes an entry, then a scan of all and all that is due.
async fn many(url: &str, entries: u64, deadlines: Deadlines) -> Result<(), Box<dyn Error>> {
    let mut measured = Measured::new(url).await?;
    let before = measured.used_memory()?;
    let begin = Instant::now();
    for from in (0..entries).step_by(8_000) {
        let to = (from + BATCH).min(entries);
        measured.commit((from..to).map(|number| put(number, deadlines, 0)).collect()).await?;
    }
    let filled = begin.elapsed().as_secs_f64();
    // A table that is being doubled is there twice.
    tokio::time::sleep(Duration::from_secs(2)).await;
    #[expect(clippy::cast_precision_loss, reason = "to be read")]
    let an_entry = (measured.used_memory()? - before) / entries as f64;
    let begin = Instant::now();
    let scanned = scan(&measured).await?;
    let scanned_in = begin.elapsed().as_secs_f64();
    let begin = Instant::now();
    let due = due(&measured).await?;
    println!(
        "{entries} entries of 16 + {VALUE} bytes, deadlines of {deadlines:?}: {an_entry:.0} bytes an entry, written in \
         {filled:.1} s; scan of {scanned}: {scanned_in:.2} s; {due} due: {:.2} s",
        begin.elapsed().as_secs_f64()
    );
    loads(&measured, entries).await?;
    let begin = Instant::now();
    measured.store.drop_namespace().await?;
    println!("dropped in {:.0} ms", begin.elapsed().as_secs_f64() * 1e3);
    Ok(())
}

async fn measure(url: &str, entries: u64) -> Result<(), Box<dyn Error>> {
    let mut measured = Measured::new(url).await?;
    println!("{}", measured.store.durability().await?);
    small(&mut measured).await?;
    for deadlines in [Deadlines::None, Deadlines::All] {
        for count in [BATCH, 10_000, 100_000] {
            let mut measured = Measured::new(url).await?;
            commits(&mut measured, count, deadlines).await?;
        }
    }
    many(url, entries, Deadlines::None).await?;
    many(url, entries, Deadlines::All).await
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap_or_else(|| "redis://127.0.0.1:6379".to_owned());
    let entries = arguments.next().map_or(Ok(1_000_000), |entries| entries.parse())?;
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?
        .block_on(measure(&url, entries))
}
