//! What can go wrong with a store, by what the caller can do about it.

use std::error::Error;
use std::fmt;

use super::types::Version;

/// An error of a store.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    message: String,
    help: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What the caller can do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// Nothing was done, and it may work later: wait and try again.
    Unavailable,
    /// It may have been done: throw the memory away, open again, look.
    Unknown,
    /// There is a newer owner: stop.
    Fenced {
        /// What is there.
        found: Version,
    },
    /// The store has less than it acknowledged: open again, replay.
    RolledBack {
        /// What is there.
        found: Version,
    },
    /// The store has more of this owner's commits than expected: what was thought failed was done. Open again.
    Ahead {
        /// What is there.
        found: Version,
    },
    /// There is no room: nothing was done. Make room.
    Full,
    /// What is stored cannot be what was written.
    Corrupt,
    /// It was written by another version of the engine, or is no namespace of this engine.
    Incompatible,
    /// The store's set-up does not allow it: a wrong address, password, role or policy. A person has to change it.
    Setup,
    /// The caller asked for what is not to be had: see promise 11.
    Misuse,
}

impl StoreError {
    /// An error with its words: what, and where.
    #[must_use]
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), help: None, source: None }
    }

    /// The error of a commit that expected another version.
    #[must_use]
    pub fn refused(expected: Version, found: Version) -> Self {
        let (kind, why) = if found.epoch > expected.epoch {
            (StoreErrorKind::Fenced { found }, "another process owns the state now")
        } else if found < expected {
            (StoreErrorKind::RolledBack { found }, "the store has lost commits that it had acknowledged")
        } else {
            (StoreErrorKind::Ahead { found }, "the store has commits that were not known to have been done")
        };
        let at = |version: Version| format!("epoch {}, commit {}", version.epoch, version.seq);
        Self::new(kind, format!("{why}: expected {}, found {}", at(expected), at(found)))
    }

    /// With what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What the caller can do.
    #[must_use]
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// What a person can do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_it_means() {
        let at = |epoch, seq| Version { epoch, seq };
        let kind = |expected, found| StoreError::refused(expected, found).kind();
        assert_eq!(kind(at(2, 7), at(3, 7)), StoreErrorKind::Fenced { found: at(3, 7) });
        assert_eq!(kind(at(2, 7), at(3, 2)), StoreErrorKind::Fenced { found: at(3, 2) });
        assert_eq!(kind(at(2, 7), at(2, 6)), StoreErrorKind::RolledBack { found: at(2, 6) });
        assert_eq!(kind(at(2, 7), at(1, 9)), StoreErrorKind::RolledBack { found: at(1, 9) });
        assert_eq!(kind(at(2, 7), at(2, 8)), StoreErrorKind::Ahead { found: at(2, 8) });
    }
}
