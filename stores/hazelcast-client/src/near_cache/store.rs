//! Entries of a cache, bounded: whoever was not used since the hand came by last gives way.
//!
//! A hit waits for memory more than for anything else: there are many keys, asked for in no order. So it touches a place, which is
//! four bytes, a slot, which is one cache line, and the key with its value behind it.

use std::hash::BuildHasher as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use bytes::Bytes;
use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::repair::Reading;
use crate::data::Data;

/// When an entry came, and when it was used last, where that is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) created: Instant,
    pub(super) used: Instant,
}

/// Of the size of a cache line, and on one.
#[derive(Debug)]
#[repr(align(64))]
struct Slot {
    /// The key, and behind it the value.
    bytes: Bytes,
    state: State,
    key_length: u32,
    was_used: bool,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Free,
    /// Somebody reads it from a member.
    Reserved(u64),
    Kept(Reading),
}

/// What is kept.
#[derive(Debug, Default)]
pub(super) struct Store {
    hasher: RandomState,
    /// Slots by the hashes of their keys.
    places: HashTable<u32>,
    slots: Vec<Slot>,
    /// Of each slot; apart, as most caches have no use for them.
    times: Vec<Times>,
    free: Vec<u32>,
    kept: usize,
    /// How many are kept here and in the other parts of the cache, with those that have room and are not there yet.
    total: Arc<AtomicUsize>,
    hand: usize,
    last_reservation: u64,
    evictions: u64,
}

impl Slot {
    const FREE: Self = Self { bytes: Bytes::new(), state: State::Free, key_length: 0, was_used: false };

    fn key(&self) -> &[u8] {
        &self.bytes[..self.key_length as usize]
    }
}

impl Store {
    /// A part of a cache: all parts count together.
    pub(super) fn beside(total: &Arc<AtomicUsize>) -> Self {
        Self { total: Arc::clone(total), ..Self::default() }
    }

    pub(super) const fn len(&self) -> usize {
        self.kept
    }

    pub(super) const fn evictions(&self) -> u64 {
        self.evictions
    }

    fn find(&self, key: &[u8]) -> Option<u32> {
        let is_own = |slot: &u32| self.slots[*slot as usize].key() == key;
        self.places.find(self.hasher.hash_one(key), is_own).copied()
    }

    /// The bytes of a key with the value behind them, if it is good still; else it goes. Where time counts, it is used now.
    pub(super) fn get(
        &mut self,
        key: &[u8],
        is_good: impl Fn(&Reading) -> bool,
        in_time: Option<impl Fn(&Times) -> bool>,
    ) -> Option<&Bytes> {
        let index = self.find(key)?;
        let slot = self.slots.get_mut(index as usize)?;
        let State::Kept(reading) = &slot.state else { return None };
        let mut is_good = is_good(reading);
        if let Some(in_time) = in_time {
            let times = &mut self.times[index as usize];
            is_good &= in_time(times);
            // Asking for the time costs as much as the rest.
            times.used = Instant::now();
        }
        if !is_good {
            self.remove(key);
            return None;
        }
        slot.was_used = true;
        Some(&self.slots[index as usize].bytes)
    }

    /// None where it is there, or reserved already.
    pub(super) fn reserve(&mut self, key: &Data) -> Option<u64> {
        let key = key.as_bytes();
        if self.find(key).is_some() {
            return None;
        }
        let key_length = u32::try_from(key.len()).ok()?;
        self.last_reservation += 1;
        let state = State::Reserved(self.last_reservation);
        let index = self.take_slot(Slot { bytes: key.clone(), state, key_length, was_used: false })?;
        let Self { places, slots, hasher, .. } = self;
        let hash = |slot: &u32| hasher.hash_one(slots[*slot as usize].key());
        places.insert_unique(hasher.hash_one(&key[..]), index, hash);
        Some(self.last_reservation)
    }

    fn take_slot(&mut self, slot: Slot) -> Option<u32> {
        if let Some(index) = self.free.pop() {
            self.slots[index as usize] = slot;
            return Some(index);
        }
        let index = u32::try_from(self.slots.len()).ok()?;
        let now = Instant::now();
        self.slots.push(slot);
        self.times.push(Times { created: now, used: now });
        Some(index)
    }

    /// Keeps what was read, unless the key was changed meanwhile; tells whether it did. Room for it is counted already.
    pub(super) fn publish(&mut self, key: &Data, reservation: u64, value: &Data, reading: Reading) -> bool {
        let Some(index) = self.reserved(key, reservation) else { return false };
        let now = Instant::now();
        self.times[index as usize] = Times { created: now, used: now };
        let slot = &mut self.slots[index as usize];
        // In memory of their own: they do not keep alive what they were read with, and whoever has compared the key has the
        // beginning of the value at hand.
        slot.bytes = [&key.as_bytes()[..], value.as_bytes()].concat().into();
        slot.state = State::Kept(reading);
        slot.was_used = false;
        self.kept += 1;
        true
    }

    /// The slot of a key while this reservation is good.
    fn reserved(&self, key: &Data, reservation: u64) -> Option<u32> {
        let index = self.find(key.as_bytes())?;
        let is_own =
            matches!(self.slots[index as usize].state, State::Reserved(number) if number == reservation);
        is_own.then_some(index)
    }

    /// Nothing was read.
    pub(super) fn give_up(&mut self, key: &Data, reservation: u64) {
        if self.reserved(key, reservation).is_some() {
            self.remove(key.as_bytes());
        }
    }

    pub(super) fn remove(&mut self, key: &[u8]) {
        let is_own = |slot: &u32| self.slots[*slot as usize].key() == key;
        let Ok(place) = self.places.find_entry(self.hasher.hash_one(key), is_own) else { return };
        let (index, _) = place.remove();
        let slot = std::mem::replace(&mut self.slots[index as usize], Slot::FREE);
        if matches!(slot.state, State::Kept(_)) {
            self.kept -= 1;
            self.total.fetch_sub(1, Ordering::Relaxed);
        }
        self.free.push(index);
    }

    pub(super) fn clear(&mut self) {
        self.places.clear();
        self.slots.clear();
        self.times.clear();
        self.free.clear();
        self.total.fetch_sub(self.kept, Ordering::Relaxed);
        self.kept = 0;
        self.hand = 0;
    }

    /// The hand goes round: who was used gets another round, the next who was not goes. False where there is none to go.
    pub(super) fn evict(&mut self) -> bool {
        while self.kept > 0 {
            self.hand = if self.hand + 1 < self.slots.len() { self.hand + 1 } else { 0 };
            let slot = &mut self.slots[self.hand];
            if matches!(slot.state, State::Kept(_)) && !std::mem::take(&mut slot.was_used) {
                let bytes = slot.bytes.slice(..slot.key_length as usize);
                self.remove(&bytes);
                self.evictions += 1;
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::repair::Repair;
    use super::*;

    fn data(number: u8) -> Data {
        Data::from_bytes(vec![0, 0, 0, 0, 0, 0, 0, 1, number].into()).unwrap()
    }

    fn publish(store: &mut Store, number: u8, reservation: u64) {
        if store.publish(&data(number), reservation, &data(number), Repair::default().reading(0)) {
            store.total.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn put(store: &mut Store, number: u8) {
        let reservation = store.reserve(&data(number)).unwrap();
        publish(store, number, reservation);
    }

    fn get(store: &mut Store, number: u8) -> Option<Data> {
        let key = data(number);
        let both = store.get(key.as_bytes(), |_| true, Some(|_: &Times| true))?;
        Data::from_bytes(both.slice(key.as_bytes().len()..))
    }

    #[test]
    fn who_is_used_stays() {
        let mut store = Store::default();
        (0..3).for_each(|number| put(&mut store, number));
        for number in 3..50 {
            assert!(get(&mut store, 0).is_some());
            assert!(store.evict());
            put(&mut store, number);
            assert_eq!((store.len(), store.total.load(Ordering::Relaxed)), (3, 3));
        }
        assert_eq!(get(&mut store, 0), Some(data(0)));
        assert_eq!(store.evictions(), 47);
        store.clear();
        assert_eq!((store.evict(), store.total.load(Ordering::Relaxed)), (false, 0));
    }

    #[test]
    fn what_changes_while_it_is_read_is_not_kept() {
        let mut store = Store::default();
        let reservation = store.reserve(&data(1)).unwrap();
        assert_eq!(store.reserve(&data(1)), None, "one at a time reads a key");
        store.remove(data(1).as_bytes());
        publish(&mut store, 1, reservation);
        assert_eq!(get(&mut store, 1), None);
        let first = store.reserve(&data(1)).unwrap();
        store.clear();
        let second = store.reserve(&data(1)).unwrap();
        publish(&mut store, 1, first);
        assert_eq!(get(&mut store, 1), None);
        store.give_up(&data(1), first);
        publish(&mut store, 1, second);
        assert_eq!(get(&mut store, 1), Some(data(1)));
        assert_eq!(store.get(data(1).as_bytes(), |_| false, None::<fn(&Times) -> bool>), None);
        assert_eq!(store.len(), 0);
    }
    #[test]
    fn a_slot_is_one_cache_line() {
        assert_eq!((size_of::<Slot>(), align_of::<Slot>()), (64, 64));
    }
}
