//! What happens to the entries of a multimap. Members filter neither by kinds nor by conditions, as they do for maps: there is a
//! method for each of what they can be asked for.

use std::borrow::Borrow;
use std::sync::Arc;

use uuid::Uuid;

use super::MultiMap;
use crate::codec::{MultiListen, MultiListenToKey, MultiUnlisten};
use crate::data::Data;
use crate::error::Error;
use crate::frame::Message;
use crate::invocation::Outgoing;
use crate::listener::{Sink, Source, queue};
use crate::proxy::map::read_event;
use crate::proxy::{EntryEvent, EntryEvents};
use crate::serialization::ToData;

impl<K, V> MultiMap<K, V> {
    /// Listens to what happens to entries, on all members, also on those that come later; events carry no values.
    ///
    /// When it returns, all that happens from now on is told, at most once. What happens on a member while the connection
    /// to it is lost is not, which a [`Gap`](crate::Gap) tells.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut events = map.listen().await?;
    /// while let Some(event) = events.next().await {
    ///     println!("{:?}", event?);
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn listen(&self) -> Result<EntryEvents<K, V>, Error> {
        self.listen_to(None, false).await
    }

    /// As [`listen`](Self::listen), and events carry the value that came, or the old one that went.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut events = map.listen_with_values().await?;
    /// let first = events.next().await;
    /// # Ok(()) }
    /// ```
    pub async fn listen_with_values(&self) -> Result<EntryEvents<K, V>, Error> {
        self.listen_to(None, true).await
    }

    /// Listens to what happens to the entries of one key; events carry no values.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut events = map.listen_to_key("a").await?;
    /// let first = events.next().await;
    /// # Ok(()) }
    /// ```
    pub async fn listen_to_key<Q>(&self, key: &Q) -> Result<EntryEvents<K, V>, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
    {
        let key = self.client.to_data(key).await?;
        self.listen_to(Some(key), false).await
    }

    /// As [`listen_to_key`](Self::listen_to_key), and events carry the value that came, or the old one that went.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut events = map.listen_to_key_with_values("a").await?;
    /// let first = events.next().await;
    /// # Ok(()) }
    /// ```
    pub async fn listen_to_key_with_values<Q>(&self, key: &Q) -> Result<EntryEvents<K, V>, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
    {
        let key = self.client.to_data(key).await?;
        self.listen_to(Some(key), true).await
    }

    async fn listen_to(&self, key: Option<Data>, with_values: bool) -> Result<EntryEvents<K, V>, Error> {
        let (sink, queue) = queue(self.client.config.event_queue);
        let source = MultiSource { name: Arc::clone(&self.name), with_values, key, sink };
        let listening = self.client.listen(Arc::new(source)).await?;
        Ok(EntryEvents::new(self.client.clone(), queue, listening))
    }
}

/// What members are asked for.
#[derive(Debug)]
struct MultiSource {
    name: Arc<str>,
    with_values: bool,
    key: Option<Data>,
    sink: Sink<EntryEvent<Data, Data>>,
}

impl Source for MultiSource {
    fn add(&self, is_local: bool) -> Box<dyn Outgoing + '_> {
        let (name, with_values) = (&*self.name, self.with_values);
        match &self.key {
            None => Box::new(MultiListen { with_values, is_local, name }),
            Some(key) => Box::new(MultiListenToKey { with_values, is_local, name, key }),
        }
    }

    fn remove(&self, registration: Uuid) -> Box<dyn Outgoing + '_> {
        Box::new(MultiUnlisten { registration, name: &self.name })
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
