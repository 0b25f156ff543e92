//! What is taken where several things would do: by the number of the attempt, so that each run makes the same choices and
//! each attempt others.

/// The choices of an attempt.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    seed: u64,
    made: u64,
}

impl Choice {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, made: 0 }
    }

    /// Whether it is the attempt after an even one.
    pub(super) fn is_odd(&self) -> bool {
        self.seed % 2 == 1
    }

    /// One of so many; always the first in the first attempt.
    pub(super) fn of(&mut self, many: usize) -> usize {
        self.made += 1;
        if self.seed == 0 || many < 2 {
            return 0;
        }
        let mixed = (self.seed << 32 | self.made).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        usize::try_from((mixed >> 33) % many as u64).unwrap_or(0)
    }
}
