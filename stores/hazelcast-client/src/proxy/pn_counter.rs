//! PN counters: each replica counts for itself, and they agree after a while.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::named::Named;
use crate::client::Client;
use crate::codec::{Counted, CounterAdd, CounterGet, CounterReplicas, Items};
use crate::config::Reconnect;
use crate::error::{Error, ErrorKind};
use crate::invocation::Target;

/// No replica that could be reached has seen what this counter has.
const CONSISTENCY_LOST: i32 = 84;

/// While no replica can be reached.
const PAUSE: Duration = Duration::from_millis(100);

/// Some years, which a moment may lie ahead.
const LONGEST: Duration = Duration::from_secs(1 << 30);

/// A counter that several members count, each for itself, so that adding never waits for others; they tell each other, and
/// agree after a while, whatever was lost on the way. Handles are cheap.
///
/// **A session**: a handle and its clones read what they have added, and never less than they have read, also where they have
/// to turn to another replica. A replica that has not heard of all that is passed over; where none is left, the error has the
/// code 84: what was counted at a lost replica alone is gone. [`reset`](Self::reset) then begins a new session.
///
/// **Adding** is not repeated where the connection was lost on the way
/// ([`Indeterminate`](ErrorKind::Indeterminate)). **Cancelling**: a future that is dropped may have added; whether it has is
/// not known.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let likes = client.pn_counter("likes");
/// assert_eq!(likes.add_and_get(5).await?, 5);
/// assert_eq!(likes.get_and_add(-1).await?, 5);
/// assert_eq!(likes.get().await?, 4);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PnCounter {
    named: Named,
    session: Arc<Mutex<Session>>,
}

/// What a session has seen.
#[derive(Debug, Default)]
struct Session {
    /// By replica, how far it had counted.
    seen: HashMap<Uuid, i64>,
    /// The replica that is asked.
    replica: Option<Uuid>,
    /// How many replicas there are to be.
    replicas: Option<usize>,
}

impl Client {
    /// A PN counter. Each call begins a session of its own.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// client.pn_counter("visits").add_and_get(1).await?;
    /// # Ok(()) }
    /// ```
    pub fn pn_counter(&self, name: &str) -> PnCounter {
        PnCounter { named: Named::new(self.alive.clone(), name), session: Arc::default() }
    }
}

impl PnCounter {
    /// The counter's name.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// assert_eq!(client.pn_counter("visits").name(), "visits");
    /// # Ok(()) }
    /// ```
    pub fn name(&self) -> &str {
        &self.named.name
    }

    /// How far it has counted.
    ///
    /// # Errors
    /// As all methods: where no replica can be reached, and code 84 where none has seen what this session has.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let visits = client.pn_counter("visits").get().await?;
    /// # Ok(()) }
    /// ```
    pub async fn get(&self) -> Result<i64, Error> {
        self.ask(Question::Get).await
    }

    /// Adds, or takes away what is negative; gives how far it had counted before.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let before = client.pn_counter("visits").get_and_add(1).await?;
    /// # Ok(()) }
    /// ```
    pub async fn get_and_add(&self, delta: i64) -> Result<i64, Error> {
        self.ask(Question::Add { delta, before: true }).await
    }

    /// Adds, or takes away what is negative; gives how far it has counted now.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let visits = client.pn_counter("visits").add_and_get(1).await?;
    /// # Ok(()) }
    /// ```
    pub async fn add_and_get(&self, delta: i64) -> Result<i64, Error> {
        self.ask(Question::Add { delta, before: false }).await
    }

    /// Begins a new session, which has seen nothing: for where what was counted is gone.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// client.pn_counter("visits").reset();
    /// # Ok(()) }
    /// ```
    pub fn reset(&self) {
        let mut session = self.session();
        session.seen.clear();
        session.replica = None;
    }

    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks one replica after the other until one answers; where none can be reached, all of them again in a while.
    async fn ask(&self, question: Question) -> Result<i64, Error> {
        let client = &self.named.client;
        let deadline = Instant::now() + client.config.invocation_timeout.min(LONGEST);
        let most = self.replicas().await?;
        let mut failed = HashSet::new();
        let mut last = None;
        loop {
            let Some(replica) = self.choose(most, &failed) else {
                let none =
                    || Error::new(ErrorKind::Unavailable, "PnCounter: there is no member that has data");
                let error = last.take().unwrap_or_else(none);
                let waits =
                    client.config.reconnect == Reconnect::Wait && error.kind() == ErrorKind::Unavailable;
                if client.is_closed() || !waits || Instant::now() >= deadline {
                    return Err(error);
                }
                failed.clear();
                sleep(PAUSE).await;
                continue;
            };
            let error = match self.ask_at(question, replica).await {
                Ok(counted) => return Ok(self.took(replica, counted)),
                Err(error) => error,
            };
            if !question.may_ask_another(&error) {
                return Err(error);
            }
            failed.insert(replica);
            last = Some(error);
        }
    }

    /// How many replicas there are to be, which members know from their configuration.
    async fn replicas(&self) -> Result<usize, Error> {
        if let Some(replicas) = self.session().replicas {
            return Ok(replicas);
        }
        let replicas =
            self.named.client.call(&CounterReplicas { name: &self.named.name }, Target::Any).await?;
        let replicas = usize::try_from(replicas).unwrap_or_default().max(1);
        self.session().replicas = Some(replicas);
        Ok(replicas)
    }

    /// The replica that was asked last, else any other: replicas are the first members that have data.
    fn choose(&self, most: usize, failed: &HashSet<Uuid>) -> Option<Uuid> {
        let view = self.named.client.view();
        let members = view.members.iter().filter(|member| !member.is_lite).take(most);
        let fitting: Vec<_> =
            members.map(|member| member.uuid).filter(|uuid| !failed.contains(uuid)).collect();
        drop(view);
        let mut session = self.session();
        if let Some(replica) = session.replica.filter(|replica| fitting.contains(replica)) {
            return Some(replica);
        }
        // Any number will do.
        let draw = self.named.client.reference().cast_unsigned() as usize;
        session.replica = fitting.get(draw.checked_rem(fitting.len())?).copied();
        session.replica
    }

    async fn ask_at(&self, question: Question, replica: Uuid) -> Result<Counted, Error> {
        let seen = Items(self.session().seen.iter().map(|(replica, count)| (*replica, *count)).collect());
        let (client, name, seen) = (&self.named.client, &*self.named.name, &seen);
        let routes = client.routes();
        // A member to which there is no connection is asked by another one.
        let no_connection = || Error::new(ErrorKind::Unavailable, "PnCounter: there is no connection");
        let connection = routes.member(replica).or_else(|| routes.any()).ok_or_else(no_connection)?;
        match question {
            Question::Get => client.call_on(&CounterGet { replica, name, seen }, &connection).await,
            Question::Add { delta, before } => {
                client.call_on(&CounterAdd { delta, before, replica, name, seen }, &connection).await
            }
        }
    }

    /// What the replica has seen this session has, too.
    fn took(&self, replica: Uuid, counted: Counted) -> i64 {
        let mut session = self.session();
        session.replica = Some(replica);
        for (replica, count) in counted.seen.0 {
            let known = session.seen.entry(replica).or_insert(count);
            *known = count.max(*known);
        }
        counted.value
    }
}

/// What a replica is asked.
#[derive(Clone, Copy, Debug)]
enum Question {
    Get,
    Add { delta: i64, before: bool },
}

impl Question {
    fn may_ask_another(self, error: &Error) -> bool {
        match error.kind() {
            ErrorKind::Unavailable => true,
            ErrorKind::Indeterminate => matches!(self, Self::Get),
            _ => error.code() == Some(CONSISTENCY_LOST),
        }
    }
}
