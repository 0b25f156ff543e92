//! The keys of a family and their states.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry as TableEntry;

use super::attention::Attention;
use super::config::Residency;
use super::diverted::Diverted;
use super::elsewhere::Elsewhere;
use super::kept::{Kept, Spare};
use super::key::Key;
use super::slots::Slots;
use crate::event::{Column, EventBatch, Value};
use crate::ids::{ColumnId, FamilyId};
use crate::runtime::{At, KeyState};
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
    pub(super) key: Key,
    pub(super) state: Kept,
    /// The deadline in the timers.
    pub(super) armed: Armed,
    /// Whether an event that satisfies no condition can change the state.
    pub(super) moves_on_miss: bool,
    /// Whether a store has the key as well, or will have it.
    pub(super) is_stored: bool,
    /// Whether a store does not have it as it is.
    pub(super) is_dirty: bool,
    /// Whether it has changed since keys to forget were last looked for.
    pub(super) is_recent: bool,
}

/// A deadline, if any: half the size of an optional one. None lies at the beginning of time, as a window is longer than
/// nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Armed(Timestamp);

impl Armed {
    pub(super) const NONE: Self = Self(Timestamp(i64::MIN));

    pub(super) fn at(time: Timestamp) -> Self {
        Self(time)
    }

    pub(super) fn get(self) -> Option<Timestamp> {
        (self != Self::NONE).then_some(self.0)
    }
}

/// The keys of a family.
#[derive(Debug)]
pub(super) struct Keys {
    table: HashTable<u32>,
    pub(super) entries: Slots<Entry>,
    /// The keys that move on a miss.
    attention: Attention,
    hasher: RandomState,
    residency: Residency,
    /// Slots of keys that have changed, of some more than once, and of some that are gone.
    pub(super) dirty: Vec<u32>,
    pub(super) elsewhere: Elsewhere,
    pub(super) diverted: Diverted,
    /// Where keys to forget are looked for next.
    pub(super) hand: u32,
    spare: Spare,
}

impl Keys {
    pub(super) fn new(residency: Residency) -> Self {
        Self {
            table: HashTable::new(),
            entries: Slots::default(),
            attention: Attention::default(),
            hasher: RandomState::default(),
            residency,
            dirty: Vec::new(),
            elsewhere: Elsewhere::default(),
            diverted: Diverted::default(),
            hand: 0,
            spare: Spare::default(),
        }
    }

    /// No keys yet, and the hashes of others.
    pub(super) fn with_hashes_of(other: &Self) -> Self {
        Self { hasher: other.hasher.clone(), ..Self::new(other.residency) }
    }

    pub(super) fn states(&self) -> impl Iterator<Item = &Kept> {
        self.entries.iter().map(|(_, entry)| &entry.state)
    }

    pub(super) fn slots(&self) -> Vec<u32> {
        self.entries.iter().map(|(slot, _)| slot).collect()
    }

    pub(super) fn get(&self, slot: u32) -> Option<&Entry> {
        self.entries.get(slot)
    }

    pub(super) fn entry(&mut self, slot: u32) -> &mut Entry {
        self.entry_and_spare(slot).0
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

    /// The same of many rows, each at its place.
    pub(super) fn hash_rows(
        &self,
        batch: &EventBatch,
        rows: impl Iterator<Item = usize>,
        columns: &[ColumnId],
        hashes: &mut [u64],
    ) {
        match only_column(batch, columns).filter(|column| column.nulls().is_none()).and_then(Column::strs) {
            Some(texts) => rows.for_each(|row| hashes[row] = self.hash(texts.bytes(row))),
            None => rows.for_each(|row| hashes[row] = self.hash_row(batch, row, columns)),
        }
    }

    #[inline]
    pub(super) fn hash(&self, bytes: &[u8]) -> u64 {
        hash(&self.hasher, bytes)
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
    pub(super) fn is_row_at(&self, slot: u32, batch: &EventBatch, row: usize, columns: &[ColumnId]) -> bool {
        self.entries.get(slot).is_some_and(|entry| match only_text(batch, row, columns) {
            Some(text) => entry.key.is_text(text),
            None => entry.key == Key::of_row(batch, row, columns),
        })
    }

    pub(super) fn find_key(&self, hash: u64, key: &Key) -> Option<u32> {
        self.find_by(hash, |known| known == key)
    }

    fn find_by(&self, hash: u64, same: impl Fn(&Key) -> bool) -> Option<u32> {
        let same = |slot: &u32| self.entries.get(*slot).is_some_and(|entry| same(&entry.key));
        self.table.find(hash, same).copied()
    }

    /// Adds a key that is not there.
    pub(super) fn insert_row(
        &mut self,
        hash: u64,
        batch: &EventBatch,
        row: usize,
        columns: &[ColumnId],
    ) -> u32 {
        let state = self.spare.take_for_event();
        self.insert(hash, Key::of_row(batch, row, columns), state)
    }

    pub(super) fn insert(&mut self, hash: u64, key: Key, state: Box<KeyState>) -> u32 {
        let state = Kept::Whole(state);
        let entry = Entry {
            key,
            state,
            armed: Armed::NONE,
            moves_on_miss: false,
            is_stored: false,
            is_dirty: false,
            is_recent: false,
        };
        let slot = self.entries.insert(entry);
        let (entries, hasher) = (&self.entries, &self.hasher);
        self.table.insert_unique(hash, slot, |slot| hash_of(entries, hasher, *slot));
        slot
    }

    /// Whether an event that satisfies no condition may change the state of a key of this hash.
    #[inline]
    pub(super) fn may_move_on_miss(&self, hash: u64) -> bool {
        self.attention.may_hold(hash)
    }

    pub(super) fn moves_on_miss(&self, slot: u32) -> bool {
        self.entries.get(slot).is_some_and(|entry| entry.moves_on_miss)
    }

    /// Takes note of whether an event that satisfies no condition can change a key's state.
    pub(super) fn set_moves_on_miss(&mut self, slot: u32, moves: bool) {
        let entry = self.entries.get_mut(slot).expect("only slots of keys that are held are handed around");
        if moves == entry.moves_on_miss {
            return;
        }
        entry.moves_on_miss = moves;
        let hash = hash_key(&self.hasher, &entry.key);
        if !moves {
            return self.attention.remove(hash);
        }
        self.attention.add(hash);
        if self.attention.is_full() {
            let moving = self.entries.iter().map(|(_, entry)| entry).filter(|entry| entry.moves_on_miss);
            self.attention.grow(moving.map(|entry| hash_key(&self.hasher, &entry.key)));
        }
    }

    /// Forgets a new key in which nothing began.
    pub(super) fn unchanged(&mut self, slot: u32, at: At<'_>) {
        let (entry, spare) = self.entry_and_spare(slot);
        if !entry.state.is_empty() {
            entry.state.rest(at, spare);
        } else if !entry.is_stored && entry.armed == Armed::NONE {
            self.remove(slot);
        }
    }

    /// A key, and what states are made whole with.
    #[inline]
    pub(super) fn entry_and_spare(&mut self, slot: u32) -> (&mut Entry, &mut Spare) {
        let entry = self.entries.get_mut(slot).expect("only slots of keys that are held are handed around");
        (entry, &mut self.spare)
    }

    /// The state of a key, whole, with the key.
    #[inline]
    pub(super) fn open(&mut self, slot: u32, at: At<'_>) -> (&Key, &mut KeyState) {
        let (entry, spare) = self.entry_and_spare(slot);
        (&entry.key, entry.state.whole(at, spare))
    }

    /// Takes note of a change; forgets a key with nothing left, unless a store must hear of it.
    pub(super) fn changed(&mut self, slot: u32, at: At<'_>) {
        if self.residency == Residency::Store {
            return self.note_change(slot, at);
        }
        let (entry, spare) = self.entry_and_spare(slot);
        if entry.state.is_empty() {
            self.remove(slot);
        } else {
            entry.state.rest(at, spare);
        }
    }

    /// Forgets a key if all it holds is over at `now` and nobody can tell when it goes; false where it is not.
    pub(super) fn forget_over(&mut self, slot: u32, at: At<'_>, now: Timestamp) -> bool {
        let entry = self.entry(slot);
        // A store has to hear of it.
        let is_over = !entry.is_stored && entry.state.is_over(at, now);
        if is_over {
            self.remove(slot);
        }
        is_over
    }

    pub(super) fn remove(&mut self, slot: u32) {
        self.set_moves_on_miss(slot, false);
        let (entries, hasher) = (&self.entries, &self.hasher);
        let hash = hash_of(entries, hasher, slot);
        if let TableEntry::Occupied(found) =
            self.table.entry(hash, |known| *known == slot, |known| hash_of(entries, hasher, *known))
        {
            found.remove();
        }
        if let Some(gone) = self.entries.remove(slot) {
            self.spare.give(gone.state);
        }
        const SLACK: usize = 1024;
        if self.table.is_empty() && self.table.capacity() > SLACK {
            // A burst of keys is over: the next one starts small.
            self.table.shrink_to(0, |_| 0);
        }
    }
}

/// The column of a key of one column.
#[inline]
fn only_column<'a>(batch: &'a EventBatch, columns: &[ColumnId]) -> Option<&'a Column> {
    let [column] = columns else { return None };
    Some(batch.column(*column))
}

/// The text of a key of one string column, the usual kind.
#[inline]
fn only_text<'a>(batch: &'a EventBatch, row: usize, columns: &[ColumnId]) -> Option<&'a [u8]> {
    let column = only_column(batch, columns)?;
    column.strs().filter(|_| !column.is_null(row)).map(|texts| texts.bytes(row))
}

fn hash_of(entries: &Slots<Entry>, hasher: &RandomState, slot: u32) -> u64 {
    entries.get(slot).map_or(0, |entry| hash_key(hasher, &entry.key))
}

fn hash_key(hasher: &RandomState, key: &Key) -> u64 {
    hash(hasher, key.hashed())
}

#[inline]
fn hash(hasher: &RandomState, bytes: &[u8]) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(bytes);
    hasher.finish()
}
