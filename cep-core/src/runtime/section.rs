//! What a key holds for one pattern: its partial matches and the matches that wait to be released.

use super::buffer::Buffer;
use super::heap::JavaHeap;
use super::partial_match::PartialMatch;
use crate::program::{CompiledPattern, CompiledSkip};
use crate::time::Timestamp;

/// The partial matches of one key and pattern.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    /// The pattern's place in its family.
    pub(crate) member: u16,
    /// In the order in which an event meets them; under a skip strategy a heap array with the start state in it.
    pub(crate) runs: Vec<PartialMatch>,
    /// Complete, but held back by an older partial match: a heap.
    pub(crate) completed: JavaHeap,
    /// What Flink's timers depend on (`TimerPolicy::Flink`).
    pub(crate) marks: Marks,
}

/// What Flink remembers between two timer callbacks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    /// A partial match started, at a time above 0.
    pub(crate) new_start: bool,
    /// Anything but waiting happened.
    pub(crate) changed: bool,
    /// The timers registered, in ascending order.
    pub(crate) timers: std::collections::BTreeSet<i64>,
}

impl Section {
    pub(crate) fn new(pattern: &CompiledPattern) -> Self {
        let start = PartialMatch::waiting(pattern.automaton.start);
        let runs = if holds_start(pattern) { vec![start] } else { Vec::new() };
        let member = u16::try_from(pattern.member).expect("a family has fewer than 65,536 patterns");
        Self { member, runs, completed: JavaHeap::default(), marks: Marks::default() }
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
            self.runs.retain(|run| !is_gone(run));
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
        self.completed.peek().is_none()
            && self.marks.timers.is_empty()
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
