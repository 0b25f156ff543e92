//! From a request to its answer: correlation, attempts, deadlines, backups.

mod calls;
mod failure;
mod handlers;
mod outgoing;

pub(crate) use calls::Calls;
pub(crate) use failure::Failure;
pub(crate) use handlers::{Handler, Handlers};
pub(crate) use outgoing::Outgoing;

use std::sync::Arc;

use uuid::Uuid;

use crate::connection::Connection;

/// Where a request goes.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// To the member that has a partition.
    Partition(i32),
    /// To any member.
    Any,
    /// To one member, and to no other.
    Member(Uuid),
    /// To a connection, ready or not.
    Connection(Arc<Connection>),
}

impl Target {
    /// The partition that the request names.
    pub(crate) const fn partition(&self) -> i32 {
        match self {
            Self::Partition(partition) => *partition,
            _ => -1,
        }
    }

    /// Whether another attempt may go elsewhere.
    pub(crate) const fn is_free(&self) -> bool {
        matches!(self, Self::Partition(_) | Self::Any)
    }
}
