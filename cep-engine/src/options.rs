//! How an engine runs.

use std::time::Duration;

use cep_core::matcher::TimerPolicy;

/// How an engine runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// Names the state, if it is made: random, so that nobody takes another's outputs for its own.
    pub id: [u8; 16],
    /// The groups of a namespace that is made: hash ranges of keys, each with commits of its own. A program with patterns
    /// over what others emit has one, as what goes from one key to another has to be committed together.
    pub groups: u16,
    /// Commits after so many rows.
    pub commit_rows: u64,
    /// Commits after so much time, as the caller tells it.
    pub commit_interval: Duration,
    /// Rounds of commits that may be in flight; with more to do, the engine waits.
    pub rounds_in_flight: usize,
    /// What becomes of partial matches of patterns that have changed since they were stored.
    pub on_change: OnChange,
    /// Which moments keys are advanced to.
    pub timers: TimerPolicy,
    /// Whether timed-out partial matches of patterns without `on timeout emit` are outputs too.
    pub report_timeouts: bool,
    /// Whether records that cannot be read are set aside, and the rows of their keys diverted; else the engine stops.
    pub quarantine: bool,
    /// About how many bytes of keyed state are kept in memory. What is not used is left to the store.
    pub memory: Option<usize>,
    /// The most rows that go by before memory is looked at: to look at it is to look at every key. Where rows are large it
    /// is looked at sooner.
    pub rows_a_look: u64,
    /// A rule of the protocol that is not kept, for tests.
    #[cfg(feature = "sabotage")]
    pub sabotage: Option<crate::Sabotage>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            id: [0; 16],
            groups: 1,
            commit_rows: u64::MAX,
            commit_interval: Duration::from_secs(1),
            rounds_in_flight: 3,
            on_change: OnChange::Refuse,
            timers: TimerPolicy::Exact,
            report_timeouts: false,
            quarantine: false,
            memory: None,
            rows_a_look: 32_768,
            #[cfg(feature = "sabotage")]
            sabotage: None,
        }
    }
}

/// What becomes of partial matches of patterns that have changed since they were stored. Those of unchanged patterns are
/// taken over whatever is said here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnChange {
    /// Opening fails if there may be any.
    #[default]
    Refuse,
    /// They are taken over where stages, their order and windows are the same and conditions alone have changed; opening fails
    /// if there may be others.
    Keep,
    /// They come to their end by the rules under which they began, and nothing new begins by those: what is given to the
    /// engine has to come from [`with_draining`](crate::with_draining).
    Drain,
    /// They are dropped.
    Reset,
}
