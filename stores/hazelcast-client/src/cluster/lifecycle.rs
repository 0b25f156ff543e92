//! What happens in a client's life, event by event: nothing is passed over that a look at the present state would not show.

use tokio::sync::broadcast;
use uuid::Uuid;

use super::State;

/// So many events are kept for whoever does not take them.
const KEPT: usize = 64;

/// Something that happened to a client.
///
/// ```
/// use hazelcast_client::LifecycleEvent;
///
/// fn told(event: &LifecycleEvent) -> String {
///     match event {
///         LifecycleEvent::ClusterChanged { name, .. } => format!("now in cluster {name}"),
///         other => format!("{other:?}"),
///     }
/// }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum LifecycleEvent {
    /// There is a connection, after there was none.
    Connected,
    /// The last connection was lost.
    Disconnected,
    /// The client is in another cluster than before: in one that takes the place of the first, or in the same one whose
    /// members were all started again. Schemas are told and listeners registered anew before requests go there; `Connected`
    /// follows.
    ClusterChanged {
        /// The name of the cluster.
        name: String,
        /// Its id, which no other has.
        id: Uuid,
    },
    /// The client was shut down, or gave up.
    Closed,
}

impl From<State> for LifecycleEvent {
    fn from(state: State) -> Self {
        match state {
            State::Connected => Self::Connected,
            State::Disconnected => Self::Disconnected,
            State::Closed => Self::Closed,
        }
    }
}

/// The events of a client's life from some moment on, given by [`Client::lifecycle`](crate::Client::lifecycle).
///
/// ```no_run
/// # async fn example(client: hazelcast_client::Client) {
/// let mut life = client.lifecycle();
/// while let Some(event) = life.next().await {
///     println!("{event:?}");
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct Lifecycle {
    events: broadcast::Receiver<LifecycleEvent>,
    is_over: bool,
}

impl Lifecycle {
    crate::streamed::streamed!(LifecycleEvent, "client: hazelcast_client::Client", "client.lifecycle()");

    /// The next event, none when the client is closed. Of those that wait for more than 63 others the oldest are dropped.
    ///
    /// Dropping the future loses nothing.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) {
    /// let event = client.lifecycle().next().await;
    /// # }
    /// ```
    pub async fn next(&mut self) -> Option<LifecycleEvent> {
        while !self.is_over {
            match self.events.recv().await {
                Ok(event) => {
                    self.is_over = event == LifecycleEvent::Closed;
                    return Some(event);
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => self.is_over = true,
            }
        }
        None
    }
}

/// Where events come from.
#[derive(Debug)]
pub(crate) struct Lives(broadcast::Sender<LifecycleEvent>);

impl Default for Lives {
    fn default() -> Self {
        Self(broadcast::Sender::new(KEPT))
    }
}

impl Lives {
    pub(crate) fn tell(&self, event: LifecycleEvent) {
        // Nobody has to listen.
        drop(self.0.send(event));
    }

    pub(crate) fn listen(&self) -> Lifecycle {
        Lifecycle { events: self.0.subscribe(), is_over: false }
    }
}
