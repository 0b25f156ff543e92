//! Whether two partial matches of one pattern can have captured the same: only then need equal matches be told apart
//! by number.
//!
//! Two ways through the automaton are followed side by side over the same events, as long as both capture an event for
//! the same stage or both wait over it, and conditions can be true such that both may. Where they have taken different
//! moves and still both complete with one event, or both live on, there can be equal matches, or equal timeouts. The
//! answer errs on the side of "can".

use std::collections::HashSet;

use super::automaton::{Automaton, Effect, Move, StateKind};
use super::guard::Guard;
use super::satisfiable::can_hold;
use crate::ids::StateId;

/// What of a pattern can occur twice in one step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ambiguity {
    /// Two matches with the same events under the same stages.
    pub matches: bool,
    /// Two partial matches with the same events under the same stages, wherever they are.
    pub partial_matches: bool,
}

impl Ambiguity {
    const UNKNOWN: Self = Self { matches: true, partial_matches: true };
}

/// More than it takes for any pattern that a person writes.
const MOST_LOOKS: usize = 1_000_000;

/// What can occur twice in one step. With `held_back`, matches of several steps may leave in one.
pub(super) fn ambiguity(automaton: &Automaton, held_back: bool) -> Ambiguity {
    let mut product = Product {
        automaton,
        seen: HashSet::new(),
        todo: Vec::new(),
        left: MOST_LOOKS,
        found: Ambiguity::default(),
    };
    let Some(mut found) = product.explore() else { return Ambiguity::UNKNOWN };
    let waits_to_end = |found: &Move| match found.effect {
        Effect::Wait { target } => automaton.state(target).kind == StateKind::Final,
        Effect::Take { .. } | Effect::Stop => false,
    };
    let states = || automaton.states.iter();
    let later = held_back || states().any(|state| state.kind == StateKind::Pending);
    found.matches |= later && found.partial_matches;
    found.matches |= held_back && states().any(|state| state.moves.iter().any(waits_to_end));
    found
}

/// Two ways that have captured the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Pair {
    left: StateId,
    right: StateId,
    /// Whether they are two ways; one as long as all moves were the same.
    parted: bool,
    /// Whether they have captured anything.
    started: bool,
}

/// All ways, two by two.
struct Product<'a> {
    automaton: &'a Automaton,
    seen: HashSet<Pair>,
    todo: Vec<Pair>,
    left: usize,
    found: Ambiguity,
}

impl<'a> Product<'a> {
    /// None where there is too much to look at.
    fn explore(&mut self) -> Option<Ambiguity> {
        let start = self.automaton.start;
        self.reach(Pair { left: start, right: start, parted: false, started: false });
        while let Some(pair) = self.todo.pop() {
            self.follow(pair)?;
        }
        Some(self.found)
    }

    fn reach(&mut self, pair: Pair) {
        let Pair { left, right, .. } = pair;
        let pair = Pair { left: left.min(right), right: left.max(right), ..pair };
        if self.seen.insert(pair) {
            self.todo.push(pair);
        }
    }

    fn follow(&mut self, pair: Pair) -> Option<()> {
        let automaton = self.automaton;
        for (index, left) in automaton.state(pair.left).moves.iter().enumerate() {
            // One way has parted from itself in either order of the moves: one order will do.
            let first = if pair.parted { 0 } else { index };
            for (other, right) in automaton.state(pair.right).moves.iter().enumerate().skip(first) {
                self.left = self.left.checked_sub(1)?;
                let parted = pair.parted || index != other;
                if alike(left, right, pair.started) {
                    self.both(left, right, parted)?;
                }
            }
        }
        Some(())
    }

    /// Both ways make a move, if one event allows both.
    fn both(&mut self, left: &Move, right: &Move, parted: bool) -> Option<()> {
        if !self.can_hold(&[&left.guard, &right.guard])? {
            return Some(());
        }
        let completes = (self.completes(left), self.completes(right));
        if parted && self.can_hold(&[&left.guard, &right.guard, completes.0, completes.1])? {
            self.found.matches = true;
        }
        if let (Some(left), Some(right)) = (self.lives_on(left), self.lives_on(right)) {
            self.found.partial_matches |= parted;
            self.reach(Pair { left, right, parted, started: true });
        }
        Some(())
    }

    fn is_final(&self, state: StateId) -> bool {
        self.automaton.state(state).kind == StateKind::Final
    }

    /// When the match is complete after a move.
    fn completes(&self, found: &Move) -> &'a Guard {
        match found.effect {
            Effect::Take { target, .. } | Effect::Wait { target } if self.is_final(target) => &Guard::Always,
            Effect::Take { target, .. } => &self.automaton.state(target).completes,
            Effect::Wait { .. } | Effect::Stop => &Guard::Never,
        }
    }

    fn lives_on(&self, found: &Move) -> Option<StateId> {
        match found.effect {
            Effect::Take { target, .. } | Effect::Wait { target } => {
                (!self.is_final(target)).then_some(target)
            }
            Effect::Stop => None,
        }
    }

    fn can_hold(&mut self, guards: &[&Guard]) -> Option<bool> {
        can_hold(guards, &mut self.left)
    }
}

/// Whether two moves capture the event for the same stage, or both wait over it.
fn alike(left: &Move, right: &Move, started: bool) -> bool {
    match (left.effect, right.effect) {
        (Effect::Take { stage: left, .. }, Effect::Take { stage: right, .. }) => left == right,
        (Effect::Wait { .. }, Effect::Wait { .. }) => started,
        _ => false,
    }
}
