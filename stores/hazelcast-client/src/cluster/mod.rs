//! The cluster as a client sees it: who is there, who has what, which connections there are, and keeping all that true.

mod bound;
mod connect;
mod core;
mod created;
mod invoke;
mod keeper;
mod member;
mod schemas;
mod view;

pub(crate) use self::core::Core;
pub use member::{Member, State};
