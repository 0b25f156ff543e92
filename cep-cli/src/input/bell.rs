//! Rung where an input has something new, so that whoever has nothing to do need not look again and again.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A bell that many may ring and one hears.
#[derive(Clone, Debug, Default)]
pub(super) struct Bell(Arc<(Mutex<u64>, Condvar)>);

impl Bell {
    /// How often it has been rung.
    pub(super) fn rung(&self) -> u64 {
        *self.count()
    }

    pub(super) fn ring(&self) {
        *self.count() += 1;
        self.0.1.notify_all();
    }

    /// Waits until it has been rung more often than that, or for a while.
    pub(super) fn wait_beyond(&self, rung: u64, most: Duration) {
        let count = self.count();
        drop(self.0.1.wait_timeout_while(count, most, |count| *count <= rung));
    }

    fn count(&self) -> MutexGuard<'_, u64> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
