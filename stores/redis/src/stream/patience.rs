//! How long a server that is away is waited for.

use std::time::Duration;

use cep_engine::store::{StoreError, StoreErrorKind};

/// Tries in a row, after which it is given up.
const MOST: u32 = 10;

/// The same where a server is asked for the first time: the address may be wrong.
const MOST_AT_FIRST: u32 = 4;

/// The first and the longest wait between them.
const WAITS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// The tries so far without success, and how many there may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    tries: u32,
    most: u32,
}

impl Patience {
    /// With a server that has answered before.
    pub(super) fn new() -> Self {
        Self { tries: 0, most: MOST }
    }

    /// With one that has not.
    pub(super) fn at_first() -> Self {
        Self { tries: 0, most: MOST_AT_FIRST }
    }

    /// Whether nothing has failed yet.
    pub(super) fn is_fresh(self) -> bool {
        self.tries == 0
    }

    /// Whether waiting may help.
    pub(super) fn helps(error: &StoreError) -> bool {
        use StoreErrorKind::{Full, Unavailable, Unknown};
        matches!(error.kind(), Unavailable | Unknown | Full)
    }

    /// How long to wait after an error, or the error where waiting does not help, or no more.
    pub(super) fn after(&mut self, error: StoreError) -> Result<Duration, StoreError> {
        if !Self::helps(&error) || self.tries == self.most {
            return Err(error);
        }
        let (first, longest) = WAITS;
        let wait = first.saturating_mul(1 << self.tries).min(longest);
        self.tries += 1;
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_is_waited_for_and_not_for_ever() {
        let mut patience = Patience::new();
        let error = |kind| StoreError::new(kind, "away");
        let waits: Vec<_> =
            std::iter::from_fn(|| patience.after(error(StoreErrorKind::Unavailable)).ok()).collect();
        assert_eq!(waits.len(), 10);
        assert!(waits[0] == WAITS.0 && waits[9] == WAITS.1);
        assert!(Patience::new().after(error(StoreErrorKind::Setup)).is_err());
        let mut first = Patience::at_first();
        assert_eq!(std::iter::from_fn(|| first.after(error(StoreErrorKind::Unavailable)).ok()).count(), 4);
    }
}
