//! The running values of nodes: words behind a node, so that conditions need not walk the path it ends. They say nothing
//! that nodes and events do not: they are computed again where events have moved, or a state was decoded.

use super::buffer::{Buffer, EventId, NODE, NodeId};
use super::event::Event;
use super::key_state::KeyState;
use crate::expr::EventWord;
use crate::program::{Family, Program, RunningPlan};

fn word(event: EventId) -> EventWord {
    EventWord(u64::from(event.0) + 1)
}

fn place_of(word: EventWord) -> Option<usize> {
    word.0.checked_sub(1).map(|place| place as usize)
}

impl Buffer {
    /// The running values of a node, where any are kept.
    pub(super) fn running(&self, node: NodeId) -> Option<&[u64]> {
        let from = node.place() as usize;
        (self.node_words > 0).then(|| &self.words[from + NODE..from + self.node_size()])
    }

    pub(super) fn event_of(&self, word: EventWord) -> Option<Event<'_>> {
        place_of(word).map(|place| Event::at(&self.words[place..], &self.nested))
    }

    /// Adds the event of a new node to what the node before it keeps.
    pub(super) fn keep(&mut self, node: NodeId, plan: &RunningPlan) {
        let (at, size, link) = (node.place() as usize, self.node_size(), self.node(node));
        // Events lie before the nodes that took them.
        let (before, rest) = self.words.split_at_mut(at);
        let event_of = |word| place_of(word).map(|place| Event::at(&before[place..], &self.nested));
        let Some(event) = event_of(word(link.event)) else { unreachable!("a node has an event") };
        for (place, kept) in plan.of_stage(link.stage) {
            let words = &mut rest[NODE..size][usize::from(*place)..];
            kept.add(words, (word(link.event), event), event_of);
        }
    }

    /// Computes anew what the nodes of a path keep, earliest first, as far as it is not `done` yet.
    fn keep_path(&mut self, last: NodeId, plan: &RunningPlan, done: &mut [bool]) {
        let mut path = Vec::new();
        let mut next = Some(last);
        while let Some(node) = next {
            let place = node.place() as usize;
            if std::mem::replace(&mut done[place], true) {
                break;
            }
            path.push(node);
            next = self.node(node).parent;
        }
        for node in path.into_iter().rev() {
            let (to, size) = (node.place() as usize + NODE, self.node_size() - NODE);
            match self.node(node).parent.map(|parent| parent.place() as usize + NODE) {
                Some(from) => self.words.copy_within(from..from + size, to),
                None => self.words[to..to + size].fill(0),
            }
            self.keep(node, plan);
        }
    }
}

impl KeyState {
    /// Computes anew what nodes keep for conditions of its family's patterns, from the nodes and their events alone: a record
    /// leaves it out.
    pub(super) fn keep_again(&mut self, program: &Program, family: &Family) {
        let Self { buffer, sections, .. } = self;
        let mut done = vec![false; buffer.words.len()];
        for section in &mut sections.all {
            let pattern = program.pattern(family.groups[usize::from(section.group)].patterns[0]);
            let Some(plan) = &pattern.running else { continue };
            section.nodes().for_each(|node| buffer.keep_path(*node, plan, &mut done));
        }
    }
}
