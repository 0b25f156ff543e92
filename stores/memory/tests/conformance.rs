//! The memory store keeps the contract.

use std::future::Future;
use std::process::ExitCode;

use cep_engine::store::Namespace;
use cep_store_conformance::{Harness, Traits, block_on};
use cep_store_memory::MemoryStore;

struct InMemory(MemoryStore);

impl Harness for InMemory {
    type Store = MemoryStore;

    const TRAITS: Traits = Traits { survives_reopen: false };
    const SEEDS: u64 = 400;

    fn new() -> Self {
        Self(MemoryStore::new("none".parse().expect("a name")))
    }

    fn handle(&self, namespace: &Namespace) -> MemoryStore {
        self.0.beside(namespace.clone())
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        block_on(future)
    }
}

fn main() -> ExitCode {
    cep_store_conformance::main::<InMemory>()
}
