//! Ringbuffers: items with numbers, the oldest of which give way to new ones.

use std::borrow::Borrow;
use std::marker::PhantomData;

use super::named::Named;
use crate::client::Alive;
use crate::codec::{
    RingAdd, RingAddAll, RingCapacity, RingHead, RingReadMany, RingReadOne, RingRemainingCapacity, RingSize,
    RingTail,
};
use crate::data::Data;
use crate::error::{Error, ErrorKind};
use crate::serialization::{FromData, ToData};

/// The most items that are read or added at once: members refuse more.
const MOST: usize = 1_000;

/// What becomes of a new item where there is no room for it.
///
/// ```no_run
/// # async fn example(ring: hazelcast_client::Ringbuffer<String>) -> Result<(), hazelcast_client::Error> {
/// use hazelcast_client::Overflow;
///
/// // None: it is full, and nothing was overwritten.
/// let sequence = ring.add("a", Overflow::Fail).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Overflow {
    /// The oldest item gives way.
    Overwrite,
    /// It is not added. There is no room only while items have a time to live, and have it still.
    Fail,
}

/// A ringbuffer of the cluster. Handles are cheap.
///
/// **Cancelling**: an item whose adding is dropped before it is ready may have been added or not. Reading takes nothing away, so
/// dropping it loses nothing: what was to be read can be read again from the same sequence.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error, Overflow};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let log = client.ringbuffer::<String>("log");
/// let first = log.add("started", Overflow::Overwrite).await?;
/// let batch = log.read_many(log.head_sequence().await?, 1, 100).await?;
/// assert_eq!(batch.items[0].1, "started");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Ringbuffer<T> {
    named: Named,
    item: PhantomData<fn() -> T>,
}

impl<T> Clone for Ringbuffer<T> {
    fn clone(&self) -> Self {
        Self { named: self.named.clone(), item: PhantomData }
    }
}

/// Items that were read.
///
/// ```no_run
/// # async fn example(ring: hazelcast_client::Ringbuffer<String>) -> Result<(), hazelcast_client::Error> {
/// let batch = ring.read_many(0, 1, 100).await?;
/// println!("{} items", batch.items.len());
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RingBatch<T> {
    /// Items with their numbers.
    pub items: Vec<(i64, T)>,
    /// The number to go on with.
    pub next: i64,
}

impl<T> Ringbuffer<T> {
    pub(crate) fn new(client: Alive, name: &str) -> Self {
        Self { named: Named::new(client, name), item: PhantomData }
    }

    pub(super) fn client(&self) -> &Alive {
        &self.named.client
    }

    /// The ringbuffer's name.
    ///
    /// ```no_run
    /// # async fn example(ring: hazelcast_client::Ringbuffer<String>) -> Result<(), hazelcast_client::Error> {
    /// println!("{}", ring.name());
    /// # Ok(()) }
    /// ```
    pub fn name(&self) -> &str {
        &self.named.name
    }

    /// Adds an item; gives its number, or none where there was no room.
    ///
    /// # Errors
    /// As all methods: where members cannot be reached, refuse, or hold what is no `T`.
    ///
    /// ```no_run
    /// # async fn example(ring: hazelcast_client::Ringbuffer<String>) -> Result<(), hazelcast_client::Error> {
    /// let sequence = ring.add("a", hazelcast_client::Overflow::Overwrite).await?;
    /// # Ok(()) }
    /// ```
    pub async fn add<I>(&self, item: &I, overflow: Overflow) -> Result<Option<i64>, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized,
    {
        let value = self.named.data(item).await?;
        let request = RingAdd { overflow: policy(overflow), name: &self.named.name, value: &value };
        self.named.call(&request).await.map(added)
    }

    /// Adds items, at most 1,000; gives the number of the last one, or none where there was no room for all.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    ///
    /// ```no_run
    /// # async fn example(ring: hazelcast_client::Ringbuffer<String>) -> Result<(), hazelcast_client::Error> {
    /// let last = ring.add_all(["a", "b"], hazelcast_client::Overflow::Overwrite).await?;
    /// # Ok(()) }
    /// ```
    pub async fn add_all<'i, I>(
        &self,
        items: impl IntoIterator<Item = &'i I>,
        overflow: Overflow,
    ) -> Result<Option<i64>, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized + 'i,
    {
        let values = self.named.all_data(items).await?;
        let request = RingAddAll { overflow: policy(overflow), name: &self.named.name, values: &values };
        self.named.call(&request).await.map(added)
    }

    /// The item of a number; waits until there is one, where it is the next.
    ///
    /// # Errors
    /// As [`add`](Self::add); code 51 where the item has given way.
    ///
    /// ```no_run
    /// # async fn example(ring: hazelcast_client::Ringbuffer<String>) -> Result<(), hazelcast_client::Error> {
    /// let oldest = ring.read_one(ring.head_sequence().await?).await?;
    /// # Ok(()) }
    /// ```
    pub async fn read_one(&self, sequence: i64) -> Result<T, Error>
    where
        T: FromData,
    {
        let request = RingReadOne { sequence, name: &self.named.name };
        let found = self.named.client.call_slowly(&request, self.named.target(), None).await?;
        let nothing = || Error::new(ErrorKind::Protocol, "RingReadOne: the answer is null");
        self.named.value(found).await?.ok_or_else(nothing)
    }

    /// Items from a number on: waits until there are `least` of them, and gives at most `most` (and at most 1,000). Where
    /// items from there on have given way, it begins with the oldest there is.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    ///
    /// ```no_run
    /// # async fn example(ring: hazelcast_client::Ringbuffer<String>) -> Result<(), hazelcast_client::Error> {
    /// let batch = ring.read_many(ring.head_sequence().await?, 1, 100).await?;
    /// # Ok(()) }
    /// ```
    pub async fn read_many(&self, start: i64, least: usize, most: usize) -> Result<RingBatch<T>, Error>
    where
        T: FromData,
    {
        self.read(start, least, most, None).await
    }

    /// Items from a number on for which a condition holds: waits until there are `least` of them, as
    /// [`read_many`](Self::read_many) does. Members pass over the others, so that [`next`](RingBatch::next) is behind those, too.
    ///
    /// The condition is an object of a class that members have and that implements `com.hazelcast.core.IFunction` from items to
    /// `Boolean`. It is sent as a [`Compact`](crate::Compact) value whose type name is that of the class.
    ///
    /// # Errors
    /// As [`add`](Self::add); code 21 where members have no such class.
    ///
    /// ```no_run
    /// # async fn example(ring: hazelcast_client::Ringbuffer<String>, filter: hazelcast_client::Data) -> Result<(), hazelcast_client::Error> {
    /// let oldest = ring.head_sequence().await?;
    /// let batch = ring.read_many_with(oldest, 1, 100, &filter).await?;
    /// # Ok(()) }
    /// ```
    pub async fn read_many_with<F>(
        &self,
        start: i64,
        least: usize,
        most: usize,
        filter: &F,
    ) -> Result<RingBatch<T>, Error>
    where
        T: FromData,
        F: ToData + ?Sized,
    {
        let filter = self.named.data(filter).await?;
        self.read(start, least, most, Some(&filter)).await
    }

    async fn read(
        &self,
        start: i64,
        least: usize,
        most: usize,
        filter: Option<&Data>,
    ) -> Result<RingBatch<T>, Error>
    where
        T: FromData,
    {
        let most = most.clamp(1, MOST);
        let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let (least, most) = (count(least.min(most)), count(most));
        let request = RingReadMany { start, least, most, name: &self.named.name, filter };
        let batch = self.named.client.call_slowly(&request, self.named.target(), None).await?;
        let sequences = batch.sequences.map(|sequences| sequences.0).unwrap_or_default();
        if sequences.len() != batch.items.len() {
            return Err(Error::new(ErrorKind::Protocol, "RingReadMany: not each item has a number"));
        }
        let items = self.named.values(batch.items).await?;
        Ok(RingBatch { items: sequences.into_iter().zip(items).collect(), next: batch.next })
    }

    /// The number of the oldest item; one more than the last number where there is none.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    ///
    /// ```no_run
    /// # async fn example(ring: hazelcast_client::Ringbuffer<String>) -> Result<(), hazelcast_client::Error> {
    /// let oldest = ring.head_sequence().await?;
    /// # Ok(()) }
    /// ```
    pub async fn head_sequence(&self) -> Result<i64, Error> {
        self.named.call(&RingHead { name: &self.named.name }).await
    }

    /// The number of the newest item; -1 where there has been none.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    ///
    /// ```no_run
    /// # async fn example(ring: hazelcast_client::Ringbuffer<String>) -> Result<(), hazelcast_client::Error> {
    /// let newest = ring.tail_sequence().await?;
    /// # Ok(()) }
    /// ```
    pub async fn tail_sequence(&self) -> Result<i64, Error> {
        self.named.call(&RingTail { name: &self.named.name }).await
    }

    /// How many items there are.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    ///
    /// ```no_run
    /// # async fn example(ring: hazelcast_client::Ringbuffer<String>) -> Result<(), hazelcast_client::Error> {
    /// println!("{} items", ring.size().await?);
    /// # Ok(()) }
    /// ```
    pub async fn size(&self) -> Result<usize, Error> {
        self.named.call(&RingSize { name: &self.named.name }).await.map(size)
    }

    /// How many items there may be.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    ///
    /// ```no_run
    /// # async fn example(ring: hazelcast_client::Ringbuffer<String>) -> Result<(), hazelcast_client::Error> {
    /// let most = ring.capacity().await?;
    /// # Ok(()) }
    /// ```
    pub async fn capacity(&self) -> Result<usize, Error> {
        self.named.call(&RingCapacity { name: &self.named.name }).await.map(size)
    }

    /// How many more items there may be before others have to give way; all, where items have no time to live.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    ///
    /// ```no_run
    /// # async fn example(ring: hazelcast_client::Ringbuffer<String>) -> Result<(), hazelcast_client::Error> {
    /// let room = ring.remaining_capacity().await?;
    /// # Ok(()) }
    /// ```
    pub async fn remaining_capacity(&self) -> Result<usize, Error> {
        self.named.call(&RingRemainingCapacity { name: &self.named.name }).await.map(size)
    }
}

const fn policy(overflow: Overflow) -> i32 {
    match overflow {
        Overflow::Overwrite => 0,
        Overflow::Fail => 1,
    }
}

/// -1 is no room.
fn added(sequence: i64) -> Option<i64> {
    Some(sequence).filter(|sequence| *sequence >= 0)
}

fn size(size: i64) -> usize {
    usize::try_from(size).unwrap_or_default()
}
