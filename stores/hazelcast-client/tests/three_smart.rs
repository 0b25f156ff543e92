//! Every operation against three real members, with a connection to each.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use hazelcast_client::Routing;

const MEMBERS: u16 = 3;
const ROUTING: Routing = Routing::AllMembers;

#[path = "operations/mod.rs"]
mod operations;
#[path = "support/shared.rs"]
mod shared;
#[path = "support/mod.rs"]
mod support;
