//! How the partial matches of a pattern are held: one by one, as runs, or all of a state together, as a set.
//!
//! Partial matches in one state have the same future where no condition asks what they have captured, where a match
//! drops none of them, and where nothing but the window of the whole ends them. Then a state needs one set for all of
//! them (the compact structure of the CORE engine: Bucchi, Grez, Quintana, Riveros, Vansummeren, VLDB 2022), and an
//! event costs as much as there are states, not as there are partial matches.
//!
//! Where they cannot multiply, the few that a key has are leaner one by one: beside the key a section of sets is 128
//! bytes and its nodes. Over 500,000 events of a million keys (W8) sets took 174 M instructions and 232,000 misses of
//! the last cache, runs 195 M and 35,000; over ten thousand keys (W1) 152 M and 71,000, runs 190 M and 25,000.

use std::fmt;

use super::automaton::{Automaton, Effect, Move, StateKind};
use super::satisfiable::can_hold;
use crate::pattern::{Pattern, Skip};

/// Whether a matcher holds partial matches as its program says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Hold {
    /// Each pattern in the way chosen for it.
    #[default]
    Chosen,
    /// All patterns as runs.
    Runs,
    /// As sets wherever that is possible.
    Sets,
}

/// The way chosen for a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Held {
    /// One set a state.
    Sets,
    /// One by one.
    Runs(WhyRuns),
}

/// Why partial matches are held one by one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhyRuns {
    /// A condition asks what a partial match has captured.
    AsksPartialMatch,
    /// A match drops others.
    Skip,
    /// They are counted, to keep to a limit.
    Limit,
    /// Each has its own time since its last event.
    Gap,
    /// Some become matches when their window ends.
    TrailingAbsence,
    /// Those that time out are handed out.
    Timeouts,
    /// There are more conditions than a set looks at.
    ManyConditions,
    /// They could be sets, but there are few of them: each has a start of its own, for each key.
    Few,
}

/// The most conditions of a pattern that is held as sets: their truth for an event is one word.
const MOST_CONDITIONS: usize = 64;

/// More than it takes for any pattern that a person writes.
const MOST_LOOKS: usize = 1_000_000;

impl Held {
    /// Whether partial matches are held as sets by a matcher that is told how to hold them.
    #[must_use]
    pub fn as_sets(self, hold: Hold) -> bool {
        match (self, hold) {
            (Self::Sets, Hold::Chosen | Hold::Sets) | (Self::Runs(WhyRuns::Few), Hold::Sets) => true,
            (Self::Runs(_), _) | (Self::Sets, Hold::Runs) => false,
        }
    }
}

/// The way that suits a pattern.
pub(super) fn holding(pattern: &Pattern, automaton: &Automaton) -> Held {
    let any = |holds: fn(&super::State) -> bool| automaton.states.iter().any(holds);
    let reasons = [
        (any(|state| state.asks_partial_match), WhyRuns::AsksPartialMatch),
        (pattern.skip != Skip::NoSkip, WhyRuns::Skip),
        (pattern.limit.is_some(), WhyRuns::Limit),
        (automaton.has_gaps, WhyRuns::Gap),
        (any(|state| state.kind == StateKind::Pending), WhyRuns::TrailingAbsence),
        (!pattern.timeout_emits.is_empty(), WhyRuns::Timeouts),
        (automaton.atoms.len() > MOST_CONDITIONS, WhyRuns::ManyConditions),
        (is_keyed(pattern) && !branches(automaton), WhyRuns::Few),
    ];
    let first = reasons.into_iter().find(|(holds, _)| *holds);
    first.map_or(Held::Sets, |(_, why)| Held::Runs(why))
}

fn is_keyed(pattern: &Pattern) -> bool {
    pattern.inputs.iter().any(|input| !input.by.is_empty())
}

/// Whether an event can make two living partial matches of one: only then can there be more of them than events that
/// start one.
fn branches(automaton: &Automaton) -> bool {
    let mut left = MOST_LOOKS;
    automaton.states.iter().any(|state| {
        let lives = |found: &&Move| match found.effect {
            Effect::Take { target, .. } | Effect::Wait { target } => {
                automaton.state(target).kind != StateKind::Final
            }
            Effect::Stop => false,
        };
        let living: Vec<_> = state.moves.iter().filter(lives).collect();
        living.iter().enumerate().any(|(at, one)| {
            living[..at].iter().any(|other| can_hold(&[&one.guard, &other.guard], &mut left).unwrap_or(true))
        })
    })
}

/// A sentence for people.
impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sets => f.write_str(
                "Partial matches at one place have the same future: they are held together, as one set.",
            ),
            Self::Runs(why) => write!(f, "Partial matches are held one by one, because {why}."),
        }
    }
}

impl fmt::Display for WhyRuns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AsksPartialMatch => "a condition asks what they have captured",
            Self::Skip => "a match drops others",
            Self::Limit => "they are counted",
            Self::Gap => "each has a time of its own to wait",
            Self::TrailingAbsence => "they become matches when their window ends",
            Self::Timeouts => "those that a window ends are told of",
            Self::ManyConditions => "there are too many conditions",
            Self::Few => "for each key there are at most as many as events that start one",
        })
    }
}
