//! The moves that one event opens, state by state. Where no condition of a state asks the partial match, all partial
//! matches in that state have the same ones: they are found once an event.

use super::buffer::Buffer;
use super::partial_match::PartialMatch;
use super::truth::{EventAt, Truths, asks, truth};
use crate::program::{Automaton, Group, OpenMove, Opened, Standing, open_moves};

/// The open moves of one event. Reused between events.
#[derive(Default)]
pub(crate) struct OpenMoves {
    /// For a group with a table: the conditions that hold, a bit each, those that ask the partial match left out.
    truth: usize,
    truths: Truths,
    found: Vec<OpenMove>,
    /// By state: what was found, if it was for the event at hand.
    by_state: Vec<(u64, Opened)>,
    /// The same of the start state, which never waits.
    start: (u64, Opened),
    /// Tells one event and group from the next.
    epoch: u64,
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
        if group.table.is_some() {
            self.truth = truth(&automaton.atoms, event) as usize;
            return;
        }
        self.truths.begin(group, event);
        self.found.clear();
        self.epoch += 1;
        if self.by_state.len() < automaton.states.len() {
            self.by_state.resize(automaton.states.len(), Default::default());
        }
    }

    /// What was found.
    #[inline]
    pub(crate) fn moves<'a>(&'a self, group: &'a Group, opened: Opened) -> &'a [OpenMove] {
        match &group.table {
            Some(table) => table.moves(opened),
            None => &self.found[opened.moves()],
        }
    }

    /// What the event opens to a partial match.
    #[inline(always)]
    pub(crate) fn find(&mut self, run: &PartialMatch, ground: Ground<'_>) -> Opened {
        let standing = if run.node.is_some() { Standing::In(run.state) } else { Standing::AtStart };
        if let Some(table) = &ground.group.table {
            let Ground { group, event, buffer, automaton } = ground;
            let mut truth = self.truth;
            for atom in &automaton.state(run.state).asked {
                truth |= usize::from(asks(*atom, group, event, buffer, run.node)) << atom.index();
            }
            return table.find(standing, truth);
        }
        let (epoch, known) = if run.node.is_some() { self.by_state[run.state.index()] } else { self.start };
        if epoch == self.epoch { known } else { self.look(run, standing, ground) }
    }

    fn look(&mut self, run: &PartialMatch, standing: Standing, ground: Ground<'_>) -> Opened {
        let Ground { group, automaton, event, buffer } = ground;
        self.truths.next_partial_match();
        let Self { truths, found, .. } = self;
        let open = |guard: &crate::program::Guard| truths.open(guard, group, event, buffer, run.node);
        let opened = open_moves(automaton, standing, group.all(), found, open);
        match run.node {
            None => self.start = (self.epoch, opened),
            Some(_) if automaton.state(run.state).asks_partial_match => {}
            Some(_) => self.by_state[run.state.index()] = (self.epoch, opened),
        }
        opened
    }
}
