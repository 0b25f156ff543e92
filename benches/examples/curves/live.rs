//! Many live partial matches of one key: every second event starts one, and none ends but by its window.

use cep_core::expr::{field, stage};
use cep_core::pattern::{Pattern, PatternBuilder, Skip};
use cep_core::time::Duration;

use crate::measure::Setup;
use crate::patterns::{keyed, kind};
use crate::stream::{Draw, Kinds};

/// What waits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Waiting {
    /// For an event that does not come, all matches wanted.
    NoSkip,
    /// The same, matches not to overlap.
    SkipPastLast,
    /// The same, each partial match that times out wanted.
    OnTimeout,
    /// The same, for any such event.
    AnyEnd,
    /// For an event that is compared with the one captured, whenever it might be.
    Iterative,
}

impl Waiting {
    fn pattern(self, window: Duration) -> PatternBuilder {
        let start = Pattern::begin("a").filter(kind(0)).within(window);
        let end = || start.clone().followed_by("z").filter(kind(2));
        match self {
            Self::NoSkip => end(),
            Self::SkipPastLast => end().after_match(Skip::PastLastEvent),
            Self::OnTimeout => end().on_timeout_emit("timed_out", [("x", stage("a").last("x"))]),
            Self::AnyEnd => start.followed_by_any("z").filter(kind(2)),
            Self::Iterative => {
                let never = field("x").gt(stage("a").last("x").add(1_000.0));
                start.followed_by("z").filter(kind(1).and(never))
            }
        }
    }

    /// So many alive at any time once warm.
    pub(crate) fn setup(self, live: f64) -> Setup {
        let window = (live * 2.0) as i64;
        Setup {
            patterns: vec![keyed(self.pattern(Duration(window)), "waiting")],
            draw: Draw { keys: 1, kinds: Kinds::Even(2) },
            warm_up: window as usize,
        }
    }
}
