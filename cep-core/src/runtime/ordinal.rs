//! Tells equal matches of one step apart by number. Only asked where a pattern can have any: see
//! [`crate::program::Ambiguity`].

use std::hash::{BuildHasher, Hash, Hasher};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::buffer::EventId;
use super::output::MatchKind;
use crate::ids::StageId;
use crate::time::Timestamp;

/// How often each match has occurred in the step at hand. Two that differ but have one hash count as equal, which
/// only makes a number larger than it need be.
#[derive(Default)]
pub(super) struct Ordinals {
    seen: HashTable<(u64, u32)>,
}

impl Ordinals {
    /// Another step.
    pub(super) fn begin(&mut self) {
        self.seen.clear();
    }

    /// The number of equal matches of one time before this one.
    pub(super) fn next(&mut self, kind: MatchKind, time: Timestamp, path: &[(StageId, EventId)]) -> u32 {
        let hash = hash(kind, time, path);
        match self.seen.entry(hash, |(known, _)| *known == hash, |(known, _)| *known) {
            Entry::Occupied(mut known) => {
                let (_, count) = known.get_mut();
                *count = count.saturating_add(1);
                *count
            }
            Entry::Vacant(new) => {
                new.insert((hash, 0));
                0
            }
        }
    }
}

/// The same on every replay: the hash has no random seed.
fn hash(kind: MatchKind, time: Timestamp, path: &[(StageId, EventId)]) -> u64 {
    let mut hasher = foldhash::quality::FixedState::default().build_hasher();
    (kind == MatchKind::Complete, time.0).hash(&mut hasher);
    for (stage, event) in path {
        (stage, event).hash(&mut hasher);
    }
    hasher.finish()
}
