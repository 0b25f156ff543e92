//! A connection: bytes to messages, requests to bytes, one task for each way. What messages mean is for whoever gets them.

mod outbox;
mod secure;
mod tasks;
mod traffic;

pub(crate) use secure::Secure;
pub(crate) use tasks::{Opening, open};
pub(crate) use traffic::Traffic;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime};

use bytes::BytesMut;
use tokio::sync::watch;

use outbox::Outbox;

use crate::frame::Message;

/// Takes what arrives. It is called from the reading task, so it must not wait.
pub(crate) trait Inbox: Send + Sync + 'static {
    fn message(&self, connection: &Connection, message: Message);

    /// The connection is closed, for the reason it tells; nothing comes any more.
    fn closed(&self, connection: &Arc<Connection>);
}

/// Names a connection; none comes twice in a client.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// A connection to a member.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) id: ConnectionId,
    pub(crate) address: String,
    /// This end of it.
    pub(crate) local: String,
    /// When it was made, for people.
    pub(crate) since: SystemTime,
    outbox: Outbox,
    started: Instant,
    /// Milliseconds after `started`.
    last_read: AtomicU64,
    last_written: AtomicU64,
    closing: watch::Sender<bool>,
    cause: OnceLock<String>,
}

impl Connection {
    fn new(id: ConnectionId, address: String, local: String) -> Self {
        Self {
            id,
            address,
            local,
            since: SystemTime::now(),
            outbox: Outbox::default(),
            started: Instant::now(),
            last_read: AtomicU64::new(0),
            last_written: AtomicU64::new(0),
            closing: watch::Sender::new(false),
            cause: OnceLock::new(),
        }
    }

    /// Whether there is room for another request.
    pub(crate) fn has_room(&self) -> bool {
        self.outbox.has_room()
    }

    /// Waits until there is room for another request.
    pub(crate) async fn room(&self) {
        self.outbox.room().await;
    }

    /// Writes a request into what is sent next.
    pub(crate) fn send(&self, write: impl FnOnce(&mut BytesMut)) {
        self.outbox.push(write);
    }

    /// Closes it; the first reason counts.
    pub(crate) fn close(&self, cause: &str) {
        self.cause.get_or_init(|| cause.to_owned());
        self.closing.send_replace(true);
        self.outbox.give_up();
    }

    pub(crate) fn is_closed(&self) -> bool {
        // The first that is done to close it.
        self.cause.get().is_some()
    }

    /// Why it was closed.
    pub(crate) fn cause(&self) -> String {
        let cause = self.cause.get().map_or("it was closed", String::as_str);
        format!("connection to {}: {cause}", self.address)
    }

    /// For how long nothing has come.
    pub(crate) fn quiet(&self) -> Duration {
        self.since(&self.last_read)
    }

    /// For how long nothing has been sent.
    pub(crate) fn idle(&self) -> Duration {
        self.since(&self.last_written)
    }

    fn since(&self, moment: &AtomicU64) -> Duration {
        self.started.elapsed().saturating_sub(Duration::from_millis(moment.load(Ordering::Relaxed)))
    }

    fn mark(&self, moment: &AtomicU64) {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        moment.store(now, Ordering::Relaxed);
    }
}
