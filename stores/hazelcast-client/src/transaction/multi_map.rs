//! Multimaps within transactions.

use std::borrow::Borrow;
use std::marker::PhantomData;

use super::Transaction;
use super::part::Part;
use crate::codec::{
    TxMultiGet, TxMultiPut, TxMultiRemove, TxMultiRemoveEntry, TxMultiSize, TxMultiValueCount,
};
use crate::error::Error;
use crate::serialization::{FromData, ToData};

/// A multimap within a [`Transaction`]: its own writes are seen, those of others once they are committed. Writing a key locks it
/// until the transaction ends, and waits for those who hold its lock.
///
/// **Cancelling**: a future that is dropped before it is ready may have been carried out or not, and the transaction is not
/// committed any more.
///
/// ```no_run
/// # use hazelcast_client::{Error, Transaction};
/// # async fn example(transaction: Transaction) -> Result<(), Error> {
/// let cards = transaction.multi_map::<String, i64>("cards");
/// for card in cards.remove("ann").await? {
///     cards.put("bob", &card).await?;
/// }
/// transaction.commit().await
/// # }
/// ```
#[derive(Debug)]
pub struct TransactionMultiMap<'t, K, V> {
    part: Part<'t>,
    types: PhantomData<fn() -> (K, V)>,
}

impl<'t, K, V> TransactionMultiMap<'t, K, V> {
    pub(super) fn new(transaction: &'t Transaction, name: &str) -> Self {
        Self { part: Part::new(transaction, name), types: PhantomData }
    }

    /// The values of a key.
    ///
    /// # Errors
    /// As all methods: where the transaction is over, or its connection lost, or members refuse or hold what is no `V`.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMultiMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let values = map.get("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn get<Q>(&self, key: &Q) -> Result<Vec<V>, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
        V: FromData,
    {
        let (key, (id, thread, name)) = (&self.part.data(key).await?, self.part.own());
        let found = self.part.call(&TxMultiGet { id, thread, name, key }).await?;
        self.part.values(found).await
    }

    /// Puts a value beside those that the key has; tells whether it was put, which it is not where it is there already.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMultiMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
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
        let (key, value) = (&self.part.data(key).await?, &self.part.data(value).await?);
        let (id, thread, name) = self.part.own();
        self.part.call(&TxMultiPut { id, thread, name, key, value }).await
    }

    /// Takes a key away, and gives its values.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMultiMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let old = map.remove("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn remove<Q>(&self, key: &Q) -> Result<Vec<V>, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
        V: FromData,
    {
        let (key, (id, thread, name)) = (&self.part.data(key).await?, self.part.own());
        let old = self.part.call(&TxMultiRemove { id, thread, name, key }).await?;
        self.part.values(old).await
    }

    /// Takes one value of a key away; tells whether it was there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMultiMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
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
        let (key, value) = (&self.part.data(key).await?, &self.part.data(value).await?);
        let (id, thread, name) = self.part.own();
        self.part.call(&TxMultiRemoveEntry { id, thread, name, key, value }).await
    }

    /// How many values a key has.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMultiMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let values = map.value_count("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn value_count<Q>(&self, key: &Q) -> Result<usize, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
    {
        let (key, (id, thread, name)) = (&self.part.data(key).await?, self.part.own());
        let count = self.part.call(&TxMultiValueCount { id, thread, name, key }).await?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// How many entries there are: each value of each key is one.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMultiMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let entries = map.size().await?;
    /// # Ok(()) }
    /// ```
    pub async fn size(&self) -> Result<usize, Error> {
        let (id, thread, name) = self.part.own();
        let size = self.part.call(&TxMultiSize { id, thread, name }).await?;
        Ok(usize::try_from(size).unwrap_or_default())
    }
}
