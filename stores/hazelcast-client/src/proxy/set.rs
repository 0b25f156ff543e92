//! Sets: each item once, all of them on one member, with backups.

use std::borrow::Borrow;
use std::marker::PhantomData;

use super::collection::{Collection, collection};
use super::item_events::ItemEvents;
use super::named::Named;
use super::objects::ObjectKind;
use crate::client::Alive;
use crate::codec::{
    SetAdd, SetAddAll, SetClear, SetContains, SetContainsAll, SetIsEmpty, SetItems, SetRemove, SetRemoveAll,
    SetRetainAll, SetSize,
};
use crate::error::Error;
use crate::serialization::{FromData, ToData};

/// A set of the cluster: each item once, in no order. Handles are cheap. **Equality** of items is that of their bytes.
///
/// **Cancelling**: a write whose future is dropped before it is ready may have been done or not; a read does no harm.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let seen = client.set::<String>("seen");
/// assert!(seen.add("a").await?);
/// assert!(!seen.add("a").await?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct DistributedSet<T> {
    named: Named,
    item: PhantomData<fn() -> T>,
}

collection! {
    DistributedSet, Set, "set", "set: hazelcast_client::DistributedSet<String>",
    items: SetItems,
    size: SetSize,
    is_empty: SetIsEmpty,
    contains: SetContains,
    contains_all: SetContainsAll,
    remove: SetRemove,
    remove_all: SetRemoveAll,
    retain_all: SetRetainAll,
    clear: SetClear,
}

impl<T> DistributedSet<T> {
    /// Puts an item where it is not there yet, and there is room; tells whether it was put.
    ///
    /// # Errors
    /// As [`items`](Self::items).
    ///
    /// ```no_run
    /// # async fn example(set: hazelcast_client::DistributedSet<String>) -> Result<(), hazelcast_client::Error> {
    /// let is_new = set.add("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn add<I>(&self, item: &I) -> Result<bool, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized,
    {
        let value = self.named.data(item).await?;
        self.named.call(&SetAdd { name: &self.named.name, value: &value }).await
    }

    /// Puts those items that are not there yet; tells whether there were any. A set that is bounded takes none of them unless it
    /// had room for all items, also for those that are there.
    ///
    /// # Errors
    /// As [`items`](Self::items).
    ///
    /// ```no_run
    /// # async fn example(set: hazelcast_client::DistributedSet<String>) -> Result<(), hazelcast_client::Error> {
    /// let were_new = set.add_all(["a", "b"]).await?;
    /// # Ok(()) }
    /// ```
    pub async fn add_all<'i, I>(&self, items: impl IntoIterator<Item = &'i I>) -> Result<bool, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized + 'i,
    {
        let values = self.named.all_data(items).await?;
        self.named.call(&SetAddAll { name: &self.named.name, values: &values }).await
    }
}
