//! Entries of a cache, bounded: whoever was not used since the hand came by last gives way.

use std::collections::HashMap;
use std::time::Instant;

use bytes::Bytes;
use foldhash::fast::RandomState;

use super::repair::Mark;
use crate::data::Data;

/// A value, and what was known of its partition when it was read.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) value: Data,
    pub(super) mark: Mark,
    pub(super) partition: i32,
    pub(super) created: Instant,
    pub(super) used: Instant,
}

#[derive(Debug)]
struct Slot {
    key: Data,
    record: Record,
    was_used: bool,
}

/// What is kept.
#[derive(Debug, Default)]
pub(super) struct Store {
    places: HashMap<Data, Place, RandomState>,
    slots: Vec<Option<Slot>>,
    free: Vec<usize>,
    hand: usize,
    last_reservation: u64,
    evictions: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    /// Somebody reads it from a member.
    Reserved(u64),
    Kept(usize),
}

impl Store {
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    pub(super) const fn evictions(&self) -> u64 {
        self.evictions
    }

    /// The value of a key; a record that is not good any more goes.
    pub(super) fn get(
        &mut self,
        key: &[u8],
        is_good: impl Fn(&Record) -> bool,
        keeps_time: bool,
    ) -> Option<Data> {
        let Some(Place::Kept(index)) = self.places.get(key).copied() else { return None };
        let slot = self.slots.get_mut(index)?.as_mut()?;
        if !is_good(&slot.record) {
            self.remove(key);
            return None;
        }
        slot.was_used = true;
        // Asking for the time costs as much as the rest.
        if keeps_time {
            slot.record.used = Instant::now();
        }
        Some(slot.record.value.clone())
    }

    /// None where it is there, or reserved already.
    pub(super) fn reserve(&mut self, key: &Data) -> Option<u64> {
        if self.places.contains_key(key) {
            return None;
        }
        self.last_reservation += 1;
        self.places.insert(key.clone(), Place::Reserved(self.last_reservation));
        Some(self.last_reservation)
    }

    /// Keeps what was read, unless the key was changed meanwhile.
    pub(super) fn publish(&mut self, key: &Data, reservation: u64, mut record: Record, most: usize) {
        if self.places.get(key) != Some(&Place::Reserved(reservation)) {
            return;
        }
        self.places.remove(key);
        let (key, value) = side_by_side(key, &record.value);
        record.value = value;
        while self.len() >= most.max(1) {
            self.evict();
        }
        let slot = Some(Slot { key: key.clone(), record, was_used: false });
        let index = match self.free.pop() {
            Some(index) => {
                self.slots[index] = slot;
                index
            }
            None => {
                self.slots.push(slot);
                self.slots.len() - 1
            }
        };
        self.places.insert(key, Place::Kept(index));
    }

    /// Nothing was read.
    pub(super) fn give_up(&mut self, key: &Data, reservation: u64) {
        if self.places.get(key) == Some(&Place::Reserved(reservation)) {
            self.places.remove(key);
        }
    }

    pub(super) fn remove(&mut self, key: &[u8]) {
        if let Some(Place::Kept(index)) = self.places.remove(key) {
            self.slots[index] = None;
            self.free.push(index);
        }
    }

    pub(super) fn clear(&mut self) {
        self.places.clear();
        self.slots.clear();
        self.free.clear();
        self.hand = 0;
    }

    /// The hand goes round: who was used gets another round, the next who was not goes.
    fn evict(&mut self) {
        loop {
            self.hand = if self.hand + 1 < self.slots.len() { self.hand + 1 } else { 0 };
            let Some(slot) = self.slots[self.hand].as_mut() else { continue };
            if !std::mem::take(&mut slot.was_used) {
                let key = slot.key.clone();
                self.remove(key.as_bytes());
                self.evictions += 1;
                return;
            }
        }
    }
}

/// Key and value in memory of their own: they do not keep alive what they were read with, and whoever has compared the key has
/// the beginning of the value at hand.
fn side_by_side(key: &Data, value: &Data) -> (Data, Data) {
    let both = Bytes::from([&key.as_bytes()[..], value.as_bytes()].concat());
    let (first, second) = (both.slice(..key.as_bytes().len()), both.slice(key.as_bytes().len()..));
    match (Data::from_bytes(first), Data::from_bytes(second)) {
        (Some(key), Some(value)) => (key, value),
        // Whatever is data has a header.
        _ => (key.clone(), value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(number: u8) -> Data {
        Data::from_bytes(vec![0, 0, 0, 0, 0, 0, 0, 1, number].into()).unwrap()
    }

    fn record(number: u8) -> Record {
        let now = Instant::now();
        Record { value: data(number), mark: Mark::default(), partition: 0, created: now, used: now }
    }

    fn put(store: &mut Store, number: u8) {
        let reservation = store.reserve(&data(number)).unwrap();
        store.publish(&data(number), reservation, record(number), 3);
    }

    fn get(store: &mut Store, number: u8) -> Option<Data> {
        store.get(data(number).as_bytes(), |_| true, true)
    }

    #[test]
    fn who_is_used_stays() {
        let mut store = Store::default();
        (0..3).for_each(|number| put(&mut store, number));
        for number in 3..50 {
            assert!(get(&mut store, 0).is_some());
            put(&mut store, number);
            assert_eq!(store.len(), 3);
        }
        assert_eq!(get(&mut store, 0), Some(data(0)));
        assert_eq!(store.evictions(), 47);
    }

    #[test]
    fn what_changes_while_it_is_read_is_not_kept() {
        let mut store = Store::default();
        let reservation = store.reserve(&data(1)).unwrap();
        assert_eq!(store.reserve(&data(1)), None, "one at a time reads a key");
        store.remove(data(1).as_bytes());
        store.publish(&data(1), reservation, record(1), 3);
        assert_eq!(get(&mut store, 1), None);
        let first = store.reserve(&data(1)).unwrap();
        store.clear();
        let second = store.reserve(&data(1)).unwrap();
        store.publish(&data(1), first, record(1), 3);
        assert_eq!(get(&mut store, 1), None);
        store.give_up(&data(1), first);
        store.publish(&data(1), second, record(1), 3);
        assert_eq!(get(&mut store, 1), Some(data(1)));
        assert_eq!(store.get(data(1).as_bytes(), |_| false, false), None);
        assert_eq!(store.len(), 0);
    }
}
