//! The automaton of a pattern: states with transitions in Flink's edge order, and the same closed under PROCEED for
//! the runtime.

use super::guard::{Atom, Guard};
use crate::ids::{PredicateId, StageId, StateId};
use crate::time::Duration;

/// The frozen automaton of a pattern.
#[derive(Debug)]
pub struct Automaton {
    /// The states; a state's id is its position.
    pub states: Box<[State]>,
    /// The state every partial match starts from.
    pub start: StateId,
    /// The whole-pattern window.
    pub window: Option<Duration>,
    /// The conditions that guards name.
    pub atoms: Box<[PredicateId]>,
    /// Whether any state has a gap window.
    pub has_gaps: bool,
    /// Whether no event starts a partial match, as those that there are run out.
    pub draining: bool,
}

/// A state.
#[derive(Debug)]
pub struct State {
    /// Unique: the stage's name, with a number where a stage has several states.
    pub name: String,
    /// What being there means.
    pub kind: StateKind,
    /// The stage whose events its TAKE transitions capture; none for the final state and the dummy that closes a
    /// group's loop.
    pub stage: Option<StageId>,
    /// The longest time since the last captured event.
    pub gap: Option<Duration>,
    /// The transitions as compiled.
    pub edges: Box<[Edge]>,
    /// The transitions closed under PROCEED: what one event can do here, in order.
    pub moves: Box<[Move]>,
    /// Whether any condition on what an event can do here depends on what the partial match has captured.
    pub asks_partial_match: bool,
    /// Those conditions.
    pub(crate) asked: Box<[Atom]>,
    /// Whether an event that satisfies no condition does anything here but wait.
    pub moves_on_miss: bool,
    /// When the match is complete in this state for the event that was just taken.
    pub completes: Guard,
}

/// What being in a state means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StateKind {
    /// Waiting for an event.
    Normal,
    /// Waiting for time to pass without a forbidden event.
    Pending,
    /// A forbidden event was seen.
    Stop,
    /// The match is complete.
    Final,
}

/// What a transition does with the event.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    /// Captures it.
    Take,
    /// Passes it over.
    Ignore,
    /// Does not consume it: the target looks at it as well.
    Proceed,
}

/// A transition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edge {
    /// What it does with the event.
    pub action: Action,
    /// Where it leads.
    pub target: StateId,
    /// When it is open.
    pub guard: Guard,
}

/// A transition reached through any number of PROCEEDs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Move {
    /// When all transitions on the way are open.
    pub guard: Guard,
    /// What it does.
    pub effect: Effect,
}

/// What a move does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Effect {
    /// Captures the event for a stage.
    Take {
        /// The stage.
        stage: StageId,
        /// The state reached.
        target: StateId,
    },
    /// Passes the event over.
    Wait {
        /// The state reached.
        target: StateId,
    },
    /// A forbidden event: the partial match ends with all that this event made of it.
    Stop,
}

impl Automaton {
    /// A state by id.
    #[must_use]
    pub fn state(&self, id: StateId) -> &State {
        &self.states[id.index()]
    }

    /// The states with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (StateId, &State)> {
        self.states.iter().enumerate().map(|(index, state)| (StateId::new(index), state))
    }

    /// Whether nothing but time can complete a match: an absence at the end.
    #[must_use]
    pub fn ends_in_absence(&self) -> bool {
        self.states.iter().any(|state| state.kind == StateKind::Pending)
    }

    /// What an event that satisfies no condition of the pattern can do.
    #[must_use]
    pub fn misses(&self) -> Misses {
        if self.state(self.start).moves_on_miss {
            Misses::Start
        } else if self.states.iter().any(|state| state.moves_on_miss) {
            Misses::Move
        } else {
            Misses::Nothing
        }
    }
}

impl State {
    /// Whether an event that satisfies no condition does anything here but wait.
    pub(super) fn find_moves_on_miss(&self, id: StateId, is_start: bool) -> bool {
        let mut open = self.moves.iter().filter(|found| found.guard.open(&mut |_| false));
        match self.kind {
            StateKind::Final | StateKind::Stop => false,
            _ if is_start => open.any(|found| !matches!(found.effect, Effect::Wait { .. })),
            _ => {
                let waits = open.next().is_some_and(|found| found.effect == Effect::Wait { target: id });
                !waits || open.next().is_some()
            }
        }
    }
}

/// What an event that satisfies no condition can do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Misses {
    /// Nothing: no partial match starts, moves or ends.
    Nothing,
    /// It moves or ends partial matches in some states.
    Move,
    /// It can start a partial match, too.
    Start,
}
