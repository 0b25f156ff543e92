//! How it is noticed that an input has had nothing for long: `idle after`, by the host's clock.

use std::time::{Duration, Instant};

use cep_core::pattern::StreamDef;

/// How it is noticed that an input has had nothing for long.
#[derive(Clone, Copy, Debug)]
pub(super) enum Silence {
    /// It says that it has nothing once that has lasted for long.
    Told,
    /// By the clock, from when it had nothing.
    Timed {
        /// How long it may; without that, for ever.
        after: Option<Duration>,
        since: Option<Instant>,
    },
}

impl Silence {
    /// As a stream says it.
    pub(super) fn timed(definition: &StreamDef) -> Self {
        let after = definition.idle_after.and_then(|length| u64::try_from(length.0).ok());
        Self::Timed { after: after.map(Duration::from_millis), since: None }
    }

    /// It was looked at, and had something or nothing.
    pub(super) fn heed(&mut self, has_nothing: bool) {
        if let Self::Timed { since, .. } = self {
            *since = has_nothing.then(|| since.unwrap_or_else(Instant::now));
        }
    }

    /// Whether it has had nothing for long, where it has nothing now.
    pub(super) fn is_long(self) -> bool {
        match self {
            Self::Told => true,
            Self::Timed { after, since } => {
                after.zip(since).is_some_and(|(after, since)| since.elapsed() >= after)
            }
        }
    }
}
