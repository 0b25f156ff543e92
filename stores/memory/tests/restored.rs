//! The memory store keeps the contract across processes where each ends with a snapshot and the next begins with it.

use std::future::Future;
use std::process::ExitCode;

use cep_engine::store::Namespace;
use cep_store_conformance::{Harness, Traits, block_on};
use cep_store_memory::MemoryStore;
use tempfile::TempDir;

struct Restored {
    folder: TempDir,
    store: MemoryStore,
}

impl Harness for Restored {
    type Store = MemoryStore;

    const TRAITS: Traits = Traits { survives_reopen: true };
    const SEEDS: u64 = 50;

    fn new() -> Self {
        let store = MemoryStore::new("none".parse().expect("a name"));
        Self { folder: tempfile::tempdir().expect("a folder"), store }
    }

    fn handle(&self, namespace: &Namespace) -> MemoryStore {
        self.store.beside(namespace.clone())
    }

    fn reopen(&mut self) {
        let file = self.folder.path().join("state");
        self.store.save(&file).expect("a snapshot is written");
        let none = "none".parse().expect("a name");
        self.store = MemoryStore::restore(&file, none).expect("a snapshot is read");
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        block_on(future)
    }
}

fn main() -> ExitCode {
    cep_store_conformance::main::<Restored>()
}
