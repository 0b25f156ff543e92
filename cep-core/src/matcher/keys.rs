//! The keys of a family and their states.

use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash, Hasher};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry as TableEntry;
use slab::Slab;
use smallvec::SmallVec;

use super::attention::Attention;
use super::config::{Config, Residency};
use crate::event::{Datum, EventBatch, Value};
use crate::expr::compare;
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

/// The values of a key's fields: mostly one.
pub(super) type Key = SmallVec<[Value; 1]>;

/// A key with its state.
#[derive(Debug)]
pub(super) struct Entry {
    hash: u64,
    pub(super) key: Key,
    pub(super) state: KeyState,
    /// The deadline in the timers.
    pub(super) armed: Option<Timestamp>,
    /// Whether an event that satisfies no condition can change the state.
    moves_on_miss: bool,
    /// Whether the state is here; it may be in a store.
    pub(super) resident: bool,
    dirty: bool,
}

/// The keys of a family.
#[derive(Debug)]
pub(super) struct Keys {
    table: HashTable<u32>,
    entries: Slab<Entry>,
    /// The keys that move on a miss.
    attention: Attention,
    hasher: foldhash::fast::RandomState,
    residency: Residency,
    dirty: Vec<u32>,
}

impl Keys {
    pub(super) fn new(config: Config) -> Self {
        Self {
            table: HashTable::new(),
            entries: Slab::new(),
            attention: Attention::default(),
            hasher: foldhash::fast::RandomState::default(),
            residency: config.residency,
            dirty: Vec::new(),
        }
    }

    pub(super) fn states(&self) -> impl Iterator<Item = &KeyState> {
        self.entries.iter().map(|(_, entry)| &entry.state)
    }

    pub(super) fn slots(&self) -> Vec<u32> {
        self.entries.iter().map(|(slot, _)| number(slot)).collect()
    }

    pub(super) fn get(&self, slot: u32) -> Option<&Entry> {
        self.entries.get(slot as usize)
    }

    pub(super) fn entry(&mut self, slot: u32) -> &mut Entry {
        &mut self.entries[slot as usize]
    }

    /// The hash of a row's key.
    pub(super) fn hash_row(&self, batch: &EventBatch, row: usize, columns: &[ColumnId]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        if let Some(text) = only_text(batch, row, columns) {
            hasher.write(text);
            return hasher.finish();
        }
        for column in columns {
            hash_datum(&batch.column(*column).get(row), &mut hasher);
        }
        hasher.finish()
    }

    pub(super) fn find_row(
        &self,
        hash: u64,
        batch: &EventBatch,
        row: usize,
        columns: &[ColumnId],
    ) -> Option<u32> {
        if let Some(text) = only_text(batch, row, columns) {
            let same = |slot: &u32| matches!(&self.entries[*slot as usize].key[..], [Value::Str(known)] if known.as_bytes() == text);
            return self.table.find(hash, same).copied();
        }
        let same = |slot: &u32| {
            let key = &self.entries[*slot as usize].key;
            key.iter()
                .zip(columns)
                .all(|(value, column)| equal(&value.as_datum(), &batch.column(*column).get(row)))
        };
        self.table.find(hash, same).copied()
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
        let key = columns.iter().map(|column| batch.column(*column).get(row).into_value()).collect();
        self.insert(hash, key, state)
    }

    fn insert(&mut self, hash: u64, key: Key, state: KeyState) -> u32 {
        let entry =
            Entry { hash, key, state, armed: None, moves_on_miss: false, resident: true, dirty: false };
        let slot = number(self.entries.insert(entry));
        let entries = &self.entries;
        self.table.insert_unique(hash, slot, |slot| entries[*slot as usize].hash);
        slot
    }

    fn hash_values(&self, values: &[Value]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        values.iter().for_each(|value| hash_datum(&value.as_datum(), &mut hasher));
        hasher.finish()
    }

    fn find(&self, values: &[Value]) -> Option<u32> {
        let same = |slot: &u32| {
            let key = &self.entries[*slot as usize].key;
            key.iter().zip(values).all(|(known, value)| equal(&known.as_datum(), &value.as_datum()))
        };
        self.table.find(self.hash_values(values), same).copied()
    }

    /// Puts a loaded state in place; gives its slot.
    pub(super) fn provide(&mut self, values: &[Value], state: KeyState) -> u32 {
        match self.find(values) {
            Some(slot) => {
                let entry = self.entry(slot);
                if !entry.resident {
                    entry.state = state;
                    entry.resident = true;
                }
                slot
            }
            None => self.insert(self.hash_values(values), values.into(), state),
        }
    }

    /// Forgets a state that a store has; the key and its deadline stay known. False where it has unsaved changes.
    pub(super) fn evict(&mut self, values: &[Value]) -> bool {
        let Some(slot) = self.find(values) else { return true };
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
        self.entries[slot as usize].moves_on_miss
    }

    /// Takes note of whether an event that satisfies no condition can change a key's state.
    pub(super) fn set_moves_on_miss(&mut self, slot: u32, moves: bool) {
        let entry = &mut self.entries[slot as usize];
        if moves == entry.moves_on_miss {
            return;
        }
        entry.moves_on_miss = moves;
        if !moves {
            return self.attention.remove(entry.hash);
        }
        self.attention.add(entry.hash);
        if self.attention.is_full() {
            let entries = self.entries.iter().map(|(_, entry)| entry);
            self.attention.grow(entries.filter(|entry| entry.moves_on_miss).map(|entry| entry.hash));
        }
    }

    /// Forgets a new key in which nothing began.
    pub(super) fn unchanged(&mut self, slot: u32) {
        let entry = &self.entries[slot as usize];
        if entry.state.is_empty() && !entry.dirty && entry.armed.is_none() && entry.resident {
            self.remove(slot);
        }
    }

    /// Takes note of a change; forgets a key with nothing left, unless a store must hear of it.
    pub(super) fn changed(&mut self, slot: u32) {
        let store = self.residency == Residency::Store;
        let entry = &mut self.entries[slot as usize];
        if store {
            if !entry.dirty {
                entry.dirty = true;
                self.dirty.push(slot);
            }
        } else if entry.state.is_empty() {
            self.remove(slot);
        }
    }

    fn remove(&mut self, slot: u32) {
        self.set_moves_on_miss(slot, false);
        let hash = self.entries[slot as usize].hash;
        if let TableEntry::Occupied(found) =
            self.table.entry(hash, |known| *known == slot, |known| self.entries[*known as usize].hash)
        {
            found.remove();
        }
        self.entries.remove(slot as usize);
        const SLACK: usize = 1024;
        if self.entries.is_empty() && self.entries.capacity() > SLACK {
            // A burst of keys is over: the next one starts small.
            self.entries = Slab::new();
            self.table.shrink_to(0, |_| 0);
        }
    }

    /// The keys changed since this was last asked.
    pub(super) fn take_dirty(&mut self) -> Vec<u32> {
        let dirty = std::mem::take(&mut self.dirty);
        for slot in &dirty {
            self.entries[*slot as usize].dirty = false;
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

fn number(slot: usize) -> u32 {
    u32::try_from(slot).expect("a family holds fewer than 2^32 keys")
}

fn equal(left: &Datum<'_>, right: &Datum<'_>) -> bool {
    match (left, right) {
        (Datum::Null, Datum::Null) => true,
        (Datum::Str(left), Datum::Str(right)) => left == right,
        _ => compare(left, right) == Some(Ordering::Equal),
    }
}

fn hash_datum(datum: &Datum<'_>, hasher: &mut impl Hasher) {
    match datum {
        Datum::Null | Datum::List(_) | Datum::Map(_) => 0_u8.hash(hasher),
        Datum::Bool(value) => value.hash(hasher),
        Datum::Int(value) => value.hash(hasher),
        // Zero has two signs and one key.
        Datum::Float(value) => (value + 0.0).to_bits().hash(hasher),
        Datum::Str(text) => hasher.write(text.as_bytes()),
        Datum::Timestamp(time) => time.0.hash(hasher),
        Datum::Duration(length) => length.0.hash(hasher),
    }
}

/// The order of keys among things that happen at one moment.
pub(super) fn key_order(left: &[Value], right: &[Value]) -> Ordering {
    let pairs = left.iter().zip(right);
    let mut orders =
        pairs.map(|(left, right)| compare(&left.as_datum(), &right.as_datum()).unwrap_or(Ordering::Equal));
    orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
