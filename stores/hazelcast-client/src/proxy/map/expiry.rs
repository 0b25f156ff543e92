//! When entries go by themselves.

use std::time::Duration;

use crate::proxy::millis;

/// When an entry goes by itself. Members count in seconds, and round up.
///
/// ```
/// use std::time::Duration;
/// use hazelcast_client::Expiry;
///
/// let session = Expiry::after(Duration::from_secs(3_600)).or_idle_for(Duration::from_secs(300));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Expiry {
    ttl: Option<Ttl>,
    max_idle: Option<Duration>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ttl {
    After(Duration),
    Never,
}

impl Expiry {
    /// So long after it was written.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let expiry = hazelcast_client::Expiry::after(Duration::from_secs(60));
    /// ```
    pub const fn after(ttl: Duration) -> Self {
        Self { ttl: Some(Ttl::After(ttl)), max_idle: None }
    }

    /// Never, whatever the map's configuration says.
    ///
    /// ```
    /// let expiry = hazelcast_client::Expiry::never();
    /// ```
    pub const fn never() -> Self {
        Self { ttl: Some(Ttl::Never), max_idle: None }
    }

    /// Also when nobody has read or written it for so long.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let expiry = hazelcast_client::Expiry::never().or_idle_for(Duration::from_secs(600));
    /// ```
    #[must_use]
    pub const fn or_idle_for(mut self, max_idle: Duration) -> Self {
        self.max_idle = Some(max_idle);
        self
    }

    /// As members have it: -1 is the map's configuration, 0 is never.
    pub(super) fn ttl_millis(self) -> i64 {
        match self.ttl {
            None => -1,
            Some(Ttl::Never) => 0,
            // Not 0, which is never.
            Some(Ttl::After(ttl)) => millis(ttl).max(1),
        }
    }

    pub(super) fn max_idle_millis(self) -> Option<i64> {
        self.max_idle.map(|idle| millis(idle).max(1))
    }
}
