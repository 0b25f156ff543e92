//! Groups: the states of the body are made anew for every repetition.

use super::fragment::Fragments;
use super::parts::PartId;
use crate::ids::StateId;
use crate::program::automaton::{Action, StateKind};

impl Fragments {
    /// One repetition of the current part's body.
    pub(super) fn group(&mut self, body: PartId, sink: StateId, proceed: StateId, optional: bool) -> StateId {
        let open = self.open_formula();
        let head = self.inside(body, sink);
        if optional {
            self.connect(head, Action::Proceed, proceed, open);
        }
        head
    }

    /// A body that leads back to itself through a state that takes nothing.
    pub(super) fn looping_group(&mut self, body: PartId, sink: StateId) -> StateId {
        let open = self.open_formula();
        let closing = self.state_of_part(StateKind::Normal, true);
        let head = self.inside(body, closing);
        self.connect(head, Action::Proceed, sink, open.clone());
        self.connect(closing, Action::Proceed, head, open);
        head
    }

    fn inside(&mut self, body: PartId, sink: StateId) -> StateId {
        let outside = (self.current, self.following, self.group);
        self.group = Some(self.current);
        self.current = body;
        let last = self.walk_to_first(sink);
        let head = self.convert(last);
        (self.current, self.following, self.group) = outside;
        head
    }
}
