//! Several members that come, freeze and go.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod counters;
mod elsewhere;
mod loss;
mod moving;
mod reach;
mod services;
mod structures;
#[path = "../support/mod.rs"]
mod support;
mod transactions;
mod whole;
