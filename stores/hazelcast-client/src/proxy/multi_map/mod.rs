//! Multimaps: several values a key, spread over all members, each with backups.

mod all;
mod events;
mod lock;

use std::borrow::Borrow;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::client::Alive;
use crate::codec::{
    MultiContainsEntry, MultiContainsKey, MultiDelete, MultiGet, MultiPut, MultiRemove, MultiRemoveEntry,
    MultiValueCount,
};
use crate::error::Error;
use crate::serialization::{FromData, ToData};

/// A map of the cluster with several values a key. Handles are cheap.
///
/// A value is there once a key, unless the map's configuration on members says that values are a list. **Equality** of keys
/// and values is that of their bytes.
///
/// **Cancelling**: a future that is dropped before it is ready may have been carried out or not. **Writes** that were on
/// their way when a connection was lost fail with [`Indeterminate`](crate::ErrorKind::Indeterminate) and are not repeated,
/// unless [`Config::redo`](crate::Config::redo) says so.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let cards = client.multi_map::<String, i64>("cards");
/// cards.put("ann", &4111).await?;
/// cards.put("ann", &4222).await?;
/// assert_eq!(cards.get("ann").await?.len(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct MultiMap<K, V> {
    client: Alive,
    name: Arc<str>,
    /// Who holds locks: members call it a thread.
    owner: i64,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Clone for MultiMap<K, V> {
    fn clone(&self) -> Self {
        let (client, name) = (self.client.clone(), Arc::clone(&self.name));
        Self { client, name, owner: self.owner, types: PhantomData }
    }
}

impl<K, V> MultiMap<K, V> {
    pub(crate) fn new(client: Alive, name: &str) -> Self {
        let owner = client.reference();
        Self { client, name: name.into(), owner, types: PhantomData }
    }

    /// The map's name.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// println!("{}", map.name());
    /// # Ok(()) }
    /// ```
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The values of a key.
    ///
    /// # Errors
    /// As all methods: where members cannot be reached, refuse, or hold what is no `V`.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let values = map.get("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn get<Q>(&self, key: &Q) -> Result<Vec<V>, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
        V: FromData,
    {
        let (key, target) = self.client.place(key).await?;
        let request = MultiGet { thread: self.owner, name: &self.name, key: &key };
        let found = self.client.call(&request, target).await?;
        self.client.to_values(&found).await
    }

    /// Puts a value beside those that the key has; tells whether it was put, which it is not where it is there already.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let is_new = map.put("a", &1).await?;
    /// # Ok(()) }
    /// ```
    pub async fn put<Q, W>(&self, key: &Q, value: &W) -> Result<bool, Error>
    where
        K: Borrow<Q>,
        V: Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        let (key, target) = self.client.place(key).await?;
        let value = self.client.to_data(value).await?;
        let request = MultiPut { thread: self.owner, name: &self.name, key: &key, value: &value };
        self.client.call(&request, target).await
    }

    /// Takes a key away, and gives its values.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let old = map.remove("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn remove<Q>(&self, key: &Q) -> Result<Vec<V>, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
        V: FromData,
    {
        let (key, target) = self.client.place(key).await?;
        let request = MultiRemove { thread: self.owner, name: &self.name, key: &key };
        let old = self.client.call(&request, target).await?;
        self.client.to_values(&old).await
    }

    /// Takes one value of a key away, the first where there are equal ones; tells whether it was there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let was_there = map.remove_entry("a", &1).await?;
    /// # Ok(()) }
    /// ```
    pub async fn remove_entry<Q, W>(&self, key: &Q, value: &W) -> Result<bool, Error>
    where
        K: Borrow<Q>,
        V: Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        let (key, target) = self.client.place(key).await?;
        let value = self.client.to_data(value).await?;
        let request = MultiRemoveEntry { thread: self.owner, name: &self.name, key: &key, value: &value };
        self.client.call(&request, target).await
    }

    /// Takes a key away; faster than [`remove`](Self::remove), as the values are not sent back. Listeners are not told, as members
    /// do not tell of it.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// map.delete("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn delete<Q>(&self, key: &Q) -> Result<(), Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
    {
        let (key, target) = self.client.place(key).await?;
        self.client.call(&MultiDelete { thread: self.owner, name: &self.name, key: &key }, target).await
    }

    /// Whether there is a key.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let is_there = map.contains_key("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn contains_key<Q>(&self, key: &Q) -> Result<bool, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
    {
        let (key, target) = self.client.place(key).await?;
        self.client.call(&MultiContainsKey { thread: self.owner, name: &self.name, key: &key }, target).await
    }

    /// Whether a key has this value.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let is_there = map.contains_entry("a", &1).await?;
    /// # Ok(()) }
    /// ```
    pub async fn contains_entry<Q, W>(&self, key: &Q, value: &W) -> Result<bool, Error>
    where
        K: Borrow<Q>,
        V: Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        let (key, target) = self.client.place(key).await?;
        let value = self.client.to_data(value).await?;
        let request = MultiContainsEntry { thread: self.owner, name: &self.name, key: &key, value: &value };
        self.client.call(&request, target).await
    }

    /// How many values a key has.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// println!("{} values", map.value_count("a").await?);
    /// # Ok(()) }
    /// ```
    pub async fn value_count<Q>(&self, key: &Q) -> Result<usize, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
    {
        let (key, target) = self.client.place(key).await?;
        let request = MultiValueCount { thread: self.owner, name: &self.name, key: &key };
        let count = self.client.call(&request, target).await?;
        Ok(usize::try_from(count).unwrap_or_default())
    }
}
