//! State in the memory of one process: the store without a server or a folder, for tests, for trying things out, and the
//! reference that other stores are compared with.
//!
//! Nothing survives the process but what [`MemoryStore::save`] wrote to a file. What a completed commit promises (promise 5)
//! is therefore no more than the process's life.

mod snapshot;
mod space;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{
    Changes, Due, DueCursor, Entry, Fresh, GroupId, Namespace, Opened, Page, StateStore, StoreError,
    StoreErrorKind, Version, check_owner,
};

use space::{Group, Space};

/// One namespace in a set of them that this process holds.
///
/// Clones and those that [`beside`](Self::beside) gives see the same set; it goes with the last of them. All futures are
/// ready when they are first polled.
#[derive(Clone)]
pub struct MemoryStore {
    shared: Arc<Shared>,
    namespace: Namespace,
}

#[derive(Default)]
struct Shared {
    spaces: Mutex<Spaces>,
    /// Held while a file is written, so that two snapshots do not write the same one.
    saving: Mutex<()>,
}

/// The namespaces.
type Spaces = BTreeMap<Namespace, Space>;

impl MemoryStore {
    /// A namespace in a set of its own, in which there is nothing yet.
    #[must_use]
    pub fn new(namespace: Namespace) -> Self {
        Self { shared: Arc::default(), namespace }
    }

    /// Another namespace, or the same, in the same set.
    #[must_use]
    pub fn beside(&self, namespace: Namespace) -> Self {
        Self { shared: Arc::clone(&self.shared), namespace }
    }

    /// Writes all namespaces of the set, as they are at one moment between two commits, to a file.
    ///
    /// The file is replaced as a whole: whoever reads it finds the old one or the new one, also after a loss of power. Commits
    /// go on meanwhile. Not async: it takes as long as the disk does.
    ///
    /// # Errors
    /// [`StoreErrorKind::Full`], [`StoreErrorKind::Setup`] (a folder that is not there or not to be written) or
    /// [`StoreErrorKind::Unavailable`]; the old file is as it was.
    pub fn save(&self, file: &Path) -> Result<(), StoreError> {
        let _one_at_a_time = self.shared.saving.lock().expect("saving does not panic");
        let spaces = self.spaces().clone();
        snapshot::save(&spaces, file)
    }

    /// A namespace in a set of its own that is read from a file that [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// [`StoreErrorKind::Corrupt`] where the file is not as it was written, with the byte at which that shows;
    /// [`StoreErrorKind::Incompatible`] where a newer version wrote it or it is no snapshot; [`StoreErrorKind::Setup`] where
    /// it is not there or not to be read.
    pub fn restore(file: &Path, namespace: Namespace) -> Result<Self, StoreError> {
        let spaces = Mutex::new(snapshot::restore(file)?);
        Ok(Self { shared: Arc::new(Shared { spaces, ..Shared::default() }), namespace })
    }

    fn spaces(&self) -> MutexGuard<'_, Spaces> {
        self.shared.spaces.lock().expect("no operation panics in the middle of a change")
    }

    fn with_space<T>(&self, work: impl FnOnce(&mut Space) -> Result<T, StoreError>) -> Result<T, StoreError> {
        work(self.spaces().get_mut(&self.namespace).ok_or_else(|| self.absent())?)
    }

    fn with_group<T>(
        &self,
        group: GroupId,
        work: impl FnOnce(&mut Group) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.with_space(|space| work(space.group(group)?))
    }

    /// Whoever asks has not opened the namespace, or somebody has dropped it.
    fn absent(&self) -> StoreError {
        StoreError::new(StoreErrorKind::Misuse, format!("there is no namespace `{}`", self.namespace))
            .with_help("it has never been opened, or was dropped")
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStore").field("namespace", &self.namespace).finish_non_exhaustive()
    }
}

impl StateStore for MemoryStore {
    async fn open(&self, fresh: Fresh) -> Result<Opened, StoreError> {
        if fresh.groups == 0 {
            let message = format!("namespace `{}` with no groups: at least 1", self.namespace);
            return Err(StoreError::new(StoreErrorKind::Misuse, message));
        }
        let mut spaces = self.spaces();
        let is_new = !spaces.contains_key(&self.namespace);
        let space = spaces.entry(self.namespace.clone()).or_insert_with(|| Space::new(fresh));
        space.raise();
        Ok(Opened { is_new, ..space.look() })
    }

    async fn look(&self) -> Result<Option<Opened>, StoreError> {
        Ok(self.spaces().get(&self.namespace).map(Space::look))
    }

    async fn amend(&self, expected: u64, about: Bytes) -> Result<(), StoreError> {
        self.with_space(|space| space.amend(expected, about))
    }

    async fn load(
        &self,
        group: GroupId,
        owner: Option<Version>,
        keys: &[Bytes],
    ) -> Result<Vec<Option<Bytes>>, StoreError> {
        self.with_group(group, |group| {
            check_owner(owner, group.version())?;
            Ok(keys.iter().map(|key| group.value(key)).collect())
        })
    }

    async fn commit(&self, group: GroupId, expected: Version, changes: Changes) -> Result<(), StoreError> {
        changes.check()?;
        self.with_group(group, |group| group.commit(expected, changes))
    }

    async fn due(
        &self,
        group: GroupId,
        owner: Option<Version>,
        until: Timestamp,
        after: Option<DueCursor>,
        limit: usize,
    ) -> Result<Page<Due, DueCursor>, StoreError> {
        self.with_group(group, |group| {
            check_owner(owner, group.version())?;
            Ok(group.due(until, after, limit))
        })
    }

    async fn scan(
        &self,
        group: GroupId,
        owner: Option<Version>,
        prefix: &[u8],
        after: Option<Bytes>,
        limit: usize,
    ) -> Result<Page<Entry, Bytes>, StoreError> {
        self.with_group(group, |group| {
            check_owner(owner, group.version())?;
            Ok(group.scan(prefix, after, limit))
        })
    }

    async fn outbox(&self, group: GroupId, from: u64, limit: usize) -> Result<Vec<(u64, Bytes)>, StoreError> {
        self.with_group(group, |group| Ok(group.outbox(from, limit)))
    }

    async fn trim(&self, group: GroupId, epoch: u64, below: u64) -> Result<(), StoreError> {
        self.with_group(group, |group| group.trim(epoch, below))
    }

    async fn drop_namespace(&self) -> Result<(), StoreError> {
        let removed = self.spaces().remove(&self.namespace);
        // Freed once nobody waits for it.
        drop(removed);
        Ok(())
    }

    async fn namespaces(&self) -> Result<Vec<Namespace>, StoreError> {
        Ok(self.spaces().keys().cloned().collect())
    }
}
