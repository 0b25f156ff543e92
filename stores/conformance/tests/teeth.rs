//! The suite has teeth: a store that breaks one sentence of the contract fails it, and the reference does not.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Mutex;

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{
    Changes, Due, DueCursor, Entry, Fresh, GroupId, Namespace, Opened, Page, StateStore, StoreError, Version,
};
use cep_store_conformance::{Harness, Traits, block_on, tests};
use cep_store_memory::MemoryStore;

/// What is broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fault {
    Nothing,
    ACommitIsDoneInTwoSteps,
    ARefusedCommitLeavesItsFirstEntry,
    AnOldEpochMayCommit,
    AnEmptyCommitIsForgotten,
    OpeningLeavesTheEpochOfGroup1,
    LookingRaisesTheEpoch,
    DueLeavesOutUntil,
    DueIsOrderedByKeyFirst,
    DueForgetsNegativeTimes,
    ScanStopsAtAByteOf255,
    ScanSkipsOneBetweenPages,
    LoadLeavesOutMissingKeys,
    AnOldOwnerMayLoad,
    AnOldOwnerMayScan,
    TheOutboxIsCutShort,
    TrimTakesOneTooMany,
    TrimIsNotFenced,
    DroppingOneDropsWhatItIsAPrefixOf,
    AmendingIgnoresTheVersion,
    LongKeysAreCut,
    NamespacesAreNotSorted,
    ADroppedCommitComesLater,
}

use Fault as F;

const ALL: [Fault; 22] = [
    F::ACommitIsDoneInTwoSteps,
    F::ARefusedCommitLeavesItsFirstEntry,
    F::AnOldEpochMayCommit,
    F::AnEmptyCommitIsForgotten,
    F::OpeningLeavesTheEpochOfGroup1,
    F::LookingRaisesTheEpoch,
    F::DueLeavesOutUntil,
    F::DueIsOrderedByKeyFirst,
    F::DueForgetsNegativeTimes,
    F::ScanStopsAtAByteOf255,
    F::ScanSkipsOneBetweenPages,
    F::LoadLeavesOutMissingKeys,
    F::AnOldOwnerMayLoad,
    F::AnOldOwnerMayScan,
    F::TheOutboxIsCutShort,
    F::TrimTakesOneTooMany,
    F::TrimIsNotFenced,
    F::DroppingOneDropsWhatItIsAPrefixOf,
    F::AmendingIgnoresTheVersion,
    F::LongKeysAreCut,
    F::NamespacesAreNotSorted,
    F::ADroppedCommitComesLater,
];

static FAULT: Mutex<Fault> = Mutex::new(Fault::Nothing);

/// A memory store with a fault.
struct Faulty {
    inner: MemoryStore,
    name: Namespace,
    fault: Fault,
}

impl Faulty {
    async fn found(&self, group: GroupId) -> Option<Version> {
        let opened = self.inner.look().await.ok()??;
        Some(opened.groups.get(usize::from(group.0))?.version)
    }

    /// Gives way once, so that whoever polls once has not seen the end.
    async fn pause() {
        let mut is_first = true;
        std::future::poll_fn(|context| {
            context.waker().wake_by_ref();
            if std::mem::take(&mut is_first) { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
        })
        .await;
    }
}

fn is_empty(changes: &Changes) -> bool {
    changes.puts.is_empty() && changes.deletes.is_empty() && changes.outbox.is_empty()
}

/// Commits when it is dropped before its end, to whatever version is there by then.
struct Late<'s>(&'s Faulty, GroupId, Option<Changes>);

impl Drop for Late<'_> {
    fn drop(&mut self) {
        let Self(store, group, changes) = self;
        if let Some(changes) = changes.take() {
            let (inner, group) = (store.inner.clone(), *group);
            // As a server does that is still at work: after the opening that comes next.
            std::thread::spawn(move || {
                let epoch = || block_on(inner.look()).ok().flatten().map(|look| look.groups[0].version.epoch);
                let before = epoch();
                // Two seconds at most: however busy the machine is, whoever opens next has come by then.
                for _ in 0..40_000 {
                    if epoch() != before {
                        break;
                    }
                    std::thread::sleep(std::time::Duration::from_micros(50));
                }
                let version = block_on(inner.look()).ok().flatten().map(|look| look.groups[0].version);
                drop(block_on(inner.commit(group, version.unwrap_or_default(), changes)));
            });
        }
    }
}

impl StateStore for Faulty {
    async fn open(&self, fresh: Fresh) -> Result<Opened, StoreError> {
        let mut opened = self.inner.open(fresh).await?;
        if self.fault == F::OpeningLeavesTheEpochOfGroup1 && opened.groups.len() > 1 {
            opened.groups[1].version.epoch = 1;
        }
        Ok(opened)
    }

    async fn look(&self) -> Result<Option<Opened>, StoreError> {
        let look = self.inner.look().await?;
        if self.fault == F::LookingRaisesTheEpoch && look.is_some() {
            self.inner.open(Fresh { groups: 1, about: Bytes::new() }).await?;
        }
        Ok(look)
    }

    async fn amend(&self, expected: u64, about: Bytes) -> Result<(), StoreError> {
        let found = self.inner.look().await?.map(|look| look.about_version);
        let is_wild = self.fault == F::AmendingIgnoresTheVersion;
        self.inner.amend(found.filter(|_| is_wild).unwrap_or(expected), about).await
    }

    async fn load(
        &self,
        group: GroupId,
        owner: Option<Version>,
        keys: &[Bytes],
    ) -> Result<Vec<Option<Bytes>>, StoreError> {
        let owner = owner.filter(|_| self.fault != F::AnOldOwnerMayLoad);
        let mut values = self.inner.load(group, owner, keys).await?;
        if self.fault == F::LoadLeavesOutMissingKeys {
            values.retain(Option::is_some);
        }
        Ok(values)
    }

    async fn commit(
        &self,
        group: GroupId,
        expected: Version,
        mut changes: Changes,
    ) -> Result<(), StoreError> {
        let found = self.found(group).await.unwrap_or_default();
        match self.fault {
            F::ACommitIsDoneInTwoSteps if changes.puts.len() > 1 && found == expected => {
                let first = Changes { puts: vec![changes.puts.remove(0)], ..Changes::default() };
                self.inner.commit(group, expected, first).await?;
                std::thread::yield_now();
                self.inner.commit(group, expected.next(), changes).await
            }
            F::ARefusedCommitLeavesItsFirstEntry if found != expected && !changes.puts.is_empty() => {
                let first = Changes { puts: vec![changes.puts[0].clone()], ..Changes::default() };
                drop(self.inner.commit(group, found, first).await);
                self.inner.commit(group, expected, changes).await
            }
            F::AnOldEpochMayCommit if expected.seq == found.seq => {
                self.inner.commit(group, found, changes).await
            }
            F::AnEmptyCommitIsForgotten if is_empty(&changes) && found == expected => Ok(()),
            F::LongKeysAreCut => {
                changes.puts.iter_mut().for_each(|put| put.key.truncate(cep_engine::store::MOST_KEY));
                self.inner.commit(group, expected, changes).await
            }
            F::ADroppedCommitComesLater => {
                let mut late = Late(self, group, Some(changes));
                Self::pause().await;
                let changes = late.2.take().unwrap_or_default();
                self.inner.commit(group, expected, changes).await
            }
            _ => self.inner.commit(group, expected, changes).await,
        }
    }

    async fn due(
        &self,
        group: GroupId,
        owner: Option<Version>,
        until: Timestamp,
        after: Option<DueCursor>,
        limit: usize,
    ) -> Result<Page<Due, DueCursor>, StoreError> {
        let mut page = self.inner.due(group, owner, until, after, limit).await?;
        match self.fault {
            F::DueLeavesOutUntil => page.items.retain(|due| due.deadline < until),
            F::DueIsOrderedByKeyFirst => page.items.sort_by(|a, b| a.key.cmp(&b.key)),
            F::DueForgetsNegativeTimes => page.items.retain(|due| due.deadline.0 >= 0),
            _ => {}
        }
        Ok(page)
    }

    async fn scan(
        &self,
        group: GroupId,
        owner: Option<Version>,
        prefix: &[u8],
        after: Option<Bytes>,
        limit: usize,
    ) -> Result<Page<Entry, Bytes>, StoreError> {
        let is_next = after.is_some();
        let owner = owner.filter(|_| self.fault != F::AnOldOwnerMayScan);
        let mut page = self.inner.scan(group, owner, prefix, after, limit).await?;
        match self.fault {
            F::ScanStopsAtAByteOf255 => page.items.retain(|entry| !entry.key.ends_with(b"\xff\xff")),
            F::ScanSkipsOneBetweenPages if is_next && page.items.len() > 1 => drop(page.items.remove(0)),
            _ => {}
        }
        Ok(page)
    }

    async fn outbox(&self, group: GroupId, from: u64, limit: usize) -> Result<Vec<(u64, Bytes)>, StoreError> {
        let limit = if self.fault == F::TheOutboxIsCutShort { limit.min(10) } else { limit };
        self.inner.outbox(group, from, limit).await
    }

    async fn trim(&self, group: GroupId, epoch: u64, below: u64) -> Result<(), StoreError> {
        let found = self.found(group).await.unwrap_or_default().epoch;
        match self.fault {
            F::TrimTakesOneTooMany => self.inner.trim(group, epoch, below.saturating_add(1)).await,
            F::TrimIsNotFenced => self.inner.trim(group, found, below).await,
            _ => self.inner.trim(group, epoch, below).await,
        }
    }

    async fn drop_namespace(&self) -> Result<(), StoreError> {
        if self.fault == F::DroppingOneDropsWhatItIsAPrefixOf {
            for name in self.inner.namespaces().await? {
                if name.as_str().starts_with(self.name.as_str()) {
                    self.inner.beside(name).drop_namespace().await?;
                }
            }
        }
        self.inner.drop_namespace().await
    }

    async fn namespaces(&self) -> Result<Vec<Namespace>, StoreError> {
        let mut names = self.inner.namespaces().await?;
        if self.fault == F::NamespacesAreNotSorted {
            names.reverse();
        }
        Ok(names)
    }
}

struct InMemory(MemoryStore, Fault);

impl Harness for InMemory {
    type Store = Faulty;

    const TRAITS: Traits = Traits { survives_reopen: false };
    const SEEDS: u64 = 3;

    fn new() -> Self {
        let fault = *FAULT.lock().expect("no test panics with it");
        Self(MemoryStore::new("none".parse().expect("a name")), fault)
    }

    fn handle(&self, namespace: &Namespace) -> Faulty {
        Faulty { inner: self.0.beside(namespace.clone()), name: namespace.clone(), fault: self.1 }
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        block_on(future)
    }
}

/// The cases that fail with a fault, those of the random operations apart.
fn failing(fault: Fault) -> (Vec<String>, Vec<String>) {
    *FAULT.lock().expect("no test panics with it") = fault;
    let mut failed = Vec::new();
    for case in tests::<InMemory>() {
        let name = case.name().to_owned();
        if catch_unwind(AssertUnwindSafe(|| case.run())).is_err() {
            failed.push(name);
        }
    }
    failed.into_iter().partition(|name| !name.starts_with("model::"))
}

#[test]
fn each_fault_is_found_and_the_reference_has_none() {
    let hook = take_hook();
    // Hundreds of panics are expected.
    set_hook(Box::new(|_| {}));
    let none = failing(Fault::Nothing);
    let found: Vec<_> = ALL.into_iter().map(|fault| (fault, failing(fault))).collect();
    set_hook(hook);
    assert_eq!(none, (vec![], vec![]));
    let missed: Vec<_> =
        found.iter().filter(|(_, (cases, _))| cases.is_empty()).map(|(fault, _)| fault).collect();
    assert!(missed.is_empty(), "no case fails with {missed:?}");
    // The random operations, few as they are here, find most of them as well.
    let by_model = found.iter().filter(|(_, (_, model))| !model.is_empty()).count();
    assert!(by_model >= 12, "the model finds only {by_model} of {}", ALL.len());
}
