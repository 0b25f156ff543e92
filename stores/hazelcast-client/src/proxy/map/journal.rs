//! The event journal of a map: what happened, kept by members for a while, partition by partition.

mod follow;

pub use follow::{JournalEvents, JournalStart};

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::events::kind_of;
use super::{EntryEventKind, Map};
use crate::client::Alive;
use crate::codec::{JournalRead, JournalSubscribe, RingBatch};
use crate::data::Data;
use crate::error::{Error, ErrorKind};
use crate::invocation::Target;
use crate::serialization::{DataError, FromData, Input, ToData, types};

/// What happened to the entries of a map, as members have kept it: each partition has a journal of its own, whose events
/// have numbers, and whose oldest events give way to new ones. The map needs `event-journal: { enabled: true }` in the
/// members' configuration.
///
/// Events of a key come in their order; those of different partitions have none. Each is read at least once, as long as
/// whoever reads keeps up with the journal's capacity.
///
/// ```no_run
/// # use hazelcast_client::{Error, Event, JournalStart, Map};
/// # async fn example(stock: Map<String, i32>) -> Result<(), Error> {
/// let mut events = stock.journal().follow(JournalStart::Oldest).await?;
/// while let Some(event) = events.next().await {
///     if let Event::Item(event) = event? {
///         println!("{:?}: {} is {:?}", event.kind, event.key, event.value);
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct Journal<K, V> {
    client: Alive,
    name: Arc<str>,
    filter: Option<Arc<dyn ToData + Send + Sync>>,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Clone for Journal<K, V> {
    fn clone(&self) -> Self {
        let (client, name, filter) = (self.client.clone(), Arc::clone(&self.name), self.filter.clone());
        Self { client, name, filter, types: PhantomData }
    }
}

impl<K, V> fmt::Debug for Journal<K, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Journal");
        debug.field("name", &self.name).field("has_filter", &self.filter.is_some()).finish()
    }
}

/// The numbers of the events that a partition's journal holds.
///
/// ```
/// let ends = hazelcast_client::JournalEnds { oldest: 7, newest: 9 };
/// assert_eq!((ends.newest - ends.oldest + 1, ends.newest + 1), (3, 10));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct JournalEnds {
    /// Of the oldest event; one more than `newest` where there is none.
    pub oldest: i64,
    /// Of the newest event; -1 where there has been none.
    pub newest: i64,
}

/// Something that happened to an entry.
///
/// ```
/// use hazelcast_client::{EntryEventKind, JournalEvent};
///
/// fn is_new(event: &JournalEvent<String, i32>) -> bool {
///     event.kind == EntryEventKind::Added
/// }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct JournalEvent<K, V> {
    /// What happened.
    pub kind: EntryEventKind,
    /// The entry's key.
    pub key: K,
    /// The value that it has now.
    pub value: Option<V>,
    /// The value that it had.
    pub old_value: Option<V>,
    /// The partition it lies in.
    pub partition: i32,
    /// The event's number, among those of its partition.
    pub sequence: i64,
}

/// Events that were read of one partition.
///
/// ```no_run
/// # use hazelcast_client::{Error, Map};
/// # async fn example(stock: Map<String, i32>) -> Result<(), Error> {
/// let journal = stock.journal();
/// let mut next = journal.ends(0).await?.oldest;
/// loop {
///     let batch = journal.read(0, next, 1, 100).await?;
///     println!("{:?}", batch.events);
///     next = batch.next;
/// }
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalBatch<K, V> {
    /// What happened.
    pub events: Vec<JournalEvent<K, V>>,
    /// The number to go on with.
    pub next: i64,
    /// Events from where it was to begin on had given way: so many, or fewer where they were filtered.
    pub missed: u64,
}

impl<K, V> Map<K, V> {
    /// What happened to the map's entries.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let ends = map.journal().ends(0).await?;
    /// # Ok(()) }
    /// ```
    pub fn journal(&self) -> Journal<K, V> {
        let (client, name) = (self.client.clone(), Arc::clone(&self.name));
        Journal { client, name, filter: None, types: PhantomData }
    }
}

impl<K, V> Journal<K, V> {
    /// Only the events for which a condition holds: an object of a class that members have and that implements
    /// `java.util.function.Predicate` over `EventJournalMapEvent`. It is sent as a [`Compact`](crate::Compact) value whose
    /// type name is that of the class.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>, filter: hazelcast_client::Data) -> Result<(), hazelcast_client::Error> {
    /// let journal = map.journal().filtered(filter);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn filtered(mut self, filter: impl ToData + Send + Sync + 'static) -> Self {
        self.filter = Some(Arc::new(filter));
        self
    }

    /// The numbers of the events that a partition's journal holds.
    ///
    /// # Errors
    /// As [`Map::get`]; code 61 where the map has no journal.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// println!("{:?}", map.journal().ends(0).await?);
    /// # Ok(()) }
    /// ```
    pub async fn ends(&self, partition: i32) -> Result<JournalEnds, Error> {
        let ends =
            self.client.call(&JournalSubscribe { name: &self.name }, Target::Partition(partition)).await?;
        Ok(JournalEnds { oldest: ends.oldest, newest: ends.newest })
    }

    /// Events of a partition from a number on: waits until there are `least` of them, and gives at most `most`. Where events
    /// from there on have given way, it begins with the oldest there is.
    ///
    /// Nothing is lost where the future is dropped: reading takes nothing away.
    ///
    /// # Errors
    /// As [`ends`](Self::ends); code 23 where `most` is more than a journal holds.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let journal = map.journal();
    /// let ends = journal.ends(0).await?;
    /// let batch = journal.read(0, ends.oldest, 1, 100).await?;
    /// # Ok(()) }
    /// ```
    pub async fn read(
        &self,
        partition: i32,
        start: i64,
        least: usize,
        most: usize,
    ) -> Result<JournalBatch<K, V>, Error>
    where
        K: FromData,
        V: FromData,
    {
        let filter = self.filter_data().await?;
        let (name, wanted) = (&*self.name, Wanted { partition, start, least, most });
        let batch = fetch(&self.client, name, filter.as_ref(), wanted).await?;
        let mut events = Vec::with_capacity(batch.events.len());
        for event in batch.events {
            events.push(event.read(&self.client).await?);
        }
        Ok(JournalBatch { events, next: batch.next, missed: batch.missed })
    }

    async fn filter_data(&self) -> Result<Option<Data>, Error> {
        match &self.filter {
            Some(filter) => self.client.to_data(&**filter).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Which events are wanted.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    partition: i32,
    start: i64,
    least: usize,
    most: usize,
}

/// Events whose keys and values have not been read.
#[derive(Debug)]
struct Fetched {
    events: Vec<JournalEvent<Data, Data>>,
    next: i64,
    missed: u64,
}

async fn fetch(client: &Alive, name: &str, filter: Option<&Data>, wanted: Wanted) -> Result<Fetched, Error> {
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let most = count(wanted.most.max(1));
    let least = count(wanted.least).min(most);
    let Wanted { partition, start, .. } = wanted;
    let request = JournalRead { start, least, most, name, predicate: filter, projection: None };
    let batch: RingBatch = client.call_slowly(&request, Target::Partition(partition), None).await?;
    let sequences = batch.sequences.map(|sequences| sequences.0).unwrap_or_default();
    if sequences.len() != batch.items.len() {
        return Err(Error::new(ErrorKind::Protocol, "JournalRead: not each event has a number"));
    }
    let mut events = Vec::with_capacity(sequences.len());
    let mut missed = 0;
    for (sequence, item) in sequences.into_iter().zip(&batch.items) {
        let event: Recorded = client.to_value(item).await?;
        // The first event behind those that have given way says so.
        if event.is_after_lost {
            missed = u64::try_from(sequence.saturating_sub(start)).unwrap_or_default();
        }
        let Recorded { kind, key, value, old_value, .. } = event;
        events.push(JournalEvent { kind, key, value, old_value, partition, sequence });
    }
    Ok(Fetched { events, next: batch.next, missed })
}

impl JournalEvent<Data, Data> {
    async fn read<K: FromData, V: FromData>(&self, client: &Alive) -> Result<JournalEvent<K, V>, Error> {
        let (kind, partition, sequence) = (self.kind, self.partition, self.sequence);
        let key = client.to_value(&self.key).await?;
        let value = client.to_value_or_none(self.value.as_ref()).await?;
        let old_value = client.to_value_or_none(self.old_value.as_ref()).await?;
        Ok(JournalEvent { kind, key, value, old_value, partition, sequence })
    }
}

/// An event as it is in a journal.
#[derive(Debug)]
struct Recorded {
    kind: EntryEventKind,
    key: Data,
    value: Option<Data>,
    old_value: Option<Data>,
    is_after_lost: bool,
}

const FACTORY: i32 = -4;
const CLASS: i32 = 132;

impl FromData for Recorded {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        let other = DataError::Type { expected: "an event of a journal", found: type_id };
        if type_id != types::IDENTIFIED || (input.u8()?, input.i32()?, input.i32()?) != (1, FACTORY, CLASS) {
            return Err(other);
        }
        let kind =
            kind_of(input.i32()?).ok_or(DataError::Malformed("an unknown kind of event in a journal"))?;
        let key = part(input)?.ok_or(DataError::Null { expected: "the key of an event" })?;
        let (value, old_value) = (part(input)?, part(input)?);
        Ok(Self { kind, key, value, old_value, is_after_lost: input.u8()? != 0 })
    }
}

/// A value within an event: its length, and its bytes with their header.
fn part(input: &mut Input<'_>) -> Result<Option<Data>, DataError> {
    let Some(length) = input.length()?.filter(|length| *length > 0) else { return Ok(None) };
    Data::from_bytes(input.bytes(length)?.to_vec().into()).map(Some).ok_or(DataError::Short)
}
