//! Against real members that run SQL and jobs.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod jobs;
mod sql;
#[path = "../support/mod.rs"]
mod support;
