//! Replicated maps: all of it on every member.

use std::borrow::Borrow;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::map::{EntryEvents, read_event};
use super::millis;
use super::named::Named;
use crate::client::Alive;
use crate::codec::{
    ReplicatedClear, ReplicatedContainsKey, ReplicatedContainsValue, ReplicatedEntries, ReplicatedGet,
    ReplicatedIsEmpty, ReplicatedKeys, ReplicatedListen, ReplicatedPut, ReplicatedPutAll, ReplicatedRemove,
    ReplicatedSize, ReplicatedUnlisten, ReplicatedValues,
};
use crate::data::Data;
use crate::error::Error;
use crate::frame::Message;
use crate::invocation::{Outgoing, Target};
use crate::listener::{Sink, Source, queue};
use crate::proxy::EntryEvent;
use crate::serialization::{FromData, ToData};

/// A map that every member has whole: quick to read, for what seldom changes. Members agree after a while, so that what
/// one has written may not be read at once. Handles are cheap.
///
/// **Cancelling**: a write whose future is dropped before it is ready may have been done or not; a read does no harm.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let rates = client.replicated_map::<String, f64>("rates");
/// rates.put("EUR", &1.08).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ReplicatedMap<K, V> {
    named: Named,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Clone for ReplicatedMap<K, V> {
    fn clone(&self) -> Self {
        Self { named: self.named.clone(), types: PhantomData }
    }
}

impl<K, V> ReplicatedMap<K, V> {
    pub(crate) fn new(client: Alive, name: &str) -> Self {
        Self { named: Named::new(client, name), types: PhantomData }
    }

    /// The map's name.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::ReplicatedMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// println!("{}", map.name());
    /// # Ok(()) }
    /// ```
    pub fn name(&self) -> &str {
        &self.named.name
    }

    /// The value of a key.
    ///
    /// # Errors
    /// As all methods: where members cannot be reached, refuse, or hold what is no `V`.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::ReplicatedMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let value = map.get("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn get<Q>(&self, key: &Q) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
        V: FromData,
    {
        let (key, target) = self.named.client.place(key).await?;
        let found =
            self.named.client.call(&ReplicatedGet { name: &self.named.name, key: &key }, target).await?;
        self.named.value(found).await
    }

    /// Puts a value, and gives the one that was there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::ReplicatedMap<String, i64>) -> Result<(), hazelcast_client::Error> {
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
        self.put_for(key, value, None).await
    }

    /// Puts a value that goes by itself after some time, or never; gives the one that was there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::ReplicatedMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// use std::time::Duration;
    ///
    /// let old = map.put_for("a", &1, Some(Duration::from_secs(60))).await?;
    /// # Ok(()) }
    /// ```
    pub async fn put_for<Q, W>(&self, key: &Q, value: &W, ttl: Option<Duration>) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
        V: FromData + Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        let (key, target) = self.named.client.place(key).await?;
        let value = self.named.data(value).await?;
        // 0 is never.
        let ttl = ttl.map_or(0, |ttl| millis(ttl).max(1));
        let request = ReplicatedPut { ttl, name: &self.named.name, key: &key, value: &value };
        let old = self.named.client.call(&request, target).await?;
        self.named.value(old).await
    }

    /// Puts all entries.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::ReplicatedMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// map.put_all([("a", &1), ("b", &2)]).await?;
    /// # Ok(()) }
    /// ```
    pub async fn put_all<'e, Q, W>(
        &self,
        entries: impl IntoIterator<Item = (&'e Q, &'e W)>,
    ) -> Result<(), Error>
    where
        K: Borrow<Q>,
        V: Borrow<W>,
        Q: ToData + ?Sized + 'e,
        W: ToData + ?Sized + 'e,
    {
        let all = self.named.client.entries_to_data(entries).await?;
        let entries: Vec<_> = all.iter().map(|(key, value)| (key, value)).collect();
        let request = ReplicatedPutAll { name: &self.named.name, entries: &entries };
        self.named.client.call(&request, Target::Any).await
    }

    /// Takes a key away, and gives its value.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::ReplicatedMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let old = map.remove("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn remove<Q>(&self, key: &Q) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
        V: FromData,
    {
        let (key, target) = self.named.client.place(key).await?;
        let old =
            self.named.client.call(&ReplicatedRemove { name: &self.named.name, key: &key }, target).await?;
        self.named.value(old).await
    }

    /// Whether there is a key.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::ReplicatedMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let is_there = map.contains_key("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn contains_key<Q>(&self, key: &Q) -> Result<bool, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
    {
        let (key, target) = self.named.client.place(key).await?;
        self.named.client.call(&ReplicatedContainsKey { name: &self.named.name, key: &key }, target).await
    }

    /// Whether some key has this value.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::ReplicatedMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let is_there = map.contains_value(&1).await?;
    /// # Ok(()) }
    /// ```
    pub async fn contains_value<W>(&self, value: &W) -> Result<bool, Error>
    where
        V: Borrow<W>,
        W: ToData + ?Sized,
    {
        let value = self.named.data(value).await?;
        self.named.call(&ReplicatedContainsValue { name: &self.named.name, value: &value }).await
    }

    /// How many entries there are.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::ReplicatedMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// println!("{} entries", map.size().await?);
    /// # Ok(()) }
    /// ```
    pub async fn size(&self) -> Result<usize, Error> {
        let size = self.named.call(&ReplicatedSize { name: &self.named.name }).await?;
        Ok(usize::try_from(size).unwrap_or_default())
    }

    /// Whether there is no entry.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::ReplicatedMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// assert!(map.is_empty().await?);
    /// # Ok(()) }
    /// ```
    pub async fn is_empty(&self) -> Result<bool, Error> {
        self.named.call(&ReplicatedIsEmpty { name: &self.named.name }).await
    }

    /// Takes all entries away.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::ReplicatedMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// map.clear().await?;
    /// # Ok(()) }
    /// ```
    pub async fn clear(&self) -> Result<(), Error> {
        self.named.client.call(&ReplicatedClear { name: &self.named.name }, Target::Any).await
    }

    /// All keys.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::ReplicatedMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let keys = map.keys().await?;
    /// # Ok(()) }
    /// ```
    pub async fn keys(&self) -> Result<Vec<K>, Error>
    where
        K: FromData,
    {
        let found = self.named.call(&ReplicatedKeys { name: &self.named.name }).await?;
        self.named.values(found).await
    }

    /// All values.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::ReplicatedMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let values = map.values().await?;
    /// # Ok(()) }
    /// ```
    pub async fn values(&self) -> Result<Vec<V>, Error>
    where
        V: FromData,
    {
        let found = self.named.call(&ReplicatedValues { name: &self.named.name }).await?;
        self.named.values(found).await
    }

    /// All entries.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::ReplicatedMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let entries = map.entries().await?;
    /// # Ok(()) }
    /// ```
    pub async fn entries(&self) -> Result<Vec<(K, V)>, Error>
    where
        K: FromData,
        V: FromData,
    {
        let found = self.named.call(&ReplicatedEntries { name: &self.named.name }).await?;
        self.named.client.to_entries(&found).await
    }

    /// Listens to what happens to entries, with their values.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::ReplicatedMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut events = map.listen().await?;
    /// let first = events.next().await;
    /// # Ok(()) }
    /// ```
    pub async fn listen(&self) -> Result<EntryEvents<K, V>, Error> {
        let (sink, queue) = queue(self.named.client.config.event_queue);
        let source = ReplicatedSource { name: Arc::clone(&self.named.name), sink };
        let listening = self.named.client.listen(Arc::new(source)).await?;
        Ok(EntryEvents::new(self.named.client.clone(), queue, listening))
    }
}

#[derive(Debug)]
struct ReplicatedSource {
    name: Arc<str>,
    sink: Sink<EntryEvent<Data, Data>>,
}

impl Source for ReplicatedSource {
    fn add(&self, is_local: bool) -> Box<dyn Outgoing + '_> {
        Box::new(ReplicatedListen { is_local, name: &self.name })
    }

    fn remove(&self, registration: Uuid) -> Box<dyn Outgoing + '_> {
        Box::new(ReplicatedUnlisten { registration, name: &self.name })
    }

    fn event(&self, message: &Message) {
        if let Some(event) = read_event(message) {
            self.sink.item(event);
        }
    }

    fn lost(&self) {
        self.sink.lost();
    }
}
