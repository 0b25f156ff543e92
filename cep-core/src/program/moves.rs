//! What an event opens in each state, worked out in advance: where conditions are few, all combinations of their truth
//! are gone through when the program is made, and an event looks its moves up.

use super::automaton::{Automaton, Effect, StateKind};
use super::group::Members;
use crate::ids::StateId;

/// A move that an event opens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct OpenMove {
    pub(crate) effect: Effect,
    /// The patterns of the group for which it is open.
    pub(crate) members: Members,
    /// Those for which the match is complete once it has been made.
    pub(crate) completes: Members,
    /// Whether it leads to the final state.
    pub(crate) finishes: bool,
}

/// What an event opens to a partial match.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Opened {
    first: u32,
    last: u32,
    /// The patterns for which the event leaves the partial match as it is.
    pub(crate) stays: Members,
    /// Those for which it is forbidden.
    pub(crate) stops: Members,
}

impl Opened {
    /// The places of its moves.
    pub(crate) fn moves(self) -> std::ops::Range<usize> {
        self.first as usize..self.last as usize
    }
}

/// Where a partial match stands: the start state is left as it is where it cannot take, and never waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    /// Nothing is captured yet.
    AtStart,
    /// In a state.
    In(StateId),
}

/// Adds what is open in a state to a list; `open` tells for which patterns a guard is.
pub(crate) fn open_moves(
    automaton: &Automaton,
    standing: Standing,
    all: Members,
    found: &mut Vec<OpenMove>,
    mut open: impl FnMut(&super::Guard) -> Members,
) -> Opened {
    let id = if let Standing::In(id) = standing { id } else { automaton.start };
    let first = place(found.len());
    if automaton.draining && standing == Standing::AtStart {
        return Opened { first, last: first, stays: all, stops: Members::NONE };
    }
    let (mut waits, mut twice, mut moves) = (Members::NONE, Members::NONE, Members::NONE);
    let mut stops = Members::NONE;
    for possible in &automaton.state(id).moves {
        let members = open(&possible.guard);
        if members.is_empty() {
            continue;
        }
        let mut completes = Members::NONE;
        match possible.effect {
            Effect::Wait { .. } if standing == Standing::AtStart => continue,
            Effect::Wait { target } if target == id => {
                twice = twice.or(waits.and(members));
                waits = waits.or(members);
            }
            Effect::Wait { .. } => moves = moves.or(members),
            Effect::Stop => {
                stops = stops.or(members);
                continue;
            }
            Effect::Take { target, .. } => {
                moves = moves.or(members);
                completes = open(&automaton.state(target).completes);
            }
        }
        let finishes = finishes(automaton, possible.effect);
        found.push(OpenMove { effect: possible.effect, members, completes, finishes });
    }
    let idle = if standing == Standing::AtStart { all } else { waits.without(twice) };
    let stays = idle.without(moves).without(stops);
    Opened { first, last: place(found.len()), stays, stops }
}

fn finishes(automaton: &Automaton, effect: Effect) -> bool {
    match effect {
        Effect::Take { target, .. } | Effect::Wait { target } => {
            automaton.state(target).kind == StateKind::Final
        }
        Effect::Stop => false,
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).expect("an event opens fewer than 2^32 moves")
}

/// The open moves of a pattern for every state and every truth of its conditions.
#[derive(Debug)]
pub(crate) struct MoveTable {
    atoms: usize,
    /// By state, the start state once more at the end, and truth.
    opened: Box<[Opened]>,
    moves: Box<[OpenMove]>,
}

/// More than this many entries would cost more memory than they save time.
const MOST_ENTRIES: usize = 4096;
/// With more conditions than this no pattern has few enough entries.
const MOST_ATOMS: usize = 12;

impl MoveTable {
    /// The table of an automaton; none where it would be too large.
    pub(super) fn of(automaton: &Automaton) -> Option<Self> {
        let atoms = automaton.atoms.len();
        if atoms > MOST_ATOMS || (automaton.states.len() + 1) << atoms > MOST_ENTRIES {
            return None;
        }
        let all = Members::first(1);
        let (mut opened, mut moves) = (Vec::new(), Vec::new());
        let states = automaton.iter().map(|(id, _)| Standing::In(id));
        for standing in states.chain([Standing::AtStart]) {
            for truth in 0..1_usize << atoms {
                let holds = |guard: &super::Guard| {
                    let open = guard.open(&mut |atom| truth >> atom.index() & 1 == 1);
                    if open { all } else { Members::NONE }
                };
                opened.push(open_moves(automaton, standing, all, &mut moves, holds));
            }
        }
        Some(Self { atoms, opened: opened.into(), moves: moves.into() })
    }

    /// What an event opens in a state, given which conditions hold, a bit each.
    #[inline]
    pub(crate) fn find(&self, standing: Standing, truth: usize) -> Opened {
        let row = match standing {
            Standing::In(id) => id.index(),
            Standing::AtStart => (self.opened.len() >> self.atoms) - 1,
        };
        self.opened[row << self.atoms | truth]
    }

    /// What an event opens.
    #[inline]
    pub(crate) fn moves(&self, opened: Opened) -> &[OpenMove] {
        &self.moves[opened.moves()]
    }
}
