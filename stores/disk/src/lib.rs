//! State in a folder of one machine: it outlives the process, `kill -9` and a loss of power, and may be larger than memory.
//!
//! The folder holds any number of namespaces in one database file (`redb`, a B-tree that copies on write). One process at a
//! time has the folder. A thread of its own writes: all commits that wait at a moment share one `fsync`; a commit's future
//! completes once that is done. See the crate's README for what was measured.

mod backend;
mod database;
mod doctor;
mod error;
mod folder;
mod keys;
mod lock;
mod options;
mod read;
mod tables;
#[cfg(test)]
mod tests;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{
    Changes, Due, DueCursor, Entry, Fresh, GroupId, Namespace, Opened, Page, StateStore, StoreError,
    StoreErrorKind, Version,
};

use error::Failed;
use folder::Folder;
use read::Reader;
use writer::Plain;

pub use doctor::{Failing, examine};
pub use options::{Durability, Options};

/// A namespace in a folder.
///
/// Clones and those that [`beside`](Self::beside) gives share the folder, which is closed and unlocked when the last of them
/// is dropped. Reading takes place on the caller's thread when the future is first polled and may wait for the disk.
#[derive(Clone)]
pub struct DiskStore {
    folder: Arc<Folder>,
    namespace: Namespace,
}

impl DiskStore {
    /// A namespace in a folder, which is made if it is not there.
    ///
    /// Not async: it may have to check the whole file ([`Options::check_on_open`]).
    ///
    /// # Errors
    /// [`StoreErrorKind::Setup`] where the path is no folder, may not be written, or a process has it open already;
    /// [`StoreErrorKind::Corrupt`] where the file is not as it was written; [`StoreErrorKind::Incompatible`] where another
    /// version wrote it; [`StoreErrorKind::Full`]; [`StoreErrorKind::Unavailable`] for other errors of the file system.
    pub fn open(path: impl AsRef<Path>, namespace: Namespace, options: Options) -> Result<Self, StoreError> {
        Ok(Self { folder: Arc::new(Folder::open(path.as_ref(), options)?), namespace })
    }

    /// Another namespace, or the same, in the same folder.
    #[must_use]
    pub fn beside(&self, namespace: Namespace) -> Self {
        Self { folder: Arc::clone(&self.folder), namespace }
    }

    fn read<T>(&self, read: impl FnOnce(Reader<'_>) -> Result<T, Failed>) -> Result<T, StoreError> {
        read(self.folder.reader(&self.namespace)?).map_err(|failed| failed.alone(self.folder.path()))
    }
}

impl fmt::Debug for DiskStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("DiskStore");
        all.field("folder", &self.folder.path()).field("namespace", &self.namespace).finish_non_exhaustive()
    }
}

impl StateStore for DiskStore {
    async fn open(&self, fresh: Fresh) -> Result<Opened, StoreError> {
        if fresh.groups == 0 {
            let message = format!("namespace `{}` with no groups: at least 1", self.namespace);
            return Err(StoreError::new(StoreErrorKind::Misuse, message));
        }
        self.folder.write(&self.namespace, fresh).await
    }

    async fn look(&self) -> Result<Option<Opened>, StoreError> {
        self.read(|reader| reader.look())
    }

    async fn amend(&self, expected: u64, about: Bytes) -> Result<(), StoreError> {
        self.folder.write(&self.namespace, Plain::Amend { expected, about }).await
    }

    async fn load(
        &self,
        group: GroupId,
        owner: Option<Version>,
        keys: &[Bytes],
    ) -> Result<Vec<Option<Bytes>>, StoreError> {
        self.read(|reader| reader.owned_by(group, owner)?.load(group, keys))
    }

    async fn commit(&self, group: GroupId, expected: Version, changes: Changes) -> Result<(), StoreError> {
        changes.check()?;
        self.folder.write(&self.namespace, Plain::Commit { group, expected, changes }).await
    }

    async fn due(
        &self,
        group: GroupId,
        owner: Option<Version>,
        until: Timestamp,
        after: Option<DueCursor>,
        limit: usize,
    ) -> Result<Page<Due, DueCursor>, StoreError> {
        self.read(|reader| reader.owned_by(group, owner)?.due(group, until, after.as_ref(), limit))
    }

    async fn scan(
        &self,
        group: GroupId,
        owner: Option<Version>,
        prefix: &[u8],
        after: Option<Bytes>,
        limit: usize,
    ) -> Result<Page<Entry, Bytes>, StoreError> {
        self.read(|reader| reader.owned_by(group, owner)?.scan(group, prefix, after.as_ref(), limit))
    }

    async fn outbox(&self, group: GroupId, from: u64, limit: usize) -> Result<Vec<(u64, Bytes)>, StoreError> {
        self.read(|reader| reader.outbox(group, from, limit))
    }

    async fn trim(&self, group: GroupId, epoch: u64, below: u64) -> Result<(), StoreError> {
        self.folder.write(&self.namespace, Plain::Trim { group, epoch, below }).await
    }

    async fn drop_namespace(&self) -> Result<(), StoreError> {
        self.folder.write(&self.namespace, Plain::Drop).await
    }

    async fn namespaces(&self) -> Result<Vec<Namespace>, StoreError> {
        self.read(|reader| reader.namespaces())
    }
}
