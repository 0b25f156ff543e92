//! Whether two partial matches of one pattern can have captured the same: only then need equal matches be told apart
//! by number.
//!
//! Two ways through the automaton are followed side by side over the same events, as long as both capture an event for
//! the same stage or both wait over it, and conditions can be true such that both may. Where they have taken different
//! moves and still both complete with one event, or both live on, there can be equal matches, or equal timeouts. Where
//! one completes without capturing anything while the other goes on, or each has a gap window of its own, these can
//! come in different steps. The answer errs on the side of "can".

use std::collections::HashSet;

use super::automaton::{Automaton, Effect, Move, StateKind};
use super::guard::Guard;
use super::satisfiable::can_hold;
use crate::ids::StateId;

/// How outputs with the same events under the same stages can come about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Repeats {
    /// There are none.
    #[default]
    Never,
    /// In one step only.
    WithinStep,
    /// In different steps as well.
    AcrossSteps,
}

/// What of a pattern can occur twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ambiguity {
    /// Matches with the same events under the same stages.
    pub matches: Repeats,
    /// Partial matches with the same events under the same stages, wherever they are: the steps are those in which they
    /// time out.
    pub partial_matches: Repeats,
}

impl Ambiguity {
    /// Whether the event after which a deadline came up can be needed to tell outputs apart.
    pub(crate) fn across_steps(self) -> bool {
        self.matches.max(self.partial_matches) == Repeats::AcrossSteps
    }
}

/// More than it takes for any pattern that a person writes.
const MOST_LOOKS: usize = 1_000_000;

/// What can occur twice. With `held_back`, matches of several steps may leave in one.
pub(super) fn ambiguity(automaton: &Automaton, held_back: bool) -> Ambiguity {
    let mut product = Product {
        automaton,
        by_waiting: by_waiting(automaton),
        seen: HashSet::new(),
        todo: Vec::new(),
        left: MOST_LOOKS,
        found: Ambiguity::default(),
    };
    if product.explore().is_none() {
        product.suppose_all();
    }
    let mut found = product.found;
    let states = || automaton.states.iter();
    let later = held_back || states().any(|state| state.kind == StateKind::Pending);
    let ends_by_waiting = || states().any(|state| state.moves.iter().any(|found| ends(automaton, found)));
    if (later && found.partial_matches > Repeats::Never) || (held_back && ends_by_waiting()) {
        found.matches = found.matches.max(Repeats::WithinStep);
    }
    found
}

/// Whether a move completes a match without capturing anything.
fn ends(automaton: &Automaton, found: &Move) -> bool {
    waits_for(found).is_some_and(|target| automaton.state(target).kind == StateKind::Final)
}

fn waits_for(found: &Move) -> Option<StateId> {
    match found.effect {
        Effect::Wait { target } => Some(target),
        Effect::Take { .. } | Effect::Stop => None,
    }
}

/// For each state, whether a partial match there can become a match without capturing anything more.
fn by_waiting(automaton: &Automaton) -> Vec<bool> {
    let mut found: Vec<_> =
        automaton.states.iter().map(|state| matches!(state.kind, StateKind::Pending)).collect();
    loop {
        let leads_there =
            |of: &Move| ends(automaton, of) || waits_for(of).is_some_and(|target| found[target.index()]);
        let next: Vec<_> = automaton
            .states
            .iter()
            .zip(&found)
            .map(|(state, known)| *known || state.moves.iter().any(leads_there))
            .collect();
        if next == found {
            return found;
        }
        found = next;
    }
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
    /// By state: whether a match can come of it without another event.
    by_waiting: Vec<bool>,
    seen: HashSet<Pair>,
    todo: Vec<Pair>,
    left: usize,
    found: Ambiguity,
}

impl<'a> Product<'a> {
    /// None where there is too much to look at.
    fn explore(&mut self) -> Option<()> {
        let start = self.automaton.start;
        self.reach(Pair { left: start, right: start, parted: false, started: false });
        while let Some(pair) = self.todo.pop() {
            self.follow(pair)?;
        }
        Some(())
    }

    /// There is too much to look at: all that the states allow.
    fn suppose_all(&mut self) {
        let of = |across| if across { Repeats::AcrossSteps } else { Repeats::WithinStep };
        self.found.matches = of(self.by_waiting.contains(&true));
        self.found.partial_matches = of(self.automaton.has_gaps);
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
        let completes = [self.completes(left), self.completes(right)];
        let lives = [self.lives_on(left), self.lives_on(right)];
        let Ambiguity { mut matches, mut partial_matches } = self.found;
        if parted && self.can_hold(&[&left.guard, &right.guard, completes[0], completes[1]])? {
            matches = matches.max(Repeats::WithinStep);
        }
        for (now, later) in [(completes[0], lives[1]), (completes[1], lives[0])] {
            let once_more = later.is_some_and(|state| self.by_waiting[state.index()]);
            if once_more && self.can_hold(&[&left.guard, &right.guard, now])? {
                matches = Repeats::AcrossSteps;
            }
        }
        if let [Some(left), Some(right)] = lives {
            if parted {
                partial_matches = partial_matches.max(Repeats::WithinStep);
            }
            // Those of one gap window time out together, as they have the same last event.
            if self.automaton.state(left).gap != self.automaton.state(right).gap {
                partial_matches = Repeats::AcrossSteps;
                if self.by_waiting[left.index()] && self.by_waiting[right.index()] {
                    matches = Repeats::AcrossSteps;
                }
            }
            self.reach(Pair { left, right, parted, started: true });
        }
        self.found = Ambiguity { matches, partial_matches };
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
