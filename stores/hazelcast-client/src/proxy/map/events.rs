//! What happens to the entries of a map.

use std::marker::PhantomData;
use std::sync::Arc;

use uuid::Uuid;

use super::Map;
use crate::client::Alive;
use crate::codec::{
    Event as _, MapEvent, MapEventWith, MapKeyEvent, MapKeyEventWith, MapListen, MapListenToKey,
    MapListenToKeyWith, MapListenWith, MapUnlisten, MultiEvent, MultiKeyEvent, ReplicatedEvent,
};
use crate::data::Data;
use crate::error::Error;
use crate::frame::Message;
use crate::invocation::Outgoing;
use crate::listener::{Event, Listening, Queue, Sink, Source, queue};
use crate::proxy::next;
use crate::serialization::{FromData, Predicate, ToData};
use crate::streamed::streamed;

/// What happened to an entry, or to the map.
///
/// ```
/// use hazelcast_client::{EntryEventKind, EntryFilter};
///
/// let filter = EntryFilter::new().kinds([EntryEventKind::Added, EntryEventKind::Removed]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum EntryEventKind {
    /// There was no such key.
    Added,
    /// It was taken away.
    Removed,
    /// It has another value.
    Updated,
    /// It was taken out of memory.
    Evicted,
    /// Its time was over.
    Expired,
    /// The whole map was taken out of memory.
    AllEvicted,
    /// The whole map was cleared.
    Cleared,
    /// Two parts of a split cluster had it.
    Merged,
    /// It was loaded from the store behind the map.
    Loaded,
}

/// Kinds with their bits.
const KINDS: [(EntryEventKind, i32); 9] = [
    (EntryEventKind::Added, 1),
    (EntryEventKind::Removed, 2),
    (EntryEventKind::Updated, 4),
    (EntryEventKind::Evicted, 8),
    (EntryEventKind::Expired, 16),
    (EntryEventKind::AllEvicted, 32),
    (EntryEventKind::Cleared, 64),
    (EntryEventKind::Merged, 128),
    (EntryEventKind::Loaded, 512),
];

/// The kind that has this bit.
pub(super) fn kind_of(bit: i32) -> Option<EntryEventKind> {
    KINDS.iter().find(|(_, known)| *known == bit).map(|(kind, _)| *kind)
}

/// Which events are wanted, and what they carry. By default all, without values.
///
/// ```
/// use hazelcast_client::{EntryEventKind, EntryFilter, Predicate};
///
/// let large = EntryFilter::new()
///     .kinds([EntryEventKind::Added, EntryEventKind::Updated])
///     .matching(Predicate::sql("amount > 1000"))
///     .with_values();
/// ```
#[derive(Clone, PartialEq, Debug, Default)]
pub struct EntryFilter {
    kinds: Option<i32>,
    predicate: Option<Predicate>,
    with_values: bool,
}

impl EntryFilter {
    /// All events, without values.
    ///
    /// ```
    /// let all = hazelcast_client::EntryFilter::new();
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Only events of these kinds.
    ///
    /// ```
    /// use hazelcast_client::{EntryEventKind, EntryFilter};
    ///
    /// let filter = EntryFilter::new().kinds([EntryEventKind::Added, EntryEventKind::Removed]);
    /// ```
    #[must_use]
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = EntryEventKind>) -> Self {
        let bit = |kind| KINDS.iter().find(|(known, _)| *known == kind).map_or(0, |(_, bit)| *bit);
        self.kinds = Some(kinds.into_iter().fold(0, |bits, kind| bits | bit(kind)));
        self
    }

    /// Only events of entries for which a condition holds.
    ///
    /// ```
    /// use hazelcast_client::{EntryFilter, Predicate};
    ///
    /// let filter = EntryFilter::new().matching(Predicate::sql("amount > 500"));
    /// ```
    #[must_use]
    pub fn matching(mut self, predicate: Predicate) -> Self {
        self.predicate = Some(predicate);
        self
    }

    /// Events carry the new and the old value.
    ///
    /// ```
    /// let filter = hazelcast_client::EntryFilter::new().with_values();
    /// ```
    #[must_use]
    pub const fn with_values(mut self) -> Self {
        self.with_values = true;
        self
    }

    fn flags(&self) -> i32 {
        self.kinds.unwrap_or_else(|| KINDS.iter().fold(0, |bits, (_, bit)| bits | bit))
    }
}

/// Something that happened to an entry, or to the map.
///
/// ```no_run
/// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
/// let mut events = map.listen(hazelcast_client::EntryFilter::new().with_values()).await?;
/// if let Some(Ok(hazelcast_client::Event::Item(event))) = events.next().await {
///     println!("{:?} {:?}: {:?}", event.kind, event.key, event.value);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EntryEvent<K, V> {
    /// What happened.
    pub kind: EntryEventKind,
    /// The entry's key; none where it happened to the map.
    pub key: Option<K>,
    /// The value that it has now, where values were asked for.
    pub value: Option<V>,
    /// The value that it had, where values were asked for.
    pub old_value: Option<V>,
    /// The value of the other part of a split cluster.
    pub merging_value: Option<V>,
    /// The member that tells.
    pub member: Uuid,
    /// How many entries it happened to, where it happened to the map.
    pub count: usize,
}

/// Events of a map, one after the other. Dropping it ends the listening.
///
/// ```no_run
/// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
/// let mut events = map.listen(hazelcast_client::EntryFilter::new().with_values()).await?;
/// while let Some(event) = events.next().await {
///     println!("{:?}", event?);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct EntryEvents<K, V> {
    client: Alive,
    queue: Queue<EntryEvent<Data, Data>>,
    _listening: Listening,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> EntryEvents<K, V> {
    pub(crate) fn new(client: Alive, queue: Queue<EntryEvent<Data, Data>>, listening: Listening) -> Self {
        Self { client, queue, _listening: listening, types: PhantomData }
    }
}

impl<K: FromData, V: FromData> EntryEvents<K, V> {
    streamed!(
        Result<Event<EntryEvent<K, V>>, Error>,
        "map: hazelcast_client::Map<String, i64>",
        "map.listen(hazelcast_client::EntryFilter::new()).await?"
    );

    /// The next event; none when the client is closed. An event whose key or value is of another type is an error, after
    /// which the next one can be asked for. Nothing is lost where the future is dropped before it is ready, but what had
    /// been taken to be read.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut events = map.listen(hazelcast_client::EntryFilter::new().with_values()).await?;
    /// while let Some(event) = events.next().await {
    ///     println!("{:?}", event?);
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn next(&mut self) -> Option<Result<Event<EntryEvent<K, V>>, Error>> {
        match next(&self.client, &mut self.queue).await? {
            Event::Gap(gap) => Some(Ok(Event::Gap(gap))),
            Event::Item(event) => Some(self.read(event).await.map(Event::Item)),
        }
    }

    async fn read(&self, event: EntryEvent<Data, Data>) -> Result<EntryEvent<K, V>, Error> {
        Ok(EntryEvent {
            kind: event.kind,
            key: self.client.to_value_or_none(event.key.as_ref()).await?,
            value: self.client.to_value_or_none(event.value.as_ref()).await?,
            old_value: self.client.to_value_or_none(event.old_value.as_ref()).await?,
            merging_value: self.client.to_value_or_none(event.merging_value.as_ref()).await?,
            member: event.member,
            count: event.count,
        })
    }
}

/// What members are asked for.
#[derive(Debug)]
struct MapSource {
    name: Arc<str>,
    flags: i32,
    with_values: bool,
    key: Option<Data>,
    predicate: Option<Data>,
    sink: Sink<EntryEvent<Data, Data>>,
}

impl Source for MapSource {
    fn add(&self, is_local: bool) -> Box<dyn Outgoing + '_> {
        let (name, with_values, flags) = (&*self.name, self.with_values, self.flags);
        match (&self.key, &self.predicate) {
            (None, None) => Box::new(MapListen { with_values, flags, is_local, name }),
            (Some(key), None) => Box::new(MapListenToKey { with_values, flags, is_local, name, key }),
            (None, Some(predicate)) => {
                Box::new(MapListenWith { with_values, flags, is_local, name, predicate })
            }
            (Some(key), Some(predicate)) => {
                Box::new(MapListenToKeyWith { with_values, flags, is_local, name, key, predicate })
            }
        }
    }

    fn remove(&self, registration: Uuid) -> Box<dyn Outgoing + '_> {
        Box::new(MapUnlisten { registration, name: &self.name })
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

/// None where it is an event of another kind, which newer members may have.
pub(crate) fn read_event(message: &Message) -> Option<EntryEvent<Data, Data>> {
    macro_rules! any {
        ($($event:ty),*) => {
            None$(.or_else(|| {
                let event = <$event>::read(message).ok()?;
                Some((event.kind, event.member, event.count, event.key, event.value, event.old_value, event.merging))
            }))*
        };
    }
    let (kind, member, count, key, value, old_value, merging_value) = any!(
        MapEvent,
        MapEventWith,
        MapKeyEvent,
        MapKeyEventWith,
        ReplicatedEvent,
        MultiEvent,
        MultiKeyEvent
    )?;
    let kind = kind_of(kind)?;
    let count = usize::try_from(count).unwrap_or_default();
    Some(EntryEvent { kind, key, value, old_value, merging_value, member, count })
}

impl<K, V> Map<K, V> {
    /// Listens to what happens to entries, on all members, also on those that come later.
    ///
    /// When it returns, all that happens from now on is told, at most once. What happens on a member while the connection
    /// to it is lost is not, which a [`Gap`](crate::Gap) tells.
    ///
    /// ```no_run
    /// # use hazelcast_client::{EntryFilter, Error, Event, Map};
    /// # async fn example(stock: Map<String, i32>) -> Result<(), Error> {
    /// let mut events = stock.listen(EntryFilter::new().with_values()).await?;
    /// while let Some(event) = events.next().await {
    ///     if let Event::Item(event) = event? {
    ///         println!("{:?}: {:?} is {:?}", event.kind, event.key, event.value);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn listen(&self, filter: EntryFilter) -> Result<EntryEvents<K, V>, Error> {
        self.listen_to(None, filter).await
    }

    /// Listens to what happens to one entry.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut events = map.listen_to_key("a", hazelcast_client::EntryFilter::new()).await?;
    /// let first = events.next().await;
    /// # Ok(()) }
    /// ```
    pub async fn listen_to_key<Q>(&self, key: &Q, filter: EntryFilter) -> Result<EntryEvents<K, V>, Error>
    where
        K: std::borrow::Borrow<Q>,
        Q: ToData + ?Sized,
    {
        let key = self.client.to_data(key).await?;
        self.listen_to(Some(key), filter).await
    }

    async fn listen_to(&self, key: Option<Data>, filter: EntryFilter) -> Result<EntryEvents<K, V>, Error> {
        let predicate = match &filter.predicate {
            Some(predicate) => Some(self.client.to_data(predicate).await?),
            None => None,
        };
        let (sink, queue) = queue(self.client.config.event_queue);
        let (flags, with_values) = (filter.flags(), filter.with_values);
        let source = MapSource { name: Arc::clone(&self.name), flags, with_values, key, predicate, sink };
        let listening = self.client.listen(Arc::new(source)).await?;
        Ok(EntryEvents::new(self.client.clone(), queue, listening))
    }
}
