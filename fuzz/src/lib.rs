//! Hostile input: takes the fixtures apart, puts them together wrongly, and tells the least input that breaks a target.
//! The targets are in `tests/`; what they found lies in `crashes/`. Knows nothing of what it feeds.

mod corpus;
mod input;
mod run;

pub use corpus::{conformance, fixtures};
pub use run::{Target, run};
