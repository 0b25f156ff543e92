//! The store keeps the contract on a cluster of three servers. The tests share it, one after the other: each finds it empty.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod support;

use std::future::Future;
use std::process::ExitCode;
use std::sync::{Condvar, Mutex};

use cep_engine::store::{GroupId, Namespace};
use cep_redis_testkit::Cluster;
use cep_store_conformance::{Harness, Traits};
use cep_store_redis::{RedisOptions, RedisStore};
use tokio::runtime::Runtime;

/// The cluster while no test has it: started for the first, ended in `main`.
static IDLE: Mutex<Option<Cluster>> = Mutex::new(None);
static IS_IDLE: Condvar = Condvar::new();

struct OnCluster {
    /// Taken out when the test is over.
    cluster: Option<Cluster>,
    runtime: Runtime,
}

impl OnCluster {
    fn cluster(&self) -> &Cluster {
        self.cluster.as_ref().unwrap()
    }
}

impl Harness for OnCluster {
    type Store = RedisStore;

    /// The servers go on running; the connections are new.
    const TRAITS: Traits = Traits { survives_reopen: true };
    const SEEDS: u64 = 10;

    fn new() -> Self {
        let idle = IS_IDLE.wait_while(IDLE.lock().unwrap(), |idle| idle.is_none()).unwrap().take().unwrap();
        idle.clear();
        Self { cluster: Some(idle), runtime: support::runtime() }
    }

    fn handle(&self, namespace: &Namespace) -> RedisStore {
        let urls = self.cluster().urls();
        let urls: Vec<_> = urls.iter().map(String::as_str).collect();
        let options = RedisOptions::default();
        self.block_on(RedisStore::connect_cluster(&urls, namespace.clone(), &options)).unwrap()
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    fn lose_header(&self, namespace: &Namespace, group: GroupId) -> bool {
        let key = format!("cep:{{{namespace}:{}}}:h", group.0);
        self.cluster().0.iter().any(|server| server.try_call(&["DEL", &key]).is_ok())
    }
}

impl Drop for OnCluster {
    fn drop(&mut self) {
        *IDLE.lock().unwrap() = self.cluster.take();
        IS_IDLE.notify_one();
    }
}

fn main() -> ExitCode {
    *IDLE.lock().unwrap() = Some(Cluster::start());
    let passed = cep_store_conformance::main::<OnCluster>();
    drop(IDLE.lock().unwrap().take());
    passed
}
