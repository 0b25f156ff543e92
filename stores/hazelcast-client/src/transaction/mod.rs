//! Transactions: what is written in one is seen all at once, or never.

mod collections;
mod map;
mod multi_map;
mod part;
mod queue;

pub use collections::{TransactionList, TransactionSet};
pub use map::TransactionMap;
pub use multi_map::TransactionMultiMap;
pub use queue::TransactionQueue;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use uuid::Uuid;

use crate::client::{Alive, Client};
use crate::codec::{Request, TransactionCommit, TransactionCreate, TransactionRollback};
use crate::connection::Connection;
use crate::error::{Error, ErrorKind};
use crate::invocation::Target;
use crate::proxy::{Collection, millis};

/// Codes after which nothing was committed: the transaction is not active, or its time was over.
const NOT_COMMITTED: [i32; 2] = [57, 58];

/// How a transaction is committed, and how long it may take.
///
/// ```
/// use std::time::Duration;
/// use hazelcast_client::TransactionOptions;
///
/// let quick = TransactionOptions::one_phase().timeout(Duration::from_secs(5));
/// let safe = TransactionOptions::two_phases(1);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TransactionOptions {
    timeout: Duration,
    phases: Phases,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phases {
    One,
    Two { durability: u8 },
}

impl Default for TransactionOptions {
    /// Two phases, told to one other member, of two minutes.
    fn default() -> Self {
        Self::two_phases(1)
    }
}

impl TransactionOptions {
    /// All members are asked whether they can commit before any does. What is to be committed is told to so many other
    /// members: when the one that has the transaction is lost while it commits, another one goes on.
    ///
    /// ```
    /// let options = hazelcast_client::TransactionOptions::two_phases(1);
    /// ```
    pub const fn two_phases(durability: u8) -> Self {
        Self { timeout: Duration::from_secs(120), phases: Phases::Two { durability } }
    }

    /// Commits at once, which is faster: when a member is lost meanwhile, a part may be committed and another not.
    ///
    /// ```
    /// let options = hazelcast_client::TransactionOptions::one_phase();
    /// ```
    pub const fn one_phase() -> Self {
        Self { timeout: Duration::from_secs(120), phases: Phases::One }
    }

    /// How long it may last; later it cannot be committed any more. It is also how long an operation waits for an entry that
    /// another one has locked. At least a millisecond.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let options = hazelcast_client::TransactionOptions::one_phase().timeout(Duration::from_secs(5));
    /// ```
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

/// A transaction over maps, multimaps, queues, lists and sets. It lives at one member, over one connection.
///
/// What it writes is locked until it ends: others who write it wait, and with one phase those who read it, too. Nobody else sees it before it is
/// [committed](Self::commit). When it is dropped, it is rolled back; so it is by members when its connection or the client is
/// lost, or when its time is over. Where the member that has it is lost, entries stay locked until its time is over. A near
/// cache may give what was there before for as long as members take to tell of the change.
///
/// A queue, a list and a set of the same name are not used in one transaction, as members would take them for one another:
/// who comes second is [refused](ErrorKind::Refused).
///
/// **Cancelling**: an operation whose future is dropped before it is ready may have been done or not, and the same holds for one
/// that was lost on the way; such a transaction is not committed any more.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error, TransactionOptions};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let transaction = client.transaction(TransactionOptions::default()).await?;
/// let (stock, orders) = (transaction.map::<String, i32>("stock"), transaction.queue::<String>("orders"));
/// let left = stock.get_for_update("apples").await?.unwrap_or_default();
/// if left > 0 {
///     stock.set("apples", &(left - 1)).await?;
///     orders.offer("apples").await?;
///     transaction.commit().await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Transaction {
    client: Alive,
    connection: Arc<Connection>,
    id: Uuid,
    /// Who holds its locks: members call it a thread.
    owner: i64,
    timeout: Duration,
    /// Operations whose answer has not come, and never comes where nobody waits for it.
    open: AtomicUsize,
    /// What the names of collections are of.
    collections: Mutex<HashMap<Box<str>, Collection>>,
    is_over: bool,
}

impl Client {
    /// Begins a transaction. A future that is dropped may leave one that holds nothing, which members forget when its time is
    /// over.
    ///
    /// # Errors
    /// Where members cannot be reached, or refuse.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let transaction = client.transaction(hazelcast_client::TransactionOptions::default()).await?;
    /// transaction.map::<String, i64>("counts").set("a", &1).await?;
    /// transaction.commit().await?;
    /// # Ok(()) }
    /// ```
    pub async fn transaction(&self, options: TransactionOptions) -> Result<Transaction, Error> {
        let client = self.alive.clone();
        let (_, connection) = client.bind("TransactionCreate").await?;
        let (durability, phases) = match options.phases {
            Phases::One => (0, 1),
            Phases::Two { durability } => (i32::from(durability), 2),
        };
        let owner = client.reference();
        let timeout = options.timeout.max(Duration::from_millis(1));
        let request = TransactionCreate { timeout: millis(timeout), durability, phases, thread: owner };
        let id = client.call_on(&request, &connection).await?;
        let (open, collections) = (AtomicUsize::new(0), Mutex::default());
        Ok(Transaction { client, connection, id, owner, timeout, open, collections, is_over: false })
    }
}

impl Transaction {
    /// Its id, as members know it.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let transaction = client.transaction(hazelcast_client::TransactionOptions::default()).await?;
    /// println!("{}", transaction.id());
    /// # Ok(()) }
    /// ```
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// A map, within the transaction.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let transaction = client.transaction(hazelcast_client::TransactionOptions::default()).await?;
    /// transaction.map::<String, i64>("counts").set("a", &1).await?;
    /// transaction.commit().await?;
    /// # Ok(()) }
    /// ```
    pub fn map<K, V>(&self, name: &str) -> TransactionMap<'_, K, V> {
        TransactionMap::new(self, name)
    }

    /// A multimap, within the transaction.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let transaction = client.transaction(hazelcast_client::TransactionOptions::default()).await?;
    /// transaction.multi_map::<String, i64>("cards").put("ann", &4111).await?;
    /// transaction.commit().await?;
    /// # Ok(()) }
    /// ```
    pub fn multi_map<K, V>(&self, name: &str) -> TransactionMultiMap<'_, K, V> {
        TransactionMultiMap::new(self, name)
    }

    /// A queue, within the transaction.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let transaction = client.transaction(hazelcast_client::TransactionOptions::default()).await?;
    /// transaction.queue::<String>("jobs").offer("first").await?;
    /// transaction.commit().await?;
    /// # Ok(()) }
    /// ```
    pub fn queue<T>(&self, name: &str) -> TransactionQueue<'_, T> {
        TransactionQueue::new(self, name)
    }

    /// A list, within the transaction.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let transaction = client.transaction(hazelcast_client::TransactionOptions::default()).await?;
    /// transaction.list::<String>("steps").add("first").await?;
    /// transaction.commit().await?;
    /// # Ok(()) }
    /// ```
    pub fn list<T>(&self, name: &str) -> TransactionList<'_, T> {
        TransactionList::new(self, name)
    }

    /// A set, within the transaction.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let transaction = client.transaction(hazelcast_client::TransactionOptions::default()).await?;
    /// transaction.set::<String>("seen").add("first").await?;
    /// transaction.commit().await?;
    /// # Ok(()) }
    /// ```
    pub fn set<T>(&self, name: &str) -> TransactionSet<'_, T> {
        TransactionSet::new(self, name)
    }

    /// Makes all that was done visible, all at once.
    ///
    /// Dropping the future does not stop it: it is committed, or not, and nobody is told.
    ///
    /// # Errors
    /// [`Indeterminate`](ErrorKind::Indeterminate): it is not known whether it was committed, so look. With every other kind
    /// **nothing was committed**: [`Unavailable`](ErrorKind::Unavailable), the connection was lost before;
    /// [`Refused`](ErrorKind::Refused), its time was over (code 58), or an operation was not waited for.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let transaction = client.transaction(hazelcast_client::TransactionOptions::default()).await?;
    /// transaction.map::<String, i64>("counts").set("a", &1).await?;
    /// transaction.commit().await?;
    /// # Ok(()) }
    /// ```
    pub async fn commit(mut self) -> Result<(), Error> {
        self.is_over = true;
        let (client, connection, end) = (self.client.clone(), Arc::clone(&self.connection), self.end());
        let is_open = self.open.load(Ordering::Acquire) > 0;
        let commit = async move {
            if is_open {
                end.roll_back(&client, connection).await?;
                let why =
                    "the answer of an operation was not waited for, or lost: it was rolled back, begin again";
                return Err(Error::new(ErrorKind::Refused, format!("TransactionCommit: {why}")));
            }
            end.commit(&client, connection).await
        };
        let ended = self.client.runtime.spawn(commit).await;
        ended.unwrap_or_else(|error| {
            let why = "TransactionCommit: the runtime has ended; it is not known whether it was committed";
            Err(Error::new(ErrorKind::Indeterminate, why).with_source(error))
        })
    }

    /// Undoes all that was done. Where the connection is lost, members do that by themselves, which counts as done.
    ///
    /// Dropping the future does not stop it.
    ///
    /// # Errors
    /// Where the member refuses.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let transaction = client.transaction(hazelcast_client::TransactionOptions::default()).await?;
    /// transaction.map::<String, i64>("counts").set("a", &1).await?;
    /// transaction.roll_back().await?;
    /// # Ok(()) }
    /// ```
    pub async fn roll_back(mut self) -> Result<(), Error> {
        self.is_over = true;
        let (client, connection, end) = (self.client.clone(), Arc::clone(&self.connection), self.end());
        let ended = self.client.runtime.spawn(async move { end.roll_back(&client, connection).await });
        ended.await.unwrap_or_else(|error| {
            let why = "TransactionRollback: the runtime has ended; members roll it back";
            Err(Error::new(ErrorKind::Closed, why).with_source(error))
        })
    }

    const fn end(&self) -> End {
        End { id: self.id, thread: self.owner, timeout: self.timeout }
    }

    /// Asks the member that has the transaction.
    async fn call<R: Request + Send + Sync>(
        &self,
        request: &R,
        patience: Duration,
    ) -> Result<R::Reply, Error> {
        self.open.fetch_add(1, Ordering::AcqRel);
        let target = Target::Connection(Arc::clone(&self.connection));
        let longest = self.timeout.saturating_add(patience);
        let answer = self.client.call_slowly(request, target, Some(longest)).await;
        let is_lost = answer.as_ref().is_err_and(|error| error.kind() == ErrorKind::Indeterminate);
        if !is_lost {
            self.open.fetch_sub(1, Ordering::AcqRel);
        }
        answer
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if !self.is_over && !self.client.is_closed() {
            let (client, connection, end) = (self.client.clone(), Arc::clone(&self.connection), self.end());
            // Members end by themselves what they cannot be told of.
            self.client.runtime.spawn(async move { drop(end.roll_back(&client, connection).await) });
        }
    }
}

/// What ends a transaction.
#[derive(Clone, Copy, Debug)]
struct End {
    id: Uuid,
    thread: i64,
    timeout: Duration,
}

impl End {
    async fn commit(self, client: &Alive, connection: Arc<Connection>) -> Result<(), Error> {
        let Self { id, thread, timeout } = self;
        let target = Target::Connection(Arc::clone(&connection));
        let committed = client.call_slowly(&TransactionCommit { id, thread }, target, Some(timeout)).await;
        let Err(error) = committed else { return Ok(()) };
        let Some(code) = error.code() else { return Err(error) };
        // The member holds locks until it is told.
        drop(self.roll_back(client, connection).await);
        if NOT_COMMITTED.contains(&code) {
            return Err(error);
        }
        // It may have failed before anything was committed, or after a part was.
        let why = format!("{error}; it is not known whether it was committed");
        Err(Error::new(ErrorKind::Indeterminate, why).with_code(code).with_source(error))
    }

    async fn roll_back(self, client: &Alive, connection: Arc<Connection>) -> Result<(), Error> {
        let Self { id, thread, timeout } = self;
        let target = Target::Connection(connection);
        match client.call_slowly(&TransactionRollback { id, thread }, target, Some(timeout)).await {
            Err(error) if error.code().is_some() => Err(error),
            // The connection is lost.
            _ => Ok(()),
        }
    }
}
