//! Requests that wait to be sent: one buffer, so that whatever is ready goes out with one write.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::BytesMut;
use tokio::sync::Notify;

/// With this much waiting, whoever wants to send more waits.
const ENOUGH: usize = 1 << 20;

/// A buffer that has grown beyond this is not kept.
const KEPT: usize = 4 << 20;

/// What waits.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: Mutex<BytesMut>,
    /// Whether so much waits that whoever sends more looks closer.
    is_full: AtomicBool,
    ready: Notify,
    room: Notify,
}

impl Outbox {
    fn waiting(&self) -> MutexGuard<'_, BytesMut> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, write: impl FnOnce(&mut BytesMut)) {
        let mut waiting = self.waiting();
        write(&mut waiting);
        if waiting.len() >= ENOUGH {
            self.is_full.store(true, Ordering::Relaxed);
        }
        drop(waiting);
        self.ready.notify_one();
    }

    /// Whether there is, which may be over by the time it is said: then a little more waits than should.
    pub(super) fn has_room(&self) -> bool {
        !self.is_full.load(Ordering::Relaxed)
    }

    pub(super) async fn room(&self) {
        loop {
            // Before the look, so that no sign is missed.
            let sign = self.room.notified();
            if self.waiting().len() < ENOUGH {
                return;
            }
            sign.await;
        }
    }

    /// Takes all that waits, in exchange for an empty buffer.
    pub(super) async fn take(&self, spare: &mut BytesMut) {
        if spare.capacity() > KEPT {
            *spare = BytesMut::new();
        }
        spare.clear();
        loop {
            {
                let mut waiting = self.waiting();
                if !waiting.is_empty() {
                    std::mem::swap(&mut *waiting, spare);
                    self.is_full.store(false, Ordering::Relaxed);
                    break;
                }
            }
            self.ready.notified().await;
        }
        self.room.notify_waiters();
    }

    /// Nothing is sent any more: nobody has to wait.
    pub(super) fn give_up(&self) {
        let mut waiting = self.waiting();
        waiting.clear();
        self.is_full.store(false, Ordering::Relaxed);
        drop(waiting);
        self.room.notify_waiters();
    }
}
