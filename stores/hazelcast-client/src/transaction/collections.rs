//! Lists and sets within transactions.

use std::borrow::Borrow;
use std::marker::PhantomData;

use super::Transaction;
use super::part::Part;
use crate::codec::{TxListAdd, TxListRemove, TxListSize, TxSetAdd, TxSetRemove, TxSetSize};
use crate::error::Error;
use crate::proxy::Collection;
use crate::serialization::ToData;

/// A list within a [`Transaction`]: what is taken comes back where the transaction is rolled back, and what is added is there
/// for others once it is committed.
///
/// **Cancelling**: a future that is dropped before it is ready may have been carried out or not, and the transaction is not
/// committed any more.
///
/// ```no_run
/// # use hazelcast_client::{Error, Transaction};
/// # async fn example(transaction: Transaction) -> Result<(), Error> {
/// let (open, done) = (transaction.list::<String>("open"), transaction.list::<String>("done"));
/// if open.remove("sweep").await? {
///     done.add("sweep").await?;
/// }
/// transaction.commit().await
/// # }
/// ```
#[derive(Debug)]
pub struct TransactionList<'t, T> {
    part: Part<'t>,
    item: PhantomData<fn() -> T>,
}

/// A set within a [`Transaction`]: what is taken comes back where the transaction is rolled back, and what is added is there
/// for others once it is committed.
///
/// Members do not take what was added in the same transaction, and [`size`](Self::size) counts what was not added as it is there
/// already (so it is in 5.7.0).
///
/// **Cancelling**: a future that is dropped before it is ready may have been carried out or not, and the transaction is not
/// committed any more.
///
/// ```no_run
/// # use hazelcast_client::{Error, Transaction};
/// # async fn example(transaction: Transaction) -> Result<(), Error> {
/// if transaction.set::<String>("seen").add("a").await? {
///     transaction.queue::<String>("new").offer("a").await?;
/// }
/// transaction.commit().await
/// # }
/// ```
#[derive(Debug)]
pub struct TransactionSet<'t, T> {
    part: Part<'t>,
    item: PhantomData<fn() -> T>,
}

/// Makes the methods of both, of the requests of each; `$it` is what examples call it, and `$given` their argument.
macro_rules! transactional {
    (
        $collection:ident, $kind:ident, $it:literal, $given:literal, $added:literal, add: $add:ident, remove: $remove:ident,
        size: $size:ident $(,)?
    ) => {
        impl<'t, T> $collection<'t, T> {
            pub(super) fn new(transaction: &'t Transaction, name: &str) -> Self {
                Self { part: Part::of_collection(transaction, name, Collection::$kind), item: PhantomData }
            }

            #[doc = $added]
            ///
            /// # Errors
            /// As all methods: where the transaction is over, or its connection lost, or members refuse, and where another
            /// collection of the same name was used in it.
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            #[doc = concat!("let was_put = ", $it, ".add(\"a\").await?;")]
            /// # Ok(()) }
            /// ```
            pub async fn add<I>(&self, item: &I) -> Result<bool, Error>
            where
                T: Borrow<I>,
                I: ToData + ?Sized,
            {
                let (item, (id, thread, name)) = (&self.part.data(item).await?, self.part.own());
                self.part.call(&$add { id, thread, name, item }).await
            }

            /// Takes an item that equals this one; tells whether there was one.
            ///
            /// # Errors
            /// As [`add`](Self::add).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            #[doc = concat!("let was_there = ", $it, ".remove(\"a\").await?;")]
            /// # Ok(()) }
            /// ```
            pub async fn remove<I>(&self, item: &I) -> Result<bool, Error>
            where
                T: Borrow<I>,
                I: ToData + ?Sized,
            {
                let (item, (id, thread, name)) = (&self.part.data(item).await?, self.part.own());
                self.part.call(&$remove { id, thread, name, item }).await
            }

            /// How many items there are.
            ///
            /// # Errors
            /// As [`add`](Self::add).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            #[doc = concat!("let items = ", $it, ".size().await?;")]
            /// # Ok(()) }
            /// ```
            pub async fn size(&self) -> Result<usize, Error> {
                let (id, thread, name) = self.part.own();
                let size = self.part.call(&$size { id, thread, name }).await?;
                Ok(usize::try_from(size).unwrap_or_default())
            }
        }
    };
}

transactional! {
    TransactionList, List, "list", "list: hazelcast_client::TransactionList<'_, String>",
    "Puts an item at the end, if there is room; tells whether there is.",
    add: TxListAdd,
    remove: TxListRemove,
    size: TxListSize,
}

transactional! {
    TransactionSet, Set, "set", "set: hazelcast_client::TransactionSet<'_, String>",
    "Puts an item where it is not there yet, and there is room; tells whether it was put.",
    add: TxSetAdd,
    remove: TxSetRemove,
    size: TxSetSize,
}
