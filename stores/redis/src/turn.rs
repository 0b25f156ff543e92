//! Order among calls: whoever is polled first goes first.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use tokio::sync::Notify;

/// Polls a future once, and says what came of it. What it does before it first waits is done then.
pub(crate) async fn begin<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}

/// The end of a future that was begun.
pub(crate) async fn end<F: Future>(begun: Poll<F::Output>, future: Pin<&mut F>) -> F::Output {
    match begun {
        Poll::Ready(output) => output,
        Poll::Pending => future.await,
    }
}

/// The commits under way in the order in which they went out, each with the life of the namespace that it was sent to.
///
/// Those that find the namespace in another life are sent again. They keep their order: each waits until those before it have
/// ended, and new ones wait for them.
#[derive(Debug, Default)]
pub(crate) struct Flight {
    flying: Mutex<BTreeMap<u64, Arc<str>>>,
    landed: Notify,
}

/// A place in that order, given up when it is dropped.
#[derive(Debug)]
pub(crate) struct Ticket<'f> {
    flight: &'f Flight,
    number: u64,
}

impl Flight {
    /// The last place.
    pub(crate) fn ticket(&self, birth: &Arc<str>) -> Ticket<'_> {
        let mut flying = self.flying();
        let number = flying.last_key_value().map_or(0, |(last, _)| last + 1);
        flying.insert(number, Arc::clone(birth));
        Ticket { flight: self, number }
    }

    /// Waits until none is under way that was sent to another life.
    pub(crate) async fn until_all_are_of(&self, birth: &Arc<str>) {
        self.until(|flying| flying.values().all(|other| other == birth)).await;
    }

    async fn until(&self, is_so: impl Fn(&BTreeMap<u64, Arc<str>>) -> bool) {
        loop {
            // Asked for before looking: what lands in between is not missed.
            let landed = self.landed.notified();
            if is_so(&self.flying()) {
                return;
            }
            landed.await;
        }
    }

    fn flying(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<str>>> {
        self.flying.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket<'_> {
    /// Waits until all before it have ended.
    pub(crate) async fn until_first(&self) {
        self.flight.until(|flying| flying.keys().next() == Some(&self.number)).await;
    }

    /// It is sent again, to this life.
    pub(crate) fn is_of(&self, birth: &Arc<str>) {
        self.flight.flying().insert(self.number, Arc::clone(birth));
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.flight.flying().remove(&self.number);
        self.flight.landed.notify_waiters();
    }
}
