//! What a server promises to keep, in words for the user.

use std::fmt;

/// What a server promises to keep, as it is set up now; of several servers the least. Displayed in words for the user.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Durability {
    /// How commits get to the server's disk.
    pub log: Log,
    /// Whether replicas follow it: a fail-over to one may lose what it had not received yet.
    pub has_replicas: bool,
}

/// How commits get to a server's disk; the later, the safer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub enum Log {
    /// They do not.
    Nothing,
    /// The server does not say.
    Unknown,
    /// With a snapshot now and then.
    Snapshots,
    /// With the append-only file, but the server does not say when that is on the disk.
    SomeTime,
    /// With the append-only file, when the operating system likes (`appendfsync no`).
    AsTheSystemLikes,
    /// With the append-only file, once a second (`appendfsync everysec`).
    EverySecond,
    /// With the append-only file, before they are acknowledged (`appendfsync always`).
    Always,
}

impl Durability {
    /// The less durable of two.
    pub(crate) fn least(self, other: Self) -> Self {
        Self { log: self.log.min(other.log), has_replicas: self.has_replicas || other.has_replicas }
    }
}

impl fmt::Display for Durability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.log {
            Log::Always => "appendfsync always: a killed server loses nothing that was acknowledged",
            Log::EverySecond => {
                "appendfsync everysec: a killed server may lose the last second; it is noticed and replayed"
            }
            Log::AsTheSystemLikes => {
                "appendfsync no: a machine that loses power may lose the last half minute; it is noticed and replayed"
            }
            Log::SomeTime => {
                "appendonly yes, appendfsync unknown: a killed server may lose the last commits; it is noticed and replayed"
            }
            Log::Snapshots => {
                "appendonly no: a server that ends loses what came after its last snapshot; it is noticed and replayed, but \
                 appendonly yes is better"
            }
            Log::Nothing => "appendonly no, no snapshots: a server that ends loses everything; use appendonly yes",
            Log::Unknown => "appendonly no: a server that ends loses what came after its last snapshot, if it makes any",
        })?;
        if self.has_replicas {
            f.write_str("; a fail-over to a replica may lose the last commits; it is noticed and replayed")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_servers_the_least_durable_counts() {
        let of = |log, has_replicas| Durability { log, has_replicas };
        let least = of(Log::Always, true).least(of(Log::EverySecond, false));
        assert_eq!(least, of(Log::EverySecond, true));
        assert!(least.to_string().contains("everysec") && least.to_string().contains("fail-over"));
    }
}
