//! Writing only where the entry is what one expects.

use std::borrow::Borrow;

use super::Map;
use crate::codec::{MapRemoveIfSame, MapReplace, MapReplaceIfSame};
use crate::error::Error;
use crate::serialization::{FromData, ToData};

impl<K, V> Map<K, V> {
    /// Puts a value where there is one, and gives the one that was there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
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
        let (key, value, target, _writes) = self.write_value(key, value).await?;
        let request = MapReplace { thread: self.owner, name: &self.name, key: &key, value: &value };
        let old = self.client.call(&request, target).await?;
        self.client.to_value_or_none(old.as_ref()).await
    }

    /// Puts a value where the one that is there is the expected one; tells whether it was.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// while let Some(count) = map.get("a").await? {
    ///     if map.replace_if_same("a", &count, &(count + 1)).await? {
    ///         break;
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn replace_if_same<Q, W>(&self, key: &Q, expected: &W, value: &W) -> Result<bool, Error>
    where
        K: Borrow<Q>,
        V: Borrow<W>,
        Q: ToData + ?Sized,
        W: ToData + ?Sized,
    {
        let (key, value, target, _writes) = self.write_value(key, value).await?;
        let expected = self.client.to_data(expected).await?;
        let (thread, name) = (self.owner, &*self.name);
        let request = MapReplaceIfSame { thread, name, key: &key, expected: &expected, value: &value };
        self.client.call(&request, target).await
    }

    /// Takes a key away where its value is the expected one; tells whether it was.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
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
        let (key, value, target, _writes) = self.write_value(key, expected).await?;
        let request = MapRemoveIfSame { thread: self.owner, name: &self.name, key: &key, value: &value };
        self.client.call(&request, target).await
    }
}
