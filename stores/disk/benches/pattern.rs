//! The store on the engine's pattern: `cargo bench -p cep-store-disk -- [ENTRIES] [FOLDER]`, a million entries in a folder
//! below `target` unless told otherwise. Prints what the README shows; nothing is asserted.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{Changes, Fresh, GroupId, Put, StateStore, Version};
use cep_store_conformance::block_on;
use cep_store_disk::{DiskStore, Options};

const G0: GroupId = GroupId(0);

/// Random changes: values of 100 to 200 bytes, each with a deadline; six in ten replace, two are new, two delete.
struct Load {
    random: u64,
    next: u64,
    version: Version,
    outbox: u64,
}

fn key(number: u64) -> Bytes {
    format!("card:{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).into()
}

impl Load {
    fn below(&mut self, end: u64) -> u64 {
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % end
    }

    fn put(&mut self, number: u64) -> Put {
        let length = usize::try_from(100 + self.below(101)).expect("below 201");
        let value: Vec<u8> = (0..length).map(|_| u8::try_from(self.below(256)).expect("a byte")).collect();
        let soon = self.below(10_000_000) + self.version.seq * 1_000;
        let deadline = Some(Timestamp(1_700_000_000_000 + soon.cast_signed()));
        Put { key: key(number), deadline, value: value.into() }
    }

    fn new_ones(&mut self, count: u64) -> Changes {
        let puts = (self.next..self.next + count).map(|number| self.put(number)).collect();
        self.next += count;
        Changes { puts, ..Changes::default() }
    }

    fn mixed(&mut self, count: u64) -> Changes {
        let mut changes = Changes { first_outbox: self.outbox, ..Changes::default() };
        let mut used = std::collections::HashSet::new();
        for _ in 0..count {
            let (kind, old) = (self.below(10), self.below(self.next));
            if (6..8).contains(&kind) {
                let one = self.new_ones(1);
                changes.puts.extend(one.puts);
            } else if used.insert(old) {
                match kind {
                    0..6 => changes.puts.push(self.put(old)),
                    _ => changes.deletes.push(key(old)),
                }
            }
        }
        changes.outbox = (0..10).map(|_| Bytes::from_static(&[b'm'; 200])).collect();
        self.outbox += 10;
        changes
    }

    fn commit(&mut self, store: &DiskStore, changes: Changes) {
        block_on(store.commit(G0, self.version, changes)).expect("it commits");
        self.version = self.version.next();
    }
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let total: Duration = times.iter().sum();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    let [middle, late, last] = [50, 99, 100].map(at);
    let total = total.as_secs_f64();
    println!("{what:<46} {total:>8.2} s in all, p50 {middle:.2} ms, p99 {late:.2} ms, max {last:.2} ms");
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begin = Instant::now();
    let value = work();
    (begin.elapsed(), value)
}

fn open(folder: &Path, options: Options) -> DiskStore {
    DiskStore::open(folder, "bench".parse().expect("a name"), options).expect("the folder opens")
}

fn size(folder: &Path) -> u64 {
    std::fs::metadata(folder.join("state.redb")).map_or(0, |file| file.len() >> 20)
}

fn commits(store: &DiskStore, load: &mut Load, entries: u64) {
    let fill = (0..entries / 10_000).map(|_| {
        let changes = load.new_ones(10_000);
        timed(|| load.commit(store, changes)).0
    });
    report("commits of 10,000 new entries", fill.collect());
    for (count, each) in [(500, 100), (40, 10_000)] {
        let times = (0..count).map(|_| {
            let changes = load.mixed(each);
            timed(|| load.commit(store, changes)).0
        });
        report(&format!("commits of {each} changes"), times.collect());
    }
    // Sixteen in flight: they share what waiting for the disk costs.
    let times = (0..40).map(|_| {
        let all: Vec<_> = (0..16).map(|_| load.mixed(100)).collect();
        let version = load.version;
        load.version.seq += 16;
        timed(|| {
            let mut at = version;
            let commit = |changes| {
                let commit = Box::pin(store.commit(G0, at, changes));
                at = at.next();
                commit
            };
            let mut waiting: Vec<_> = all.into_iter().map(commit).collect();
            block_on(std::future::poll_fn(|context| {
                waiting.retain_mut(|commit| commit.as_mut().poll(context).is_pending());
                if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
            }));
        })
        .0
    });
    report("16 commits of 100 changes in flight", times.collect());
}

fn reads(store: &DiskStore, load: &mut Load) {
    let times = (0..500).map(|_| {
        let keys: Vec<_> = (0..100).map(|_| key(load.below(load.next))).collect();
        timed(|| block_on(store.load(G0, None, &keys)).expect("it loads")).0
    });
    report("loads of 100 random keys", times.collect());
    let (mut pages, mut deleted) = (Vec::new(), Vec::new());
    for _ in 0..100 {
        let (time, page) =
            timed(|| block_on(store.due(G0, None, Timestamp(i64::MAX), None, 1_000)).expect("due"));
        pages.push(time);
        let deletes = page.items.into_iter().map(|due| due.key).collect();
        deleted.push(timed(|| load.commit(store, Changes { deletes, ..Changes::default() })).0);
    }
    report("pages of 1,000 keys that are due", pages);
    report("commits that delete them", deleted);
    scan(store);
}

fn scan(store: &DiskStore) {
    let (time, count) = timed(|| {
        let (mut count, mut after) = (0, None);
        loop {
            let page = block_on(store.scan(G0, None, b"", after, 10_000)).expect("it scans");
            count += page.items.len();
            match page.next {
                Some(next) => after = Some(next),
                None => return count,
            }
        }
    });
    report(&format!("a scan of all {count} entries"), vec![time]);
}

fn main() {
    // Cargo adds an argument of its own.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let entries = arguments.next().map_or(1_000_000, |entries| entries.parse().expect("a number of entries"));
    let folder = arguments.next().map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    let folder = folder.join(format!("bench-{}", std::process::id()));
    let store = open(&folder, Options::default());
    let opened = block_on(store.open(Fresh { groups: 1, about: Bytes::new() })).expect("it opens");
    let mut load = Load { random: 1, next: 0, version: opened.groups[0].version, outbox: 0 };
    commits(&store, &mut load, entries);
    reads(&store, &mut load);
    println!("the file has {} MiB", size(&folder));
    report("closing", vec![timed(|| drop(store)).0]);
    let (time, store) = timed(|| open(&folder, Options::default()));
    report("opening with the check of the whole file", vec![time]);
    scan(&store);
    drop(store);
    let (time, store) = timed(|| open(&folder, Options::default().check_on_open(false)));
    report("opening without the check", vec![time]);
    drop(store);
    std::fs::remove_dir_all(&folder).expect("the folder is removed");
}
