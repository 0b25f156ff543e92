//! What is distributed, as its users hold it.

mod collection;
mod flake_ids;
mod item_events;
mod keys;
mod list;
mod locks;
mod many;
mod map;
mod multi_map;
mod named;
mod objects;
mod pn_counter;
mod queue;
mod reliable_topic;
mod replicated_map;
mod ringbuffer;
mod set;
mod topic;

pub(crate) use collection::Collection;
pub use flake_ids::{FlakeIdSettings, FlakeIds};
pub use item_events::{ItemEvent, ItemEventKind, ItemEvents};
pub use list::DistributedList;
pub use map::{
    Aggregation, EntryEvent, EntryEventKind, EntryEvents, EntryFilter, EntryPages, Expiry, Index, Journal,
    JournalBatch, JournalEnds, JournalEvent, JournalEvents, JournalStart, Map, Pages, Paging, UniqueKey,
};
pub use multi_map::MultiMap;
pub use objects::{DistributedObject, ObjectEvent, ObjectEvents, ObjectKind};
pub use pn_counter::PnCounter;
pub use queue::Queue;
pub use reliable_topic::{ReliableMessages, ReliableTopic};
pub use replicated_map::ReplicatedMap;
pub use ringbuffer::{Overflow, RingBatch, Ringbuffer};
pub use set::DistributedSet;
pub use topic::{Topic, TopicMessage, TopicMessages};

use std::time::Duration;

use crate::client::Alive;
use crate::cluster::State;
use crate::listener::{self, Event};

/// The next event of a listener; none when the client is closed.
async fn next<T>(client: &Alive, queue: &mut listener::Queue<T>) -> Option<Event<T>> {
    let mut states = client.state.subscribe();
    tokio::select! {
        biased;
        event = queue.next() => event,
        _ = states.wait_for(|state| *state == State::Closed) => None,
    }
}

/// A time as members have it.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
