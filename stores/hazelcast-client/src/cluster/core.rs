//! What all parts of a client share.

use std::sync::atomic::{AtomicBool, AtomicI32, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore, watch};
use tracing::{debug, info};
use uuid::Uuid;

use super::State;
use super::created::Created;
use super::lifecycle::Lives;
use super::metrics::Counters;
use super::view::{Routes, View};
use crate::codec::{BackupDone, Event as _};
use crate::config::Config;
use crate::connection::{Connection, ConnectionId, Inbox, Traffic};
use crate::frame::{Flags, Message};
use crate::invocation::{Calls, Handlers};
use crate::listener::Listeners;
use crate::near_cache::NearCaches;
use crate::serialization::Serializer;

/// One client: everything but its handles.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) config: Config,
    /// The same for all connections: by it members know whose backups and caches these are.
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) serializer: Serializer,
    pub(crate) calls: Calls,
    pub(crate) handlers: Handlers,
    pub(crate) listeners: Listeners,
    pub(crate) near_caches: NearCaches,
    pub(crate) counters: Counters,
    pub(crate) traffic: Arc<Traffic>,
    pub(crate) lives: Lives,
    pub(crate) created: Created,
    pub(crate) in_flight: Semaphore,
    /// Where tasks run that are started while a handle is dropped.
    pub(crate) runtime: Handle,
    /// One schema at a time is told to members, so that none is told twice.
    pub(crate) telling: tokio::sync::Mutex<()>,
    routes: RwLock<Arc<Routes>>,
    /// That of the routes, and whether the state is `Closed`: each call asks.
    partition_count: AtomicI32,
    is_closed: AtomicBool,
    /// Told of each change of the routes.
    pub(crate) changes: watch::Sender<()>,
    pub(crate) state: watch::Sender<State>,
    view: Mutex<View>,
    /// Something has to be looked after.
    pub(crate) wake: Notify,
    last_connection: AtomicU64,
    last_reference: AtomicI64,
}

impl Core {
    pub(crate) fn new(config: Config, runtime: Handle) -> Self {
        static CLIENTS: AtomicU64 = AtomicU64::new(0);
        let number = CLIENTS.fetch_add(1, Ordering::Relaxed);
        let name = config.client_name.clone().unwrap_or_else(|| format!("rust-{number}"));
        Self {
            in_flight: Semaphore::new(config.most_in_flight.clamp(1, Semaphore::MAX_PERMITS)),
            config,
            id: Uuid::new_v4(),
            name,
            serializer: Serializer::new(),
            calls: Calls::default(),
            handlers: Handlers::default(),
            listeners: Listeners::default(),
            near_caches: NearCaches::default(),
            counters: Counters::default(),
            traffic: Arc::default(),
            lives: Lives::default(),
            created: Created::default(),
            runtime,
            telling: tokio::sync::Mutex::default(),
            routes: RwLock::default(),
            partition_count: AtomicI32::new(0),
            is_closed: AtomicBool::new(false),
            changes: watch::Sender::new(()),
            state: watch::Sender::new(State::Disconnected),
            view: Mutex::default(),
            wake: Notify::new(),
            last_connection: AtomicU64::new(0),
            last_reference: AtomicI64::new(0),
        }
    }

    pub(crate) fn view(&self) -> MutexGuard<'_, View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn routes(&self) -> Arc<Routes> {
        Arc::clone(&self.routes.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many partitions the cluster has, 0 before that is known.
    pub(crate) fn partition_count(&self) -> i32 {
        self.partition_count.load(Ordering::Relaxed)
    }

    pub(crate) fn connection_id(&self) -> ConnectionId {
        ConnectionId(self.last_connection.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// A number for a request that a member carries out once, however often it comes.
    pub(crate) fn reference(&self) -> i64 {
        self.last_reference.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// Makes the routes anew, and tells whoever waits for them.
    pub(crate) fn reroute(&self, view: &View) {
        let routes = view.routes(self.config.balance);
        let state = if routes.is_empty() { State::Disconnected } else { State::Connected };
        self.partition_count.store(routes.partition_count, Ordering::Relaxed);
        *self.routes.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(routes);
        self.enter(state);
        self.changes.send_replace(());
    }

    /// A closed client stays closed.
    pub(crate) fn enter(&self, state: State) {
        let is_new = self.state.send_if_modified(|current| {
            let is_new = *current != state && *current != State::Closed;
            if is_new {
                *current = state;
            }
            is_new
        });
        if is_new {
            self.is_closed.fetch_or(state == State::Closed, Ordering::Release);
            info!(client = %self.name, ?state, "the client has another state");
            self.lives.tell(state.into());
        }
    }

    /// Nothing is done any more.
    pub(crate) fn shut_down(&self) {
        self.enter(State::Closed);
        // Their listeners hold the client.
        self.near_caches.clear();
        let links: Vec<_> = self.view().links.values().map(|link| Arc::clone(&link.connection)).collect();
        links.iter().for_each(|connection| connection.close("the client was shut down"));
        self.changes.send_replace(());
        self.wake.notify_one();
    }
}

impl Inbox for Core {
    fn message(&self, connection: &Connection, message: Message) {
        let flags = message.flags();
        if flags.has(Flags::BACKUP_EVENT) {
            if let Ok(event) = BackupDone::read(&message) {
                self.calls.backup(event.correlation);
            }
        } else if flags.has(Flags::EVENT) {
            self.handlers.event(connection.id, &message);
        } else {
            self.calls.answer(connection.id, message);
        }
    }

    fn closed(&self, connection: &Arc<Connection>) {
        let cause = connection.cause();
        // First of all, so that whoever hears of the loss finds nothing near that may have changed since.
        self.handlers.lose(connection.id);
        self.listeners.lost(connection.id);
        let mut view = self.view();
        if view.lose(connection.id) {
            info!(client = %self.name, %cause, "a connection is gone");
            self.counters.closed();
            self.reroute(&view);
        } else {
            debug!(client = %self.name, %cause, "a connection is closed that was not in use");
        }
        drop(view);
        self.calls.lose(connection.id, &cause);
        self.wake.notify_one();
    }
}
