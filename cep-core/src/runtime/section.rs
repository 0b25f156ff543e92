//! What a key holds for one group of patterns: their partial matches and the matches that wait to be released.

use std::collections::BTreeSet;

use super::buffer::{Buffer, NodeId};
use super::crowd::Crowd;
use super::heap::JavaHeap;
use super::partial_match::{PartialMatch, Runs};
use crate::ids::StateId;
use crate::program::{Automaton, CompiledPattern, CompiledSkip, Group};
use crate::time::Timestamp;

/// The partial matches of one key and group.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    /// In the order in which an event meets them; under a skip strategy a heap array with the start state in it.
    pub(crate) runs: Runs,
    /// How many in front are over and hold nothing: taken out together, as there may be thousands behind them.
    gone: u32,
    /// What few sections hold.
    pub(crate) held: Option<Box<Held>>,
    /// The group's place in its family.
    pub(crate) group: u16,
    /// A partial match started, at a time above 0, since Flink's last timer callback (`TimerPolicy::Flink`).
    pub(crate) new_start: bool,
    /// Anything but waiting happened since then.
    pub(crate) changed: bool,
}

/// What a section holds beside its partial matches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    /// Complete, but held back by an older partial match: a heap.
    pub(crate) completed: JavaHeap,
    /// The timers that Flink registered (`TimerPolicy::Flink`).
    pub(crate) timers: BTreeSet<i64>,
    /// The states of the partial matches, where there are many.
    crowd: Option<Crowd>,
}

/// What a section notes of partial matches that move.
pub(crate) struct Tally<'a> {
    held: &'a mut Option<Box<Held>>,
    pub(crate) new_start: &'a mut bool,
}

impl Tally<'_> {
    /// One partial match becomes others.
    #[inline]
    pub(crate) fn moved(&mut self, before: &PartialMatch, after: &[PartialMatch]) {
        if let Some(crowd) = self.held.as_mut().and_then(|held| held.crowd.as_mut()) {
            crowd.remove(std::slice::from_ref(before));
            crowd.add(after);
        }
    }
}

impl Section {
    /// With at most the start state in it, in the memory of others.
    pub(crate) fn new(place: usize, group: &Group, pattern: &CompiledPattern, memory: Runs) -> Self {
        let place = u16::try_from(place).expect("a family has fewer than 65,536 groups");
        let mut runs = memory;
        runs.clear();
        if holds_start(pattern) {
            runs.push(PartialMatch::waiting(pattern.automaton.start, group.all()));
        }
        Self { runs, gone: 0, held: None, group: place, new_start: false, changed: false }
    }

    /// The partial matches that are not over.
    pub(crate) fn alive(&self) -> &[PartialMatch] {
        &self.runs[self.gone()..]
    }

    /// How many in front are over.
    pub(crate) fn gone(&self) -> usize {
        self.gone as usize
    }

    /// Some more in front are over, and hold nothing any more.
    pub(crate) fn drop_front(&mut self, count: usize) {
        let (from, to) = (self.gone(), self.gone() + count);
        if let Some(crowd) = self.held.as_mut().and_then(|held| held.crowd.as_mut()) {
            crowd.remove(&self.runs[from..to]);
        }
        self.gone = u32::try_from(to).expect("a key holds fewer than 2^32 partial matches");
        if 2 * to >= self.runs.len() {
            self.take_out_gone();
        }
    }

    /// Takes out those in front that are over.
    pub(crate) fn take_out_gone(&mut self) {
        if self.gone == 0 {
            return;
        }
        self.runs.drain(..self.gone as usize);
        self.gone = 0;
        self.mind_crowd();
    }

    /// Takes out all partial matches, in order.
    pub(crate) fn take_runs(&mut self) -> Runs {
        self.take_out_gone();
        self.forget_crowd();
        std::mem::take(&mut self.runs)
    }

    /// The number of partial matches, the start state not counted.
    pub(crate) fn partial_matches(&self) -> usize {
        let members =
            self.alive().iter().filter(|run| run.node.is_some()).map(|run| run.members.0.count_ones());
        members.sum::<u32>() as usize
    }

    /// Drops the oldest or the youngest partial matches.
    pub(crate) fn drop_excess(&mut self, excess: usize, oldest: bool) {
        self.take_out_gone();
        self.forget_crowd();
        let mut by_age: Vec<usize> =
            (0..self.runs.len()).filter(|at| self.runs[*at].node.is_some()).collect();
        by_age.sort_by_key(|at| self.runs[*at].start);
        let gone = if oldest { &by_age[..excess] } else { &by_age[by_age.len() - excess..] };
        let mut at = 0;
        let keeps_heap = self.runs.iter().any(|run| run.node.is_none());
        let mut is_gone = |_: &PartialMatch| {
            at += 1;
            gone.contains(&(at - 1))
        };
        if keeps_heap {
            let mut heap = JavaHeap::from_array(std::mem::take(&mut self.runs));
            heap.remove_if(is_gone);
            self.runs = heap.into_array();
        } else {
            self.runs.retain(|run| !is_gone(run));
        }
    }

    /// The nodes that its partial matches and the matches held back end in.
    pub(crate) fn nodes(&mut self) -> impl Iterator<Item = &mut NodeId> {
        self.take_out_gone();
        let held = self.held.iter_mut().flat_map(|held| held.completed.items());
        self.runs.iter_mut().chain(held).filter_map(|run| run.node.as_mut())
    }

    /// Gives memory back to the allocator once a burst is over.
    #[inline]
    pub(crate) fn shrink(&mut self) {
        const SLACK: usize = 16;
        if self.runs.capacity() > SLACK + 4 * self.runs.len() {
            self.runs.shrink_to_fit();
        }
    }

    /// About how many bytes it takes.
    pub(crate) fn memory(&self) -> usize {
        size_of::<Self>() + self.runs.capacity() * size_of::<PartialMatch>()
    }

    /// Whether there are complete matches that are held back.
    pub(crate) fn holds_matches(&self) -> bool {
        self.held.as_ref().is_some_and(|held| held.completed.peek().is_some())
    }

    /// Whether nothing is left but the start state.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.is_idle() && self.held.as_ref().is_none_or(|held| held.timers.is_empty())
    }

    /// Whether there is no partial match and none that is held back.
    pub(crate) fn is_idle(&self) -> bool {
        // The start state is one, and only one.
        self.alive().len() <= 1 && self.alive().iter().all(|run| run.node.is_none()) && !self.holds_matches()
    }

    /// The first moment at which a window closes; where nobody is told of that, the one at which the last one does.
    pub(crate) fn deadline(
        &self,
        automaton: &Automaton,
        buffer: &Buffer,
        quietly: bool,
    ) -> Option<Timestamp> {
        let whole = automaton.window.and_then(|window| {
            // Both orders have the earliest start in front, and that by start has the latest at the end.
            let first = if quietly { self.alive().last() } else { self.alive().first() };
            Some(first.filter(|run| run.node.is_some())?.start.time.saturating_add(window))
        });
        if !automaton.has_gaps {
            return whole;
        }
        let gaps = self.alive().iter().filter_map(|run| {
            let gap = automaton.state(run.state).gap?;
            Some(buffer.at(run.node?).time().saturating_add(gap))
        });
        whole.into_iter().chain(gaps).min()
    }

    /// Whether any partial match is in a state of which something is true.
    pub(crate) fn any_in(&self, is: impl Fn(StateId) -> bool) -> bool {
        match self.crowd() {
            Some(crowd) => crowd.states().any(is),
            None => self.alive().iter().any(|run| run.node.is_some() && is(run.state)),
        }
    }

    /// The states of the partial matches, where there are many.
    pub(crate) fn crowd(&self) -> Option<&Crowd> {
        self.held.as_ref().and_then(|held| held.crowd.as_ref())
    }

    /// The partial matches, and what is to be told when they move.
    #[inline]
    pub(crate) fn parts(&mut self) -> (&mut Runs, Tally<'_>) {
        let Self { runs, held, new_start, .. } = self;
        (runs, Tally { held, new_start })
    }

    /// Counts the states of the partial matches once they are many, and no longer than that.
    #[inline]
    pub(crate) fn mind_crowd(&mut self) {
        let alive = self.runs.len() - self.gone();
        if alive >= Crowd::LEAST && self.crowd().is_none() {
            let crowd = Crowd::of(self.alive());
            self.held.get_or_insert_default().crowd = Some(crowd);
        } else if alive < Crowd::LEAST / 2 {
            self.forget_crowd();
        }
    }

    /// The partial matches have changed in ways that were not counted.
    pub(crate) fn forget_crowd(&mut self) {
        if let Some(held) = &mut self.held {
            held.crowd = None;
        }
    }
}

pub(crate) fn holds_start(pattern: &CompiledPattern) -> bool {
    pattern.skip != CompiledSkip::NoSkip
}
