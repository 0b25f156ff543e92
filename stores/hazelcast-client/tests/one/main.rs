//! Against one real member: what maps do, connecting, and being turned away.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod connecting;
mod counters;
mod events;
mod journal;
mod locks;
mod map;
mod named;
mod near_cache;
mod objects;
mod paging;
mod queries;
mod replicated;
mod schemas;
mod statistics;
#[path = "../support/mod.rs"]
mod support;
mod tls;
mod transactions;
