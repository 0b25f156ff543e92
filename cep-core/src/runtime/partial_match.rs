//! A partial match: where it is in the automaton and what it has captured so far.

use super::buffer::NodeId;
use crate::ids::StateId;
use crate::program::Members;
use crate::time::Timestamp;

/// Partial matches in some order.
pub(crate) type Runs = Vec<PartialMatch>;

/// A partial match (Flink's computation state).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PartialMatch {
    /// The event it started with.
    pub(crate) start: Start,
    /// The patterns of its group that hold it.
    pub(crate) members: Members,
    /// The state it is in.
    pub(crate) state: StateId,
    /// The node of its last captured event; none for the start state, which has captured nothing.
    pub(crate) node: Option<NodeId>,
}

/// The first event of a partial match: orders partial matches of a key by age.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Start {
    pub(crate) time: Timestamp,
    /// The order of capture within the key.
    pub(crate) sequence: u64,
}

impl Start {
    /// The start state comes after all that have started.
    pub(crate) const NEVER: Self = Self { time: Timestamp(i64::MAX), sequence: u64::MAX };
}

impl PartialMatch {
    /// The start state: a partial match that waits for its first event.
    pub(crate) fn waiting(state: StateId, members: Members) -> Self {
        Self { start: Start::NEVER, members, state, node: None }
    }
}

// Thousands of them may wait in one key.
const _: () = assert!(size_of::<PartialMatch>() == 32);
