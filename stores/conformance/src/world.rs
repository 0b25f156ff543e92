//! A place to test in, handles onto its namespaces with blocking calls, and owners that keep count of their commits.

use std::fmt;

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{
    Changes, Due, DueCursor, Entry, Fresh, GroupId, Namespace, Opened, Page, StateStore, StoreError,
    StoreErrorKind, Version,
};

use crate::Harness;
use crate::futures::all;
use crate::make::fresh;

/// What a store answers.
pub(crate) type Answer<T> = Result<T, StoreError>;

/// The name of most tests' namespace.
pub(crate) const NAME: &str = "fraud";

/// A place with nothing in it.
pub(crate) struct World<H>(H);

impl<H: Harness> World<H> {
    pub(crate) fn new() -> Self {
        Self(H::new())
    }

    pub(crate) fn harness(&self) -> &H {
        &self.0
    }

    pub(crate) fn handle(&self, name: &str) -> Handle<'_, H> {
        let store = self.0.handle(&namespace(name));
        Handle { harness: &self.0, store }
    }

    /// A new owner of the namespace [`NAME`].
    pub(crate) fn owner(&self) -> Owner<'_, H> {
        self.owner_of(NAME)
    }

    pub(crate) fn owner_of(&self, name: &str) -> Owner<'_, H> {
        Owner::new(self.handle(name))
    }

    pub(crate) fn reopen(&mut self) {
        self.0.reopen();
    }
}

pub(crate) fn namespace(name: &str) -> Namespace {
    name.parse().expect("the tests use good names")
}

/// The value, or a panic that says what the store said.
#[track_caller]
pub(crate) fn ok<T>(answer: Answer<T>) -> T {
    match answer {
        Ok(value) => value,
        Err(error) => panic!("{:?}: {error}", error.kind()),
    }
}

/// The kind of the error, or a panic where there is none.
#[track_caller]
pub(crate) fn refused<T: fmt::Debug>(answer: Answer<T>) -> StoreErrorKind {
    match answer {
        Ok(value) => panic!("not refused, but answered with {value:?}"),
        Err(error) => {
            assert!(!error.to_string().is_empty(), "an error without words: {error:?}");
            error.kind()
        }
    }
}

/// Whether an error means that nothing was done and that trying again is of no use.
pub(crate) fn is_refusal(kind: StoreErrorKind) -> bool {
    use StoreErrorKind as Kind;
    matches!(kind, Kind::Fenced { .. } | Kind::RolledBack { .. } | Kind::Ahead { .. } | Kind::Misuse)
}

/// A handle with blocking calls.
pub(crate) struct Handle<'w, H: Harness> {
    pub(crate) harness: &'w H,
    pub(crate) store: H::Store,
}

impl<H: Harness> Handle<'_, H> {
    pub(crate) fn open(&self, fresh: Fresh) -> Answer<Opened> {
        self.harness.block_on(self.store.open(fresh))
    }

    pub(crate) fn look(&self) -> Option<Opened> {
        ok(self.try_look())
    }

    pub(crate) fn try_look(&self) -> Answer<Option<Opened>> {
        self.harness.block_on(self.store.look())
    }

    pub(crate) fn amend(&self, expected: u64, about: Bytes) -> Answer<()> {
        self.harness.block_on(self.store.amend(expected, about))
    }

    pub(crate) fn load(&self, group: GroupId, keys: &[Bytes]) -> Answer<Vec<Option<Bytes>>> {
        self.harness.block_on(self.store.load(group, None, keys))
    }

    /// The value under one key of group 0.
    pub(crate) fn get(&self, key: &str) -> Option<Bytes> {
        ok(self.load(GroupId(0), &[crate::make::bytes(key)])).into_iter().flatten().next()
    }

    pub(crate) fn commit(&self, group: GroupId, expected: Version, changes: Changes) -> Answer<()> {
        self.harness.block_on(self.store.commit(group, expected, changes))
    }

    /// Commits in flight together, first polled in their order.
    pub(crate) fn commit_all(&self, commits: Vec<(GroupId, Version, Changes)>) -> Vec<Answer<()>> {
        let commit = |(group, expected, changes)| self.store.commit(group, expected, changes);
        self.harness.block_on(all(commits.into_iter().map(commit).collect()))
    }

    pub(crate) fn due(
        &self,
        group: GroupId,
        until: i64,
        after: Option<DueCursor>,
        limit: usize,
    ) -> Answer<Page<Due, DueCursor>> {
        self.harness.block_on(self.store.due(group, None, Timestamp(until), after, limit))
    }

    pub(crate) fn scan(
        &self,
        group: GroupId,
        prefix: &[u8],
        after: Option<Bytes>,
        limit: usize,
    ) -> Answer<Page<Entry, Bytes>> {
        self.harness.block_on(self.store.scan(group, None, prefix, after, limit))
    }

    pub(crate) fn outbox(&self, group: GroupId, from: u64, limit: usize) -> Answer<Vec<(u64, Bytes)>> {
        self.harness.block_on(self.store.outbox(group, from, limit))
    }

    pub(crate) fn trim(&self, group: GroupId, epoch: u64, below: u64) -> Answer<()> {
        self.harness.block_on(self.store.trim(group, epoch, below))
    }

    pub(crate) fn drop_namespace(&self) -> Answer<()> {
        self.harness.block_on(self.store.drop_namespace())
    }

    pub(crate) fn namespaces(&self) -> Vec<String> {
        let names = ok(self.harness.block_on(self.store.namespaces()));
        names.iter().map(Namespace::to_string).collect()
    }
}

/// A handle that has opened its namespace and counts its own commits.
pub(crate) struct Owner<'w, H: Harness> {
    pub(crate) handle: Handle<'w, H>,
    pub(crate) opened: Opened,
}

impl<'w, H: Harness> Owner<'w, H> {
    /// Opens; made with two groups if it is new.
    #[track_caller]
    pub(crate) fn new(handle: Handle<'w, H>) -> Self {
        let opened = ok(handle.open(fresh()));
        Self { handle, opened }
    }

    /// Opens again with the same handle.
    #[track_caller]
    pub(crate) fn reopen(&mut self) {
        self.opened = ok(self.handle.open(fresh()));
    }

    pub(crate) fn version(&self, group: GroupId) -> Version {
        self.opened.groups[usize::from(group.0)].version
    }

    /// The changes with the number of the next outbox entry, which is counted up.
    pub(crate) fn number(&mut self, group: GroupId, changes: Changes) -> Changes {
        let header = &mut self.opened.groups[usize::from(group.0)];
        let first_outbox = header.next_outbox;
        header.next_outbox += changes.outbox.len() as u64;
        Changes { first_outbox, ..changes }
    }

    /// Commits to a group, which has to succeed.
    #[track_caller]
    pub(crate) fn write(&mut self, group: GroupId, changes: Changes) {
        let changes = self.number(group, changes);
        ok(self.handle.commit(group, self.version(group), changes));
        let header = &mut self.opened.groups[usize::from(group.0)];
        header.version = header.version.next();
    }

    /// Tries to commit to a group as the owner it is; nothing is counted.
    pub(crate) fn try_write(&self, group: GroupId, changes: Changes) -> Answer<()> {
        let first_outbox = self.opened.groups[usize::from(group.0)].next_outbox;
        self.handle.commit(group, self.version(group), Changes { first_outbox, ..changes })
    }
}
