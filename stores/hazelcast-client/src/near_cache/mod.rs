//! Near caches: what was read of a map, kept here until somebody changes it.

mod repair;
mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::OnceCell;
use tracing::debug;
use uuid::Uuid;

use crate::cluster::Core;
use crate::codec::{
    CacheInvalidation, CacheInvalidations, Event as _, MapCacheSequences, MapListenForCache, MapUnlisten,
};
use crate::config::{NearCacheConfig, Routing};
use crate::data::Data;
use crate::error::Error;
use crate::frame::Message;
use crate::invocation::{Outgoing, Target};
use crate::listener::{Listening, Source};
use repair::{Mark, Reading, Repair};
use store::{Store, Times};

/// The kind of events that caches are told.
const INVALIDATIONS: i32 = 256;

/// The shortest time between two questions whether something was missed.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);

/// Values of no more bytes, with their keys, are copied: to count those who share them takes longer.
const COPIED: usize = 4 << 10;

/// All near caches of a client, by the names of their maps.
#[derive(Debug, Default)]
pub(crate) struct NearCaches {
    all: Mutex<HashMap<String, Arc<NearCache>>>,
}

impl NearCaches {
    /// The cache of a map, where it is configured to have one.
    pub(crate) fn of(&self, core: &Core, name: &str) -> Option<Arc<NearCache>> {
        let config = core.config.near_cache_of(name)?;
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let make =
            || Arc::new(NearCache { inner: Arc::new(Inner::new(name, config)), listening: OnceCell::new() });
        Some(Arc::clone(all.entry(name.to_owned()).or_insert_with(make)))
    }

    /// How all have done, by name.
    pub(crate) fn stats(&self) -> Vec<(String, NearCacheStats)> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let mut stats: Vec<_> = all.iter().map(|(name, cache)| (name.clone(), cache.stats())).collect();
        drop(all);
        stats.sort_by(|one, two| one.0.cmp(&two.0));
        stats
    }

    /// Lets go of all; whoever holds one keeps it.
    pub(crate) fn clear(&self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A near cache, and its listener once it has been asked for something.
#[derive(Debug)]
pub(crate) struct NearCache {
    inner: Arc<Inner>,
    listening: OnceCell<Listening>,
}

#[derive(Debug)]
struct Inner {
    name: String,
    config: NearCacheConfig,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    store: Store,
    repair: Repair,
    hits: u64,
    misses: u64,
    invalidations: u64,
    partition_count: i32,
}

/// How a near cache has done.
///
/// ```no_run
/// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
/// if let Some(stats) = client.map::<i32, i32>("rates").near_cache_stats() {
///     println!("{} of {} were near", stats.hits, stats.hits + stats.misses);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct NearCacheStats {
    /// How many entries it holds.
    pub entries: usize,
    /// How often it had what was asked for.
    pub hits: u64,
    /// How often it had not.
    pub misses: u64,
    /// How often an entry gave way to another.
    pub evictions: u64,
    /// How often it was told that something has changed.
    pub invalidations: u64,
}

/// The right to put what is read from a member into the cache, unless it changes meanwhile.
#[derive(Debug)]
pub(crate) struct Reservation<'c> {
    inner: &'c Inner,
    key: &'c Data,
    reading: Reading,
    number: u64,
}

/// Where the bytes of a value are that was found.
#[derive(Debug)]
pub(crate) enum Near {
    /// Behind those of its key.
    Behind,
    Shared(Bytes),
}

/// A change that is under way: what the cache has of it goes now and, whatever comes of it, again afterwards.
#[derive(Debug)]
pub(crate) struct Changing<'c> {
    inner: &'c Inner,
    key: Option<Data>,
}

impl NearCache {
    /// Listens to changes, the first time that it is called.
    pub(crate) async fn ready(&self, core: &Arc<Core>) -> Result<(), Error> {
        let start = || async {
            self.inner.state().partition_count = core.partition_count();
            let listening = core.listen(Arc::<Inner>::clone(&self.inner)).await?;
            self.watch(core);
            Ok(listening)
        };
        self.listening.get_or_try_init(start).await.map(drop)
    }

    /// From time to time asks members what they have told, as nobody else notices what was lost on the way.
    fn watch(&self, core: &Arc<Core>) {
        let (inner, core) = (Arc::downgrade(&self.inner), Arc::downgrade(core));
        let pause = self.inner.config.reconciliation.max(SHORTEST_PAUSE);
        tokio::spawn(async move {
            loop {
                let (Some(inner), Some(core)) = (inner.upgrade(), core.upgrade()) else { return };
                if core.is_closed() {
                    return;
                }
                inner.reconcile(&core).await;
                // Nobody is kept alive by being watched.
                drop((inner, core));
                tokio::time::sleep(pause).await;
            }
        });
    }

    /// Whether it listens.
    pub(crate) fn is_ready(&self) -> bool {
        self.listening.initialized()
    }

    pub(crate) fn get(&self, key: &Data) -> Option<Data> {
        let mut state = self.inner.state();
        let found = state.get(key.as_bytes(), &self.inner.config);
        let value = found.and_then(|both| Data::from_bytes(both.slice(key.as_bytes().len()..)));
        if value.is_none() {
            state.misses += 1;
        }
        value
    }

    /// The value of a key of which only the bytes are there; nothing is missed where it is asked again.
    pub(crate) fn find(&self, key: &mut Vec<u8>) -> Option<Near> {
        let mut state = self.inner.state();
        let both = state.get(key, &self.inner.config)?;
        if both.len() > COPIED {
            return Some(Near::Shared(both.slice(key.len()..)));
        }
        key.extend_from_slice(&both[key.len()..]);
        Some(Near::Behind)
    }

    /// What was found cannot be read yet; it is asked for again, and counts then.
    pub(crate) fn cannot_be_read(&self) {
        let mut state = self.inner.state();
        state.hits = state.hits.saturating_sub(1);
    }

    /// None where somebody else reads the key just now.
    pub(crate) fn reserve<'c>(&'c self, key: &'c Data) -> Option<Reservation<'c>> {
        let mut state = self.inner.state();
        let partition = key.partition(state.partition_count);
        let reading = state.repair.reading(partition);
        let number = state.store.reserve(key)?;
        Some(Reservation { inner: &self.inner, key, reading, number })
    }

    /// To be held while a key is changed, or all keys are.
    pub(crate) fn changing(&self, key: Option<&Data>) -> Changing<'_> {
        let changing = Changing { inner: &self.inner, key: key.cloned() };
        changing.invalidate();
        changing
    }

    pub(crate) fn stats(&self) -> NearCacheStats {
        let state = self.inner.state();
        NearCacheStats {
            entries: state.store.len(),
            hits: state.hits,
            misses: state.misses,
            evictions: state.store.evictions(),
            invalidations: state.invalidations,
        }
    }
}

impl Reservation<'_> {
    /// Keeps a value, where changes of it are told: while a member is not connected, its are not.
    pub(crate) fn keep(self, core: &Core, value: &Data) {
        let hears_all = core.config.routing == Routing::SingleMember || core.routes().hears_all;
        if hears_all && !core.routes().is_empty() {
            let most = self.inner.config.max_entries;
            self.inner.state().store.publish(self.key, self.number, value, self.reading, most);
        }
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.inner.state().store.give_up(self.key, self.number);
    }
}

impl Changing<'_> {
    fn invalidate(&self) {
        let mut state = self.inner.state();
        match &self.key {
            Some(key) => state.store.remove(key.as_bytes()),
            None => state.store.clear(),
        }
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.invalidate();
    }
}

impl State {
    /// The bytes of a key with its value behind them.
    fn get(&mut self, key: &[u8], config: &NearCacheConfig) -> Option<&Bytes> {
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

    fn invalidate(&mut self, key: &Data, mark: Mark, tolerated: u64) {
        self.invalidations += 1;
        self.repair.told(key.partition(self.partition_count), mark, tolerated);
        self.store.remove(key.as_bytes());
    }
}

impl Inner {
    fn new(name: &str, config: NearCacheConfig) -> Self {
        Self { name: name.to_owned(), config, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn reconcile(&self, core: &Core) {
        let members: Vec<_> = core.view().members.iter().map(|member| member.uuid).collect();
        for member in members {
            let request = MapCacheSequences { member, names: &[&self.name] };
            match core.call(&request, Target::Member(member)).await {
                Ok(told) => {
                    let owners: HashMap<i32, Uuid> = told.owners.0.into_iter().collect();
                    let sequences = told.sequences.0.get(&self.name).into_iter().flatten();
                    let mut state = self.state();
                    for (partition, sequence) in sequences {
                        let Some(owner) = owners.get(partition) else { continue };
                        let mark = Mark { owner: *owner, sequence: *sequence };
                        state.repair.reconcile(*partition, mark, self.config.tolerated_misses);
                    }
                }
                Err(error) => {
                    debug!(client = %core.name, %error, "a member does not tell what caches were told")
                }
            }
        }
    }

    fn forget_all(&self) {
        self.state().store.clear();
    }
}

impl Source for Inner {
    fn add(&self, is_local: bool) -> Box<dyn Outgoing + '_> {
        Box::new(MapListenForCache { flags: INVALIDATIONS, is_local, name: &self.name })
    }

    fn remove(&self, registration: Uuid) -> Box<dyn Outgoing + '_> {
        Box::new(MapUnlisten { registration, name: &self.name })
    }

    fn event(&self, message: &Message) {
        let tolerated = self.config.tolerated_misses;
        let mut state = self.state();
        if let Ok(event) = CacheInvalidation::read(message) {
            match event.key {
                Some(key) => {
                    let mark = Mark { owner: event.partition, sequence: event.sequence };
                    state.invalidate(&key, mark, tolerated);
                }
                None => {
                    state.invalidations += 1;
                    state.store.clear();
                }
            }
        } else if let Ok(event) = CacheInvalidations::read(message) {
            let marks = event.partitions.0.into_iter().zip(event.sequences.0);
            for (key, (owner, sequence)) in event.keys.iter().zip(marks) {
                state.invalidate(key, Mark { owner, sequence }, tolerated);
            }
        }
    }

    /// What was changed until the member is connected again is not told.
    fn lost(&self) {
        self.forget_all();
    }

    fn registered(&self) {
        self.forget_all();
    }
}
