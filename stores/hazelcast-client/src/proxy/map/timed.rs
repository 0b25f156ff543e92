//! Writes that have to do with time: entries that go by themselves, and waiting for a lock.

use std::borrow::Borrow;
use std::time::Duration;

use super::{Expiry, Map};
use crate::codec::{
    MapPut, MapPutIfAbsent, MapPutIfAbsentWithMaxIdle, MapPutWithMaxIdle, MapSet, MapSetTtl,
    MapSetWithMaxIdle, MapTryPut,
};
use crate::error::Error;
use crate::proxy::millis;
use crate::serialization::{FromData, ToData};

impl<K, V> Map<K, V> {
    /// Puts a value that goes by itself, and gives the one that was there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Expiry;
    /// use std::time::Duration;
    ///
    /// let expiry = Expiry::after(Duration::from_secs(60));
    /// let old = map.put_with("a", &1, expiry).await?;
    /// # Ok(()) }
    /// ```
    pub async fn put_with<Q, W>(&self, key: &Q, value: &W, expiry: Expiry) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
        V: FromData + Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        let (key, value, target, _writes) = self.write_value(key, value).await?;
        let (thread, name, key, value, ttl) = (self.owner, &*self.name, &key, &value, expiry.ttl_millis());
        let idle = expiry.max_idle_millis();
        let idle = idle.map(|max_idle| MapPutWithMaxIdle { thread, ttl, max_idle, name, key, value });
        self.put_either(&MapPut { thread, ttl, name, key, value }, idle.as_ref(), target).await
    }

    /// Puts a value that goes by itself.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Expiry;
    /// use std::time::Duration;
    ///
    /// let expiry = Expiry::after(Duration::from_secs(60));
    /// map.set_with("a", &1, expiry).await?;
    /// # Ok(()) }
    /// ```
    pub async fn set_with<Q, W>(&self, key: &Q, value: &W, expiry: Expiry) -> Result<(), Error>
    where
        K: Borrow<Q>,
        V: Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        let (key, value, target, _writes) = self.write_value(key, value).await?;
        let (thread, name, key, value, ttl) = (self.owner, &*self.name, &key, &value, expiry.ttl_millis());
        match expiry.max_idle_millis() {
            None => self.client.call(&MapSet { thread, ttl, name, key, value }, target).await,
            Some(max_idle) => {
                let request = MapSetWithMaxIdle { thread, ttl, max_idle, name, key, value };
                self.client.call(&request, target).await.map(drop)
            }
        }
    }

    /// Puts a value that goes by itself where there is none; else gives the one that is there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Expiry;
    /// use std::time::Duration;
    ///
    /// let expiry = Expiry::after(Duration::from_secs(60));
    /// let there = map.put_if_absent_with("a", &1, expiry).await?;
    /// # Ok(()) }
    /// ```
    pub async fn put_if_absent_with<Q, W>(
        &self,
        key: &Q,
        value: &W,
        expiry: Expiry,
    ) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
        V: FromData + Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        let (key, value, target, _writes) = self.write_value(key, value).await?;
        let (thread, name, key, value, ttl) = (self.owner, &*self.name, &key, &value, expiry.ttl_millis());
        let idle = expiry.max_idle_millis();
        let idle = idle.map(|max_idle| MapPutIfAbsentWithMaxIdle { thread, ttl, max_idle, name, key, value });
        self.put_either(&MapPutIfAbsent { thread, ttl, name, key, value }, idle.as_ref(), target).await
    }

    /// Puts a value, unless the key is locked by another for longer than one wants to wait; tells whether it was put.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// use std::time::Duration;
    ///
    /// let done = map.try_put("a", &1, Duration::from_secs(1)).await?;
    /// # Ok(()) }
    /// ```
    pub async fn try_put<Q, W>(&self, key: &Q, value: &W, patience: Duration) -> Result<bool, Error>
    where
        K: Borrow<Q>,
        V: Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        let (key, value, target, _writes) = self.write_value(key, value).await?;
        let timeout = millis(patience);
        let request = MapTryPut { thread: self.owner, timeout, name: &self.name, key: &key, value: &value };
        self.client.call_slowly(&request, target, Some(patience)).await
    }

    /// From now on a key's entry lives for so long, or for ever; tells whether there is one.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// use std::time::Duration;
    ///
    /// let was_there = map.set_ttl("a", Some(Duration::from_secs(60))).await?;
    /// # Ok(()) }
    /// ```
    pub async fn set_ttl<Q>(&self, key: &Q, ttl: Option<Duration>) -> Result<bool, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
    {
        let (key, target, _writes) = self.write(key).await?;
        let ttl = ttl.map_or(0, millis);
        self.client.call(&MapSetTtl { ttl, name: &self.name, key: &key }, target).await
    }
}
