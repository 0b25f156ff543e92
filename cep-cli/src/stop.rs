//! A run that is asked to stop ends in order: at the first SIGINT or SIGTERM what has been read is made durable; a second one
//! ends the process at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown};

/// The exit code after a second signal, as shells have it for a process ended by SIGINT.
const AT_ONCE: i32 = 130;

/// Whether a run has been asked to stop.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Heeds the signals.
    ///
    /// # Errors
    /// Where the system does not let it.
    pub fn on_signals() -> io::Result<Self> {
        let stop = Self::default();
        for signal in [SIGINT, SIGTERM] {
            // In this order: the first signal finds the flag not set yet.
            register_conditional_shutdown(signal, AT_ONCE, Arc::clone(&stop.0))?;
            register(signal, Arc::clone(&stop.0))?;
        }
        Ok(stop)
    }

    /// Whether it has been asked to.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
