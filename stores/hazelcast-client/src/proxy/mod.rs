//! What is distributed, as its users hold it.

mod map;

pub use map::{EntryEvent, EntryEventKind, EntryEvents, EntryFilter, Expiry, Map};

use crate::client::Alive;
use crate::cluster::State;
use crate::listener::{Event, Queue};

/// The next event of a listener; none when the client is closed.
async fn next<T>(client: &Alive, queue: &mut Queue<T>) -> Option<Event<T>> {
    let mut states = client.state.subscribe();
    tokio::select! {
        biased;
        event = queue.next() => event,
        _ = states.wait_for(|state| *state == State::Closed) => None,
    }
}
