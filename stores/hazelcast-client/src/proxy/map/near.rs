//! Reading through the near cache, and what it is told of one's own writes.

use std::sync::Arc;

use super::Map;
use crate::codec::MapGet;
use crate::data::Data;
use crate::error::Error;
use crate::near_cache::{Changing, Near, NearCache, NearCacheStats};
use crate::serialization::{DataError, FromData, ToData};

impl<K, V> Map<K, V> {
    /// How the map's near cache has done, where it has one.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// if let Some(stats) = map.near_cache_stats() {
    ///     println!("{} hits", stats.hits);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn near_cache_stats(&self) -> Option<NearCacheStats> {
        self.near.as_deref().map(NearCache::stats)
    }

    pub(super) async fn get_far(&self, key: &Data) -> Result<Option<Data>, Error> {
        self.client.call(&MapGet { thread: self.owner, name: &self.name, key }, self.client.target(key)).await
    }

    /// A value that is near, the usual way: no memory is asked for but the value's own.
    pub(super) fn find_near<Q: ToData + ?Sized>(&self, key: &Q) -> Result<Option<V>, Error>
    where
        V: FromData,
    {
        let Some(near) = self.near.as_deref().filter(|near| near.is_ready()) else { return Ok(None) };
        let serializer = &self.client.serializer;
        let mut lent = serializer.lend(key)?;
        let length = lent.bytes.len();
        let found = if lent.unsent.is_empty() { near.find(&mut lent.bytes) } else { None };
        let value = match found {
            None => return Ok(None),
            Some(Near::Behind) => serializer.read(&lent.bytes[length..]),
            Some(Near::Shared(value)) => serializer.read(&value),
        };
        match value {
            Err(DataError::UnknownSchema(_)) => {
                near.cannot_be_read(&lent.bytes[..length]);
                Ok(None)
            }
            value => Ok(Some(value?)),
        }
    }

    /// A value that is near.
    pub(super) async fn near_value(&self, key: &Data) -> Result<Option<Data>, Error> {
        let Some(near) = &self.near else { return Ok(None) };
        near.ready(&self.client).await?;
        Ok(near.get(key))
    }

    pub(super) async fn get_near(&self, near: &Arc<NearCache>, key: &Data) -> Result<Option<Data>, Error> {
        near.ready(&self.client).await?;
        if let Some(value) = near.get(key) {
            return Ok(Some(value));
        }
        let reservation = near.reserve(key);
        let found = self.get_far(key).await?;
        if let (Some(reservation), Some(value)) = (reservation, &found) {
            reservation.keep(&self.client, value);
        }
        Ok(found)
    }

    /// To be held while a key is written.
    pub(super) fn writes(&self, key: &Data) -> Option<Changing<'_>> {
        self.near.as_deref().map(|near| near.changing(Some(key)))
    }

    /// To be held while any keys are written.
    pub(super) fn writes_all(&self) -> Option<Changing<'_>> {
        self.near.as_deref().map(|near| near.changing(None))
    }
}
