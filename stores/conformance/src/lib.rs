//! What every state store is held to: a test a sentence of the contract (`cep_engine::store`), and random operations
//! against a simple model.
//!
//! A store's crate runs all of it with a test that has `harness = false` and one line:
//!
//! ```ignore
//! fn main() -> std::process::ExitCode {
//!     cep_store_conformance::main::<MyHarness>()
//! }
//! ```
//!
//! The suite knows no runtime: futures are polled where the [`Harness`] says. No test depends on how long something takes.

mod atomic;
mod cases;
mod creating;
mod dropped;
mod due;
mod dump;
mod durable;
mod fenced;
mod futures;
mod make;
mod misuse;
mod model;
mod namespaces;
mod opening;
mod outbox;
mod owned;
mod pipelined;
mod quarantine;
mod random;
mod reading;
mod scan;
mod sizes;
mod unpolled;
mod world;

use std::fmt;
use std::future::Future;
use std::process::ExitCode;

use cep_engine::store::{GroupId, Namespace, StateStore};
use libtest_mimic::{Arguments, Completion, Trial};

pub use futures::block_on;

/// How the suite gets at a store.
///
/// A value is one place: a server, a folder, a set of namespaces that nobody else uses and in which there is nothing yet.
/// Each test makes one. Tests run on several threads, and some call `block_on` from several threads at once.
pub trait Harness: Sized + Send + Sync + 'static {
    /// The store.
    type Store: StateStore;

    /// What the store has.
    const TRAITS: Traits;

    /// How many seeds the random operations run with.
    const SEEDS: u64 = 100;

    /// A place of its own, with nothing in it.
    fn new() -> Self;

    /// Another handle onto a namespace of the place. Handles stand for processes: each is an owner of its own.
    fn handle(&self, namespace: &Namespace) -> Self::Store;

    /// As if the process had ended and come again: only what is durable stays. All handles are gone by then. Called only
    /// where the store has [`Traits::survives_reopen`].
    fn reopen(&mut self) {}

    /// Runs a future to its end.
    fn block_on<F: Future>(&self, future: F) -> F::Output;

    /// Takes away the header of a group behind the store's back; false where that cannot be done.
    fn lose_header(&self, _namespace: &Namespace, _group: GroupId) -> bool {
        false
    }
}

/// What a store has, and another may lack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Traits {
    /// What was committed is there after [`Harness::reopen`].
    pub survives_reopen: bool,
}

/// One test.
pub struct Case {
    name: String,
    run: Box<dyn FnOnce() -> Ran + Send>,
}

/// How a test ended that did not fail; one that fails panics.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ran {
    /// It passed.
    Passed,
    /// The store or its harness does not have what the test is about.
    Skipped(&'static str),
}

impl Case {
    fn new(name: impl Into<String>, run: impl FnOnce() -> Ran + Send + 'static) -> Self {
        Self { name: name.into(), run: Box::new(run) }
    }

    /// The promise and the sentence that is checked.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs it; panics where the store breaks its promise.
    pub fn run(self) -> Ran {
        (self.run)()
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.name).finish()
    }
}

/// All tests, for a runner of one's own.
#[must_use]
pub fn tests<H: Harness>() -> Vec<Case> {
    cases::all::<H>()
}

/// Runs all tests as `cargo test` runs others, with its arguments: filters, `--list`, `--test-threads`.
#[must_use]
pub fn main<H: Harness>() -> ExitCode {
    let trials = tests::<H>().into_iter().map(|case| {
        Trial::ignorable_test(case.name.clone(), move || match case.run() {
            Ran::Passed => Ok(Completion::Completed),
            Ran::Skipped(why) => Ok(Completion::ignored_with(why)),
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}
