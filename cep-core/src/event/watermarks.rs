//! The watermark generator: turns the event times of one source into watermarks. It stands outside the matcher, so
//! that a source knows its watermark at every offset whoever reads it.

use crate::time::{Duration, Timestamp, Watermark};

/// Bounded out-of-orderness: the watermark trails the greatest time seen by the lateness and one millisecond (Flink's
/// `forBoundedOutOfOrderness`).
///
/// ```
/// use cep_core::event::Watermarks;
/// use cep_core::time::{Duration, Timestamp, Watermark};
///
/// let mut watermarks = Watermarks::bounded(Duration(5));
/// assert_eq!(watermarks.observe(Timestamp(100)), Watermark::MIN); // in force before the event
/// assert_eq!(watermarks.observe(Timestamp(98)), Watermark(94));
/// assert_eq!(watermarks.current(), Watermark(94));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Watermarks {
    lateness: Duration,
    current: Watermark,
}

impl Watermarks {
    /// Lets events arrive up to `lateness` behind the greatest time seen.
    #[must_use]
    pub fn bounded(lateness: Duration) -> Self {
        Self { lateness, current: Watermark::MIN }
    }

    /// The same, with another lateness from the next event on.
    #[must_use]
    pub fn with_lateness(self, lateness: Duration) -> Self {
        Self { lateness, ..self }
    }

    /// Takes note of an event; gives the watermark in force before it.
    pub fn observe(&mut self, time: Timestamp) -> Watermark {
        let before = self.current;
        let trailing = time.0.saturating_sub(self.lateness.0).saturating_sub(1);
        self.current = before.max(Watermark(trailing));
        before
    }

    /// The watermark after all events so far.
    #[must_use]
    pub fn current(&self) -> Watermark {
        self.current
    }
}
