//! Which states many partial matches are in, and how many in each: what thousands wait for together is asked once an
//! event, not once for each of them.

use super::partial_match::PartialMatch;
use crate::ids::StateId;

/// The states of a section's partial matches, the start state left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crowd {
    counts: Vec<(StateId, u32)>,
}

impl Crowd {
    /// Fewer partial matches than this are looked at one by one.
    pub(crate) const LEAST: usize = 32;

    /// Of some partial matches.
    pub(crate) fn of(runs: &[PartialMatch]) -> Self {
        let mut crowd = Self::default();
        crowd.add(runs);
        crowd
    }

    pub(crate) fn add(&mut self, runs: &[PartialMatch]) {
        for run in runs.iter().filter(|run| run.node.is_some()) {
            match self.counts.iter_mut().find(|(state, _)| *state == run.state) {
                Some((_, count)) => *count += 1,
                None => self.counts.push((run.state, 1)),
            }
        }
    }

    pub(crate) fn remove(&mut self, runs: &[PartialMatch]) {
        for run in runs.iter().filter(|run| run.node.is_some()) {
            let place = self.counts.iter().position(|(state, _)| *state == run.state);
            let place = place.expect("a partial match that goes has been counted");
            self.counts[place].1 -= 1;
            if self.counts[place].1 == 0 {
                self.counts.swap_remove(place);
            }
        }
    }

    pub(crate) fn states(&self) -> impl Iterator<Item = StateId> {
        self.counts.iter().map(|(state, _)| *state)
    }
}
