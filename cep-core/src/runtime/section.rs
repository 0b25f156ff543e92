//! What a key holds for one pattern: its partial matches and the matches that wait to be released.

use std::collections::BTreeSet;

use super::buffer::Buffer;
use super::heap::JavaHeap;
use super::partial_match::{PartialMatch, Runs};
use crate::program::{CompiledPattern, CompiledSkip};
use crate::time::Timestamp;

/// The partial matches of one key and pattern.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    /// In the order in which an event meets them; under a skip strategy a heap array with the start state in it.
    pub(crate) runs: Runs,
    /// What few patterns hold.
    pub(crate) held: Option<Box<Held>>,
    /// The pattern's place in its family.
    pub(crate) member: u16,
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
}

impl Section {
    pub(crate) fn new(pattern: &CompiledPattern) -> Self {
        let member = u16::try_from(pattern.member).expect("a family has fewer than 65,536 patterns");
        Self { runs: Self::initial(pattern), held: None, member, new_start: false, changed: false }
    }

    /// The partial matches of a section that no event has reached: at most the start state.
    pub(crate) fn initial(pattern: &CompiledPattern) -> Runs {
        let start = holds_start(pattern).then(|| PartialMatch::waiting(pattern.automaton.start));
        start.into_iter().collect()
    }

    /// The number of partial matches, the start state not counted.
    pub(crate) fn partial_matches(&self) -> usize {
        self.runs.iter().filter(|run| run.node.is_some()).count()
    }

    /// Takes out the oldest or the youngest partial matches.
    pub(crate) fn drop_excess(&mut self, excess: usize, oldest: bool) -> Vec<PartialMatch> {
        let mut by_age: Vec<usize> =
            (0..self.runs.len()).filter(|at| self.runs[*at].node.is_some()).collect();
        by_age.sort_by_key(|at| self.runs[*at].start);
        let gone = if oldest { &by_age[..excess] } else { &by_age[by_age.len() - excess..] };
        let dropped = gone.iter().map(|at| self.runs[*at]).collect();
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
            self.runs.retain(|run| !is_gone(&*run));
        }
        dropped
    }

    /// Gives memory back to the allocator once a burst is over.
    pub(crate) fn shrink(&mut self) {
        const SLACK: usize = 16;
        if self.runs.capacity() > SLACK + 4 * self.runs.len() {
            self.runs.shrink_to_fit();
        }
    }

    /// Whether nothing is left but the start state.
    pub(crate) fn is_empty(&self) -> bool {
        self.is_idle() && self.held.as_ref().is_none_or(|held| held.timers.is_empty())
    }

    /// Whether there is no partial match and none that is held back.
    pub(crate) fn is_idle(&self) -> bool {
        self.held.as_ref().is_none_or(|held| held.completed.peek().is_none())
            && self.runs.iter().all(|run| run.node.is_none())
    }

    /// The first moment at which a window closes.
    pub(crate) fn deadline(&self, pattern: &CompiledPattern, buffer: &Buffer) -> Option<Timestamp> {
        let automaton = &pattern.automaton;
        let whole = automaton.window.and_then(|window| {
            // Both orders have the earliest start in front.
            let first = self.runs.first().filter(|run| run.node.is_some())?;
            Some(first.start.time.saturating_add(window))
        });
        if !automaton.has_gaps {
            return whole;
        }
        let gaps = self.runs.iter().filter_map(|run| {
            let gap = automaton.state(run.state).gap?;
            Some(buffer.at(run.node?).time.saturating_add(gap))
        });
        whole.into_iter().chain(gaps).min()
    }
}

pub(crate) fn holds_start(pattern: &CompiledPattern) -> bool {
    pattern.skip != CompiledSkip::NoSkip
}
