//! Queues: first in, first out, all of it on one member, with backups.

use std::borrow::Borrow;
use std::marker::PhantomData;
use std::time::Duration;

use super::collection::{Collection, collection};
use super::item_events::ItemEvents;
use super::millis;
use super::named::Named;
use super::objects::ObjectKind;
use crate::client::Alive;
use crate::codec::{
    QueueAddAll, QueueClear, QueueContains, QueueContainsAll, QueueDrain, QueueDrainSome, QueueIsEmpty,
    QueueItems, QueueOffer, QueuePeek, QueuePoll, QueuePut, QueueRemainingCapacity, QueueRemove,
    QueueRemoveAll, QueueRetainAll, QueueSize, QueueTake,
};
use crate::error::{Error, ErrorKind};
use crate::serialization::{FromData, ToData};

/// A queue of the cluster. Handles are cheap.
///
/// Taking an item is not repeated when the connection is lost on the way: the item may be gone with the answer. A future
/// that waits for an item and is dropped may have taken one, too.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let jobs = client.queue::<String>("jobs");
/// jobs.put("sweep").await?;
/// assert_eq!(jobs.take().await?, "sweep");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Queue<T> {
    named: Named,
    item: PhantomData<fn() -> T>,
}

collection! {
    Queue, Queue, "queue", "queue: hazelcast_client::Queue<String>",
    items: QueueItems,
    size: QueueSize,
    is_empty: QueueIsEmpty,
    contains: QueueContains,
    contains_all: QueueContainsAll,
    remove: QueueRemove,
    remove_all: QueueRemoveAll,
    retain_all: QueueRetainAll,
    clear: QueueClear,
}

impl<T> Queue<T> {
    /// Puts an item at the end, if there is room within some time; tells whether it was put.
    ///
    /// # Errors
    /// As all methods: where members cannot be reached, refuse, or hold what is no `T`.
    ///
    /// ```no_run
    /// # async fn example(queue: hazelcast_client::Queue<String>) -> Result<(), hazelcast_client::Error> {
    /// use std::time::Duration;
    ///
    /// let had_room = queue.offer("a", Duration::from_secs(1)).await?;
    /// # Ok(()) }
    /// ```
    pub async fn offer<I>(&self, item: &I, patience: Duration) -> Result<bool, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized,
    {
        let value = self.named.data(item).await?;
        let request = QueueOffer { timeout: millis(patience), name: &self.named.name, value: &value };
        self.named.client.call_slowly(&request, self.named.target(), Some(patience)).await
    }

    /// Puts an item at the end, and waits until there is room.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    ///
    /// ```no_run
    /// # async fn example(queue: hazelcast_client::Queue<String>) -> Result<(), hazelcast_client::Error> {
    /// queue.put("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn put<I>(&self, item: &I) -> Result<(), Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized,
    {
        let value = self.named.data(item).await?;
        let request = QueuePut { name: &self.named.name, value: &value };
        self.named.client.call_slowly(&request, self.named.target(), None).await
    }

    /// Puts all items at the end, one behind the other, or none where there is no room; tells whether they were put.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    ///
    /// ```no_run
    /// # async fn example(queue: hazelcast_client::Queue<String>) -> Result<(), hazelcast_client::Error> {
    /// let had_room = queue.add_all(["a", "b"]).await?;
    /// # Ok(()) }
    /// ```
    pub async fn add_all<'i, I>(&self, items: impl IntoIterator<Item = &'i I>) -> Result<bool, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized + 'i,
    {
        let values = self.named.all_data(items).await?;
        self.named.call(&QueueAddAll { name: &self.named.name, values: &values }).await
    }

    /// Takes the first item, if there is one within some time.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    ///
    /// ```no_run
    /// # async fn example(queue: hazelcast_client::Queue<String>) -> Result<(), hazelcast_client::Error> {
    /// use std::time::Duration;
    ///
    /// let next = queue.poll(Duration::from_secs(1)).await?;
    /// # Ok(()) }
    /// ```
    pub async fn poll(&self, patience: Duration) -> Result<Option<T>, Error>
    where
        T: FromData,
    {
        let request = QueuePoll { timeout: millis(patience), name: &self.named.name };
        let found = self.named.client.call_slowly(&request, self.named.target(), Some(patience)).await?;
        self.named.value(found).await
    }

    /// Takes the first item, and waits until there is one.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    ///
    /// ```no_run
    /// # async fn example(queue: hazelcast_client::Queue<String>) -> Result<(), hazelcast_client::Error> {
    /// let next = queue.take().await?;
    /// # Ok(()) }
    /// ```
    pub async fn take(&self) -> Result<T, Error>
    where
        T: FromData,
    {
        let request = QueueTake { name: &self.named.name };
        let found = self.named.client.call_slowly(&request, self.named.target(), None).await?;
        let nothing = || Error::new(ErrorKind::Protocol, "QueueTake: the answer is null");
        self.named.value(found).await?.ok_or_else(nothing)
    }

    /// The first item, which stays.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    ///
    /// ```no_run
    /// # async fn example(queue: hazelcast_client::Queue<String>) -> Result<(), hazelcast_client::Error> {
    /// let next = queue.peek().await?;
    /// # Ok(()) }
    /// ```
    pub async fn peek(&self) -> Result<Option<T>, Error>
    where
        T: FromData,
    {
        let found = self.named.call(&QueuePeek { name: &self.named.name }).await?;
        self.named.value(found).await
    }

    /// Takes all items, or the first so many.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    ///
    /// ```no_run
    /// # async fn example(queue: hazelcast_client::Queue<String>) -> Result<(), hazelcast_client::Error> {
    /// for item in queue.drain(Some(100)).await? {
    ///     println!("{item}");
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn drain(&self, most: Option<usize>) -> Result<Vec<T>, Error>
    where
        T: FromData,
    {
        let name = &*self.named.name;
        let found = match most.map(i32::try_from) {
            Some(Ok(most)) => self.named.call(&QueueDrainSome { most, name }).await?,
            _ => self.named.call(&QueueDrain { name }).await?,
        };
        self.named.values(found).await
    }

    /// For how many more items there is room.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    ///
    /// ```no_run
    /// # async fn example(queue: hazelcast_client::Queue<String>) -> Result<(), hazelcast_client::Error> {
    /// let room = queue.remaining_capacity().await?;
    /// # Ok(()) }
    /// ```
    pub async fn remaining_capacity(&self) -> Result<usize, Error> {
        let room = self.named.call(&QueueRemainingCapacity { name: &self.named.name }).await?;
        Ok(usize::try_from(room).unwrap_or_default())
    }
}
