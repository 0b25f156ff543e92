//! How long a server that is away is waited for.

use std::time::Duration;

use cep_engine::store::{StoreError, StoreErrorKind};

/// Tries in a row, after which it is given up.
const MOST: u32 = 10;

/// The first and the longest wait between them.
const WAITS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// The tries so far without success.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Patience(u32);

impl Patience {
    /// How long to wait after an error, or the error where waiting does not help, or no more.
    pub(super) fn after(&mut self, error: StoreError) -> Result<Duration, StoreError> {
        use StoreErrorKind::{Full, Unavailable, Unknown};
        if !matches!(error.kind(), Unavailable | Unknown | Full) || self.0 == MOST {
            return Err(error);
        }
        let (first, longest) = WAITS;
        let wait = first.saturating_mul(1 << self.0).min(longest);
        self.0 += 1;
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_is_waited_for_and_not_for_ever() {
        let mut patience = Patience::default();
        let error = |kind| StoreError::new(kind, "away");
        let waits: Vec<_> =
            std::iter::from_fn(|| patience.after(error(StoreErrorKind::Unavailable)).ok()).collect();
        assert_eq!(waits.len(), 10);
        assert!(waits[0] == WAITS.0 && waits[9] == WAITS.1);
        assert!(Patience::default().after(error(StoreErrorKind::Setup)).is_err());
    }
}
