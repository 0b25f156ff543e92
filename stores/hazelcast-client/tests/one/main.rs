//! Against one real member: every operation, connecting, and being turned away.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use hazelcast_client::Routing;

const MEMBERS: u16 = 1;
const ROUTING: Routing = Routing::AllMembers;

mod connecting;
mod near_cache;
#[path = "../operations/mod.rs"]
mod operations;
#[path = "../support/shared.rs"]
mod shared;
mod statistics;
#[path = "../support/mod.rs"]
mod support;
mod tls;
