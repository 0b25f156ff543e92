//! Real Hazelcast members for tests: the jar fetched with Maven, members started, frozen, continued, killed and added on
//! 127.0.0.1, each cluster with a name and ports of its own. Knows nothing of any client.
//!
//! ```no_run
//! let mut cluster = hazelcast_kit::Options::new("orders").members(2).room_for(3).start();
//! let addresses = cluster.addresses();
//! cluster.kill(0);
//! cluster.add();
//! ```
//!
//! What is missing on a machine is a panic that tells what to install: a test that cannot run has failed.

mod classes;
mod cluster;
mod jars;
mod member;
mod ports;
mod python;
mod settings;
mod slots;
mod tools;

pub use cluster::{Cluster, Options};
pub use python::Python;

use std::path::{Path, PathBuf};

/// Where everything lies that is fetched, built or logged: inside the folder of builds, never among sources.
pub fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    root.unwrap_or(Path::new(".")).join("target").join("hazelcast")
}

/// A jar whose main class submits jobs, made of a Java source.
///
/// # Panics
/// Where it cannot be made, with what is wrong.
pub fn job_jar(source: &Path, main: &str) -> PathBuf {
    classes::job_jar(source, main).unwrap_or_else(|error| panic!("{error}"))
}

/// Fetches what members need, where it is not there yet.
///
/// # Errors
/// What is missing, and how to install it.
pub fn prepare() -> Result<(), String> {
    tools::java()?;
    jars::fetch(jars::Part::Core)?;
    jars::fetch(jars::Part::Sql)?;
    python::ready()
}
