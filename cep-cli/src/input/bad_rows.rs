//! What happens to bad rows: the first ends the reading, or all are counted and the first few kept for the summary, and if
//! wanted put aside in a file.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::dead_letters::{Again, DeadLetters, Raw};
use super::error::{BadRow, InputError};

/// What is asked to be done with bad rows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum BadRowPolicy {
    /// The first ends the run.
    #[default]
    Fail,
    /// They are counted.
    Skip,
    /// They are counted and put aside in a file.
    DeadLetter(PathBuf),
}

impl FromStr for BadRowPolicy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once([':', '=']) {
            None if text == "fail" => Ok(Self::Fail),
            None if text == "skip" => Ok(Self::Skip),
            Some(("dead-letter", file)) if !file.is_empty() => Ok(Self::DeadLetter(file.into())),
            _ => Err("write `fail`, `skip` or `dead-letter:FILE`".to_owned()),
        }
    }
}

/// What to do with a bad row.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum OnBadRow {
    /// Stop with an error, after the rows before it.
    #[default]
    Fail,
    /// Count it and go on with the next.
    Skip,
    /// Count it, put it aside, and go on with the next.
    DeadLetter {
        /// Where to.
        letters: DeadLetters,
        /// Whether the input may be read once more from an earlier place.
        again: Again,
    },
}

impl OnBadRow {
    /// The same for an input that may, or may not, be read once more from an earlier place.
    #[must_use]
    pub fn reading_again(self, again: Again) -> Self {
        match self {
            Self::DeadLetter { letters, .. } => Self::DeadLetter { letters, again },
            other => other,
        }
    }
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

    /// Takes note of a bad row that is to be skipped or put aside, as it came; gives every other error back.
    pub(super) fn admit(&mut self, error: InputError, raw: impl FnOnce() -> Raw) -> Result<(), InputError> {
        match (error, &self.policy) {
            (InputError::BadRow(row), OnBadRow::Skip | OnBadRow::DeadLetter { .. }) => {
                if let OnBadRow::DeadLetter { letters, again } = &self.policy {
                    letters.put(&row, &raw(), *again)?;
                }
                self.count += 1;
                if self.first.len() < Self::KEPT {
                    self.first.push(*row);
                }
                Ok(())
            }
            (error, _) => Err(error),
        }
    }

    /// Makes what was put aside durable.
    pub(super) fn sync(&self) -> Result<(), InputError> {
        match &self.policy {
            OnBadRow::DeadLetter { letters, .. } => Ok(letters.sync()?),
            OnBadRow::Fail | OnBadRow::Skip => Ok(()),
        }
    }

    /// The file they were put in, if they were.
    #[must_use]
    pub fn put_aside(&self) -> Option<&Path> {
        match &self.policy {
            OnBadRow::DeadLetter { letters, .. } => Some(letters.path()),
            OnBadRow::Fail | OnBadRow::Skip => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_read_as_they_are_written() {
        let file = BadRowPolicy::DeadLetter("bad.jsonl".into());
        assert_eq!("dead-letter:bad.jsonl".parse(), Ok(file.clone()));
        assert_eq!("dead-letter=bad.jsonl".parse(), Ok(file));
        assert_eq!("skip".parse(), Ok(BadRowPolicy::Skip));
        for wrong in ["", "Skip", "dead-letter", "dead-letter:", "skip:x"] {
            assert!(wrong.parse::<BadRowPolicy>().is_err(), "{wrong}");
        }
    }
}
