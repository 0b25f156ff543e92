//! Time as the engine sees it: integers of milliseconds that arrive as arguments. There is no clock here.

use std::fmt;

/// A point in event time: milliseconds since the epoch, UTC.
///
/// ```
/// use cep_core::time::{Duration, Timestamp};
///
/// let noon = Timestamp::parse("2026-03-01T12:00:00Z").expect("it is RFC 3339");
/// let later = noon.saturating_add(Duration::from_mins(5));
/// assert_eq!(later.since(noon), Duration(300_000));
/// assert_eq!(later.to_string(), "2026-03-01T12:05:00.000Z");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Timestamp(pub i64);

/// A length of time in milliseconds; may be negative when it is the difference of two time stamps.
///
/// ```
/// use cep_core::time::Duration;
///
/// assert_eq!(Duration::from_hours(1), Duration::from_secs(3_600));
/// assert_eq!(Duration::from_mins(90).to_string(), "1h30m");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Duration(pub i64);

/// The promise that no event with a time stamp at or below this one is still to come (Flink's watermark).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Watermark(pub i64);

impl Timestamp {
    /// The point in time that RFC 3339 text names, cut to milliseconds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        chrono::DateTime::parse_from_rfc3339(text.trim()).ok().map(|time| Self(time.timestamp_millis()))
    }

    /// The moment `duration` later; saturates at the ends of time.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.0))
    }

    /// The time passed since `earlier`; saturates.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl Duration {
    /// A duration of whole milliseconds.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// A duration of whole seconds.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs * 1_000)
    }

    /// A duration of whole minutes.
    #[must_use]
    pub const fn from_mins(mins: i64) -> Self {
        Self(mins * 60_000)
    }

    /// A duration of whole hours.
    #[must_use]
    pub const fn from_hours(hours: i64) -> Self {
        Self(hours * 3_600_000)
    }
}

impl Watermark {
    /// Before any event.
    pub const MIN: Self = Self(i64::MIN);
    /// The end of the input: every event is on time or late by now, every window is over.
    pub const MAX: Self = Self(i64::MAX);

    /// Whether this watermark has reached `time`, so that events of that time may be processed.
    #[must_use]
    pub fn reached(self, time: Timestamp) -> bool {
        time.0 <= self.0
    }
}

/// Units in the order they are printed, with their length in milliseconds.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Prints as the language writes it: `1h30m`, `250ms`, `0ms`.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let mut rest = self.0.unsigned_abs();
        if rest == 0 {
            return f.write_str("0ms");
        }
        for (unit, length) in UNITS {
            if rest >= length {
                write!(f, "{}{unit}", rest / length)?;
                rest %= length;
            }
        }
        Ok(())
    }
}

/// Prints as RFC 3339 with milliseconds, or as the bare integer outside the years that format knows.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match chrono::DateTime::from_timestamp_millis(self.0) {
            Some(time) => f.write_str(&time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)),
            None => write!(f, "{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_print_in_descending_units() {
        assert_eq!(Duration(90_000).to_string(), "1m30s");
        assert_eq!(Duration(0).to_string(), "0ms");
        assert_eq!(Duration(-1_500).to_string(), "-1s500ms");
        assert_eq!(Duration(i64::MIN).to_string(), "-106751991167d7h12m55s808ms");
    }

    #[test]
    fn timestamps_print_as_rfc_3339() {
        assert_eq!(Timestamp(1_517_363_399_650).to_string(), "2018-01-31T01:49:59.650Z");
        assert_eq!(Timestamp(i64::MAX).to_string(), i64::MAX.to_string());
    }
}
