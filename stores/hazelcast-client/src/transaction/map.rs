//! Maps within transactions.

use std::borrow::Borrow;
use std::marker::PhantomData;
use std::time::Duration;

use super::Transaction;
use super::part::Part;
use crate::codec::{
    TxMapContainsKey, TxMapDelete, TxMapGet, TxMapGetForUpdate, TxMapIsEmpty, TxMapKeys, TxMapKeysWith,
    TxMapPut, TxMapPutIfAbsent, TxMapRemove, TxMapRemoveIfSame, TxMapReplace, TxMapReplaceIfSame, TxMapSet,
    TxMapSize, TxMapValues, TxMapValuesWith,
};
use crate::error::Error;
use crate::proxy::millis;
use crate::serialization::{FromData, Predicate, ToData};

/// A map within a [`Transaction`]: its own writes are seen, those of others once they are committed. Writing an entry locks it
/// until the transaction ends, and waits for those who hold its lock.
///
/// **Cancelling**: a future that is dropped before it is ready may have been carried out or not, and the transaction is not
/// committed any more.
///
/// ```no_run
/// # use hazelcast_client::{Error, Transaction};
/// # async fn example(transaction: Transaction) -> Result<(), Error> {
/// let accounts = transaction.map::<String, i64>("accounts");
/// let from = accounts.get_for_update("a").await?.unwrap_or_default();
/// let to = accounts.get_for_update("b").await?.unwrap_or_default();
/// accounts.set("a", &(from - 10)).await?;
/// accounts.set("b", &(to + 10)).await?;
/// transaction.commit().await
/// # }
/// ```
#[derive(Debug)]
pub struct TransactionMap<'t, K, V> {
    part: Part<'t>,
    types: PhantomData<fn() -> (K, V)>,
}

impl<'t, K, V> TransactionMap<'t, K, V> {
    pub(super) fn new(transaction: &'t Transaction, name: &str) -> Self {
        Self { part: Part::new(transaction, name), types: PhantomData }
    }

    /// The value of a key.
    ///
    /// # Errors
    /// As all methods: where the transaction is over, or its connection lost, or members refuse or hold what is no `V`.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let value = map.get("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn get<Q>(&self, key: &Q) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
        V: FromData,
    {
        let (key, (id, thread, name)) = (&self.part.data(key).await?, self.part.own());
        let found = self.part.call(&TxMapGet { id, thread, name, key }).await?;
        self.part.value(found).await
    }

    /// The value of a key, which is locked from now on: nobody else changes it before the transaction ends.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let value = map.get_for_update("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn get_for_update<Q>(&self, key: &Q) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
        V: FromData,
    {
        let (key, (id, thread, name)) = (&self.part.data(key).await?, self.part.own());
        let found = self.part.call(&TxMapGetForUpdate { id, thread, name, key }).await?;
        self.part.value(found).await
    }

    /// Whether there is a key.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let is_there = map.contains_key("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn contains_key<Q>(&self, key: &Q) -> Result<bool, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
    {
        let (key, (id, thread, name)) = (&self.part.data(key).await?, self.part.own());
        self.part.call(&TxMapContainsKey { id, thread, name, key }).await
    }

    /// Puts a value, and gives the one that was there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
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

    /// Puts a value that goes by itself so long after it is committed, or as the map's configuration says; gives the one that
    /// was there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let old = map.put_for("a", &1, Some(std::time::Duration::from_secs(60))).await?;
    /// # Ok(()) }
    /// ```
    pub async fn put_for<Q, W>(&self, key: &Q, value: &W, ttl: Option<Duration>) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
        V: FromData + Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        // -1 is the map's configuration, 0 is never.
        let ttl = ttl.map_or(-1, |ttl| millis(ttl).max(1));
        let (key, value) = (&self.part.data(key).await?, &self.part.data(value).await?);
        let (id, thread, name) = self.part.own();
        let old = self.part.call(&TxMapPut { id, thread, ttl, name, key, value }).await?;
        self.part.value(old).await
    }

    /// Puts a value; faster than [`put`](Self::put), as the old one is not sent back.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
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
        let (key, value) = (&self.part.data(key).await?, &self.part.data(value).await?);
        let (id, thread, name) = self.part.own();
        self.part.call(&TxMapSet { id, thread, name, key, value }).await
    }

    /// Puts a value where there is none; else gives the one that is there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
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
        let (key, value) = (&self.part.data(key).await?, &self.part.data(value).await?);
        let (id, thread, name) = self.part.own();
        let old = self.part.call(&TxMapPutIfAbsent { id, thread, name, key, value }).await?;
        self.part.value(old).await
    }

    /// Puts a value where there is one, and gives the one that was there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let old = map.replace("a", &2).await?;
    /// # Ok(()) }
    /// ```
    pub async fn replace<Q, W>(&self, key: &Q, value: &W) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
        V: FromData + Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        let (key, value) = (&self.part.data(key).await?, &self.part.data(value).await?);
        let (id, thread, name) = self.part.own();
        let old = self.part.call(&TxMapReplace { id, thread, name, key, value }).await?;
        self.part.value(old).await
    }

    /// Puts a value where the one that is there is the expected one; tells whether it was.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let was_one = map.replace_if_same("a", &1, &2).await?;
    /// # Ok(()) }
    /// ```
    pub async fn replace_if_same<Q, W>(&self, key: &Q, expected: &W, value: &W) -> Result<bool, Error>
    where
        K: Borrow<Q>,
        V: Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        let (key, expected) = (&self.part.data(key).await?, &self.part.data(expected).await?);
        let (value, (id, thread, name)) = (&self.part.data(value).await?, self.part.own());
        self.part.call(&TxMapReplaceIfSame { id, thread, name, key, expected, value }).await
    }

    /// Takes a key away, and gives its value.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let old = map.remove("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn remove<Q>(&self, key: &Q) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
        V: FromData,
    {
        let (key, (id, thread, name)) = (&self.part.data(key).await?, self.part.own());
        let old = self.part.call(&TxMapRemove { id, thread, name, key }).await?;
        self.part.value(old).await
    }

    /// Takes a key away; faster than [`remove`](Self::remove), as the value is not sent back.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// map.delete("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn delete<Q>(&self, key: &Q) -> Result<(), Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
    {
        let (key, (id, thread, name)) = (&self.part.data(key).await?, self.part.own());
        self.part.call(&TxMapDelete { id, thread, name, key }).await
    }

    /// Takes a key away where its value is the expected one; tells whether it was.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let was_zero = map.remove_if_same("a", &0).await?;
    /// # Ok(()) }
    /// ```
    pub async fn remove_if_same<Q, W>(&self, key: &Q, expected: &W) -> Result<bool, Error>
    where
        K: Borrow<Q>,
        V: Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        let (key, value) = (&self.part.data(key).await?, &self.part.data(expected).await?);
        let (id, thread, name) = self.part.own();
        self.part.call(&TxMapRemoveIfSame { id, thread, name, key, value }).await
    }

    /// How many entries there are.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let entries = map.size().await?;
    /// # Ok(()) }
    /// ```
    pub async fn size(&self) -> Result<usize, Error> {
        let (id, thread, name) = self.part.own();
        let size = self.part.call(&TxMapSize { id, thread, name }).await?;
        Ok(usize::try_from(size).unwrap_or_default())
    }

    /// Whether there is no entry.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// assert!(map.is_empty().await?);
    /// # Ok(()) }
    /// ```
    pub async fn is_empty(&self) -> Result<bool, Error> {
        let (id, thread, name) = self.part.own();
        self.part.call(&TxMapIsEmpty { id, thread, name }).await
    }

    /// All keys, or those of entries for which a condition holds.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let keys = map.keys(None).await?;
    /// # Ok(()) }
    /// ```
    pub async fn keys(&self, predicate: Option<&Predicate>) -> Result<Vec<K>, Error>
    where
        K: FromData,
    {
        let (id, thread, name) = self.part.own();
        let found = match predicate {
            None => self.part.call(&TxMapKeys { id, thread, name }).await?,
            Some(predicate) => {
                let predicate = &self.part.data(predicate).await?;
                self.part.call(&TxMapKeysWith { id, thread, name, predicate }).await?
            }
        };
        self.part.values(found).await
    }

    /// All values, or those of entries for which a condition holds.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::TransactionMap<'_, String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let values = map.values(None).await?;
    /// # Ok(()) }
    /// ```
    pub async fn values(&self, predicate: Option<&Predicate>) -> Result<Vec<V>, Error>
    where
        V: FromData,
    {
        let (id, thread, name) = self.part.own();
        let found = match predicate {
            None => self.part.call(&TxMapValues { id, thread, name }).await?,
            Some(predicate) => {
                let predicate = &self.part.data(predicate).await?;
                self.part.call(&TxMapValuesWith { id, thread, name, predicate }).await?
            }
        };
        self.part.values(found).await
    }
}
