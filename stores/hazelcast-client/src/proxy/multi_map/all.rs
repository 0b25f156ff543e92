//! All entries of a multimap, and many of them at once.

use std::borrow::Borrow;

use futures_util::future::try_join_all;

use super::MultiMap;
use crate::codec::{
    MultiClear, MultiContainsValue, MultiEntries, MultiKeys, MultiPutAll, MultiSize, MultiValues,
};
use crate::data::Data;
use crate::error::Error;
use crate::invocation::Target;
use crate::proxy::ObjectKind;
use crate::serialization::{FromData, ToData};

impl<K, V> MultiMap<K, V> {
    /// Puts all entries, several of a key too. They are not put at one moment: where it fails, some are there and some are
    /// not.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// map.put_all([("a", &1), ("a", &2), ("b", &3)]).await?;
    /// # Ok(()) }
    /// ```
    pub async fn put_all<'e, Q, W>(
        &self,
        entries: impl IntoIterator<Item = (&'e Q, &'e W)>,
    ) -> Result<(), Error>
    where
        K: Borrow<Q>,
        V: Borrow<W>,
        Q: ToData + ?Sized + 'e,
        W: ToData + ?Sized + 'e,
    {
        let all = self.client.entries_to_data(entries).await?;
        let parts = self.client.by_partition(&all, |(key, _)| key);
        let calls = parts.into_iter().map(|(partition, entries)| async move {
            let groups = by_key(entries);
            let entries: Vec<_> = groups.iter().map(|(key, values)| (*key, values.as_slice())).collect();
            let request = MultiPutAll { name: &self.name, entries: &entries };
            self.client.call(&request, Target::Partition(partition)).await
        });
        try_join_all(calls).await.map(drop)
    }

    /// Whether some key has this value.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let is_there = map.contains_value(&1).await?;
    /// # Ok(()) }
    /// ```
    pub async fn contains_value<W>(&self, value: &W) -> Result<bool, Error>
    where
        V: Borrow<W>,
        W: ToData + ?Sized,
    {
        let value = self.client.to_data(value).await?;
        self.client.call(&MultiContainsValue { name: &self.name, value: &value }, Target::Any).await
    }

    /// How many entries there are: each value of each key is one.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// println!("{} entries", map.size().await?);
    /// # Ok(()) }
    /// ```
    pub async fn size(&self) -> Result<usize, Error> {
        let size = self.client.call(&MultiSize { name: &self.name }, Target::Any).await?;
        Ok(usize::try_from(size).unwrap_or_default())
    }

    /// All keys, each once.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let keys = map.keys().await?;
    /// # Ok(()) }
    /// ```
    pub async fn keys(&self) -> Result<Vec<K>, Error>
    where
        K: FromData,
    {
        let found = self.client.call(&MultiKeys { name: &self.name }, Target::Any).await?;
        self.client.to_values(&found).await
    }

    /// All values of all keys.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let values = map.values().await?;
    /// # Ok(()) }
    /// ```
    pub async fn values(&self) -> Result<Vec<V>, Error>
    where
        V: FromData,
    {
        let found = self.client.call(&MultiValues { name: &self.name }, Target::Any).await?;
        self.client.to_values(&found).await
    }

    /// All entries: a key is there as often as it has values. Where values are a list, equal ones of a key are told once, as
    /// members make a set of entries.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
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
        let found = self.client.call(&MultiEntries { name: &self.name }, Target::Any).await?;
        self.client.to_entries(&found).await
    }

    /// Takes all entries away that are not locked.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// map.clear().await?;
    /// # Ok(()) }
    /// ```
    pub async fn clear(&self) -> Result<(), Error> {
        self.client.call(&MultiClear { name: &self.name }, Target::Any).await
    }

    /// Destroys the map on all members, with its entries.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::MultiMap<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// map.destroy().await?;
    /// # Ok(()) }
    /// ```
    pub async fn destroy(self) -> Result<(), Error> {
        self.client.destroy(&self.name, &ObjectKind::MultiMap).await
    }
}

/// Keys with their values, which stay in their order: the sort is stable.
fn by_key(mut entries: Vec<&(Data, Data)>) -> Vec<(&Data, Vec<&Data>)> {
    entries.sort_by(|(one, _), (other, _)| one.as_bytes().cmp(other.as_bytes()));
    let mut groups: Vec<(&Data, Vec<&Data>)> = Vec::new();
    for (key, value) in entries {
        match groups.last_mut() {
            Some((last, values)) if *last == key => values.push(value),
            _ => groups.push((key, vec![value])),
        }
    }
    groups
}
