//! Places by number, reused once they are free, in chunks: growing never moves what is there, and at most one chunk is
//! not full (the `slab` crate doubles one allocation, and copies it).

/// Places a chunk.
const CHUNK: usize = 256;

/// Things by place.
#[derive(Debug)]
pub(super) struct Slots<T> {
    chunks: Vec<Vec<Slot<T>>>,
    first_free: Option<u32>,
    used: usize,
}

#[derive(Debug)]
enum Slot<T> {
    Used(T),
    Free { next: Option<u32> },
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), first_free: None, used: 0 }
    }
}

impl<T> Slots<T> {
    pub(super) fn insert(&mut self, item: T) -> u32 {
        self.used += 1;
        if let Some(at) = self.first_free {
            let slot = self.slot(at);
            let Slot::Free { next } = *slot else { unreachable!("the list of free places has a used one") };
            *slot = Slot::Used(item);
            self.first_free = next;
            return at;
        }
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            self.chunks.push(Vec::with_capacity(if self.chunks.is_empty() { 4 } else { CHUNK }));
        }
        let before = (self.chunks.len() - 1) * CHUNK;
        let chunk = self.chunks.last_mut().expect("a chunk with room was just made sure of");
        chunk.push(Slot::Used(item));
        u32::try_from(before + chunk.len() - 1).expect("fewer than 2^32 keys are held")
    }

    fn slot(&mut self, at: u32) -> &mut Slot<T> {
        &mut self.chunks[at as usize / CHUNK][at as usize % CHUNK]
    }

    pub(super) fn get(&self, at: u32) -> Option<&T> {
        match self.chunks.get(at as usize / CHUNK)?.get(at as usize % CHUNK)? {
            Slot::Used(item) => Some(item),
            Slot::Free { .. } => None,
        }
    }

    pub(super) fn get_mut(&mut self, at: u32) -> Option<&mut T> {
        match self.chunks.get_mut(at as usize / CHUNK)?.get_mut(at as usize % CHUNK)? {
            Slot::Used(item) => Some(item),
            Slot::Free { .. } => None,
        }
    }

    /// Takes out what is at a place.
    pub(super) fn remove(&mut self, at: u32) -> Option<T> {
        let next = self.first_free.replace(at);
        let taken = std::mem::replace(self.slot(at), Slot::Free { next });
        self.used -= 1;
        if self.used == 0 {
            // A burst is over: the next one starts small.
            *self = Self::default();
        }
        if let Slot::Used(item) = taken { Some(item) } else { None }
    }

    /// How many things are there.
    pub(super) fn len(&self) -> usize {
        self.used
    }

    /// How many places there are, used or free.
    pub(super) fn places(&self) -> u32 {
        let before = self.chunks.len().saturating_sub(1) * CHUNK;
        let places = before + self.chunks.last().map_or(0, Vec::len);
        u32::try_from(places).expect("fewer than 2^32 keys are held")
    }

    /// All that is there, by place.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        let slots = (0..).zip(self.chunks.iter().flatten());
        slots.filter_map(|(at, slot)| if let Slot::Used(item) = slot { Some((at, item)) } else { None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_places_are_used_again_and_nothing_moves() {
        let mut slots = Slots::default();
        let places: Vec<u32> = (0..1000).map(|item| slots.insert(item)).collect();
        assert_eq!(places, (0..1000).collect::<Vec<_>>());
        assert!(places.iter().filter(|at| **at % 3 == 0).all(|at| slots.remove(*at) == Some(*at)));
        assert!(slots.get(3).is_none() && slots.get_mut(4).is_some_and(|item| *item == 4));
        assert_eq!(slots.iter().count(), 666);
        let again: Vec<u32> = (0..334).map(|item| slots.insert(item)).collect();
        assert!(again.iter().all(|at| at % 3 == 0));
        assert!((0..1000).all(|at| slots.remove(at).is_some()));
        assert_eq!((slots.insert(7), slots.chunks.len()), (0, 1));
    }
}
