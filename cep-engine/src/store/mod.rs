//! The contract of a state store.
//!
//! # Words
//! A **namespace** is one program's state in a store. It has a fixed number of **groups**, hash ranges of keys: a group
//! is *the* unit of atomicity, ownership and movement. A group holds **entries**, bytes under a key, some with a deadline
//! by which the engine has to look at them; an **outbox**, matches found and not yet taken by every consumer, numbered
//! without gaps; and a **header**, bytes of the engine's under a [`Version`].
//!
//! A store knows nothing of patterns or events: keys, values, headers and outbox entries are bytes to it.
//!
//! # What a store promises
//! 1. **A commit is atomic.** All of it is there or nothing is: entries, deadlines, outbox, header.
//! 2. **A commit is fenced.** It succeeds only if the group's version is the expected one; then the group's `seq` is one
//!    more. Else nothing changes, and the error says which version is there.
//! 3. **Commits of a group may be pipelined.** They take effect in the order in which their futures are first polled; once
//!    one failed, those behind it fail, as each expects the version that the one before it makes.
//! 4. **Opening raises the epoch of every group before it reads it**, also in the same process: whoever wrote with the old
//!    epoch is refused from then on, and what is read then does not change any more.
//! 5. **Durable means durable.** Once a commit's future says so, the commit stays, as far as the store's documentation
//!    promises that for its set-up. What it cannot promise it says.
//! 6. **Creating is one step.** A namespace is there with all its groups or not at all. One that is known and lacks the
//!    header of a group is [`StoreErrorKind::Corrupt`], never new.
//! 7. **Reading sees committed state.** `load`, `due`, `scan` and `outbox` see each commit whole or not at all, and every
//!    commit whose future has completed.
//! 8. **`due` is ordered** by deadline, then key; a key is there once, under its latest deadline, and not at all where it
//!    has none. **`scan` has no order**; an entry that is there all the while is given, and more than once only if a store
//!    that is being written to, or was just before, puts it elsewhere in between.
//! 9. **A dropped future has an unknown end.** What it was to do is done whole, or not at all, now or later; it never
//!    comes behind an `open` that was polled after the drop completed.
//! 10. **The outbox has no holes.** A commit appends exactly the next numbers; `trim` removes from the front alone, can
//!     be repeated, and is refused from an owner of an older epoch.
//! 11. **Bad input changes nothing**: keys longer than [`MOST_KEY`], values longer than [`MOST_VALUE`], deadlines beyond
//!     [`FARTHEST_DEADLINE`] ([`Changes::check`]), a group that is not there, an outbox number that is not the next one.
//! 12. **An owner reads only its own.** Reading with the version that an owner knows is refused where the group has another
//!     owner by now, or less than that.
//! 13. **A future that nobody polls holds up no other**, but commits of its group that were polled after it: who waits for
//!     one answer does not have to wait for all.
//!
//! Each sentence has a test in `stores/conformance`, which every store runs.

mod error;
mod finding;
mod namespace;
mod types;

use std::future::Future;

use bytes::Bytes;
use cep_core::time::Timestamp;

pub use error::{StoreError, StoreErrorKind};
pub use finding::{Finding, Verdict};
pub use namespace::{BadNamespace, Namespace};
pub use types::{
    Changes, Due, DueCursor, Entry, FARTHEST_DEADLINE, Fresh, GroupId, Header, MOST_KEY, MOST_VALUE, Opened,
    Page, Put, Version, check_owner,
};

/// One namespace in a store. See the [module](self) for what an implementation promises; errors say what the caller can do
/// ([`StoreErrorKind`]).
///
/// All futures may be dropped (promise 9). A value is shared by reference: many loads and commits may be in flight.
///
/// Of a namespace that is not there nothing is found and nothing is changed: commits, trims and amendments are refused, as
/// [`StoreErrorKind::Misuse`] or, where the handle has opened it before, [`StoreErrorKind::RolledBack`].
pub trait StateStore: Send + Sync + 'static {
    /// Makes the namespace if it is not there, raises the epoch of each group, then reads their headers (promises 4, 6).
    fn open(&self, fresh: Fresh) -> impl Future<Output = Result<Opened, StoreError>> + Send;

    /// What [`StateStore::open`] would read, without raising anything: to look at somebody else's state. None where
    /// there is no such namespace.
    fn look(&self) -> impl Future<Output = Result<Option<Opened>, StoreError>> + Send;

    /// Replaces what the namespace says of itself, if its `about_version` still is `expected`; that is one more then. Else it
    /// was amended by another ([`StoreErrorKind::Fenced`]), or the store has lost an amendment
    /// ([`StoreErrorKind::RolledBack`]); the version in the error is that of group 0.
    fn amend(&self, expected: u64, about: Bytes) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The values under some keys of a group, in their order; `None` for those that are not there. One round trip. With an
    /// owner's version as promise 12 says; without one for whoever looks on.
    fn load(
        &self,
        group: GroupId,
        owner: Option<Version>,
        keys: &[Bytes],
    ) -> impl Future<Output = Result<Vec<Option<Bytes>>, StoreError>> + Send;

    /// Writes changes of one group if its version is `expected` (promises 1, 2, 3, 5).
    fn commit(
        &self,
        group: GroupId,
        expected: Version,
        changes: Changes,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The keys of a group whose deadline is at or before `until`, soonest first, after a cursor, at most `limit`. `owner` as
    /// in [`StateStore::load`].
    fn due(
        &self,
        group: GroupId,
        owner: Option<Version>,
        until: Timestamp,
        after: Option<DueCursor>,
        limit: usize,
    ) -> impl Future<Output = Result<Page<Due, DueCursor>, StoreError>> + Send;

    /// The entries of a group whose keys begin with `prefix`, from a cursor that the page before gave. `limit` is how many are
    /// wanted: a page may have fewer, even none, and a few more. `owner` as in [`StateStore::load`].
    fn scan(
        &self,
        group: GroupId,
        owner: Option<Version>,
        prefix: &[u8],
        after: Option<Bytes>,
        limit: usize,
    ) -> impl Future<Output = Result<Page<Entry, Bytes>, StoreError>> + Send;

    /// The outbox of a group from a number on, at most `limit` entries. Fewer than `limit` means that there are no more now.
    fn outbox(
        &self,
        group: GroupId,
        from: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(u64, Bytes)>, StoreError>> + Send;

    /// Removes the outbox entries of a group with numbers below `below`, which may lie beyond the last (promise 10).
    fn trim(
        &self,
        group: GroupId,
        epoch: u64,
        below: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Removes the namespace with all that is in it, whoever owns it. Nothing happens where there is none.
    fn drop_namespace(&self) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The names of all namespaces in the store, sorted.
    fn namespaces(&self) -> impl Future<Output = Result<Vec<Namespace>, StoreError>> + Send;
}
