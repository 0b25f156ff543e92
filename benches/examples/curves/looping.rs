//! One long loop at a time of one key: an event starts it, so many join it, the next ends it.

use cep_core::expr::{Expr, count, field, stage};
use cep_core::pattern::{Pattern, Skip};

use crate::measure::Setup;
use crate::patterns::{keyed, kind};
use crate::stream::{Draw, Kinds};

/// What is asked of an event that may join: always true, to the same length of loop for all.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked {
    /// Its kind.
    Nothing,
    /// Also, how it compares with all events of the loop.
    Aggregates,
    /// Also, how it compares with the event before the loop and with the loop's first.
    Captures,
}

impl Asked {
    fn condition(self) -> Expr {
        let x = || field("x");
        let hot = || stage("hot");
        let is_first = || count("hot").eq(0);
        match self {
            Self::Nothing => kind(1),
            Self::Aggregates => kind(1)
                .and(is_first().or(x().gt(hot().avg("x").sub(1_000.0))))
                .and(hot().sum("x").add(x()).lt(1e12))
                .and(count("hot").lt(1_000_000_000)),
            Self::Captures => kind(1)
                .and(x().gt(stage("a").last("x").sub(1_000.0)))
                .and(is_first().or(x().gt(hot().first("x").sub(1_000.0)))),
        }
    }

    /// The clock starts in the middle of a loop.
    pub(crate) fn setup(self, length: f64) -> Setup {
        let pattern = Pattern::begin("a").filter(kind(0)).followed_by("hot").one_or_more().greedy();
        let pattern = pattern.filter(self.condition()).followed_by("end").filter(kind(2));
        Setup {
            patterns: vec![keyed(pattern.after_match(Skip::PastLastEvent), "loop")],
            draw: Draw { keys: 1, kinds: Kinds::Loop(length as u64) },
            warm_up: length as usize / 2,
        }
    }
}
