//! Real servers for the tests, on 127.0.0.1 alone, each in a folder of its own, ended when the test ends.
#![allow(dead_code, reason = "each test target uses another part of it")]

pub(crate) mod cluster;
pub(crate) mod folder;
pub(crate) mod model;
pub(crate) mod proxy;
pub(crate) mod random;
pub(crate) mod server;

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
