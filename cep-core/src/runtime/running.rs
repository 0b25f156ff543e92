//! The running values of nodes: words beside the nodes of a buffer, so that conditions need not walk paths. They say
//! nothing that nodes and events do not: who decodes a buffer computes them again.

use super::buffer::{Buffer, Event, EventId, NodeId};
use super::key_state::KeyState;
use crate::expr::EventWord;
use crate::ids::FamilyId;
use crate::program::{Program, RunningPlan};

/// The words of all nodes, by their places. What stands there for a free place, or for a node of a pattern that keeps
/// nothing, means nothing.
#[derive(Clone, Debug)]
pub(super) struct NodeWords {
    /// Words a node.
    stride: usize,
    words: Vec<u64>,
}

impl NodeWords {
    fn new(stride: usize) -> Self {
        Self { stride, words: Vec::new() }
    }

    fn at(&self, place: u32) -> &[u64] {
        &self.words[place as usize * self.stride..][..self.stride]
    }

    /// The words of a place, to begin with those of another, or zero.
    fn begin(&mut self, place: u32, parent: Option<u32>) -> &mut [u64] {
        let from = place as usize * self.stride;
        let own = from..from + self.stride;
        if self.words.len() < own.end {
            self.words.resize(own.end, 0);
        }
        match parent.map(|parent| parent as usize * self.stride) {
            Some(parent) => self.words.copy_within(parent..parent + self.stride, from),
            None => self.words[own.clone()].fill(0),
        }
        &mut self.words[own]
    }

    /// Gives memory back once there are but so many nodes.
    #[inline]
    pub(super) fn shrink(&mut self, nodes: usize) {
        const SLACK: usize = 64;
        if self.words.capacity() > self.stride * (SLACK + 4 * nodes) {
            self.words.truncate(self.stride * nodes);
            self.words.shrink_to_fit();
        }
    }
}

fn word(event: EventId) -> EventWord {
    EventWord(u64::from(event.0) + 1)
}

impl Buffer {
    /// The running values of a node, where any are kept.
    pub(super) fn words(&self, node: NodeId) -> Option<&[u64]> {
        Some(self.running.as_ref()?.at(node.place()))
    }

    pub(super) fn event_of(&self, word: EventWord) -> Option<&Event> {
        let place = word.0.checked_sub(1)?;
        Some(self.event(EventId(place as u32)))
    }

    /// Keeps the running values of a node: those of the node before it, and its event.
    pub(super) fn keep(&mut self, node: NodeId, plan: &RunningPlan) {
        let (parent, event, stage) = self.link(node);
        let mut all = self.running.take().unwrap_or_else(|| Box::new(NodeWords::new(plan.stride)));
        let words = all.begin(node.place(), parent.map(NodeId::place));
        for (place, kept) in plan.of_stage(stage) {
            let words = &mut words[usize::from(*place)..];
            kept.add(words, (word(event), self.event(event)), |word| self.event_of(word));
        }
        self.running = Some(all);
    }

    /// Keeps them for all nodes of a path for which it is not `done` yet.
    fn keep_path(&mut self, last: NodeId, plan: &RunningPlan, done: &mut Vec<bool>) {
        let mut path = Vec::new();
        let mut next = Some(last);
        while let Some(node) = next {
            let place = node.place() as usize;
            if done.len() <= place {
                done.resize(place + 1, false);
            }
            if std::mem::replace(&mut done[place], true) {
                break;
            }
            path.push(node);
            next = self.link(node).0;
        }
        path.into_iter().rev().for_each(|node| self.keep(node, plan));
    }
}

impl KeyState {
    /// Computes anew what nodes keep for conditions of a family's patterns, from the nodes and their events alone: to be
    /// called for a state that was decoded without it.
    pub fn keep_again(&mut self, program: &Program, family: FamilyId) {
        let groups = &program.families()[family.index()].groups;
        let (buffer, mut done) = (&mut self.buffer, Vec::new());
        buffer.running = None;
        for section in &self.sections {
            let pattern = program.pattern(groups[usize::from(section.group)].patterns[0]);
            let Some(plan) = &pattern.running else { continue };
            let nodes = section.alive().iter().filter_map(|run| run.node);
            nodes.for_each(|node| buffer.keep_path(node, plan, &mut done));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_is_used_again_begins_anew_also_after_a_burst() {
        let mut words = NodeWords::new(2);
        words.begin(0, None).copy_from_slice(&[1, 2]);
        words.begin(1, Some(0))[1] = 3;
        assert_eq!((words.at(0), words.at(1)), (&[1, 2][..], &[1, 3][..]));
        words.begin(0, Some(1))[0] = 4;
        assert_eq!(words.at(0), [4, 3]);
        words.begin(5_000, None);
        words.shrink(2);
        assert!(words.words.capacity() < 1_000);
        assert_eq!((words.at(0), words.at(1)), (&[4, 3][..], &[1, 3][..]));
        assert_eq!(words.begin(3, Some(1)), [1, 3]);
        assert_eq!(words.begin(1, None), [0, 0]);
    }
}
