//! Queues within transactions.

use std::borrow::Borrow;
use std::marker::PhantomData;
use std::time::Duration;

use super::Transaction;
use super::part::Part;
use crate::codec::{TxQueueOffer, TxQueuePeek, TxQueuePoll, TxQueueSize, TxQueueTake};
use crate::error::{Error, ErrorKind};
use crate::proxy::{Collection, millis};
use crate::serialization::{FromData, ToData};

/// A queue within a [`Transaction`]: what is taken comes back to its front where the transaction is rolled back, and what is
/// offered is there for others once it is committed.
///
/// **Cancelling**: a future that is dropped before it is ready may have been carried out or not, and the transaction is not
/// committed any more.
///
/// ```no_run
/// # use hazelcast_client::{Error, Transaction};
/// # async fn example(transaction: Transaction) -> Result<(), Error> {
/// let (inbox, done) = (transaction.queue::<String>("inbox"), transaction.queue::<String>("done"));
/// let job = inbox.take().await?;
/// done.offer(&job).await?;
/// transaction.commit().await
/// # }
/// ```
#[derive(Debug)]
pub struct TransactionQueue<'t, T> {
    part: Part<'t>,
    item: PhantomData<fn() -> T>,
}

impl<'t, T> TransactionQueue<'t, T> {
    pub(super) fn new(transaction: &'t Transaction, name: &str) -> Self {
        Self { part: Part::of_collection(transaction, name, Collection::Queue), item: PhantomData }
    }

    /// Puts an item at the end, if there is room; tells whether there is.
    ///
    /// # Errors
    /// As all methods: where the transaction is over, or its connection lost, or members refuse or hold what is no `T`, and
    /// where another collection of the same name was used in it.
    ///
    /// ```no_run
    /// # async fn example(queue: hazelcast_client::TransactionQueue<'_, String>) -> Result<(), hazelcast_client::Error> {
    /// let had_room = queue.offer("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn offer<I>(&self, item: &I) -> Result<bool, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized,
    {
        let (item, (id, thread, name)) = (&self.part.data(item).await?, self.part.own());
        self.part.call(&TxQueueOffer { id, thread, timeout: 0, name, item }).await
    }

    /// Takes the first item, if there is one within some time.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    ///
    /// ```no_run
    /// # async fn example(queue: hazelcast_client::TransactionQueue<'_, String>) -> Result<(), hazelcast_client::Error> {
    /// use std::time::Duration;
    ///
    /// let next = queue.poll(Duration::from_secs(1)).await?;
    /// # Ok(()) }
    /// ```
    pub async fn poll(&self, patience: Duration) -> Result<Option<T>, Error>
    where
        T: FromData,
    {
        let (id, thread, name) = self.part.own();
        let request = TxQueuePoll { id, thread, timeout: millis(patience), name };
        let found = self.part.call_slowly(&request, patience).await?;
        self.part.value(found).await
    }

    /// Takes the first item, and waits until there is one, as long as the transaction may last.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    ///
    /// ```no_run
    /// # async fn example(queue: hazelcast_client::TransactionQueue<'_, String>) -> Result<(), hazelcast_client::Error> {
    /// let next = queue.take().await?;
    /// # Ok(()) }
    /// ```
    pub async fn take(&self) -> Result<T, Error>
    where
        T: FromData,
    {
        let (id, thread, name) = self.part.own();
        let found = self.part.call(&TxQueueTake { id, thread, name }).await?;
        let nothing = || Error::new(ErrorKind::Unavailable, "TxQueueTake: no item has come in time");
        self.part.value(found).await?.ok_or_else(nothing)
    }

    /// The first item, which stays, if there is one within some time.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    ///
    /// ```no_run
    /// # async fn example(queue: hazelcast_client::TransactionQueue<'_, String>) -> Result<(), hazelcast_client::Error> {
    /// use std::time::Duration;
    ///
    /// let next = queue.peek(Duration::from_secs(1)).await?;
    /// # Ok(()) }
    /// ```
    pub async fn peek(&self, patience: Duration) -> Result<Option<T>, Error>
    where
        T: FromData,
    {
        let (id, thread, name) = self.part.own();
        let request = TxQueuePeek { id, thread, timeout: millis(patience), name };
        let found = self.part.call_slowly(&request, patience).await?;
        self.part.value(found).await
    }

    /// How many items there are.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    ///
    /// ```no_run
    /// # async fn example(queue: hazelcast_client::TransactionQueue<'_, String>) -> Result<(), hazelcast_client::Error> {
    /// let items = queue.size().await?;
    /// # Ok(()) }
    /// ```
    pub async fn size(&self) -> Result<usize, Error> {
        let (id, thread, name) = self.part.own();
        let size = self.part.call(&TxQueueSize { id, thread, name }).await?;
        Ok(usize::try_from(size).unwrap_or_default())
    }
}
