//! Asking for what is in a map page by page, in an order.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::Map;
use crate::client::Alive;
use crate::codec::{Anchors, MapEntriesPage, MapKeysPage, MapValuesPage, WirePage};
use crate::data::Data;
use crate::error::Error;
use crate::invocation::Target;
use crate::serialization::{FromData, Predicate, ToData};
use crate::streamed::streamed;

/// Which entries are wanted, in which order, and how many at a time.
///
/// ```
/// use hazelcast_client::{Paging, Predicate};
///
/// let large = Paging::new(50).matching(Predicate::sql("amount > 1000"));
/// ```
#[derive(Clone)]
pub struct Paging {
    size: i32,
    predicate: Option<Predicate>,
    comparator: Option<Arc<dyn ToData + Send + Sync>>,
}

impl fmt::Debug for Paging {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { size, predicate, comparator } = self;
        let mut debug = formatter.debug_struct("Paging");
        debug.field("size", size).field("predicate", predicate);
        debug.field("has_comparator", &comparator.is_some()).finish()
    }
}

impl Paging {
    /// All entries, in pages of so many (1 at least), in the natural order of what is asked for: keys by keys, values by
    /// values, entries by keys. Members have to know that order: numbers, texts, dates and times have one.
    ///
    /// ```
    /// let pages = hazelcast_client::Paging::new(100);
    /// ```
    pub fn new(size: usize) -> Self {
        Self { size: count(size.max(1)), predicate: None, comparator: None }
    }

    /// Only the entries for which a condition holds.
    ///
    /// ```
    /// use hazelcast_client::{Paging, Predicate};
    ///
    /// let pages = Paging::new(100).matching(Predicate::sql("amount > 500"));
    /// ```
    #[must_use]
    pub fn matching(mut self, predicate: Predicate) -> Self {
        self.predicate = Some(predicate);
        self
    }

    /// In an order of one's own: an object of a class that members have and that implements `Comparator` over `Map.Entry`;
    /// what is sent is a [`Compact`](crate::Compact) value whose type name is that of the class, and its fields are the
    /// class's.
    ///
    /// ```
    /// use hazelcast_client::{Compact, CompactReader, CompactWriter, DataError, Paging};
    ///
    /// struct ByAmount;
    ///
    /// impl Compact for ByAmount {
    ///     const TYPE_NAME: &'static str = "com.example.ByAmount";
    ///
    ///     fn write(&self, _: &mut CompactWriter<'_, '_>) {}
    ///
    ///     fn read(_: &CompactReader<'_>) -> Result<Self, DataError> {
    ///         Ok(Self)
    ///     }
    /// }
    ///
    /// let by_amount = Paging::new(50).ordered_by(ByAmount);
    /// ```
    #[must_use]
    pub fn ordered_by(mut self, comparator: impl ToData + Send + Sync + 'static) -> Self {
        self.comparator = Some(Arc::new(comparator));
        self
    }
}

/// Pages of keys, or of values, one after the other or by their numbers.
///
/// Each page is what the map holds when it is asked for: what is put or taken away meanwhile may move others from page to
/// page. A page far from those that were asked for costs members all that stands before it.
///
/// **Cancelling**: nothing is lost where a future is dropped before it is ready; the same page comes again. So it does after
/// an error.
///
/// ```no_run
/// # use hazelcast_client::{Error, Map, Paging};
/// # async fn example(stock: Map<String, i32>) -> Result<(), Error> {
/// let mut pages = stock.pages_of_keys(Paging::new(20)).await?;
/// while let Some(page) = pages.next().await {
///     for name in page? {
///         println!("{name}");
///     }
/// }
/// let third = pages.page(2).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Pages<T> {
    pager: Pager,
    items: PhantomData<fn() -> T>,
}

impl<T: FromData> Pages<T> {
    streamed!(
        Result<Vec<T>, Error>,
        "map: hazelcast_client::Map<String, i64>",
        "map.pages_of_keys(hazelcast_client::Paging::new(100)).await?"
    );

    /// The page behind the one that came last; none behind the last page.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut pages = map.pages_of_values(hazelcast_client::Paging::new(100)).await?;
    /// while let Some(page) = pages.next().await {
    ///     println!("{} values", page?.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn next(&mut self) -> Option<Result<Vec<T>, Error>> {
        let number = self.pager.next?;
        Some(self.page(number).await)
    }

    /// The page of a number, counted from 0; empty behind the last one. [`next`](Self::next) goes on behind it.
    ///
    /// # Errors
    /// As [`Map::get`]; code 23 where members cannot order what was asked for.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut pages = map.pages_of_values(hazelcast_client::Paging::new(100)).await?;
    /// let third = pages.page(2).await?;
    /// # Ok(()) }
    /// ```
    pub async fn page(&mut self, number: usize) -> Result<Vec<T>, Error> {
        let (client, name, page) = (&self.pager.client, &*self.pager.name, &self.pager.page(number));
        let answer = match self.pager.iteration {
            KEYS => client.call(&MapKeysPage { name, page }, Target::Any).await?,
            _ => client.call(&MapValuesPage { name, page }, Target::Any).await?,
        };
        let items: Vec<_> = client.to_values(&answer.items).await?;
        self.pager.took(number, items.len(), answer.anchors);
        Ok(items)
    }
}

/// Pages of entries: as [`Pages`], with keys and values.
///
/// ```no_run
/// # use hazelcast_client::{Error, Map, Paging, Predicate};
/// # async fn example(stock: Map<String, i32>) -> Result<(), Error> {
/// let few = Paging::new(20).matching(Predicate::sql("this < 10"));
/// let mut pages = stock.pages_of_entries(few).await?;
/// for (name, count) in pages.page(0).await? {
///     println!("{name}: {count}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct EntryPages<K, V> {
    pager: Pager,
    entries: PhantomData<fn() -> (K, V)>,
}

impl<K: FromData, V: FromData> EntryPages<K, V> {
    streamed!(
        Result<Vec<(K, V)>, Error>,
        "map: hazelcast_client::Map<String, i64>",
        "map.pages_of_entries(hazelcast_client::Paging::new(100)).await?"
    );

    /// The page behind the one that came last; none behind the last page.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut pages = map.pages_of_entries(hazelcast_client::Paging::new(100)).await?;
    /// while let Some(page) = pages.next().await {
    ///     println!("{} entries", page?.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn next(&mut self) -> Option<Result<Vec<(K, V)>, Error>> {
        let number = self.pager.next?;
        Some(self.page(number).await)
    }

    /// The page of a number, counted from 0; empty behind the last one. [`next`](Self::next) goes on behind it.
    ///
    /// # Errors
    /// As [`Pages::page`].
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut pages = map.pages_of_entries(hazelcast_client::Paging::new(100)).await?;
    /// let third = pages.page(2).await?;
    /// # Ok(()) }
    /// ```
    pub async fn page(&mut self, number: usize) -> Result<Vec<(K, V)>, Error> {
        let (client, name, page) = (&self.pager.client, &*self.pager.name, &self.pager.page(number));
        let answer = client.call(&MapEntriesPage { name, page }, Target::Any).await?;
        let entries: Vec<_> = client.to_entries(&answer.entries).await?;
        self.pager.took(number, entries.len(), answer.anchors);
        Ok(entries)
    }
}

/// What is iterated over, as members know it.
const KEYS: u8 = 0;
const VALUES: u8 = 1;
const ENTRIES: u8 = 2;

/// Where one is among the pages.
#[derive(Debug)]
struct Pager {
    client: Alive,
    name: Arc<str>,
    iteration: u8,
    size: i32,
    predicate: Option<Data>,
    comparator: Option<Data>,
    anchors: Anchors,
    /// None behind the last page.
    next: Option<usize>,
}

impl Pager {
    fn page(&self, number: usize) -> WirePage<'_> {
        WirePage {
            size: self.size,
            number: count(number),
            iteration: self.iteration,
            anchors: &self.anchors,
            predicate: self.predicate.as_ref(),
            comparator: self.comparator.as_ref(),
        }
    }

    /// A page has come; one that is not full is the last.
    fn took(&mut self, number: usize, items: usize, anchors: Anchors) {
        self.anchors = anchors;
        self.next = (count(items) >= self.size).then_some(number + 1);
    }
}

fn count(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

impl<K, V> Map<K, V> {
    /// Keys in pages.
    ///
    /// # Errors
    /// Where the comparator cannot be written, or members do not take its schema.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut pages = map.pages_of_keys(hazelcast_client::Paging::new(100)).await?;
    /// let first = pages.page(0).await?;
    /// # Ok(()) }
    /// ```
    pub async fn pages_of_keys(&self, paging: Paging) -> Result<Pages<K>, Error> {
        Ok(Pages { pager: self.pager(KEYS, paging).await?, items: PhantomData })
    }

    /// Values in pages.
    ///
    /// # Errors
    /// As [`pages_of_keys`](Self::pages_of_keys).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut pages = map.pages_of_values(hazelcast_client::Paging::new(100)).await?;
    /// let first = pages.page(0).await?;
    /// # Ok(()) }
    /// ```
    pub async fn pages_of_values(&self, paging: Paging) -> Result<Pages<V>, Error> {
        Ok(Pages { pager: self.pager(VALUES, paging).await?, items: PhantomData })
    }

    /// Entries in pages.
    ///
    /// # Errors
    /// As [`pages_of_keys`](Self::pages_of_keys).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut pages = map.pages_of_entries(hazelcast_client::Paging::new(100)).await?;
    /// let first = pages.page(0).await?;
    /// # Ok(()) }
    /// ```
    pub async fn pages_of_entries(&self, paging: Paging) -> Result<EntryPages<K, V>, Error> {
        Ok(EntryPages { pager: self.pager(ENTRIES, paging).await?, entries: PhantomData })
    }

    async fn pager(&self, iteration: u8, paging: Paging) -> Result<Pager, Error> {
        let predicate = match &paging.predicate {
            Some(predicate) => Some(self.client.to_data(predicate).await?),
            None => None,
        };
        let comparator = match &paging.comparator {
            Some(comparator) => Some(self.client.to_data(&**comparator).await?),
            None => None,
        };
        let (client, name, size) = (self.client.clone(), Arc::clone(&self.name), paging.size);
        let anchors = Anchors::default();
        Ok(Pager { client, name, iteration, size, predicate, comparator, anchors, next: Some(0) })
    }
}
