//! The keys of a family and their states.

use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry as TableEntry;

use super::attention::Attention;
use super::config::Residency;
use super::key::Key;
use super::slots::Slots;
use crate::event::{EventBatch, Value};
use crate::ids::{ColumnId, FamilyId};
use crate::runtime::KeyState;
use crate::time::Timestamp;

/// Names the state of one key: what a store keeps a record under.
#[derive(Clone, PartialEq, Debug)]
pub struct RecordKey {
    /// The key family.
    pub family: FamilyId,
    /// The values of the key fields.
    pub values: Vec<Value>,
}

/// A key with its state.
#[derive(Debug)]
pub(super) struct Entry {
    hash: u64,
    pub(super) key: Key,
    pub(super) state: KeyState,
    /// The deadline in the timers.
    pub(super) armed: Option<Timestamp>,
    /// Whether an event that satisfies no condition can change the state.
    pub(super) moves_on_miss: bool,
    /// Whether the state is here; it may be in a store.
    pub(super) resident: bool,
    dirty: bool,
}

/// The keys of a family.
#[derive(Debug)]
pub(super) struct Keys {
    table: HashTable<u32>,
    entries: Slots<Entry>,
    /// The keys that move on a miss.
    attention: Attention,
    hasher: foldhash::fast::RandomState,
    residency: Residency,
    dirty: Vec<u32>,
}

impl Keys {
    pub(super) fn new(residency: Residency) -> Self {
        Self {
            table: HashTable::new(),
            entries: Slots::default(),
            attention: Attention::default(),
            hasher: foldhash::fast::RandomState::default(),
            residency,
            dirty: Vec::new(),
        }
    }

    /// No keys yet, and the hashes of others.
    pub(super) fn with_hashes_of(other: &Self) -> Self {
        Self { hasher: other.hasher.clone(), ..Self::new(other.residency) }
    }

    pub(super) fn states(&self) -> impl Iterator<Item = &KeyState> {
        self.entries.iter().map(|(_, entry)| &entry.state)
    }

    pub(super) fn slots(&self) -> Vec<u32> {
        self.entries.iter().map(|(slot, _)| slot).collect()
    }

    pub(super) fn get(&self, slot: u32) -> Option<&Entry> {
        self.entries.get(slot)
    }

    pub(super) fn entry(&mut self, slot: u32) -> &mut Entry {
        self.entries.get_mut(slot).expect("only slots of keys that are held are handed around")
    }

    /// The hash of a row's key.
    #[inline]
    pub(super) fn hash_row(&self, batch: &EventBatch, row: usize, columns: &[ColumnId]) -> u64 {
        match only_text(batch, row, columns) {
            Some(text) => self.hash(text),
            None if columns.is_empty() => self.hash(&[]),
            None => self.hash(Key::of_row(batch, row, columns).hashed()),
        }
    }

    fn hash(&self, bytes: &[u8]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(bytes);
        hasher.finish()
    }

    #[inline]
    pub(super) fn find_row(
        &self,
        hash: u64,
        batch: &EventBatch,
        row: usize,
        columns: &[ColumnId],
    ) -> Option<u32> {
        if columns.is_empty() {
            // All events have one key.
            return self.table.iter().next().copied();
        }
        match only_text(batch, row, columns) {
            Some(text) => self.find_by(hash, |key| key.is_text(text)),
            None => self.find_key(hash, &Key::of_row(batch, row, columns)),
        }
    }

    /// Whether the key at a slot, if there still is one, is that of a row.
    pub(super) fn is_row_at(
        &self,
        slot: u32,
        hash: u64,
        batch: &EventBatch,
        row: usize,
        columns: &[ColumnId],
    ) -> bool {
        self.entries.get(slot).filter(|entry| entry.hash == hash).is_some_and(|entry| {
            match only_text(batch, row, columns) {
                Some(text) => entry.key.is_text(text),
                None => entry.key == Key::of_row(batch, row, columns),
            }
        })
    }

    fn find_key(&self, hash: u64, key: &Key) -> Option<u32> {
        self.find_by(hash, |known| known == key)
    }

    fn find_by(&self, hash: u64, same: impl Fn(&Key) -> bool) -> Option<u32> {
        let entry = |slot: u32| self.entries.get(slot).filter(|entry| entry.hash == hash);
        self.table.find(hash, |slot| entry(*slot).is_some_and(|entry| same(&entry.key))).copied()
    }

    /// Adds a key that is not there.
    pub(super) fn insert_row(
        &mut self,
        hash: u64,
        batch: &EventBatch,
        row: usize,
        columns: &[ColumnId],
        state: KeyState,
    ) -> u32 {
        self.insert(hash, Key::of_row(batch, row, columns), state)
    }

    fn insert(&mut self, hash: u64, key: Key, state: KeyState) -> u32 {
        let entry =
            Entry { hash, key, state, armed: None, moves_on_miss: false, resident: true, dirty: false };
        let slot = self.entries.insert(entry);
        let entries = &self.entries;
        self.table.insert_unique(hash, slot, |slot| hash_of(entries, *slot));
        slot
    }

    /// Puts a loaded state in place; gives its slot.
    pub(super) fn provide(&mut self, values: &[Value], state: KeyState) -> u32 {
        let key = Key::of_values(values);
        let hash = self.hash(key.hashed());
        match self.find_key(hash, &key) {
            Some(slot) => {
                let entry = self.entry(slot);
                if !entry.resident {
                    entry.state = state;
                    entry.resident = true;
                }
                slot
            }
            None => self.insert(hash, key, state),
        }
    }

    /// Forgets a state that a store has; the key and its deadline stay known. False where it has unsaved changes.
    pub(super) fn evict(&mut self, values: &[Value]) -> bool {
        let key = Key::of_values(values);
        let Some(slot) = self.find_key(self.hash(key.hashed()), &key) else { return true };
        let entry = self.entry(slot);
        if entry.dirty {
            return false;
        }
        if entry.armed.is_none() {
            self.remove(slot);
        } else {
            entry.state = KeyState::default();
            entry.resident = false;
            self.set_moves_on_miss(slot, false);
        }
        true
    }

    /// Whether an event that satisfies no condition may change the state of a key of this hash.
    pub(super) fn may_move_on_miss(&self, hash: u64) -> bool {
        self.attention.may_hold(hash)
    }

    pub(super) fn moves_on_miss(&self, slot: u32) -> bool {
        self.entries.get(slot).is_some_and(|entry| entry.moves_on_miss)
    }

    /// Takes note of whether an event that satisfies no condition can change a key's state.
    pub(super) fn set_moves_on_miss(&mut self, slot: u32, moves: bool) {
        let entry = self.entry(slot);
        if moves == entry.moves_on_miss {
            return;
        }
        entry.moves_on_miss = moves;
        let hash = entry.hash;
        if !moves {
            return self.attention.remove(hash);
        }
        self.attention.add(hash);
        if self.attention.is_full() {
            let entries = self.entries.iter().map(|(_, entry)| entry);
            self.attention.grow(entries.filter(|entry| entry.moves_on_miss).map(|entry| entry.hash));
        }
    }

    /// Forgets a new key in which nothing began.
    pub(super) fn unchanged(&mut self, slot: u32) {
        let entry = self.entry(slot);
        if entry.state.is_empty() && !entry.dirty && entry.armed.is_none() && entry.resident {
            self.remove(slot);
        }
    }

    /// Takes note of a change; forgets a key with nothing left, unless a store must hear of it.
    pub(super) fn changed(&mut self, slot: u32) {
        let store = self.residency == Residency::Store;
        let entry = self.entry(slot);
        if store {
            if !std::mem::replace(&mut entry.dirty, true) {
                self.dirty.push(slot);
            }
        } else if entry.state.is_empty() {
            self.remove(slot);
        }
    }

    fn remove(&mut self, slot: u32) {
        self.set_moves_on_miss(slot, false);
        let entries = &self.entries;
        let hash = hash_of(entries, slot);
        if let TableEntry::Occupied(found) =
            self.table.entry(hash, |known| *known == slot, |known| hash_of(entries, *known))
        {
            found.remove();
        }
        self.entries.remove(slot);
        const SLACK: usize = 1024;
        if self.table.is_empty() && self.table.capacity() > SLACK {
            // A burst of keys is over: the next one starts small.
            self.table.shrink_to(0, |_| 0);
        }
    }

    /// The keys changed since this was last asked.
    pub(super) fn take_dirty(&mut self) -> Vec<u32> {
        let dirty = std::mem::take(&mut self.dirty);
        for slot in &dirty {
            self.entry(*slot).dirty = false;
        }
        dirty
    }
}

/// The text of a key of one string column, the usual kind.
fn only_text<'a>(batch: &'a EventBatch, row: usize, columns: &[ColumnId]) -> Option<&'a [u8]> {
    let [column] = columns else { return None };
    let column = batch.column(*column);
    column.strs().filter(|_| !column.is_null(row)).map(|texts| texts.bytes(row))
}

fn hash_of(entries: &Slots<Entry>, slot: u32) -> u64 {
    entries.get(slot).map_or(0, |entry| entry.hash)
}
