//! What a client counts.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Core;
use crate::near_cache::NearCacheStats;

/// What a client has counted since it was made, given by [`Client::metrics`](crate::Client::metrics).
///
/// ```no_run
/// # fn example(client: &hazelcast_client::Client) {
/// let metrics = client.metrics();
/// println!("{} requests, {} of them repeated", metrics.invocations, metrics.retries);
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Metrics {
    /// Requests, whatever came of them; signs of life and registrations of listeners among them.
    pub invocations: u64,
    /// Attempts beyond the first of a request.
    pub retries: u64,
    /// Requests that are under way now.
    pub in_flight: usize,
    /// Bytes of messages that were sent to members.
    pub bytes_sent: u64,
    /// Bytes of messages that came from members.
    pub bytes_received: u64,
    /// Connections that there are now.
    pub connections: usize,
    /// Connections that members have let in.
    pub connections_opened: u64,
    /// Connections of these that are gone, for whatever reason.
    pub connections_closed: u64,
    /// How near caches have done, by the names of their maps.
    pub near_caches: Vec<(String, NearCacheStats)>,
}

/// What is counted as it happens.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    invocations: AtomicU64,
    retries: AtomicU64,
    opened: AtomicU64,
    closed: AtomicU64,
}

impl Counters {
    pub(super) fn invoked(&self) {
        self.invocations.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn retried(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn opened(&self) {
        self.opened.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn closed(&self) {
        self.closed.fetch_add(1, Ordering::Relaxed);
    }
}

impl Core {
    pub(crate) fn metrics(&self) -> Metrics {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Metrics {
            invocations: count(&self.counters.invocations),
            retries: count(&self.counters.retries),
            in_flight: self.calls.under_way(),
            bytes_sent: self.traffic.sent(),
            bytes_received: self.traffic.received(),
            connections: self.view().links.len(),
            connections_opened: count(&self.counters.opened),
            connections_closed: count(&self.counters.closed),
            near_caches: self.near_caches.stats(),
        }
    }
}
