//! Lists: items in an order, all of them on one member, with backups.

use std::borrow::Borrow;
use std::marker::PhantomData;
use std::ops::Range;

use super::collection::{Collection, collection};
use super::item_events::ItemEvents;
use super::named::Named;
use super::objects::ObjectKind;
use crate::client::Alive;
use crate::codec::{
    ListAdd, ListAddAll, ListClear, ListContains, ListContainsAll, ListGet, ListIndexOf, ListInsertAll,
    ListIsEmpty, ListItems, ListLastIndexOf, ListRemove, ListRemoveAll, ListRemoveAt, ListRetainAll, ListSet,
    ListSize, ListSub,
};
use crate::data::Data;
use crate::error::{Error, ErrorKind};
use crate::serialization::{FromData, ToData};

/// A list of the cluster: items in an order, the same one several times too. Handles are cheap.
///
/// Others put and take items meanwhile, so that what was at an index may be at another one by the time that is used.
/// **Equality** of items is that of their bytes. [`List`](crate::List) is something else: many items as one value.
///
/// **Cancelling**: a write whose future is dropped before it is ready may have been done or not; a read does no harm.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let steps = client.list::<String>("steps");
/// steps.add_all(["peel", "boil"]).await?;
/// steps.insert(1, "cut").await?;
/// assert_eq!(steps.items().await?, ["peel", "cut", "boil"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct DistributedList<T> {
    named: Named,
    item: PhantomData<fn() -> T>,
}

collection! {
    DistributedList, List, "list", "list: hazelcast_client::DistributedList<String>",
    items: ListItems,
    size: ListSize,
    is_empty: ListIsEmpty,
    contains: ListContains,
    contains_all: ListContainsAll,
    remove: ListRemove,
    remove_all: ListRemoveAll,
    retain_all: ListRetainAll,
    clear: ListClear,
}

/// The code of an index that is none.
const OUT_OF_BOUNDS: i32 = 29;

/// An index as members have it; no list has more items than they can count.
fn at(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}

/// The item, or that there is none at that index.
fn found(answer: Result<Option<Data>, Error>) -> Result<Option<Data>, Error> {
    match answer {
        Err(error) if error.code() == Some(OUT_OF_BOUNDS) => Ok(None),
        answer => answer,
    }
}

impl<T> DistributedList<T> {
    /// Puts an item at the end, if there is room; tells whether it was put.
    ///
    /// # Errors
    /// As [`items`](Self::items).
    ///
    /// ```no_run
    /// # async fn example(list: hazelcast_client::DistributedList<String>) -> Result<(), hazelcast_client::Error> {
    /// let had_room = list.add("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn add<I>(&self, item: &I) -> Result<bool, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized,
    {
        let value = self.named.data(item).await?;
        self.named.call(&ListAdd { name: &self.named.name, value: &value }).await
    }

    /// Puts all items at the end, one behind the other, or none where there is no room; tells whether any was put.
    ///
    /// # Errors
    /// As [`items`](Self::items).
    ///
    /// ```no_run
    /// # async fn example(list: hazelcast_client::DistributedList<String>) -> Result<(), hazelcast_client::Error> {
    /// let had_room = list.add_all(["a", "b"]).await?;
    /// # Ok(()) }
    /// ```
    pub async fn add_all<'i, I>(&self, items: impl IntoIterator<Item = &'i I>) -> Result<bool, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized + 'i,
    {
        let values = self.named.all_data(items).await?;
        self.named.call(&ListAddAll { name: &self.named.name, values: &values }).await
    }

    /// Puts an item at an index, before what is there, if there is room; tells whether it was put.
    ///
    /// # Errors
    /// As [`items`](Self::items), and [`Refused`](ErrorKind::Refused) where the list is shorter.
    ///
    /// ```no_run
    /// # async fn example(list: hazelcast_client::DistributedList<String>) -> Result<(), hazelcast_client::Error> {
    /// let had_room = list.insert(0, "first").await?;
    /// # Ok(()) }
    /// ```
    pub async fn insert<I>(&self, index: usize, item: &I) -> Result<bool, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized,
    {
        // As many of which there is one: the request for one does not tell whether there was room.
        self.insert_all(index, [item]).await
    }

    /// Puts all items at an index, one behind the other and before what is there, or none where there is no room; tells whether
    /// any was put.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    ///
    /// ```no_run
    /// # async fn example(list: hazelcast_client::DistributedList<String>) -> Result<(), hazelcast_client::Error> {
    /// let had_room = list.insert_all(0, ["first", "second"]).await?;
    /// # Ok(()) }
    /// ```
    pub async fn insert_all<'i, I>(
        &self,
        index: usize,
        items: impl IntoIterator<Item = &'i I>,
    ) -> Result<bool, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized + 'i,
    {
        let values = self.named.all_data(items).await?;
        self.named.call(&ListInsertAll { index: at(index), name: &self.named.name, values: &values }).await
    }

    /// The item at an index; none where the list is shorter.
    ///
    /// # Errors
    /// As [`items`](Self::items).
    ///
    /// ```no_run
    /// # async fn example(list: hazelcast_client::DistributedList<String>) -> Result<(), hazelcast_client::Error> {
    /// let first = list.get(0).await?;
    /// # Ok(()) }
    /// ```
    pub async fn get(&self, index: usize) -> Result<Option<T>, Error>
    where
        T: FromData,
    {
        let answer = self.named.call(&ListGet { index: at(index), name: &self.named.name }).await;
        self.named.value(found(answer)?).await
    }

    /// Puts an item in the place of the one at an index, and gives that one.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    ///
    /// ```no_run
    /// # async fn example(list: hazelcast_client::DistributedList<String>) -> Result<(), hazelcast_client::Error> {
    /// let old = list.set(0, "first").await?;
    /// # Ok(()) }
    /// ```
    pub async fn set<I>(&self, index: usize, item: &I) -> Result<T, Error>
    where
        T: Borrow<I> + FromData,
        I: ToData + ?Sized,
    {
        let value = self.named.data(item).await?;
        let request = ListSet { index: at(index), name: &self.named.name, value: &value };
        let old = self.named.call(&request).await?;
        let nothing = || Error::new(ErrorKind::Protocol, "ListSet: the answer is null");
        self.named.value(old).await?.ok_or_else(nothing)
    }

    /// Takes the item at an index; none where the list is shorter.
    ///
    /// # Errors
    /// As [`items`](Self::items).
    ///
    /// ```no_run
    /// # async fn example(list: hazelcast_client::DistributedList<String>) -> Result<(), hazelcast_client::Error> {
    /// let first = list.remove_at(0).await?;
    /// # Ok(()) }
    /// ```
    pub async fn remove_at(&self, index: usize) -> Result<Option<T>, Error>
    where
        T: FromData,
    {
        let answer = self.named.call(&ListRemoveAt { index: at(index), name: &self.named.name }).await;
        self.named.value(found(answer)?).await
    }

    /// The index of the first item that equals this one.
    ///
    /// # Errors
    /// As [`items`](Self::items).
    ///
    /// ```no_run
    /// # async fn example(list: hazelcast_client::DistributedList<String>) -> Result<(), hazelcast_client::Error> {
    /// let index = list.index_of("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn index_of<I>(&self, item: &I) -> Result<Option<usize>, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized,
    {
        let value = self.named.data(item).await?;
        let index = self.named.call(&ListIndexOf { name: &self.named.name, value: &value }).await?;
        Ok(usize::try_from(index).ok())
    }

    /// The index of the last item that equals this one.
    ///
    /// # Errors
    /// As [`items`](Self::items).
    ///
    /// ```no_run
    /// # async fn example(list: hazelcast_client::DistributedList<String>) -> Result<(), hazelcast_client::Error> {
    /// let index = list.last_index_of("a").await?;
    /// # Ok(()) }
    /// ```
    pub async fn last_index_of<I>(&self, item: &I) -> Result<Option<usize>, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized,
    {
        let value = self.named.data(item).await?;
        let index = self.named.call(&ListLastIndexOf { name: &self.named.name, value: &value }).await?;
        Ok(usize::try_from(index).ok())
    }

    /// The items of some indexes.
    ///
    /// # Errors
    /// As [`insert`](Self::insert); so it is where the indexes end before they begin.
    ///
    /// ```no_run
    /// # async fn example(list: hazelcast_client::DistributedList<String>) -> Result<(), hazelcast_client::Error> {
    /// let first_three = list.sub_list(0..3).await?;
    /// # Ok(()) }
    /// ```
    pub async fn sub_list(&self, indexes: Range<usize>) -> Result<Vec<T>, Error>
    where
        T: FromData,
    {
        let (from, to) = (at(indexes.start), at(indexes.end));
        let found = self.named.call(&ListSub { from, to, name: &self.named.name }).await?;
        self.named.values(found).await
    }
}
