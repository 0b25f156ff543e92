//! Keys whose rows are not matched: what there was of them cannot be read, and what would be found for them would be found as
//! if nothing had been.

use std::collections::HashSet;

use super::Matcher;
use super::key::Key;
use super::keys::RecordKey;
use crate::event::EventBatch;
use crate::ids::ColumnId;

/// The keys of a family whose rows are diverted.
#[derive(Debug, Default)]
pub(super) struct Diverted {
    keys: HashSet<Key>,
    /// The rows so far.
    rows: u64,
}

impl Diverted {
    /// Whether a row is of such a key; then it is counted.
    #[inline]
    pub(super) fn takes(&mut self, batch: &EventBatch, row: usize, columns: &[ColumnId]) -> bool {
        let takes = !self.keys.is_empty() && self.keys.contains(&Key::of_row(batch, row, columns));
        self.rows += u64::from(takes);
        takes
    }
}

impl Matcher {
    /// A key that was announced has a state in the store that cannot be read: from now on its rows are counted and not matched.
    pub fn divert(&mut self, key: &RecordKey) {
        let (keys, name) = (&mut self.keys[key.family.index()], Key::of_values(&key.values));
        let hash = keys.hash(name.hashed());
        keys.elsewhere.remove(hash);
        keys.diverted.keys.insert(name);
    }

    /// Whether the rows of a key are diverted.
    #[must_use]
    pub fn diverts(&self, key: &RecordKey) -> bool {
        self.keys[key.family.index()].diverted.keys.contains(&Key::of_values(&key.values))
    }

    /// How many rows were diverted, of those that could have mattered to their key.
    #[must_use]
    pub fn diverted(&self) -> u64 {
        self.keys.iter().map(|keys| keys.diverted.rows).sum()
    }
}
