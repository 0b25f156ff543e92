//! The store keeps the contract on a server of its own for each test, which is killed and started again where a test asks for it.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod support;

use std::future::Future;
use std::process::ExitCode;

use cep_engine::store::{GroupId, Namespace};
use cep_redis_testkit::Server;
use cep_store_conformance::{Harness, Traits};
use cep_store_redis::{RedisOptions, RedisStore};
use tokio::runtime::Runtime;

struct OnOneServer {
    server: Server,
    runtime: Runtime,
}

impl Harness for OnOneServer {
    type Store = RedisStore;

    const TRAITS: Traits = Traits { survives_reopen: true };
    const SEEDS: u64 = 40;

    fn new() -> Self {
        // With `everysec` a killed server loses what it acknowledged last.
        Self { server: Server::durable(), runtime: support::runtime() }
    }

    fn handle(&self, namespace: &Namespace) -> RedisStore {
        let options = RedisOptions::default();
        let url = self.server.url();
        self.block_on(RedisStore::connect(&url, namespace.clone(), &options)).expect("the server runs")
    }

    fn reopen(&mut self) {
        self.server.kill();
        self.server.start_again();
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    fn lose_header(&self, namespace: &Namespace, group: GroupId) -> bool {
        self.server.call(&["DEL", &format!("cep:{{{namespace}:{}}}:h", group.0)]);
        true
    }
}

fn main() -> ExitCode {
    cep_store_conformance::main::<OnOneServer>()
}
