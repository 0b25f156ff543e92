//! The keys whose state is not here but in a store, by the hash of the key: enough to know that any other key is new, and
//! small enough to be kept for all of them.

use hashbrown::HashTable;

use crate::time::{Timestamp, Watermark};

/// The keys of a family whose state is elsewhere.
#[derive(Debug, Default)]
pub(super) struct Elsewhere {
    /// One for each key: two keys of one hash stand twice, so that the second stays known when the first comes back.
    hashes: HashTable<u64>,
    /// None of them has a deadline before this.
    first_due: Option<Timestamp>,
}

impl Elsewhere {
    pub(super) fn len(&self) -> usize {
        self.hashes.len()
    }

    pub(super) fn add(&mut self, hash: u64, deadline: Option<Timestamp>) {
        self.hashes.insert_unique(hash, hash, |hash| *hash);
        self.first_due = self.first_due.into_iter().chain(deadline).min();
    }

    /// Whether a key of this hash may be among them.
    #[inline]
    pub(super) fn may_hold(&self, hash: u64) -> bool {
        self.hashes.find(hash, |known| *known == hash).is_some()
    }

    /// A key of this hash is here again; false where none was elsewhere.
    pub(super) fn remove(&mut self, hash: u64) -> bool {
        let Ok(found) = self.hashes.find_entry(hash, |known| *known == hash) else { return false };
        found.remove();
        if self.hashes.is_empty() {
            *self = Self::default();
        }
        true
    }

    /// Whether any may have a deadline that a watermark reaches.
    pub(super) fn may_be_due(&self, until: Watermark) -> bool {
        self.first_due.is_some_and(|first| until.reached(first))
    }

    /// All with deadlines that a watermark reaches have come back; the next is not before `next`.
    pub(super) fn none_due(&mut self, next: Option<Timestamp>) {
        self.first_due = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_keys_of_one_hash_are_two() {
        let mut elsewhere = Elsewhere::default();
        elsewhere.add(7, Some(Timestamp(30)));
        elsewhere.add(7, Some(Timestamp(20)));
        elsewhere.add(9, None);
        assert!(elsewhere.may_be_due(Watermark(20)) && !elsewhere.may_be_due(Watermark(19)));
        assert!(elsewhere.remove(7) && elsewhere.may_hold(7));
        assert!(elsewhere.remove(7) && !elsewhere.may_hold(7) && !elsewhere.remove(7));
        elsewhere.none_due(None);
        assert!(!elsewhere.may_be_due(Watermark::MAX));
        assert!(elsewhere.remove(9) && elsewhere.len() == 0);
    }
}
