//! Generators of ids that no member gives twice.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::named::Named;
use crate::client::{Alive, Client};
use crate::codec::{IdBatch, NewIds};
use crate::config::Reconnect;
use crate::error::{Error, ErrorKind};

/// A member's number does not fit into its ids.
const OUT_OF_RANGE: i32 = 81;

/// The most ids that members give at once.
const MOST: usize = 100_000;

/// Before a member is asked again.
const PAUSE: Duration = Duration::from_millis(100);

/// Some years, which a moment may lie ahead.
const LONGEST: Duration = Duration::from_secs(1 << 30);

/// How many ids are fetched at once, and for how long they are good.
///
/// ```
/// use std::time::Duration;
/// use hazelcast_client::FlakeIdSettings;
///
/// let settings = FlakeIdSettings { batch: 1_000, validity: Duration::from_secs(60) };
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FlakeIdSettings {
    /// So many are fetched at once, 1 to 100,000: 100.
    pub batch: usize,
    /// For so long they are given out; then new ones are fetched, so that ids stay roughly in the order of time: 10 minutes.
    pub validity: Duration,
}

impl Default for FlakeIdSettings {
    fn default() -> Self {
        Self { batch: 100, validity: Duration::from_secs(600) }
    }
}

/// A generator of ids: numbers that no client and no member of the cluster gets twice, roughly in the order of time, and of
/// which some are passed over. Ids are fetched from members many at once. Handles are cheap, and share what was fetched.
///
/// **Cancelling**: a future that is dropped may lose ids that were on their way; none comes twice.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let ids = client.flake_ids("orders");
/// assert_ne!(ids.next().await?, ids.next().await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FlakeIds {
    named: Named,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    settings: FlakeIdSettings,
    batch: Mutex<Option<Batch>>,
    /// One caller fetches ids for all.
    fetching: tokio::sync::Mutex<()>,
}

/// Ids that are left.
#[derive(Clone, Copy, Debug)]
struct Batch {
    next: i64,
    increment: i64,
    left: u32,
    since: Instant,
}

impl Batch {
    fn take(&mut self, validity: Duration) -> Option<i64> {
        if self.left == 0 || self.since.elapsed() > validity {
            return None;
        }
        let id = self.next;
        self.left -= 1;
        // Behind the last id there may be no number.
        self.next = id.wrapping_add(self.increment);
        Some(id)
    }
}

impl Client {
    /// A generator of ids.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let id = client.flake_ids("orders").next().await?;
    /// # Ok(()) }
    /// ```
    pub fn flake_ids(&self, name: &str) -> FlakeIds {
        self.flake_ids_with(name, FlakeIdSettings::default())
    }

    /// A generator of ids that fetches as many as one says.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let settings = hazelcast_client::FlakeIdSettings::default();
    /// let id = client.flake_ids_with("orders", settings).next().await?;
    /// # Ok(()) }
    /// ```
    pub fn flake_ids_with(&self, name: &str, settings: FlakeIdSettings) -> FlakeIds {
        FlakeIds::new(self.alive.clone(), name, settings)
    }
}

impl FlakeIds {
    fn new(client: Alive, name: &str, settings: FlakeIdSettings) -> Self {
        let shared = Shared { settings, batch: Mutex::default(), fetching: tokio::sync::Mutex::default() };
        Self { named: Named::new(client, name), shared: Arc::new(shared) }
    }

    /// The generator's name.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// assert_eq!(client.flake_ids("orders").name(), "orders");
    /// # Ok(()) }
    /// ```
    pub fn name(&self) -> &str {
        &self.named.name
    }

    /// An id.
    ///
    /// # Errors
    /// Where members cannot be reached; [`Refused`](ErrorKind::Refused) where the number of each member is too large for its
    /// ids, which starting the cluster again mends.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let ids = client.flake_ids("orders");
    /// let (one, two) = (ids.next().await?, ids.next().await?);
    /// # Ok(()) }
    /// ```
    pub async fn next(&self) -> Result<i64, Error> {
        if let Some(id) = self.take() {
            return Ok(id);
        }
        let _fetching = self.shared.fetching.lock().await;
        // Whoever fetched before may have left some.
        if let Some(id) = self.take() {
            return Ok(id);
        }
        let (since, fetched) = self.fetch().await?;
        let none = || Error::new(ErrorKind::Protocol, "NewIds: the answer has no id");
        let left = u32::try_from(fetched.count).ok().filter(|count| *count > 0).ok_or_else(none)?;
        let (next, increment) = (fetched.base.wrapping_add(fetched.increment), fetched.increment);
        *self.batch() = Some(Batch { next, increment, left: left - 1, since });
        // The one who fetches has one, however short they are good.
        Ok(fetched.base)
    }

    fn batch(&self) -> MutexGuard<'_, Option<Batch>> {
        self.shared.batch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<i64> {
        self.batch().as_mut()?.take(self.shared.settings.validity)
    }

    /// Asks one member after the other: some may have numbers that are too large.
    async fn fetch(&self) -> Result<(Instant, IdBatch), Error> {
        let client = &self.named.client;
        let count = i32::try_from(self.shared.settings.batch.clamp(1, MOST)).unwrap_or(i32::MAX);
        let request = NewIds { count, name: &self.named.name };
        let deadline = Instant::now() + client.config.invocation_timeout.min(LONGEST);
        let mut refused = HashSet::new();
        let mut refusal = None;
        loop {
            let (member, connection) = match client.routes().next_member(|member| !refused.contains(member)) {
                Some(found) => found,
                None => match refusal {
                    Some(error) => return Err(error),
                    None => client.bind("NewIds").await?,
                },
            };
            let since = Instant::now();
            let error = match client.call_on(&request, &connection).await {
                Ok(batch) => return Ok((since, batch)),
                Err(error) => error,
            };
            // Ids that were lost on the way come no more.
            let is_lost = matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Indeterminate);
            if error.code() == Some(OUT_OF_RANGE) {
                refused.insert(member);
                refusal = Some(error);
            } else if is_lost && client.config.reconnect == Reconnect::Wait && Instant::now() < deadline {
                sleep(PAUSE).await;
            } else {
                return Err(error);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_gives_each_id_once_while_it_is_good() {
        let mut batch = Batch { next: i64::MAX - 1, increment: 1, left: 2, since: Instant::now() };
        let long = Duration::from_secs(1 << 20);
        let ids: Vec<_> = std::iter::from_fn(|| batch.take(long)).collect();
        assert_eq!(ids, [i64::MAX - 1, i64::MAX]);
        let mut old = Batch { left: 2, ..batch };
        old.since -= Duration::from_millis(1);
        assert_eq!(old.take(Duration::ZERO), None);
    }
}
