//! The store against real servers: errors, kills, roll-backs, broken connections, clusters.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

#[path = "../support/mod.rs"]
mod support;

mod cluster;
mod errors;
mod faults;
mod setup;
#[cfg(feature = "tls")]
mod tls;
