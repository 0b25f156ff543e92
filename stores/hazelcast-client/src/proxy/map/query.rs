//! Asking for what is in a map.

use std::borrow::Borrow;

use super::Map;
use crate::codec::{
    MapContainsValue, MapEntries, MapEntriesWith, MapKeys, MapKeysWith, MapRemoveAll, MapValues,
    MapValuesWith,
};
use crate::error::Error;
use crate::invocation::Target;
use crate::serialization::{FromData, Predicate, ToData};

impl<K, V> Map<K, V> {
    /// All keys, as they were while they were collected.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let keys = map.keys().await?;
    /// # Ok(()) }
    /// ```
    pub async fn keys(&self) -> Result<Vec<K>, Error>
    where
        K: FromData,
    {
        let found = self.client.call(&MapKeys { name: &self.name }, Target::Any).await?;
        self.client.to_values(&found).await
    }

    /// The keys of entries for which a condition holds.
    ///
    /// ```no_run
    /// # use hazelcast_client::{Error, Json, Map, Predicate};
    /// # async fn example(orders: Map<i64, Json>) -> Result<(), Error> {
    /// let open = orders.keys_with(&Predicate::sql("state = 'open' AND amount > 100")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn keys_with(&self, predicate: &Predicate) -> Result<Vec<K>, Error>
    where
        K: FromData,
    {
        let predicate = self.client.to_data(predicate).await?;
        let request = MapKeysWith { name: &self.name, predicate: &predicate };
        let found = self.client.call(&request, Target::Any).await?;
        self.client.to_values(&found).await
    }

    /// All values, as they were while they were collected.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let values = map.values().await?;
    /// # Ok(()) }
    /// ```
    pub async fn values(&self) -> Result<Vec<V>, Error>
    where
        V: FromData,
    {
        let found = self.client.call(&MapValues { name: &self.name }, Target::Any).await?;
        self.client.to_values(&found).await
    }

    /// The values of entries for which a condition holds.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let high = hazelcast_client::Predicate::sql("this > 500");
    /// let values = map.values_with(&high).await?;
    /// # Ok(()) }
    /// ```
    pub async fn values_with(&self, predicate: &Predicate) -> Result<Vec<V>, Error>
    where
        V: FromData,
    {
        let predicate = self.client.to_data(predicate).await?;
        let request = MapValuesWith { name: &self.name, predicate: &predicate };
        let found = self.client.call(&request, Target::Any).await?;
        self.client.to_values(&found).await
    }

    /// All entries, as they were while they were collected.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// for (key, value) in map.entries().await? {
    ///     println!("{key}: {value}");
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn entries(&self) -> Result<Vec<(K, V)>, Error>
    where
        K: FromData,
        V: FromData,
    {
        let found = self.client.call(&MapEntries { name: &self.name }, Target::Any).await?;
        self.client.to_entries(&found).await
    }

    /// The entries for which a condition holds.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let high = hazelcast_client::Predicate::sql("this > 500");
    /// let entries = map.entries_with(&high).await?;
    /// # Ok(()) }
    /// ```
    pub async fn entries_with(&self, predicate: &Predicate) -> Result<Vec<(K, V)>, Error>
    where
        K: FromData,
        V: FromData,
    {
        let predicate = self.client.to_data(predicate).await?;
        let request = MapEntriesWith { name: &self.name, predicate: &predicate };
        let found = self.client.call(&request, Target::Any).await?;
        self.client.to_entries(&found).await
    }

    /// Whether some key has this value.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let is_there = map.contains_value(&1).await?;
    /// # Ok(()) }
    /// ```
    pub async fn contains_value<W>(&self, value: &W) -> Result<bool, Error>
    where
        V: Borrow<W>,
        W: ToData + ?Sized,
    {
        let value = self.client.to_data(value).await?;
        self.client.call(&MapContainsValue { name: &self.name, value: &value }, Target::Any).await
    }

    /// Takes the entries away for which a condition holds.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let high = hazelcast_client::Predicate::sql("this > 500");
    /// map.remove_all(&high).await?;
    /// # Ok(()) }
    /// ```
    pub async fn remove_all(&self, predicate: &Predicate) -> Result<(), Error> {
        let predicate = self.client.to_data(predicate).await?;
        let _writes = self.writes_all();
        self.client.call(&MapRemoveAll { name: &self.name, predicate: &predicate }, Target::Any).await
    }
}
