//! The moves that one event opens, state by state. Where no condition of a state asks the partial match, all partial
//! matches in that state have the same ones: they are found once an event.

use std::ops::Range;

use super::buffer::Buffer;
use super::partial_match::PartialMatch;
use super::truth::{EventAt, Truths};
use crate::program::{Automaton, Effect, Group, Members};

/// A move that an event opens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenMove {
    pub(crate) effect: Effect,
    /// The patterns for which it is open.
    pub(crate) members: Members,
    /// Those for which the match is complete once it has been made.
    pub(crate) completes: Members,
}

/// The open moves of one event. Reused between events.
#[derive(Default)]
pub(crate) struct OpenMoves {
    truths: Truths,
    found: Vec<OpenMove>,
    /// By state: what was found, if it was for the event at hand.
    by_state: Vec<(u64, Opened)>,
    /// The same of the start state, which never waits.
    start: (u64, Opened),
    /// Tells one event and group from the next.
    epoch: u64,
}

/// What an event opens to a partial match.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Opened {
    first: u32,
    last: u32,
    /// The patterns for which the event leaves the partial match as it is.
    pub(crate) stays: Members,
}

impl Opened {
    /// The places of its moves.
    pub(crate) fn moves(self) -> Range<usize> {
        self.first as usize..self.last as usize
    }
}

/// Where moves are looked for.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) group: &'a Group,
    pub(crate) automaton: &'a Automaton,
    pub(crate) event: &'a EventAt<'a>,
    pub(crate) buffer: &'a Buffer,
}

impl OpenMoves {
    /// Another event, or another group.
    pub(crate) fn begin(&mut self, group: &Group, automaton: &Automaton, event: &EventAt<'_>) {
        self.truths.begin(group, event);
        self.found.clear();
        self.epoch += 1;
        if self.by_state.len() < automaton.states.len() {
            self.by_state.resize(automaton.states.len(), Default::default());
        }
    }

    /// A move found.
    pub(crate) fn get(&self, place: usize) -> OpenMove {
        self.found[place]
    }

    /// What the event opens to a partial match.
    #[inline]
    pub(crate) fn find(&mut self, run: &PartialMatch, ground: Ground<'_>) -> Opened {
        let (epoch, known) = if run.node.is_some() { self.by_state[run.state.index()] } else { self.start };
        if epoch == self.epoch { known } else { self.look(run, ground) }
    }

    fn look(&mut self, run: &PartialMatch, ground: Ground<'_>) -> Opened {
        let state = ground.automaton.state(run.state);
        let first = self.found.len();
        let (mut waits, mut twice, mut moves) = (Members::NONE, Members::NONE, Members::NONE);
        self.truths.next_partial_match();
        for possible in &state.moves {
            let members = self.open(&possible.guard, run, ground);
            if members.is_empty() {
                continue;
            }
            let mut completes = Members::NONE;
            match possible.effect {
                Effect::Wait { .. } if run.node.is_none() => continue,
                Effect::Wait { target } if target == run.state => {
                    twice = twice.or(waits.and(members));
                    waits = waits.or(members);
                }
                Effect::Wait { .. } | Effect::Stop => moves = moves.or(members),
                Effect::Take { target, .. } => {
                    moves = moves.or(members);
                    completes = self.open(&ground.automaton.state(target).completes, run, ground);
                }
            }
            self.found.push(OpenMove { effect: possible.effect, members, completes });
        }
        let idle = if run.node.is_none() { ground.group.all() } else { waits.without(twice) };
        let stays = idle.without(moves);
        let found = Opened { first: place(first), last: place(self.found.len()), stays };
        match run.node {
            None => self.start = (self.epoch, found),
            Some(_) if state.asks_partial_match => {}
            Some(_) => self.by_state[run.state.index()] = (self.epoch, found),
        }
        found
    }

    fn open(&mut self, guard: &crate::program::Guard, run: &PartialMatch, ground: Ground<'_>) -> Members {
        self.truths.open(guard, ground.group, ground.event, ground.buffer, run.node)
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).expect("an event opens fewer than 2^32 moves")
}
