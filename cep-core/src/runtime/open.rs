//! The moves that one event opens, state by state. Where no condition of a state asks the partial match, all partial
//! matches in that state have the same ones: they are found once an event.

use std::ops::Range;

use super::buffer::Buffer;
use super::partial_match::PartialMatch;
use super::truth::{EventAt, Truths};
use crate::program::{Automaton, Effect};

/// The open moves of one event. Reused between events.
#[derive(Default)]
pub(crate) struct OpenMoves {
    truths: Truths,
    /// Moves, each with whether the match is complete once it has been made.
    found: Vec<(Effect, bool)>,
    /// By state: where its moves are, if they were found for the event at hand.
    by_state: Vec<(u64, Range<usize>)>,
    /// Tells one event and pattern from the next.
    epoch: u64,
    current: Range<usize>,
}

impl OpenMoves {
    /// Another event, or another pattern.
    pub(crate) fn begin(&mut self, automaton: &Automaton) {
        self.truths.begin(automaton);
        self.found.clear();
        self.epoch += 1;
        if self.by_state.len() < automaton.states.len() {
            self.by_state.resize(automaton.states.len(), (0, 0..0));
        }
    }

    /// The moves of the partial match last looked at.
    pub(crate) fn current(&self) -> &[(Effect, bool)] {
        &self.found[self.current.clone()]
    }

    /// Looks at a partial match.
    pub(crate) fn find(
        &mut self,
        run: PartialMatch,
        automaton: &Automaton,
        event: &EventAt<'_>,
        buffer: &Buffer,
    ) {
        let state = automaton.state(run.state);
        let shared = !state.asks_partial_match && run.node.is_some();
        let (epoch, known) = &self.by_state[run.state.index()];
        if shared && *epoch == self.epoch {
            self.current = known.clone();
            return;
        }
        let first = self.found.len();
        self.truths.next_partial_match();
        for found in &state.moves {
            if !self.truths.open(&found.guard, automaton, event, buffer, run.node) {
                continue;
            }
            let completes = match found.effect {
                Effect::Take { target, .. } => {
                    self.truths.open(&automaton.state(target).completes, automaton, event, buffer, run.node)
                }
                Effect::Wait { .. } if run.node.is_none() => continue,
                Effect::Wait { .. } | Effect::Stop => false,
            };
            self.found.push((found.effect, completes));
        }
        self.current = first..self.found.len();
        if shared {
            self.by_state[run.state.index()] = (self.epoch, self.current.clone());
        }
    }
}
