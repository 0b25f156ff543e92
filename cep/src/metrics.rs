//! What a matcher has done and holds, in numbers: read when asked for, or told now and then.

use std::fmt;
use std::num::NonZeroU64;

use cep_core::time::{Duration, Timestamp, Watermark};

/// What a matcher has done and holds. Counts begin with the matcher.
///
/// ```
/// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
/// # let mut matcher = program.matcher();
/// let metrics = matcher.metrics();
/// assert_eq!((metrics.events, metrics.keys, metrics.partial_matches), (0, 0, 0));
/// # Ok::<(), cep::CompileError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Metrics {
    /// Events taken, late ones among them.
    pub events: u64,
    /// Events that wait for the watermark.
    pub waiting: usize,
    /// Keys of which something is held.
    pub keys: usize,
    /// Partial matches of all keys.
    pub partial_matches: usize,
    /// The most partial matches that any metrics of this matcher have shown: between two of them there may have been more.
    pub most_partial_matches: usize,
    /// By declared stream, in the order of their names.
    pub streams: Vec<StreamMetrics>,
    /// By pattern, in text order.
    pub patterns: Vec<PatternMetrics>,
}

/// A declared stream.
///
/// ```
/// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
/// # let mut matcher = program.matcher();
/// matcher.push("s", &serde_json::json!({ "n": 1, "ts": 5 }))?;
/// let of_s = &matcher.metrics().streams[0];
/// assert_eq!((of_s.stream.as_str(), of_s.events, of_s.newest), ("s", 1, Some(cep::Timestamp(5))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct StreamMetrics {
    /// Its name.
    pub stream: String,
    /// Events taken.
    pub events: u64,
    /// The greatest event time taken.
    pub newest: Option<Timestamp>,
}

/// A pattern.
///
/// ```
/// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
/// # let mut matcher = program.matcher();
/// matcher.push("s", &serde_json::json!({ "n": 1, "ts": 5 }))?;
/// let of_p = &matcher.metrics().patterns[0];
/// assert_eq!((of_p.watermark, of_p.lag), (Some(cep::Timestamp(4)), Some(cep::Duration(1))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct PatternMetrics {
    /// Its name.
    pub pattern: String,
    /// Complete matches.
    pub matches: u64,
    /// Partial matches that timed out and were handed out.
    pub timeouts: u64,
    /// Events that came too late for it.
    pub late: u64,
    /// Partial matches that its limit dropped.
    pub dropped: u64,
    /// How far its time has come; none before there is any, and after the end.
    pub watermark: Option<Timestamp>,
    /// How far its time is behind the newest event of all streams: more than the lateness where a stream is silent.
    pub lag: Option<Duration>,
}

impl Metrics {
    /// Complete matches of all patterns.
    ///
    /// ```
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a }")?;
    /// let mut matcher = program.matcher();
    /// matcher.push("s", &serde_json::json!({ "n": 1, "ts": 1 }))?;
    /// assert_eq!(matcher.metrics().matches(), 0);
    /// let found = matcher.finish()?.count() as u64;
    /// assert_eq!(matcher.metrics().matches(), found);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn matches(&self) -> u64 {
        self.patterns.iter().map(|pattern| pattern.matches).sum()
    }

    /// Timed-out partial matches that all patterns have handed out.
    ///
    /// ```
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a }")?;
    /// assert_eq!(program.matcher().metrics().timeouts(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn timeouts(&self) -> u64 {
        self.patterns.iter().map(|pattern| pattern.timeouts).sum()
    }

    /// Late events: an event counts for each pattern that it is late for.
    ///
    /// ```
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a }")?;
    /// let mut matcher = program.matcher();
    /// for ts in [100, 50] {
    ///     matcher.push("s", &serde_json::json!({ "n": 1, "ts": ts }))?;
    /// }
    /// assert_eq!(matcher.metrics().late(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn late(&self) -> u64 {
        self.patterns.iter().map(|pattern| pattern.late).sum()
    }
}

/// How far time has come; neither the beginning nor the end of all time is a moment.
pub(crate) fn moment(watermark: Watermark) -> Option<Timestamp> {
    (watermark != Watermark::MIN && watermark != Watermark::MAX).then_some(Timestamp(watermark.0))
}

/// How far a moment is behind another.
pub(crate) fn behind(moment: Timestamp, newest: Timestamp) -> Duration {
    Duration(newest.0.saturating_sub(moment.0).max(0))
}

/// Who is told, and when next.
pub(crate) struct Observer {
    pub(crate) every: NonZeroU64,
    pub(crate) next: u64,
    pub(crate) tell: Box<dyn FnMut(&Metrics) + Send>,
}

impl Observer {
    /// Whether it is to be told once there are so many events; that it then is.
    pub(crate) fn is_due(&mut self, events: u64) -> bool {
        let due = events >= self.next;
        if due {
            self.next = events.saturating_add(self.every.get());
        }
        due
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer")
            .field("every", &self.every)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}
