//! Which keys an event that satisfies no condition can change, as a counting filter over key hashes: most such events
//! are let go by a look at one small table, without looking up their key.

/// A filter that knows some hashes for sure to be absent.
#[derive(Debug)]
pub(super) struct Attention {
    /// How many of the keys held fall into each class of hashes.
    counts: Vec<u32>,
    keys: usize,
}

impl Default for Attention {
    fn default() -> Self {
        const CLASSES: usize = 1024;
        Self { counts: vec![0; CLASSES], keys: 0 }
    }
}

impl Attention {
    /// Whether a key of this hash may be held.
    #[inline]
    pub(super) fn may_hold(&self, hash: u64) -> bool {
        self.counts[self.class(hash)] > 0
    }

    pub(super) fn add(&mut self, hash: u64) {
        let class = self.class(hash);
        self.counts[class] += 1;
        self.keys += 1;
    }

    pub(super) fn remove(&mut self, hash: u64) {
        let class = self.class(hash);
        self.counts[class] -= 1;
        self.keys -= 1;
    }

    /// Whether there are too many keys for so few classes.
    pub(super) fn is_full(&self) -> bool {
        self.keys > self.counts.len() / 4
    }

    /// Twice as many classes for the same keys.
    pub(super) fn grow(&mut self, hashes: impl Iterator<Item = u64>) {
        self.counts = vec![0; 2 * self.counts.len()];
        self.keys = 0;
        hashes.for_each(|hash| self.add(hash));
    }

    #[inline]
    fn class(&self, hash: u64) -> usize {
        // The number of classes is a power of two; the table of keys uses the other bits.
        (hash >> 24) as usize & (self.counts.len() - 1)
    }
}
