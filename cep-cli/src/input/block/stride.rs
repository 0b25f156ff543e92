//! How many records are taken in one go: many where all is as usual, few where much is not, since what is read of a column
//! behind an unusual record is read again.

/// The number of records to try next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::input) struct Stride {
    rows: usize,
    most: usize,
}

impl Stride {
    /// The fewest that are worth it.
    const LEAST: usize = 4;

    /// So many that what is found about them stays in the nearest cache.
    const MOST: usize = 512;

    /// Never more than so many; with 0, each record is read by itself.
    pub(in crate::input) fn up_to(most: usize) -> Self {
        Self { rows: most, most }
    }

    /// The number of records to try next.
    pub(in crate::input) fn rows(self) -> usize {
        self.rows
    }

    /// Learns how many records were as usual, and whether an odd one ended them.
    pub(in crate::input) fn learn(&mut self, odd: bool, usual: usize) {
        let next = if odd { 2 * usual } else { 2 * self.rows };
        self.rows = next.max(Self::LEAST).min(self.most);
    }
}

impl Default for Stride {
    fn default() -> Self {
        Self::up_to(Self::MOST)
    }
}
