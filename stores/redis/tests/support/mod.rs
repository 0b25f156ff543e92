//! What the tests have in common besides real servers.
#![allow(dead_code, reason = "each test target uses another part of it")]

pub(crate) mod model;
pub(crate) mod random;

use std::future::Future;

use cep_engine::store::{Fresh, Namespace};
use cep_store_redis::{RedisOptions, RedisStore};
use tokio::runtime::Runtime;

/// A runtime as a user of the store has it.
pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Runs a test.
pub(crate) fn run<F: Future>(test: F) -> F::Output {
    runtime().block_on(test)
}

pub(crate) fn namespace(name: &str) -> Namespace {
    name.parse().unwrap()
}

pub(crate) fn fresh(groups: u16) -> Fresh {
    Fresh { groups, about: "about".into() }
}

/// The namespace `fraud` at a url.
pub(crate) async fn store(url: &str) -> RedisStore {
    RedisStore::connect(url, namespace("fraud"), &RedisOptions::default()).await.unwrap()
}
