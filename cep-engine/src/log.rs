//! What a source in a server has to be to be read exactly once: a log, whose entries keep their order and never change.
//!
//! How far a log has been read is told by a [`LogMark`], which the state keeps. A log that is no more the one that was read, or
//! that has lost entries nobody had read, is an error: going on would be to leave out events and not to say so.

use serde::{Deserialize, Serialize};

use crate::store::{StoreError, StoreErrorKind};

/// A log of entries, or one partition of one. Calls may wait for the network; they get over what passes by themselves.
pub trait Log: Send {
    /// As people know it, without passwords.
    fn name(&self) -> &str;

    /// Goes behind the entry of a mark, and gives that entry if it is still there; without a mark, before the first entry
    /// there is.
    ///
    /// # Errors
    /// Where it cannot be read, or is not the log of the mark.
    fn go_to(&mut self, mark: Option<&LogMark>) -> Result<Option<LogEntry>, LogError>;

    /// The next entries; none where there are no more now.
    ///
    /// # Errors
    /// Where it cannot be read, or entries were removed before they were read.
    fn next(&mut self) -> Result<Vec<LogEntry>, LogError>;

    /// Waits for a while, or until there are more.
    ///
    /// # Errors
    /// Where it cannot be read, and waiting does not help.
    fn wait(&mut self) -> Result<(), LogError>;
}

/// An entry of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogEntry {
    /// What names it in the log.
    pub id: String,
    /// How many entries the log has ever had up to it.
    pub number: u64,
    /// Names and values.
    pub fields: Vec<(Vec<u8>, Vec<u8>)>,
}

/// How far a log has been read: its last entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LogMark {
    /// What names the entry.
    pub id: String,
    /// Its number.
    pub number: u64,
    /// A checksum of its fields, of the reader's choice.
    pub sum: u32,
}

/// Why a log cannot be read on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// Entries went before they were read.
    #[error("{log} has lost {entries} entries behind {after} before they were read{}", first_left(.first.as_deref()))]
    Lost {
        /// The log.
        log: String,
        /// How many.
        entries: u64,
        /// The last entry that was read.
        after: String,
        /// The first that is left, if any is.
        first: Option<String>,
    },
    /// It is another log.
    #[error("{log} is not what was read before: {why}")]
    Replaced {
        /// The log.
        log: String,
        /// How that is known.
        why: String,
    },
    /// Whoever keeps it cannot be reached, or refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn first_left(first: Option<&str>) -> String {
    first.map_or(String::new(), |first| format!("; the first that is left is {first}"))
}

impl LogError {
    /// What the user can do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Lost { .. } => Some(
                "let entries live longer than the longest break (`XADD … MAXLEN`, `MINID`, `XTRIM`), and do not delete single \
                 ones; a new state, `--namespace NAME`, begins with the first entry that is left"
                    .to_owned(),
            ),
            Self::Replaced { .. } => Some(
                "put it back as it was, or begin anew with `--namespace NAME`; to begin under the same name, drop the state \
                 (`cep state drop`)"
                    .to_owned(),
            ),
            Self::Store(error) => error.help().map(str::to_owned),
        }
    }

    /// Whether it may be well again after a while.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        let Self::Store(error) = self else { return false };
        matches!(error.kind(), StoreErrorKind::Unavailable | StoreErrorKind::Unknown | StoreErrorKind::Full)
    }
}
