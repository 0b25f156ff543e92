//! Real Redis servers for tests, on 127.0.0.1 alone, each in a folder of its own, ended with the value that stands for it.
//! What does not go as a test needs it ends the test. Knows nothing of this workspace's crates.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod cluster;
mod folder;
mod proxy;
mod server;
#[cfg(feature = "tls")]
mod tls;

pub use cluster::Cluster;
pub use folder::Folder;
pub use proxy::{Gate, Proxy, Rule};
pub use redis::Value;
pub use server::{Server, free_port, signal};
#[cfg(feature = "tls")]
pub use tls::TlsServer;
