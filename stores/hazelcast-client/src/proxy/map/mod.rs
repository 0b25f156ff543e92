//! Maps: entries spread over all members, each with backups.

mod aggregate;
mod bulk;
mod events;
mod expiry;
mod index;
mod journal;
mod lock;
mod near;
mod paging;
mod process;
mod query;
mod same;
mod timed;
mod write;

pub use aggregate::Aggregation;
pub(crate) use events::read_event;
pub use events::{EntryEvent, EntryEventKind, EntryEvents, EntryFilter};
pub use expiry::Expiry;
pub use index::{Index, UniqueKey};
pub use journal::{Journal, JournalBatch, JournalEnds, JournalEvent, JournalEvents, JournalStart};
pub use paging::{EntryPages, Pages, Paging};

use std::borrow::Borrow;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::client::Alive;
use crate::codec::{MapClear, MapContainsKey, MapDelete, MapEvict, MapIsEmpty, MapRemove, MapSize};
use crate::error::Error;
use crate::invocation::Target;
use crate::near_cache::NearCache;
use crate::proxy::ObjectKind;
use crate::serialization::{FromData, ToData};

/// A map of the cluster. Handles are cheap.
///
/// **Cancelling**: a future that is dropped before it is ready may have been carried out or not. **Writes** that were on
/// their way when a connection was lost fail with [`Indeterminate`](crate::ErrorKind::Indeterminate) and are not repeated,
/// unless [`Config::redo`](crate::Config::redo) says so. **Equality** of keys, and of values in `*_if_same`, is that of their
/// bytes.
///
/// ```no_run
/// # use hazelcast_client::{Client, Config, Error};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let stock = client.map::<String, i32>("stock");
/// stock.set("apples", &3).await?;
/// // Nobody else has changed it meanwhile.
/// assert!(stock.replace_if_same("apples", &3, &2).await?);
/// assert_eq!(stock.get("apples").await?, Some(2));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Map<K, V> {
    client: Alive,
    name: Arc<str>,
    /// Who holds locks: members call it a thread.
    owner: i64,
    near: Option<Arc<NearCache>>,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Clone for Map<K, V> {
    fn clone(&self) -> Self {
        let (client, name, near) = (self.client.clone(), Arc::clone(&self.name), self.near.clone());
        Self { client, name, owner: self.owner, near, types: PhantomData }
    }
}

impl<K, V> Map<K, V> {
    pub(crate) fn new(client: Alive, name: &str) -> Self {
        let owner = client.reference();
        let near = client.near_caches.of(&client, name);
        Self { client, name: name.into(), owner, near, types: PhantomData }
    }

    /// The map's name.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// println!("{}", map.name());
    /// # Ok(()) }
    /// ```
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value of a key.
    ///
    /// # Errors
    /// As all methods: where members cannot be reached, refuse, or hold what is no `V`.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let value = map.get("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn get<Q>(&self, key: &Q) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
        V: FromData,
    {
        if let Some(value) = self.find_near(key)? {
            return Ok(Some(value));
        }
        let key = self.client.to_data(key).await?;
        let found = match &self.near {
            Some(near) => Box::pin(self.get_near(near, &key)).await?,
            None => self.get_far(&key).await?,
        };
        self.client.to_value_or_none(found.as_ref()).await
    }

    /// Puts a value, and gives the one that was there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let old = map.put("a", &1).await?;
    /// # Ok(()) }
    /// ```
    pub async fn put<Q, W>(&self, key: &Q, value: &W) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
        V: FromData + Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        self.put_with(key, value, Expiry::default()).await
    }

    /// Puts a value; faster than [`put`](Self::put), as the old one is not sent back.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// map.set("a", &1).await?;
    /// # Ok(()) }
    /// ```
    pub async fn set<Q, W>(&self, key: &Q, value: &W) -> Result<(), Error>
    where
        K: Borrow<Q>,
        V: Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        self.set_with(key, value, Expiry::default()).await
    }

    /// Puts a value where there is none; else gives the one that is there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let there = map.put_if_absent("a", &1).await?;
    /// # Ok(()) }
    /// ```
    pub async fn put_if_absent<Q, W>(&self, key: &Q, value: &W) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
        V: FromData + Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        self.put_if_absent_with(key, value, Expiry::default()).await
    }

    /// Takes a key away, and gives its value.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let old = map.remove("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn remove<Q>(&self, key: &Q) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
        V: FromData,
        Q: ToData + ?Sized,
    {
        let (key, target, _writes) = self.write(key).await?;
        let request = MapRemove { thread: self.owner, name: &self.name, key: &key };
        let old = self.client.call(&request, target).await?;
        self.client.to_value_or_none(old.as_ref()).await
    }

    /// Takes a key away; faster than [`remove`](Self::remove), as the value is not sent back.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// map.delete("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn delete<Q>(&self, key: &Q) -> Result<(), Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
    {
        let (key, target, _writes) = self.write(key).await?;
        self.client.call(&MapDelete { thread: self.owner, name: &self.name, key: &key }, target).await
    }

    /// Whether there is a key.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let is_there = map.contains_key("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn contains_key<Q>(&self, key: &Q) -> Result<bool, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
    {
        let (key, target) = self.client.place(key).await?;
        self.client.call(&MapContainsKey { thread: self.owner, name: &self.name, key: &key }, target).await
    }

    /// Takes a key out of memory; where the map has a store behind it, it stays there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let was_there = map.evict("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn evict<Q>(&self, key: &Q) -> Result<bool, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
    {
        let (key, target, _writes) = self.write(key).await?;
        self.client.call(&MapEvict { thread: self.owner, name: &self.name, key: &key }, target).await
    }

    /// How many entries there are.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// println!("{} entries", map.size().await?);
    /// # Ok(()) }
    /// ```
    pub async fn size(&self) -> Result<usize, Error> {
        let size = self.client.call(&MapSize { name: &self.name }, Target::Any).await?;
        Ok(usize::try_from(size).unwrap_or_default())
    }

    /// Whether there is no entry.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// assert!(map.is_empty().await?);
    /// # Ok(()) }
    /// ```
    pub async fn is_empty(&self) -> Result<bool, Error> {
        self.client.call(&MapIsEmpty { name: &self.name }, Target::Any).await
    }

    /// Takes all entries away that are not locked.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// map.clear().await?;
    /// # Ok(()) }
    /// ```
    pub async fn clear(&self) -> Result<(), Error> {
        let _writes = self.writes_all();
        self.client.call(&MapClear { name: &self.name }, Target::Any).await
    }

    /// Destroys the map on all members, with its entries.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// map.destroy().await?;
    /// # Ok(()) }
    /// ```
    pub async fn destroy(self) -> Result<(), Error> {
        let _writes = self.writes_all();
        self.client.destroy(&self.name, &ObjectKind::Map).await
    }
}
