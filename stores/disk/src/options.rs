//! How a folder is opened.

/// How a folder is opened. [`Options::default`] is what a program that cares for its state wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    pub(crate) durability: Durability,
    pub(crate) cache_bytes: usize,
    pub(crate) check_on_open: bool,
}

/// What a completed commit survives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Durability {
    /// A loss of power, as far as the disk keeps what it says it has written: each batch of commits waits for it (`fsync`).
    Full,
    /// The end of the process, `kill -9` included, but not a crash of the operating system or a loss of power: after one the
    /// folder may have lost commits, or be corrupt. For tests, and for state that can be made again.
    Process,
}

impl Default for Options {
    /// [`Durability::Full`], 64 MiB of cache, and a check of the whole file when the folder is opened.
    fn default() -> Self {
        Self { durability: Durability::Full, cache_bytes: 64 * 1024 * 1024, check_on_open: true }
    }
}

impl Options {
    /// With another durability.
    #[must_use]
    pub fn durability(self, durability: Durability) -> Self {
        Self { durability, ..self }
    }

    /// With so many bytes of the file kept in memory.
    #[must_use]
    pub fn cache_bytes(self, cache_bytes: usize) -> Self {
        Self { cache_bytes, ..self }
    }

    /// Whether the checksums of the whole file are checked when the folder is opened, which reads all of it. Without the check
    /// a folder that was closed well is opened at once, and a file that something else has changed since may be noticed
    /// late, give wrong values or make the process panic. After a crash the file is checked whatever is said here.
    #[must_use]
    pub fn check_on_open(self, check_on_open: bool) -> Self {
        Self { check_on_open, ..self }
    }
}
