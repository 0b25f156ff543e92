//! Every operation against three real members through one connection.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use hazelcast_client::Routing;

const MEMBERS: u16 = 3;
const ROUTING: Routing = Routing::SingleMember;

#[path = "operations/mod.rs"]
mod operations;
#[path = "support/shared.rs"]
mod shared;
#[path = "support/mod.rs"]
mod support;
