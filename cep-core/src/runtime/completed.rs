//! What a step or the passing of time has brought about, before anything of it leaves.

use super::partial_match::PartialMatch;
use crate::time::Timestamp;

/// Partial matches that are over.
#[derive(Debug, Default)]
pub(crate) struct Completed {
    /// Complete matches: in order of start, or a heap array under a skip strategy.
    pub(crate) matches: Vec<PartialMatch>,
    /// Dropped by a window, with the moment it closed.
    pub(crate) timeouts: Vec<(PartialMatch, Timestamp)>,
}
