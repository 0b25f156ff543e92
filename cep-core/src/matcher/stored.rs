//! Keys whose states a store has as well: what has changed, what may be forgotten, what comes back.

use super::kept::Kept;
use super::key::Key;
use super::keys::{Entry, Keys};
use crate::event::Value;
use crate::ids::FamilyId;
use crate::program::Program;
use crate::runtime::{At, KeyState, RecordCodec};
use crate::time::Timestamp;

/// A key that has changed, for a store.
#[derive(Clone, Copy, Debug)]
pub struct Changed<'a> {
    /// The key family.
    pub family: FamilyId,
    key: &'a Key,
    state: &'a Kept,
    /// The moment by which time has to be told of to the key.
    pub deadline: Option<Timestamp>,
}

impl Changed<'_> {
    /// The values of the key fields.
    #[must_use]
    pub fn values(&self) -> Vec<Value> {
        self.key.to_values()
    }

    /// Appends the key as [`RecordKey::to_bytes`](super::RecordKey::to_bytes) has it.
    pub fn write_key(&self, program: &Program, out: &mut Vec<u8>) {
        out.extend_from_slice(&program.families()[self.family.index()].id);
        out.extend_from_slice(self.key.bytes());
    }

    /// Whether nothing is left: the record goes.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.state.is_empty()
    }

    /// Appends the record of the state.
    pub fn encode(&self, codec: &RecordCodec, out: &mut Vec<u8>) {
        self.state.encode(codec, self.family, out);
    }

    /// How many events are in memory for it, those among them that nothing reaches any more.
    #[must_use]
    pub fn events(&self) -> usize {
        self.state.events()
    }
}

impl Keys {
    /// A key has a state in the store, with a deadline; it is not here.
    pub(super) fn announce(&mut self, key: &Key, deadline: Option<Timestamp>) {
        let hash = self.hash(key.hashed());
        self.elsewhere.add(hash, deadline);
    }

    /// Puts a state that the store has in place, unless one is here already, which is newer; gives its slot. None for a key
    /// that the store does not have and that is not here.
    pub(super) fn provide(&mut self, key: Key, state: Option<KeyState>) -> Option<u32> {
        let hash = self.hash(key.hashed());
        if let Some(slot) = self.find_key(hash, &key) {
            return Some(slot);
        }
        let state = state?;
        self.elsewhere.remove(hash);
        let slot = self.insert(hash, key, Box::new(state));
        self.entry(slot).is_stored = true;
        Some(slot)
    }

    /// A key has changed: it is to be saved, or forgotten if nothing is left and the store never had it.
    pub(super) fn note_change(&mut self, slot: u32, at: At<'_>) {
        let (entry, spare) = self.entry_and_spare(slot);
        let is_gone = entry.state.is_empty();
        if is_gone && !entry.is_stored {
            return self.remove(slot);
        }
        entry.is_recent = true;
        if !is_gone {
            entry.state.rest(at, spare);
        }
        if !std::mem::replace(&mut entry.is_dirty, true) {
            self.dirty.push(slot);
        }
    }

    /// Whether the state of a key is here.
    pub(super) fn holds(&self, key: &Key) -> bool {
        self.find_key(self.hash(key.hashed()), key).is_some()
    }

    /// Whether the state of a key is not here but, as far as its hash tells, in the store.
    pub(super) fn is_elsewhere(&self, key: &Key) -> bool {
        let hash = self.hash(key.hashed());
        self.elsewhere.may_hold(hash) && self.find_key(hash, key).is_none()
    }

    /// How many keys have changed since that was last asked, or a few more.
    pub(super) fn changes(&self) -> usize {
        self.dirty.len()
    }

    /// Calls `see` for each key that is here.
    pub(super) fn each(&self, at: At<'_>, family: FamilyId, see: &mut impl FnMut(Changed<'_>)) {
        for (_, Entry { key, state, .. }) in self.entries.iter() {
            see(Changed { family, key, state, deadline: state.deadline(at) });
        }
    }

    /// Calls `save` for each key changed since this was last asked. Those with nothing left are forgotten.
    pub(super) fn take_changes(&mut self, at: At<'_>, family: FamilyId, save: &mut impl FnMut(Changed<'_>)) {
        let mut dirty = std::mem::take(&mut self.dirty);
        for slot in dirty.drain(..) {
            // A key that was gone in between has left its slot to another, or to none.
            if !self.get(slot).is_some_and(|entry| entry.is_dirty) {
                continue;
            }
            let (Entry { key, state, is_dirty, is_stored, .. }, _) = self.entry_and_spare(slot);
            save(Changed { family, key, state, deadline: state.deadline(at) });
            (*is_dirty, *is_stored) = (false, true);
            if state.is_empty() {
                self.remove(slot);
            }
        }
        self.dirty = dirty;
    }

    /// Forgets states that the store has, those not used lately, until `excess` bytes are free; gives how many are. A
    /// state with unsaved changes stays.
    pub(super) fn evict(&mut self, excess: usize, at: At<'_>) -> usize {
        let mut freed = 0;
        // Twice around: the first time those used lately get another chance.
        for _ in 0..2 * self.entries.places() {
            if freed >= excess || self.entries.places() == 0 {
                break;
            }
            self.hand = (self.hand + 1) % self.entries.places();
            let Some(entry) = self.entries.get_mut(self.hand) else { continue };
            if entry.is_dirty || std::mem::take(&mut entry.is_recent) {
                continue;
            }
            freed += entry.memory();
            self.forget(self.hand, at);
        }
        freed
    }

    /// Forgets the state of a key; false where it has unsaved changes or is not here.
    pub(super) fn evict_key(&mut self, key: &Key, at: At<'_>) -> bool {
        let slot = self.find_key(self.hash(key.hashed()), key);
        let Some(slot) = slot.filter(|slot| !self.entry(*slot).is_dirty) else { return false };
        self.forget(slot, at);
        true
    }

    /// Forgets one state; the store has it.
    fn forget(&mut self, slot: u32, at: At<'_>) {
        let Entry { key, state, .. } = self.entry(slot);
        let (key, deadline) = (key.clone(), state.deadline(at));
        self.announce(&key, deadline);
        self.remove(slot);
    }

    /// How many keys are here.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// About how many bytes the keys and their states take.
    pub(super) fn memory(&self) -> usize {
        self.entries.iter().map(|(_, entry)| entry.memory()).sum()
    }
}

impl Entry {
    fn memory(&self) -> usize {
        // A slot, its place in the table of keys, an armed deadline.
        const AROUND: usize = size_of::<Entry>() + 16 + 24;
        AROUND + self.key.memory() + self.state.memory()
    }
}
