//! Places by number, reused once they are free. Unlike the `slab` crate, the first place lies within the pool itself
//! and a free one is no larger than a used one: most keys hold one event and one node.

use smallvec::SmallVec;

/// What lives in a pool.
pub(super) trait Pooled {
    /// Whether the place is free.
    fn is_free(&self) -> bool;
    /// Gives the place up, remembering the next free one.
    fn set_free(&mut self, next: u32);
    /// The free place remembered.
    fn next_free(&self) -> u32;
}

/// No place.
const NONE: u32 = u32::MAX;

/// Things of one kind, by place.
#[derive(Clone, Debug)]
pub(super) struct Pool<T> {
    places: SmallVec<[T; 1]>,
    first_free: u32,
    used: u32,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self { places: SmallVec::new(), first_free: NONE, used: 0 }
    }
}

impl<T: Pooled> Pool<T> {
    pub(super) fn len(&self) -> usize {
        self.used as usize
    }

    pub(super) fn insert(&mut self, item: T) -> u32 {
        self.used += 1;
        if self.first_free != NONE {
            let at = self.first_free;
            let place = &mut self.places[at as usize];
            self.first_free = place.next_free();
            *place = item;
            return at;
        }
        if self.places.len() == self.places.capacity() {
            self.places.reserve_exact(self.places.len().max(3));
        }
        self.places.push(item);
        u32::try_from(self.places.len() - 1).expect("a key holds fewer than 2^32 things of a kind")
    }

    pub(super) fn get(&self, at: u32) -> &T {
        &self.places[at as usize]
    }

    /// All places, free ones too.
    pub(super) fn places(&self) -> &[T] {
        &self.places
    }

    pub(super) fn get_mut(&mut self, at: u32) -> &mut T {
        &mut self.places[at as usize]
    }

    pub(super) fn free(&mut self, at: u32) {
        self.used -= 1;
        if self.used == 0 {
            self.places.clear();
            self.first_free = NONE;
        } else {
            self.places[at as usize].set_free(self.first_free);
            self.first_free = at;
        }
    }

    /// Gives memory back to the allocator once a burst is over.
    #[inline]
    pub(super) fn shrink(&mut self) {
        const SLACK: usize = 64;
        if self.places.capacity() > SLACK + 4 * self.len() {
            self.shrink_now();
        }
    }

    #[cold]
    fn shrink_now(&mut self) {
        let last = self.places.iter().rposition(|place| !place.is_free());
        self.places.truncate(last.map_or(0, |last| last + 1));
        self.places.shrink_to_fit();
        self.first_free = NONE;
        for (at, place) in (0..).zip(&mut self.places) {
            if place.is_free() {
                place.set_free(self.first_free);
                self.first_free = at;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    enum Place {
        Used(u32),
        Free(u32),
    }

    impl Pooled for Place {
        fn is_free(&self) -> bool {
            matches!(self, Self::Free(_))
        }

        fn set_free(&mut self, next: u32) {
            *self = Self::Free(next);
        }

        fn next_free(&self) -> u32 {
            match self {
                Self::Used(_) => unreachable!("only free places are asked"),
                Self::Free(next) => *next,
            }
        }
    }

    #[test]
    fn free_places_are_used_again_also_after_a_burst() {
        let mut pool = Pool::default();
        let places: Vec<u32> = (0..1000).map(|item| pool.insert(Place::Used(item))).collect();
        places.iter().filter(|at| **at != 3 && **at != 9).for_each(|at| pool.free(*at));
        pool.shrink();
        assert_eq!((pool.len(), pool.places.len()), (2, 10));
        assert_eq!((pool.get(3), pool.get(9)), (&Place::Used(3), &Place::Used(9)));
        let mut again: Vec<u32> = (0..9).map(|item| pool.insert(Place::Used(item))).collect();
        again.sort_unstable();
        assert_eq!(again, [0, 1, 2, 4, 5, 6, 7, 8, 10]);
    }
}
