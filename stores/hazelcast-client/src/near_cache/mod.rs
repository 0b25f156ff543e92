//! Near caches: what was read of a map, kept here until somebody changes it.

mod repair;
mod shards;
mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

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
use repair::{Mark, Reading};
use shards::Shards;

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
    shards: Shards,
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
            self.inner.shards.set_partition_count(core.partition_count());
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
        let mut state = self.inner.shards.lock(key.as_bytes());
        let found = state.get(key.as_bytes(), &self.inner.config);
        let value = found.and_then(|both| Data::from_bytes(both.slice(key.as_bytes().len()..)));
        if value.is_none() {
            state.misses += 1;
        }
        value
    }

    /// The value of a key of which only the bytes are there; nothing is missed where it is asked again.
    pub(crate) fn find(&self, key: &mut Vec<u8>) -> Option<Near> {
        let mut state = self.inner.shards.lock(key);
        let both = state.get(key, &self.inner.config)?;
        if both.len() > COPIED {
            return Some(Near::Shared(both.slice(key.len()..)));
        }
        key.extend_from_slice(&both[key.len()..]);
        Some(Near::Behind)
    }

    /// What was found cannot be read yet; it is asked for again, and counts then.
    pub(crate) fn cannot_be_read(&self, key: &[u8]) {
        let mut state = self.inner.shards.lock(key);
        state.hits = state.hits.saturating_sub(1);
    }

    /// None where somebody else reads the key just now.
    pub(crate) fn reserve<'c>(&'c self, key: &'c Data) -> Option<Reservation<'c>> {
        let partition = self.inner.shards.partition_of(key.as_bytes());
        let mut state = self.inner.shards.lock(key.as_bytes());
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
        let invalidations = self.inner.shards.invalidations();
        let mut stats = NearCacheStats { invalidations, ..NearCacheStats::default() };
        for state in self.inner.shards.each() {
            stats.entries += state.store.len();
            stats.hits += state.hits;
            stats.misses += state.misses;
            stats.evictions += state.store.evictions();
        }
        stats
    }
}

impl Reservation<'_> {
    /// Keeps a value, where changes of it are told: while a member is not connected, its are not.
    pub(crate) fn keep(self, core: &Core, value: &Data) {
        let hears_all = core.config.routing == Routing::SingleMember || core.routes().hears_all;
        if hears_all && !core.routes().is_empty() {
            self.inner.shards.publish(self.key, self.number, value, self.reading);
        }
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.inner.shards.lock(self.key.as_bytes()).store.give_up(self.key, self.number);
    }
}

impl Changing<'_> {
    fn invalidate(&self) {
        match &self.key {
            Some(key) => self.inner.shards.lock(key.as_bytes()).store.remove(key.as_bytes()),
            None => self.inner.shards.clear(),
        }
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.invalidate();
    }
}

impl Inner {
    fn new(name: &str, config: NearCacheConfig) -> Self {
        Self { name: name.to_owned(), config, shards: Shards::new(config.max_entries) }
    }

    async fn reconcile(&self, core: &Core) {
        let members: Vec<_> = core.view().members.iter().map(|member| member.uuid).collect();
        for member in members {
            let request = MapCacheSequences { member, names: &[&self.name] };
            match core.call(&request, Target::Member(member)).await {
                Ok(told) => {
                    let owners: HashMap<i32, Uuid> = told.owners.0.into_iter().collect();
                    let sequences = told.sequences.0.get(&self.name).into_iter().flatten();
                    for (partition, sequence) in sequences {
                        let Some(owner) = owners.get(partition) else { continue };
                        let mark = Mark { owner: *owner, sequence: *sequence };
                        self.shards.reconcile(*partition, mark, self.config.tolerated_misses);
                    }
                }
                Err(error) => {
                    debug!(client = %core.name, %error, "a member does not tell what caches were told")
                }
            }
        }
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
        if let Ok(event) = CacheInvalidation::read(message) {
            match event.key {
                Some(key) => {
                    let mark = Mark { owner: event.partition, sequence: event.sequence };
                    self.shards.invalidate([(&key, mark)], tolerated);
                }
                None => self.shards.invalidate_all(),
            }
        } else if let Ok(event) = CacheInvalidations::read(message) {
            let marks = event.partitions.0.into_iter().zip(event.sequences.0);
            let marks = marks.map(|(owner, sequence)| Mark { owner, sequence });
            self.shards.invalidate(event.keys.iter().zip(marks), tolerated);
        }
    }

    /// What was changed until the member is connected again is not told.
    fn lost(&self) {
        self.shards.clear();
    }

    fn registered(&self) {
        self.shards.clear();
    }
}
