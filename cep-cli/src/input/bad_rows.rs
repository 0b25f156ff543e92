//! What happens to bad rows: the first ends the reading, or all are counted and the first few kept for the summary.

use super::error::{BadRow, InputError};

/// What to do with a bad row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub enum OnBadRow {
    /// Stop with an error, after the rows before it.
    #[default]
    Fail,
    /// Count it and go on with the next.
    Skip,
}

/// The bad rows of one input so far.
#[derive(Clone, Debug)]
pub struct BadRows {
    policy: OnBadRow,
    count: u64,
    first: Vec<BadRow>,
}

impl BadRows {
    /// How many are kept to be shown.
    const KEPT: usize = 3;

    pub(crate) fn new(policy: OnBadRow) -> Self {
        Self { policy, count: 0, first: Vec::new() }
    }

    /// Takes note of a bad row that is to be skipped; gives every other error back.
    pub(crate) fn admit(&mut self, error: InputError) -> Result<(), InputError> {
        match (error, self.policy) {
            (InputError::BadRow(row), OnBadRow::Skip) => {
                self.count += 1;
                if self.first.len() < Self::KEPT {
                    self.first.push(*row);
                }
                Ok(())
            }
            (error, _) => Err(error),
        }
    }

    /// How many rows were skipped.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The first few of them.
    #[must_use]
    pub fn first(&self) -> &[BadRow] {
        &self.first
    }
}
