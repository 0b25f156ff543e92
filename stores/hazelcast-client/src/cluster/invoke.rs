//! Sending a request until it is answered, its time is up, or no other attempt may follow.
//!
//! Whatever is rarely waited for is boxed: it would make every call's future larger, and each is moved and given memory.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, timeout_at};

use super::view::Routes;
use super::{Core, State};
use crate::codec::{ERROR, Reply, Request};
use crate::config::Reconnect;
use crate::connection::Connection;
use crate::error::{Error, ErrorKind};
use crate::frame::{Header, Message};
use crate::invocation::{Failure, Handler, Outgoing, Target};

/// The first pause between attempts, and the longest.
const PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Some thirty years.
const FOR_EVER: Duration = Duration::from_secs(1 << 30);

/// The moment when so much time is over.
pub(super) fn after(time: Duration) -> Instant {
    Instant::now() + time.min(FOR_EVER)
}

impl Core {
    /// Asks, and reads the answer.
    pub(crate) async fn call<R: Request + Send + Sync>(
        &self,
        request: &R,
        target: Target,
    ) -> Result<R::Reply, Error> {
        let deadline = after(self.config.invocation_timeout);
        let _permit = match self.in_flight.try_acquire() {
            Ok(permit) => permit,
            Err(_) => Box::pin(self.permit(deadline, R::NAME)).await?,
        };
        read::<R>(self.invoke(request, &target, deadline).await)
    }

    /// Waits until fewer requests are under way.
    async fn permit(&self, deadline: Instant, name: &str) -> Result<SemaphorePermit<'_>, Error> {
        // It is never closed; without a permit in time nothing was sent.
        timeout_at(deadline, self.in_flight.acquire()).await.ok().and_then(Result::ok).ok_or_else(|| {
            let why = "too many requests were under way all the time".to_owned();
            Failure::NotSent(why).into_error(name)
        })
    }

    /// The same of a request that a member may take its time for: it takes no place from others, and its time is its own.
    pub(crate) async fn call_slowly<R: Request + Send + Sync>(
        &self,
        request: &R,
        target: Target,
        longest: Option<Duration>,
    ) -> Result<R::Reply, Error> {
        let longest = longest.unwrap_or(FOR_EVER);
        let deadline = after(longest.saturating_add(self.config.invocation_timeout));
        read::<R>(self.invoke(request, &target, deadline).await)
    }

    /// Asks over one connection, whether requests go there by now or not.
    pub(crate) async fn call_on<R: Request + Send + Sync>(
        &self,
        request: &R,
        connection: &Arc<Connection>,
    ) -> Result<R::Reply, Error> {
        let deadline = after(self.config.invocation_timeout);
        read::<R>(self.invoke(request, &Target::Connection(Arc::clone(connection)), deadline).await)
    }

    /// Asks over one connection, whatever the answer.
    pub(crate) async fn tell(
        &self,
        request: &dyn Outgoing,
        connection: &Arc<Connection>,
    ) -> Result<(), Error> {
        let deadline = after(self.config.invocation_timeout);
        self.invoke(request, &Target::Connection(Arc::clone(connection)), deadline).await.map(drop)
    }

    pub(crate) async fn invoke(
        &self,
        request: &dyn Outgoing,
        target: &Target,
        deadline: Instant,
    ) -> Result<Message, Error> {
        self.counters.invoked();
        let mut pause = PAUSE;
        loop {
            if self.is_closed() {
                return Err(Error::new(
                    ErrorKind::Closed,
                    format!("{}: the client is closed", request.name()),
                ));
            }
            let routes = self.routes();
            let failure = match self.attempt(request, target, &routes, deadline).await {
                Ok(message) => return Ok(message),
                Err(failure) => failure,
            };
            if !target.is_free() || !self.may_repeat(request, &failure) || Instant::now() >= deadline {
                return Err(failure.into_error(request.name()));
            }
            drop(failure);
            self.counters.retried();
            Box::pin(self.pause(deadline.min(Instant::now() + pause), &routes)).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    fn may_repeat(&self, request: &dyn Outgoing, failure: &Failure) -> bool {
        let is_lost = matches!(failure, Failure::Lost(_));
        let fails_fast = self.config.reconnect == Reconnect::FailFast;
        if fails_fast && *self.state.borrow() == State::Disconnected {
            return false;
        }
        failure.may_repeat(request.repeat()) || is_lost && self.config.redo
    }

    /// Waits, but not longer than until there are other routes: what went wrong may be mended then.
    async fn pause(&self, until: Instant, known: &Arc<Routes>) {
        let is_other = |_: &_| self.is_closed() || !Arc::ptr_eq(&self.routes(), known);
        drop(timeout_at(until, self.changes.subscribe().wait_for(is_other)).await);
    }

    /// One attempt.
    async fn attempt(
        &self,
        request: &dyn Outgoing,
        target: &Target,
        routes: &Routes,
        deadline: Instant,
    ) -> Result<Message, Failure> {
        let (connection, header) = self.way(target, routes)?;
        self.send(request, &connection, header, deadline).await
    }

    /// The connection on which a request goes to its target now, and what its first frame says.
    fn way(&self, target: &Target, routes: &Routes) -> Result<(Arc<Connection>, Header), Failure> {
        let connection = match target {
            Target::Partition(partition) => routes.owner(*partition),
            Target::Any => routes.any(),
            Target::Member(uuid) => routes.member(*uuid),
            Target::Connection(connection) => Some(Arc::clone(connection)),
        };
        let no_connection = || Failure::NotSent("there is no connection to the cluster".to_owned());
        let connection = connection.ok_or_else(no_connection)?;
        let backup_aware = self.config.backup_acks && routes.hears_all && target.is_free();
        let correlation = self.calls.number();
        Ok((connection, Header { correlation, partition: target.partition(), backup_aware }))
    }

    /// Asks a member for events, and takes them from the first one on.
    pub(crate) async fn subscribe(
        &self,
        request: &dyn Outgoing,
        connection: &Connection,
        handler: Handler,
    ) -> Result<(i64, Message), Error> {
        let correlation = self.calls.number();
        self.handlers.add(correlation, connection.id, handler);
        let deadline = after(self.config.invocation_timeout);
        let header = Header { correlation, partition: -1, backup_aware: false };
        match self.send(request, connection, header, deadline).await {
            Ok(message) => Ok((correlation, message)),
            Err(failure) => {
                self.handlers.remove(correlation);
                Err(failure.into_error(request.name()))
            }
        }
    }

    async fn send(
        &self,
        request: &dyn Outgoing,
        connection: &Connection,
        header: Header,
        deadline: Instant,
    ) -> Result<Message, Failure> {
        if !connection.has_room() {
            Box::pin(room(connection, deadline)).await?;
        }
        let call = self.calls.register(connection.id, header.correlation, deadline.into_std());
        // After the call is registered: whoever closes the connection later finds it.
        if connection.is_closed() {
            return Err(Failure::NotSent(connection.cause()));
        }
        connection.send(|out| request.write(out, header));
        let late = || Failure::Lost(format!("{} did not answer in time", connection.address));
        answered(call.await.ok_or_else(late)??)
    }
}

/// Waits until a connection takes more.
async fn room(connection: &Connection, deadline: Instant) -> Result<(), Failure> {
    let late = |_| Failure::NotSent(format!("{} takes nothing", connection.address));
    timeout_at(deadline, connection.room()).await.map_err(late)
}

/// An answer, unless it is an error.
fn answered(answer: Message) -> Result<Message, Failure> {
    if answer.kind() != ERROR {
        return Ok(answer);
    }
    match Reply::read(&answer) {
        Ok(errors) => Err(Failure::Refused(errors)),
        Err(error) => Err(Failure::Broken(error)),
    }
}

fn read<R: Request>(answer: Result<Message, Error>) -> Result<R::Reply, Error> {
    let message = answer?;
    if message.kind() != R::KIND + 1 {
        let error = crate::codec::CodecError::Kind(message.kind());
        return Err(Failure::Broken(error).into_error(R::NAME));
    }
    R::Reply::read(&message).map_err(|error| Failure::Broken(error).into_error(R::NAME))
}
