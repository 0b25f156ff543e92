//! Programs that members run on entries.

use std::borrow::Borrow;

use super::Map;
use crate::codec::{MapExecuteOnAll, MapExecuteOnKey, MapExecuteOnKeys, MapExecuteWith};
use crate::error::Error;
use crate::invocation::Target;
use crate::serialization::{FromData, Predicate, ToData};

impl<K, V> Map<K, V> {
    /// Runs a program on a key's entry: nobody else changes it meanwhile, and backups get what it made of it.
    ///
    /// The program is a class that members have and that implements `EntryProcessor`; the value that is sent is a
    /// [`Compact`](crate::Compact) one whose type name is the name of that class, and its fields are the class's.
    ///
    /// # Errors
    /// As [`get`](Self::get); code 21 where members have no such class.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>, raise: hazelcast_client::Data) -> Result<(), hazelcast_client::Error> {
    /// // A processor is a class that members have; any value of its type will do.
    /// let raised: Option<i64> = map.execute_on_key("a", &raise).await?;
    /// # Ok(()) }
    /// ```
    pub async fn execute_on_key<Q, P, R>(&self, key: &Q, processor: &P) -> Result<Option<R>, Error>
    where
        K: Borrow<Q>,
        Q: ToData + ?Sized,
        P: ToData + ?Sized,
        R: FromData,
    {
        let (key, target, _writes) = self.write(key).await?;
        let processor = self.client.to_data(processor).await?;
        let request =
            MapExecuteOnKey { thread: self.owner, name: &self.name, processor: &processor, key: &key };
        let result = self.client.call(&request, target).await?;
        self.client.to_value_or_none(result.as_ref()).await
    }

    /// Runs a program on the entries of some keys; gives what it returned, by key.
    ///
    /// # Errors
    /// As [`execute_on_key`](Self::execute_on_key).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>, raise: hazelcast_client::Data) -> Result<(), hazelcast_client::Error> {
    /// let raised: Vec<(String, i64)> = map.execute_on_keys(["a", "b"], &raise).await?;
    /// # Ok(()) }
    /// ```
    pub async fn execute_on_keys<'q, Q, P, R>(
        &self,
        keys: impl IntoIterator<Item = &'q Q>,
        processor: &P,
    ) -> Result<Vec<(K, R)>, Error>
    where
        K: Borrow<Q> + FromData,
        Q: ToData + ?Sized + 'q,
        P: ToData + ?Sized,
        R: FromData,
    {
        let all = self.client.all_to_data(keys).await?;
        let keys: Vec<_> = all.iter().collect();
        let processor = self.client.to_data(processor).await?;
        let _writes = self.writes_all();
        let request = MapExecuteOnKeys { name: &self.name, processor: &processor, keys: &keys };
        let results = self.client.call(&request, Target::Any).await?;
        self.client.to_entries(&results).await
    }

    /// Runs a program on all entries.
    ///
    /// # Errors
    /// As [`execute_on_key`](Self::execute_on_key).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>, raise: hazelcast_client::Data) -> Result<(), hazelcast_client::Error> {
    /// let raised: Vec<(String, i64)> = map.execute_on_entries(&raise).await?;
    /// # Ok(()) }
    /// ```
    pub async fn execute_on_entries<P, R>(&self, processor: &P) -> Result<Vec<(K, R)>, Error>
    where
        K: FromData,
        P: ToData + ?Sized,
        R: FromData,
    {
        let processor = self.client.to_data(processor).await?;
        let _writes = self.writes_all();
        let request = MapExecuteOnAll { name: &self.name, processor: &processor };
        let results = self.client.call(&request, Target::Any).await?;
        self.client.to_entries(&results).await
    }

    /// Runs a program on the entries for which a condition holds.
    ///
    /// # Errors
    /// As [`execute_on_key`](Self::execute_on_key).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>, raise: hazelcast_client::Data) -> Result<(), hazelcast_client::Error> {
    /// let low = hazelcast_client::Predicate::sql("this < 10");
    /// let raised: Vec<(String, i64)> = map.execute_on_entries_with(&raise, &low).await?;
    /// # Ok(()) }
    /// ```
    pub async fn execute_on_entries_with<P, R>(
        &self,
        processor: &P,
        predicate: &Predicate,
    ) -> Result<Vec<(K, R)>, Error>
    where
        K: FromData,
        P: ToData + ?Sized,
        R: FromData,
    {
        let processor = self.client.to_data(processor).await?;
        let predicate = self.client.to_data(predicate).await?;
        let _writes = self.writes_all();
        let request = MapExecuteWith { name: &self.name, processor: &processor, predicate: &predicate };
        let results = self.client.call(&request, Target::Any).await?;
        self.client.to_entries(&results).await
    }
}
