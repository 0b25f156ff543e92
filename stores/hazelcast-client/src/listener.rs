//! Listeners: registered with every member, again after each reconnection, until nobody listens.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;
use uuid::Uuid;

use crate::cluster::Core;
use crate::codec::Reply;
use crate::config::Routing;
use crate::connection::{Connection, ConnectionId};
use crate::error::{Error, ErrorKind};
use crate::frame::Message;
use crate::invocation::Outgoing;

/// What is listened to.
pub(crate) trait Source: Send + Sync + 'static {
    /// Asks a member for events: only for its own, or for all of the cluster.
    fn add(&self, is_local: bool) -> Box<dyn Outgoing + '_>;

    /// Asks a member to stop.
    fn remove(&self, registration: Uuid) -> Box<dyn Outgoing + '_>;

    /// Takes an event. It is called from a reading task, so it must not wait.
    fn event(&self, message: &Message);

    /// A member's events may have been missed, as the connection to it was lost.
    fn lost(&self);

    /// From now on a member's events come.
    fn registered(&self) {}
}

/// One listener of a client.
pub(crate) struct Listener {
    id: u64,
    source: Arc<dyn Source>,
    /// Where it is registered. Locked while it is being so, and connection by connection.
    places: Mutex<HashMap<ConnectionId, Place>>,
}

type Place = Arc<tokio::sync::Mutex<Option<Registration>>>;

/// The correlation id of events, and the member's name for the registration.
#[derive(Clone, Copy)]
struct Registration {
    correlation: i64,
    id: Uuid,
}

impl fmt::Debug for Listener {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Listener").field("id", &self.id).finish_non_exhaustive()
    }
}

/// All listeners of a client.
#[derive(Debug, Default)]
pub(crate) struct Listeners {
    all: Mutex<HashMap<u64, Arc<Listener>>>,
    last: AtomicU64,
}

impl Listeners {
    fn all(&self) -> MutexGuard<'_, HashMap<u64, Arc<Listener>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers all listeners with a member that requests do not go to yet.
    pub(crate) async fn register_all(&self, core: &Core, connection: &Arc<Connection>) -> Result<(), Error> {
        let all: Vec<_> = self.all().values().cloned().collect();
        for listener in all {
            listener.register(core, connection).await?;
        }
        Ok(())
    }

    pub(crate) fn lost(&self, connection: ConnectionId) {
        for listener in self.all().values() {
            if listener.places().remove(&connection).is_some() {
                listener.source.lost();
            }
        }
    }
}

impl Listener {
    fn places(&self) -> MutexGuard<'_, HashMap<ConnectionId, Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers with one member, unless that has been done.
    async fn register(&self, core: &Core, connection: &Arc<Connection>) -> Result<(), Error> {
        let place = Arc::clone(self.places().entry(connection.id).or_default());
        let mut place = place.lock().await;
        if place.is_some() {
            return Ok(());
        }
        let source = Arc::clone(&self.source);
        let handler = Arc::new(move |message: &Message| source.event(message));
        let is_local = core.config.routing == Routing::AllMembers;
        let (correlation, answer) = {
            let request = self.source.add(is_local);
            core.subscribe(&*request, connection, handler).await?
        };
        let id = Uuid::read(&answer).map_err(|error| {
            Error::new(ErrorKind::Protocol, "a registration without an id").with_source(error)
        })?;
        *place = Some(Registration { correlation, id });
        self.source.registered();
        Ok(())
    }
}

impl Core {
    /// Listens; when this returns, no event of a connected member is missed any more.
    pub(crate) async fn listen(self: &Arc<Self>, source: Arc<dyn Source>) -> Result<Listening, Error> {
        let id = self.listeners.last.fetch_add(1, Ordering::Relaxed);
        let listener = Arc::new(Listener { id, source, places: Mutex::default() });
        self.listeners.all().insert(id, Arc::clone(&listener));
        let listening = Listening { core: Arc::clone(self), listener: Arc::clone(&listener) };
        // Connections that are not there yet find the listener among all.
        let links: Vec<_> = self.view().links.values().map(|link| Arc::clone(&link.connection)).collect();
        for connection in links {
            match listener.register(self, &connection).await {
                // Whoever replaces the connection registers again.
                Err(_) if connection.is_closed() => {}
                result => result?,
            }
        }
        Ok(listening)
    }

    async fn stop_listening(&self, listener: Arc<Listener>) {
        let places: Vec<_> = listener.places().drain().collect();
        for (connection, place) in places {
            let Some(registration) = *place.lock().await else { continue };
            self.handlers.remove(registration.correlation);
            let link = self.view().links.values().find(|link| link.connection.id == connection).cloned();
            let Some(link) = link else { continue };
            let request = listener.source.remove(registration.id);
            // A member that cannot be told is one whose registrations are gone with the connection.
            drop(self.tell(&*request, &link.connection).await);
        }
    }
}

/// Listens until it is dropped.
#[derive(Debug)]
pub(crate) struct Listening {
    core: Arc<Core>,
    listener: Arc<Listener>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.core.listeners.all().remove(&self.listener.id);
        if !self.core.is_closed() {
            let (core, listener) = (Arc::clone(&self.core), Arc::clone(&self.listener));
            self.core.runtime.spawn(async move { core.stop_listening(listener).await });
        }
    }
}

/// Why events may have been missed.
///
/// ```no_run
/// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
/// use hazelcast_client::{EntryFilter, Event, Gap};
///
/// let mut events = client.map::<String, i32>("stock").listen(EntryFilter::new()).await?;
/// if let Some(Event::Gap(Gap::Overflow(count))) = events.next().await.transpose()? {
///     println!("{count} events came too fast");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Gap {
    /// The connection to a member was lost: what happened there until it was connected again is not told.
    ConnectionLost,
    /// So many events came faster than they were taken, and were dropped.
    Overflow(u64),
}

/// What a listener gets.
///
/// ```no_run
/// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
/// use hazelcast_client::{EntryFilter, Event};
///
/// let mut events = client.map::<String, i32>("stock").listen(EntryFilter::new()).await?;
/// while let Some(event) = events.next().await.transpose()? {
///     match event {
///         Event::Item(event) => println!("{:?} of {:?}", event.kind, event.key),
///         Event::Gap(gap) => println!("look again at everything: {gap:?}"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event<T> {
    /// Something happened.
    Item(T),
    /// Something may have happened that is not told.
    Gap(Gap),
}

/// Where a source puts what it gets. Bounded: what does not fit is counted.
#[derive(Debug)]
pub(crate) struct Sink<T> {
    sender: mpsc::Sender<Event<T>>,
    missed: Arc<AtomicU64>,
}

/// Where a listener takes it from.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    receiver: mpsc::Receiver<Event<T>>,
    missed: Arc<AtomicU64>,
}

pub(crate) fn queue<T>(length: usize) -> (Sink<T>, Queue<T>) {
    let (sender, receiver) = mpsc::channel(length.max(1));
    let missed = Arc::<AtomicU64>::default();
    (Sink { sender, missed: Arc::clone(&missed) }, Queue { receiver, missed })
}

impl<T> Sink<T> {
    /// What was missed is told first, in its place.
    pub(crate) fn put(&self, event: Event<T>) {
        let missed = self.missed.swap(0, Ordering::Relaxed);
        let gap = Event::Gap(Gap::Overflow(missed));
        let is_told = missed == 0 || self.sender.try_send(gap).is_ok();
        if !is_told || self.sender.try_send(event).is_err() {
            let left = if is_told { 0 } else { missed };
            self.missed.fetch_add(left + 1, Ordering::Relaxed);
        }
    }

    pub(crate) fn item(&self, item: T) {
        self.put(Event::Item(item));
    }

    pub(crate) fn lost(&self) {
        self.put(Event::Gap(Gap::ConnectionLost));
    }
}

impl<T> Queue<T> {
    /// The next event. What was dropped last, and not told by the sink, is told when nothing else is left.
    pub(crate) async fn next(&mut self) -> Option<Event<T>> {
        if let Ok(event) = self.receiver.try_recv() {
            return Some(event);
        }
        match self.missed.swap(0, Ordering::Relaxed) {
            0 => self.receiver.recv().await,
            missed => Some(Event::Gap(Gap::Overflow(missed))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_does_not_fit_is_counted_and_told() {
        let (sink, mut queue) = queue(2);
        (1..=5).for_each(|item| sink.item(item));
        let mut all = Vec::new();
        for _ in 0..3 {
            all.push(queue.next().await);
        }
        assert_eq!(all, [Some(Event::Item(1)), Some(Event::Item(2)), Some(Event::Gap(Gap::Overflow(3)))]);
        sink.item(6);
        drop(sink);
        assert_eq!(queue.next().await, Some(Event::Item(6)));
        assert_eq!(queue.next().await, None);
    }
}
