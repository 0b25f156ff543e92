//! Streams that fall silent, by the host's clock, which it tells. The matcher itself asks none.

use cep_core::time::{Duration, Timestamp};

use super::input::Input;
use super::{Matcher, Matches, PushError, input};

/// How the watermark of a stream follows its events: in place of what the stream declares.
///
/// ```
/// use cep::{Duration, Watermarks};
///
/// let watermarks = Watermarks::bounded(Duration::from_secs(5)).idle_after(Duration::from_secs(30));
/// assert_eq!((watermarks.lateness(), watermarks.idle()), (Duration::from_secs(5), Some(Duration::from_secs(30))));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Watermarks {
    lateness: Duration,
    idle_after: Option<Duration>,
}

impl Watermarks {
    /// Events may come so far behind the greatest time seen (`lateness` in the language).
    ///
    /// ```
    /// assert_eq!(cep::Watermarks::bounded(cep::Duration::from_secs(5)).idle(), None);
    /// ```
    #[must_use]
    pub fn bounded(lateness: Duration) -> Self {
        Self { lateness, idle_after: None }
    }

    /// After so long without an event, by the clock that [`Matcher::tick`] is told, the stream holds back the time of
    /// patterns over others no longer (`idle after` in the language).
    ///
    /// ```
    /// # use cep::{Duration, Watermarks};
    /// let watermarks = Watermarks::bounded(Duration(0)).idle_after(Duration::from_mins(1));
    /// assert_eq!(watermarks.idle(), Some(Duration::from_secs(60)));
    /// ```
    #[must_use]
    pub fn idle_after(self, silence: Duration) -> Self {
        Self { idle_after: Some(silence), ..self }
    }

    /// How far behind events may come.
    ///
    /// ```
    /// assert_eq!(cep::Watermarks::bounded(cep::Duration(7)).lateness(), cep::Duration(7));
    /// ```
    #[must_use]
    pub fn lateness(&self) -> Duration {
        self.lateness
    }

    /// After how long a silence the stream is idle.
    ///
    /// ```
    /// assert_eq!(cep::Watermarks::bounded(cep::Duration(0)).idle(), None);
    /// ```
    #[must_use]
    pub fn idle(&self) -> Option<Duration> {
        self.idle_after
    }
}

/// What is known of a stream's silence.
#[derive(Default)]
pub(super) struct Silence {
    pub(super) after: Option<Duration>,
    /// Whether events have come since the clock was last told.
    pub(super) spoke: bool,
    /// When the clock was told last that events had come, or first.
    since: Option<Timestamp>,
    is_idle: bool,
}

impl Silence {
    pub(super) fn after(after: Option<Duration>) -> Self {
        Self { after, ..Self::default() }
    }

    /// Whether the stream falls silent with this.
    fn begins(&mut self, now: Timestamp) -> bool {
        if std::mem::take(&mut self.spoke) || self.since.is_none() {
            (self.since, self.is_idle) = (Some(now), false);
        }
        let Some((after, since)) = self.after.zip(self.since) else { return false };
        let begins = !self.is_idle && now.0.saturating_sub(since.0) >= after.0;
        self.is_idle |= begins;
        begins
    }
}

impl Matcher {
    /// Has the watermark of a stream follow its events in another way than the stream declares: from the next event on. It never
    /// falls.
    ///
    /// ```
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a }")?;
    /// use cep::{Duration, Watermarks};
    ///
    /// let mut matcher = program.matcher();
    /// matcher.set_watermarks("s", Watermarks::bounded(Duration::from_secs(1)))?;
    /// for ts in [5_000, 4_500] {
    ///     matcher.push("s", &serde_json::json!({ "n": 1, "ts": ts }))?;
    /// }
    /// assert_eq!(matcher.metrics().late(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where there is no such stream.
    pub fn set_watermarks(&mut self, stream: &str, watermarks: Watermarks) -> Result<(), PushError> {
        let input: &mut Input = input(&mut self.inputs, stream)?;
        input.set_lateness(watermarks.lateness);
        input.silence.after = watermarks.idle_after;
        Ok(())
    }

    /// The host's clock shows `now`: streams that declare `idle after`, or were given it, and have been silent for as long
    /// as that hold back the time of patterns over others no longer, until their next event. A silence is counted from the first
    /// call behind an event, so call it every second, say, with a clock that never goes back; that clock has nothing to do
    /// with the times of events.
    ///
    /// ```
    /// let program = cep::Program::parse("p.cep", "
    ///     stream a { n: int  ts: timestamp } time ts
    ///     stream b { n: int  ts: timestamp } time ts idle after 10s
    ///     pattern p on a, b { begin x: a  next y: a }")?;
    /// let mut matcher = program.matcher();
    /// for ts in [1, 2, 3] {
    ///     assert_eq!(matcher.push("a", &serde_json::json!({ "n": 1, "ts": ts }))?.count(), 0);
    /// }
    /// assert_eq!(matcher.tick(cep::Timestamp(100_000))?.count(), 0);
    /// assert_eq!(matcher.tick(cep::Timestamp(110_000))?.count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Matcher::set_idle`].
    pub fn tick(&mut self, now: Timestamp) -> Result<Matches<'_>, PushError> {
        let inputs = self.inputs.iter_mut();
        let silent = inputs.filter_map(|(name, input)| input.silence.begins(now).then(|| name.clone()));
        let mut silent: Vec<_> = silent.collect();
        silent.sort_unstable();
        for stream in silent {
            self.set_idle(&stream, true)?;
        }
        Ok(self.matches())
    }
}
