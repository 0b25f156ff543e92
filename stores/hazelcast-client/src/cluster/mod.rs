//! The cluster as a client sees it: who is there, who has what, which connections there are, and keeping all that true.

mod bound;
mod connect;
mod core;
mod created;
mod discover;
mod invoke;
mod keeper;
mod lifecycle;
mod member;
mod metrics;
mod schemas;
mod statistics;
mod view;

pub(crate) use self::core::Core;
pub use lifecycle::{Lifecycle, LifecycleEvent};
pub use member::{Member, State};
pub use metrics::Metrics;
