//! Jars of jobs, and how they are cut into parts.

use std::fmt;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

/// How large parts are: members keep them in memory.
const PART: usize = 4 << 20;

/// A jar whose main class submits jobs.
///
/// ```
/// use hazelcast_client::JobJar;
///
/// # fn example(bytes: Vec<u8>) {
/// let jar = JobJar::new("orders.jar", bytes).named("orders").main_class("com.example.Orders").argument("--all");
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct JobJar {
    pub(super) file: String,
    pub(super) bytes: Bytes,
    pub(super) name: Option<String>,
    pub(super) snapshot: Option<String>,
    pub(super) main: Option<String>,
    pub(super) arguments: Vec<String>,
    part: usize,
}

impl fmt::Debug for JobJar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, bytes) = (&self.file, self.bytes.len());
        formatter.debug_struct("JobJar").field("file", file).field("bytes", &bytes).finish_non_exhaustive()
    }
}

impl JobJar {
    /// A jar of this file name, which members show.
    ///
    /// ```
    /// let jar = hazelcast_client::JobJar::new("counts.jar", &b"the file's bytes"[..]);
    /// ```
    pub fn new(file: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let (file, bytes) = (file.into(), bytes.into());
        Self { file, bytes, name: None, snapshot: None, main: None, arguments: Vec::new(), part: PART }
    }

    /// The name of the job that is submitted, where its main class gives it none.
    ///
    /// ```
    /// let jar = hazelcast_client::JobJar::new("counts.jar", &b"the file's bytes"[..]).named("counts");
    /// ```
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The snapshot that the job begins with.
    ///
    /// ```
    /// let jar = hazelcast_client::JobJar::new("counts.jar", &b"the file's bytes"[..]).snapshot("yesterday");
    /// ```
    #[must_use]
    pub fn snapshot(mut self, name: impl Into<String>) -> Self {
        self.snapshot = Some(name.into());
        self
    }

    /// The class that is run; else the one that the jar's manifest names.
    ///
    /// ```
    /// let jar = hazelcast_client::JobJar::new("jobs.jar", &b"the file's bytes"[..]).main_class("org.example.Counts");
    /// ```
    #[must_use]
    pub fn main_class(mut self, name: impl Into<String>) -> Self {
        self.main = Some(name.into());
        self
    }

    /// One more argument of the main class.
    ///
    /// ```
    /// let jar = hazelcast_client::JobJar::new("counts.jar", &b"the file's bytes"[..]).argument("--since").argument("today");
    /// ```
    #[must_use]
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// How many bytes are sent at once, 1 at least: 4 MiB.
    ///
    /// ```
    /// let jar = hazelcast_client::JobJar::new("counts.jar", &b"the file's bytes"[..]).part_bytes(1 << 20);
    /// ```
    #[must_use]
    pub fn part_bytes(mut self, bytes: usize) -> Self {
        self.part = bytes.max(1);
        self
    }

    /// One part at least, however little there is.
    pub(super) fn parts(&self) -> Vec<Bytes> {
        if self.bytes.is_empty() {
            return vec![Bytes::new()];
        }
        self.bytes.chunks(self.part).map(|part| self.bytes.slice_ref(part)).collect()
    }
}

/// SHA-256, as members have it.
pub(super) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_jar_again() {
        let jar = JobJar::new("a.jar", (0..10).collect::<Vec<u8>>());
        assert_eq!(jar.parts().len(), 1);
        let parts = jar.clone().part_bytes(4).parts();
        assert_eq!(parts.iter().map(Bytes::len).collect::<Vec<_>>(), [4, 4, 2]);
        assert_eq!(parts.concat(), jar.bytes);
        assert_eq!(JobJar::new("b.jar", Bytes::new()).parts().len(), 1);
    }

    #[test]
    fn digests_are_those_of_everybody() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest(b"abc"), abc);
    }
}
