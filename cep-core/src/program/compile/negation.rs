//! Negated stages: `not next` has a state, `not followed by` in the middle only transitions to a stop state from every
//! state before it.

use std::collections::HashMap;

use super::fragment::Fragments;
use super::parts::PartId;
use crate::ids::StateId;
use crate::pattern::Contiguity;
use crate::program::automaton::{Action, StateKind};

impl Fragments {
    /// At the end and with a window, a state that waits for time to pass; elsewhere nothing of its own.
    pub(super) fn not_followed_by(&mut self, sink: StateId) -> StateId {
        let windowed = self.part().gap.is_some() || self.window_so_far().is_some();
        if !windowed || self.states[sink.index()].kind != StateKind::Final {
            return sink;
        }
        let pending = self.state_of_part(StateKind::Pending, true);
        let forbidden = self.take_formula();
        let stop = self.stop(self.current);
        self.connect(pending, Action::Proceed, stop, forbidden.clone());
        self.connect(pending, Action::Ignore, pending, forbidden.negated());
        pending
    }

    /// At the end it needs one more event, which it passes over.
    pub(super) fn not_next(&mut self, sink: StateId) -> StateId {
        let state = self.state_of_part(StateKind::Normal, true);
        let forbidden = self.take_formula();
        let stop = self.stop(self.current);
        let last = self.states[sink.index()].kind == StateKind::Final;
        let pass = if last { Action::Ignore } else { Action::Proceed };
        self.connect(state, pass, sink, forbidden.clone().negated());
        self.connect(state, Action::Proceed, stop, forbidden);
        state
    }

    /// The stop state of a negated part: made once.
    fn stop(&mut self, part: PartId) -> StateId {
        let stage = self.parts.get(part).stage.expect("groups are never negated");
        if let Some(stop) = self.stops.get(&stage) {
            return *stop;
        }
        let name = self.parts.get(part).name.clone();
        let forbidden = self.take_formula_of(part);
        let stop = self.state(&name, StateKind::Stop, Some(stage));
        self.connect(stop, Action::Take, stop, forbidden);
        self.stops.insert(stage, stop);
        stop
    }

    /// The `not followed by` parts in force before the current part: those between it and the last part before it
    /// that must be there.
    fn nots_before(&self) -> Vec<PartId> {
        let mut nots = Vec::new();
        let mut at = self.part().previous;
        while let Some(id) = at {
            let part = self.parts.get(id);
            let negated = part.contiguity == Contiguity::NotFollowedBy;
            if !negated && !part.optional {
                break;
            }
            if negated {
                nots.push(id);
            }
            at = part.previous;
        }
        nots
    }

    pub(super) fn add_stops(&mut self, state: StateId) {
        for not in self.nots_before() {
            let forbidden = self.take_formula_of(not);
            let stop = self.stop(not);
            self.connect(state, Action::Proceed, stop, forbidden);
        }
    }

    /// While a loop directly before a `not followed by` goes on, the forbidden event ends it.
    pub(super) fn stop_while_looping(&mut self, state: StateId) {
        let Some(following) = self.following else { return };
        if self.parts.get(following).contiguity == Contiguity::NotFollowedBy {
            let forbidden = self.take_formula_of(following);
            let stop = self.stop(following);
            self.connect(state, Action::Proceed, stop, forbidden);
        }
    }

    /// The sink as reached by taking an optional stage: the negations before that stage are over.
    pub(super) fn without_nots(&mut self, sink: StateId) -> StateId {
        let nots = self.nots_before();
        if nots.is_empty() || !self.part().optional {
            return sink;
        }
        let names: Vec<_> = nots.iter().map(|not| self.parts.get(*not).name.clone()).collect();
        self.copy_without_stops(sink, &names, &mut HashMap::new())
    }

    /// Flink copies without end where PROCEED transitions go round; here a state is copied once.
    fn copy_without_stops(
        &mut self,
        sink: StateId,
        names: &[String],
        copies: &mut HashMap<StateId, StateId>,
    ) -> StateId {
        if let Some(copy) = copies.get(&sink) {
            return *copy;
        }
        let original = &self.states[sink.index()];
        let (base, kind, stage) = (original.name.clone(), original.kind, original.stage);
        let edges = original.edges.clone();
        let copy = self.state(&base, kind, stage);
        copies.insert(sink, copy);
        for mut edge in edges {
            if edge.action != Action::Proceed {
                edge.target = if edge.target == sink { copy } else { edge.target };
            } else if self.states[edge.target.index()].kind == StateKind::Stop {
                if names.contains(&self.states[edge.target.index()].name) {
                    continue;
                }
            } else {
                edge.target = self.copy_without_stops(edge.target, names, copies);
            }
            self.states[copy.index()].edges.push(edge);
        }
        copy
    }
}
