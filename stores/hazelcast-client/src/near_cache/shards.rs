//! A cache in parts, each behind a lock of its own: those who ask at the same time seldom wait for one another.

use std::sync::atomic::{AtomicI32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::repair::{Mark, Reading, Repair};
use super::store::{Store, Times};
use crate::config::NearCacheConfig;
use crate::data::{Data, partition_of};

/// A part is not made for fewer entries: they would rather give way to those of other parts.
const LEAST_ENTRIES: usize = 256;

/// The more there are, the more memory do hits touch, which costs one who asks alone.
const MOST_SHARDS: usize = 8;

/// A part: some entries, and what is known of all partitions, which is rarely told and asked for with each entry.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) store: Store,
    pub(super) repair: Repair,
    pub(super) hits: u64,
    pub(super) misses: u64,
}

/// Processors fetch cache lines in twos: nobody waits for what the neighbour writes.
#[derive(Debug)]
#[repr(align(128))]
struct Shard(Mutex<State>);

/// All parts.
#[derive(Debug)]
pub(super) struct Shards {
    all: Box<[Shard]>,
    partition_count: AtomicI32,
    /// How many entries there may be.
    most: usize,
    /// How many there are, and how many have room and are not there yet.
    total: Arc<AtomicUsize>,
    /// The part in which one gives way next.
    hand: AtomicUsize,
    invalidations: AtomicU64,
}

impl State {
    /// The bytes of a key with its value behind them.
    pub(super) fn get(&mut self, key: &[u8], config: &NearCacheConfig) -> Option<&Bytes> {
        let is_good = |reading: &Reading| self.repair.is_good(reading);
        let is_old =
            |since: Instant, limit: Option<Duration>| limit.is_some_and(|limit| since.elapsed() >= limit);
        let in_time =
            |times: &Times| !is_old(times.created, config.ttl) && !is_old(times.used, config.max_idle);
        let has_limits = config.ttl.is_some() || config.max_idle.is_some();
        let found = self.store.get(key, is_good, has_limits.then_some(in_time));
        self.hits += u64::from(found.is_some());
        found
    }
}

impl Shards {
    pub(super) fn new(most: usize) -> Self {
        let count = (most / LEAST_ENTRIES).clamp(1, MOST_SHARDS).next_power_of_two();
        let total = Arc::<AtomicUsize>::default();
        let shard = |_| Shard(Mutex::new(State { store: Store::beside(&total), ..State::default() }));
        Self {
            all: (0..count).map(shard).collect(),
            partition_count: AtomicI32::new(0),
            most: most.max(1),
            total,
            hand: AtomicUsize::new(0),
            invalidations: AtomicU64::new(0),
        }
    }

    /// Before there is an entry.
    pub(super) fn set_partition_count(&self, count: i32) {
        self.partition_count.store(count, Ordering::Relaxed);
    }

    pub(super) fn partition_of(&self, key: &[u8]) -> i32 {
        partition_of(key, self.partition_count.load(Ordering::Relaxed))
    }

    /// The part that has a key.
    pub(super) fn lock(&self, key: &[u8]) -> MutexGuard<'_, State> {
        self.nth(self.index(key))
    }

    /// All of them, one after the other.
    pub(super) fn each(&self) -> impl Iterator<Item = MutexGuard<'_, State>> {
        (0..self.all.len()).map(|index| self.nth(index))
    }

    /// By the end of a key, in which keys differ most often, as that costs next to nothing. Where all end alike, those who ask
    /// wait for one another, and no more comes of it.
    fn index(&self, key: &[u8]) -> usize {
        let end = key.last_chunk().map_or(0, |end| u64::from_le_bytes(*end));
        (end.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize & (self.all.len() - 1)
    }

    fn nth(&self, index: usize) -> MutexGuard<'_, State> {
        self.all[index].0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what was read, if nothing has changed meanwhile.
    pub(super) fn publish(&self, key: &Data, number: u64, value: &Data, reading: Reading) {
        if self.makes_room() && !self.lock(key.as_bytes()).store.publish(key, number, value, reading) {
            self.total.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Counts one more, for whom another one gives way where there are as many as may be. Parts take turns, so that those in
    /// which more is put have more. False where nobody can, as all the room is for those that are not there yet.
    fn makes_room(&self) -> bool {
        if self.total.fetch_add(1, Ordering::Relaxed) < self.most {
            return true;
        }
        let (count, next) = (self.all.len(), self.hand.fetch_add(1, Ordering::Relaxed));
        let has_given_way = (0..count).any(|at| self.nth(next.wrapping_add(at) % count).store.evict());
        if !has_given_way {
            self.total.fetch_sub(1, Ordering::Relaxed);
        }
        has_given_way
    }

    /// A member says that keys have changed.
    pub(super) fn invalidate<'k>(&self, all: impl IntoIterator<Item = (&'k Data, Mark)>, tolerated: u64) {
        let mut count = 0;
        for (key, mark) in all {
            let partition = self.partition_of(key.as_bytes());
            self.each().for_each(|mut state| state.repair.told(partition, mark, tolerated));
            self.lock(key.as_bytes()).store.remove(key.as_bytes());
            count += 1;
        }
        self.has_invalidated(count);
    }

    /// Counted all at once, and in the end: whoever sees how many there were no longer finds what they made go.
    fn has_invalidated(&self, count: u64) {
        self.invalidations.fetch_add(count, Ordering::Release);
    }

    pub(super) fn invalidations(&self) -> u64 {
        self.invalidations.load(Ordering::Acquire)
    }

    /// A member says what it has told last of a partition.
    pub(super) fn reconcile(&self, partition: i32, mark: Mark, tolerated: u64) {
        self.each().for_each(|mut state| state.repair.reconcile(partition, mark, tolerated));
    }

    /// A member says that all keys have changed.
    pub(super) fn invalidate_all(&self) {
        self.clear();
        self.has_invalidated(1);
    }

    pub(super) fn clear(&self) {
        self.each().for_each(|mut state| state.store.clear());
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn data(number: u32) -> Data {
        Data::from_bytes([&[0; 8][..], &number.to_be_bytes()].concat().into()).unwrap()
    }

    fn put(shards: &Shards, number: u32) {
        let key = data(number);
        let reserved = shards.lock(key.as_bytes()).store.reserve(&key);
        let reading = Repair::default().reading(0);
        if let Some(reservation) = reserved {
            shards.publish(&key, reservation, &key, reading);
        }
    }

    fn kept(shards: &Shards) -> usize {
        shards.each().map(|state| state.store.len()).sum()
    }

    #[test]
    fn there_are_never_more_than_may_be_whoever_puts_at_once() {
        for most in [1, 10, 300, 2_000] {
            let shards = Shards::new(most);
            shards.set_partition_count(271);
            thread::scope(|scope| {
                for thread in 0..4 {
                    let shards = &shards;
                    scope.spawn(move || {
                        for number in 0..3_000 {
                            put(shards, thread * 2_000 + number);
                            let key = data(number * 7 % 9_000);
                            if number % 5 == 0 {
                                shards.lock(key.as_bytes()).store.remove(key.as_bytes());
                            }
                            assert!(shards.total.load(Ordering::Relaxed) <= most + 4);
                        }
                    });
                }
            });
            let there = kept(&shards);
            assert!(there <= most, "{there} of {most}");
            assert_eq!(shards.total.load(Ordering::Relaxed), there);
            shards.clear();
            assert_eq!((kept(&shards), shards.total.load(Ordering::Relaxed)), (0, 0));
        }
    }

    #[test]
    fn entries_that_lie_in_one_part_have_all_the_room() {
        let shards = Shards::new(2_000);
        let lies_in = |number: &u32, part| shards.index(data(*number).as_bytes()) == part;
        for part in [0, 5] {
            (0..).filter(|number| lies_in(number, part)).take(8_000).for_each(|number| put(&shards, number));
            assert_eq!((kept(&shards), shards.nth(part).store.len()), (2_000, 2_000));
        }
    }

    #[test]
    fn keys_are_spread_over_all_parts() {
        let shards = Shards::new(1 << 20);
        let serializer = crate::Serializer::new();
        let texts = (0..8_000).map(|number| serializer.to_data(&format!("key-{number}")).unwrap());
        let numbers = (0..8_000_i64).map(|number| serializer.to_data(&number).unwrap());
        for keys in [texts.collect::<Vec<_>>(), numbers.collect()] {
            let mut counts = vec![0; shards.all.len()];
            keys.iter().for_each(|key| counts[shards.index(key.as_bytes())] += 1);
            assert!(counts.iter().all(|count| (500..2_000).contains(count)), "{counts:?}");
        }
    }
}
