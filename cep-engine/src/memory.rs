//! When memory is looked at: to look at it is to look at every key, and between two looks it grows by what comes.

/// The growth between two looks that is aimed at, as a part of the limit.
const PART: usize = 8;

/// No look comes sooner, however large rows are, unless fewer rows a look are asked for.
const FEWEST_ROWS: u64 = 1024;

/// Counts rows until the next look.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Looks {
    rows: u64,
    /// How many there may be; none before anything is known of how large they are.
    most: Option<u64>,
    /// What was in use after the last look.
    used: usize,
}

impl Looks {
    /// Rows come.
    pub(crate) fn count(&mut self, rows: usize) {
        self.rows += rows as u64;
    }

    /// The next look is to come now.
    pub(crate) fn hurry(&mut self) {
        self.rows = u64::MAX;
    }

    /// Whether it is time, where there are never more than so many rows between two looks.
    pub(crate) fn is_due(&self, most: u64) -> bool {
        self.rows >= self.most.unwrap_or(FEWEST_ROWS).min(most)
    }

    /// It was looked: so much was in use, and is when nothing more can be freed. Rows as large as those since the last look
    /// are to fill no more than a part of the limit.
    pub(crate) fn looked(&mut self, used: usize, left: usize, limit: usize) {
        let grown = used.saturating_sub(self.used) as u64;
        let a_row = (grown / self.rows.max(1)).max(1);
        *self = Self { rows: 0, most: Some((limit / PART) as u64 / a_row), used: left };
        self.most = self.most.map(|most| most.max(FEWEST_ROWS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_rows_are_looked_at_sooner() {
        let mut looks = Looks::default();
        looks.count(1_000);
        assert!(!looks.is_due(30_000));
        looks.count(1_000);
        assert!(looks.is_due(30_000));
        // Rows of 2,000 bytes, and 16 MB may come: 8,000 rows.
        looks.looked(4_000_000, 4_000_000, 128_000_000);
        looks.count(7_999);
        assert!(!looks.is_due(30_000));
        looks.count(1);
        assert!(looks.is_due(30_000));
        // Nothing grows: as seldom as is asked for.
        looks.looked(4_000_000, 3_000_000, 128_000_000);
        looks.count(29_999);
        assert!(!looks.is_due(30_000) && looks.is_due(20));
        looks.hurry();
        assert!(looks.is_due(30_000));
    }
}
