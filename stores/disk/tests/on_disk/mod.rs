//! The disk store as the suite gets at it.

use std::future::Future;

use cep_engine::store::Namespace;
use cep_store_conformance::{Harness, Traits, block_on};
use cep_store_disk::{DiskStore, Durability, Options};
use tempfile::TempDir;

/// With every batch waiting for the disk, or with none. Dropped in this order.
pub(crate) struct OnDisk<const WAITS: bool> {
    store: Option<DiskStore>,
    folder: TempDir,
}

fn open<const WAITS: bool>(folder: &TempDir) -> DiskStore {
    let none = "none".parse().expect("a name");
    let durability = if WAITS { Durability::Full } else { Durability::Process };
    let options = Options::default().durability(durability);
    DiskStore::open(folder.path(), none, options).expect("the folder opens")
}

impl<const WAITS: bool> Harness for OnDisk<WAITS> {
    type Store = DiskStore;

    const TRAITS: Traits = Traits { survives_reopen: true };
    const SEEDS: u64 = if WAITS { 3 } else { 100 };

    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { store: Some(open::<WAITS>(&folder)), folder }
    }

    fn handle(&self, namespace: &Namespace) -> DiskStore {
        self.store.as_ref().expect("it is open").beside(namespace.clone())
    }

    fn reopen(&mut self) {
        self.store = None;
        self.store = Some(open::<WAITS>(&self.folder));
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        block_on(future)
    }
}
