//! How a matcher runs.

pub use crate::program::Hold;

/// How a matcher runs.
///
/// ```
/// use cep_core::matcher::{Config, TimerPolicy};
///
/// let config = Config { report_timeouts: true, ..Config::default() };
/// assert_eq!(config.timers, TimerPolicy::Exact);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Config {
    /// Which moments a key is advanced to.
    pub timers: TimerPolicy,
    /// Whether all state is in memory.
    pub residency: Residency,
    /// Whether timed-out partial matches of patterns without `on timeout emit` are handed out too.
    pub report_timeouts: bool,
    /// How partial matches are held; as runs where `report_timeouts` wants to see each that times out.
    pub hold: Hold,
}

impl Config {
    /// How partial matches are held, all things considered.
    pub(super) fn hold(self) -> Hold {
        if self.report_timeouts { Hold::Runs } else { self.hold }
    }
}

/// Which moments a key is advanced to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimerPolicy {
    /// Every deadline at its own time.
    #[default]
    Exact,
    /// As Flink's operator does: at the watermarks at which a key has a timer. For conformance tests.
    Flink,
}

/// Where the state of keys lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Residency {
    /// In memory: a key that is not known is new.
    #[default]
    All,
    /// In a store behind an engine: keys that were announced or evicted are missing until they are provided, and changes are
    /// recorded.
    Store,
}
