//! The disk store keeps the contract as users run it: every batch waits for the disk.

use std::future::Future;
use std::process::ExitCode;

use cep_engine::store::Namespace;
use cep_store_conformance::{Harness, Traits, block_on};
use cep_store_disk::{DiskStore, Options};
use tempfile::TempDir;

/// Dropped in this order.
struct OnDisk {
    store: Option<DiskStore>,
    folder: TempDir,
}

fn open(folder: &TempDir) -> DiskStore {
    let none = "none".parse().expect("a name");
    let options = Options::default();
    DiskStore::open(folder.path(), none, options).expect("the folder opens")
}

impl Harness for OnDisk {
    type Store = DiskStore;

    const TRAITS: Traits = Traits { survives_reopen: true };
    const SEEDS: u64 = 3;

    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { store: Some(open(&folder)), folder }
    }

    fn handle(&self, namespace: &Namespace) -> DiskStore {
        self.store.as_ref().expect("it is open").beside(namespace.clone())
    }

    fn reopen(&mut self) {
        self.store = None;
        self.store = Some(open(&self.folder));
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        block_on(future)
    }
}

fn main() -> ExitCode {
    cep_store_conformance::main::<OnDisk>()
}
