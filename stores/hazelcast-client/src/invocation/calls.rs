//! Requests that are under way, by correlation id: a thousand callers, each woken by its own answer.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use foldhash::fast::RandomState;
use tokio::sync::oneshot;

use super::Failure;
use crate::connection::ConnectionId;
use crate::frame::Message;

/// Tables that are locked one by one, so that threads seldom meet.
const SHARDS: usize = 16;

type Answer = Result<Message, Failure>;

type Table = HashMap<i64, Call, RandomState>;

/// All requests that are under way.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    shards: [Mutex<Table>; SHARDS],
    last: AtomicI64,
}

#[derive(Debug)]
struct Call {
    connection: ConnectionId,
    caller: oneshot::Sender<Answer>,
    /// How many backups have said that they have it.
    backups: u8,
    /// The answer, and since when it waits for backups. Boxed, as few wait, and each call is moved in and out of the table.
    held: Option<Box<(Message, Instant)>>,
    deadline: Instant,
}

/// A call's place in the table, which it leaves when nobody waits for it any more.
#[derive(Debug)]
pub(crate) struct Registered<'c> {
    calls: &'c Calls,
    correlation: i64,
    answer: oneshot::Receiver<Answer>,
    is_answered: bool,
}

/// None where its time is up.
impl Future for Registered<'_> {
    type Output = Option<Answer>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = std::task::ready!(Pin::new(&mut self.answer).poll(context));
        // Whoever answers takes it from the table, and so does whoever finds that its time is up.
        self.is_answered = true;
        Poll::Ready(answer.ok())
    }
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        if !self.is_answered {
            self.calls.shard(self.correlation).remove(&self.correlation);
        }
    }
}

impl Calls {
    /// A number that no request or listener of this client had.
    pub(crate) fn number(&self) -> i64 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn shard(&self, correlation: i64) -> MutexGuard<'_, Table> {
        let index = (correlation.cast_unsigned() % SHARDS as u64) as usize;
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call that waits until then, or a little longer: [`end`](Self::end) looks from time to time, which costs less than a
    /// timer for each.
    pub(crate) fn register(
        &self,
        connection: ConnectionId,
        correlation: i64,
        deadline: Instant,
    ) -> Registered<'_> {
        let (caller, answer) = oneshot::channel();
        let call = Call { connection, caller, backups: 0, held: None, deadline };
        self.shard(correlation).insert(correlation, call);
        Registered { calls: self, correlation, answer, is_answered: false }
    }

    /// Ends calls whose time is up.
    pub(crate) fn end(&self, now: Instant) {
        self.take(|call| call.deadline <= now).for_each(drop);
    }

    /// How many there are.
    pub(crate) fn under_way(&self) -> usize {
        let length = |shard: &Mutex<Table>| shard.lock().unwrap_or_else(PoisonError::into_inner).len();
        self.shards.iter().map(length).sum()
    }

    /// An answer has come; it may have to wait for backups.
    pub(crate) fn answer(&self, connection: ConnectionId, message: Message) {
        let mut shard = self.shard(message.correlation());
        let Entry::Occupied(mut entry) = shard.entry(message.correlation()) else { return };
        let call = entry.get_mut();
        if call.connection != connection {
            return;
        }
        if message.kind() != crate::codec::ERROR && call.backups < message.backups() {
            call.held = Some(Box::new((message, Instant::now())));
            return;
        }
        let call = entry.remove();
        drop(shard);
        deliver(Some(call), Ok(message));
    }

    /// A backup has what was written; it may say so before the owner answers.
    pub(crate) fn backup(&self, correlation: i64) {
        let mut shard = self.shard(correlation);
        let Some(call) = shard.get_mut(&correlation) else { return };
        call.backups = call.backups.saturating_add(1);
        if call.held.as_ref().is_some_and(|held| held.0.backups() <= call.backups) {
            let held = call.held.take();
            let call = shard.remove(&correlation);
            drop(shard);
            if let Some(held) = held {
                deliver(call, Ok(held.0));
            }
        }
    }

    /// What was sent over a connection that is closed now is not answered any more. That holds for answers that wait for
    /// backups too: with the owner gone, only a backup would have what was written.
    pub(crate) fn lose(&self, connection: ConnectionId, cause: &str) {
        self.take(|call| call.connection == connection)
            .for_each(|call| deliver(Some(call), Err(Failure::Lost(cause.to_owned()))));
    }

    /// Answers that have waited for backups for so long are delivered: the owner has what was written.
    pub(crate) fn stop_waiting(&self, longest: Duration) {
        let is_late = |call: &mut Call| call.held.as_ref().is_some_and(|held| held.1.elapsed() >= longest);
        for mut call in self.take(is_late) {
            if let Some(held) = call.held.take() {
                deliver(Some(call), Ok(held.0));
            }
        }
    }

    fn take(&self, which: impl Fn(&mut Call) -> bool) -> impl Iterator<Item = Call> {
        let mut taken = Vec::new();
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            taken.extend(shard.extract_if(|_, call| which(call)).map(|(_, call)| call));
        }
        taken.into_iter()
    }
}

fn deliver(call: Option<Call>, answer: Answer) {
    if let Some(call) = call {
        // Whoever asked may have gone.
        drop(call.caller.send(answer));
    }
}
