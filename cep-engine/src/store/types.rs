//! What a store is asked and what it answers.

use bytes::Bytes;
use cep_core::time::Timestamp;

use super::error::{StoreError, StoreErrorKind};

/// The most bytes of a key.
pub const MOST_KEY: usize = 32 * 1024;

/// The most bytes of a value, of an outbox entry and of a header.
pub const MOST_VALUE: usize = 64 * 1024 * 1024;

/// The farthest deadline from the epoch, either way, in milliseconds: whole numbers up to here are exact as floats, which
/// is how some stores keep them.
pub const FARTHEST_DEADLINE: i64 = 1 << 53;

/// A group of a namespace, from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct GroupId(pub u16);

/// Where the commits of a group stand. Compared as a pair: a later epoch is later whatever its `seq`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Version {
    /// The owner's, raised by each opening; 1 with the first.
    pub epoch: u64,
    /// The number of commits so far, over all epochs.
    pub seq: u64,
}

impl Version {
    /// The version after one commit.
    #[must_use]
    pub fn next(self) -> Self {
        Self { seq: self.seq + 1, ..self }
    }
}

/// Whether an owner that knows a version may read a group that is at another (promise 12).
///
/// # Errors
/// Where it may not, as a commit would say it.
pub fn check_owner(owner: Option<Version>, found: Version) -> Result<(), StoreError> {
    match owner {
        Some(known) if found.epoch != known.epoch || found.seq < known.seq => {
            Err(StoreError::refused(known, found))
        }
        _ => Ok(()),
    }
}

/// How a namespace is made, if it is not there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fresh {
    /// The number of groups, at least 1; fixed for as long as the namespace lives.
    pub groups: u16,
    /// What it says of itself: the engine's bytes.
    pub about: Bytes,
}

/// A namespace as it was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened {
    /// Whether it was made just now.
    pub is_new: bool,
    /// What it says of itself.
    pub about: Bytes,
    /// How often that was replaced.
    pub about_version: u64,
    /// The header of each group, by number.
    pub groups: Vec<Header>,
}

/// The header of a group.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Header {
    /// Where its commits stand; after opening with the new epoch.
    pub version: Version,
    /// The number that the next outbox entry gets.
    pub next_outbox: u64,
    /// The number of the first outbox entry that is there, or that comes next.
    pub first_outbox: u64,
    /// The engine's bytes, as the last commit wrote them; empty before the first.
    pub state: Bytes,
}

/// What a commit writes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// Entries that are new or replace others. A key stands once, here or among `deletes`.
    pub puts: Vec<Put>,
    /// Keys of entries that go; one that is not there is no error.
    pub deletes: Vec<Bytes>,
    /// Appended to the outbox, numbered from the header's `next_outbox` on.
    pub outbox: Vec<Bytes>,
    /// The number of the first of those, if there are any: a check that both sides count alike.
    pub first_outbox: u64,
    /// The group's new header bytes.
    pub state: Bytes,
}

impl Changes {
    /// What promise 11 says of changes whatever is stored: every store asks this first.
    ///
    /// # Errors
    /// [`StoreErrorKind::Misuse`] for a key or value that is too long and a deadline too far away.
    pub fn check(&self) -> Result<(), StoreError> {
        for put in &self.puts {
            at_most("a key", put.key.len(), MOST_KEY)?;
            at_most("a value", put.value.len(), MOST_VALUE)?;
            if let Some(Timestamp(time)) = put.deadline
                && time.unsigned_abs() > FARTHEST_DEADLINE.unsigned_abs()
            {
                let message = format!("a deadline of {time}: at most 2^53 milliseconds from the epoch");
                return Err(StoreError::new(StoreErrorKind::Misuse, message));
            }
        }
        self.deletes.iter().try_for_each(|key| at_most("a key", key.len(), MOST_KEY))?;
        self.outbox.iter().try_for_each(|entry| at_most("an outbox entry", entry.len(), MOST_VALUE))?;
        at_most("a header", self.state.len(), MOST_VALUE)
    }
}

fn at_most(what: &str, length: usize, most: usize) -> Result<(), StoreError> {
    if length <= most {
        return Ok(());
    }
    Err(StoreError::new(StoreErrorKind::Misuse, format!("{what} of {length} bytes: at most {most}")))
}

/// An entry to write.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Put {
    /// At most [`MOST_KEY`] bytes.
    pub key: Bytes,
    /// By when the engine has to look at it; within [`FARTHEST_DEADLINE`].
    pub deadline: Option<Timestamp>,
    /// At most [`MOST_VALUE`] bytes.
    pub value: Bytes,
}

/// An entry that is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its key.
    pub key: Bytes,
    /// Its deadline.
    pub deadline: Option<Timestamp>,
    /// Its value.
    pub value: Bytes,
}

/// A key that is due.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Due {
    /// Its deadline.
    pub deadline: Timestamp,
    /// The key.
    pub key: Bytes,
}

/// Where a page of due keys ended: the last of them.
pub type DueCursor = Due;

/// Some answers, and where the next page goes on, if there may be one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page<T, C> {
    /// The answers.
    pub items: Vec<T>,
    /// What to ask for the next page with; none after the last.
    pub next: Option<C>,
}
