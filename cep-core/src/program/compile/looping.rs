//! The state that closes a loop of unbounded length.

use super::fragment::{Fragments, guarded_ignore, guarded_take};
use crate::ids::StateId;
use crate::program::automaton::{Action, StateKind};
use crate::program::guard::Formula;

impl Fragments {
    /// The looping state of the current part in front of a sink. PROCEED leaves it only directly after an event was
    /// taken: once an event is passed over, the branch waits in a state of its own for the next element.
    pub(super) fn looping(&mut self, sink: StateId) -> StateId {
        if let Some(body) = self.part().body {
            return self.looping_group(body, sink);
        }
        let until = self.part().until.clone();
        let ignore = guarded_ignore(self.inner_ignore_formula(), until.as_ref());
        let take = guarded_take(self.take_formula(), until.as_ref());
        let open = self.open_formula();
        let looping = self.state_of_part(StateKind::Normal, true);
        if self.part().greedy {
            self.leave_greedily(looping, sink, &open, until);
        } else {
            self.connect(looping, Action::Proceed, sink, open);
        }
        self.connect(looping, Action::Take, looping, take.clone());
        self.stop_while_looping(looping);
        if let Some(ignore) = ignore {
            let waiting = self.state_of_part(StateKind::Normal, false);
            self.connect(waiting, Action::Take, looping, take);
            self.connect(waiting, Action::Ignore, waiting, ignore.clone());
            self.connect(looping, Action::Ignore, waiting, ignore);
            self.stop_while_looping(waiting);
        }
        looping
    }

    /// PROCEED out of a greedy loop to a sink that takes nothing the loop would; once `until` holds, to the sink as
    /// it was.
    fn leave_greedily(&mut self, looping: StateId, sink: StateId, open: &Formula, until: Option<Formula>) {
        match until {
            Some(until) => {
                let unrestricted = self.copy(sink);
                self.connect(looping, Action::Proceed, unrestricted, open.clone().and(until.clone()));
                self.unrestricted.insert(sink, unrestricted);
                self.connect(looping, Action::Proceed, sink, open.clone().and(until.negated()));
            }
            None => self.connect(looping, Action::Proceed, sink, open.clone()),
        }
        let take = self.take_formula();
        self.restrict(sink, &take);
    }
}
