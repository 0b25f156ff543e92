//! A run whose state is in a store: it may be ended at any moment, and goes on when it is started again.

mod job;
mod once;
mod switch;

pub use job::{Job, StoredFailure};
pub use switch::{Made, Make, Next, fate};
