//! Many entries at once: a message a partition, all of them under way together.

use std::borrow::Borrow;
use std::collections::HashMap;

use futures_util::future::try_join_all;

use super::Map;
use crate::codec::{MapGetAll, MapPutAll};
use crate::data::Data;
use crate::error::Error;
use crate::invocation::Target;
use crate::serialization::{FromData, ToData};

impl<K, V> Map<K, V> {
    /// The entries of those of the keys that there are, in no order.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// for (key, value) in map.get_all(["a", "b"]).await? {
    ///     println!("{key}: {value}");
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn get_all<'q, Q>(&self, keys: impl IntoIterator<Item = &'q Q>) -> Result<Vec<(K, V)>, Error>
    where
        K: Borrow<Q> + FromData,
        Q: ToData + ?Sized + 'q,
        V: FromData,
    {
        let all = self.client.all_to_data(keys).await?;
        let mut entries = Vec::new();
        let mut far = Vec::new();
        for key in &all {
            match self.near_value(key).await? {
                Some(value) => entries.push((key.clone(), value)),
                None => far.push(key),
            }
        }
        entries.extend(self.get_all_far(&far).await?);
        self.client.to_entries(&entries).await
    }

    async fn get_all_far(&self, keys: &[&Data]) -> Result<Vec<(Data, Data)>, Error> {
        let mut reservations = HashMap::new();
        if let Some(near) = &self.near {
            reservations.extend(keys.iter().filter_map(|key| Some((*key, near.reserve(key)?))));
        }
        let parts = self.client.by_partition(keys, |key| key);
        let calls = parts.iter().map(|(partition, keys)| async move {
            let keys: Vec<_> = keys.iter().map(|key| **key).collect();
            let request = MapGetAll { name: &self.name, keys: &keys };
            self.client.call(&request, Target::Partition(*partition)).await
        });
        let found: Vec<_> = try_join_all(calls).await?.into_iter().flatten().collect();
        for (key, value) in &found {
            if let Some(reservation) = reservations.remove(key) {
                reservation.keep(&self.client, value);
            }
        }
        Ok(found)
    }

    /// Puts all entries. They are not put at one moment: where it fails, some are there and some are not.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// map.put_all([("a", &1), ("b", &2)]).await?;
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
        let _writes: Vec<_> = all.iter().filter_map(|(key, _)| self.writes(key)).collect();
        let parts = self.client.by_partition(&all, |(key, _)| key);
        let calls = parts.into_iter().map(|(partition, entries)| async move {
            let entries: Vec<_> = entries.into_iter().map(|(key, value)| (key, value)).collect();
            let request = MapPutAll { load: true, name: &self.name, entries: &entries };
            self.client.call(&request, Target::Partition(partition)).await
        });
        try_join_all(calls).await.map(drop)
    }
}
