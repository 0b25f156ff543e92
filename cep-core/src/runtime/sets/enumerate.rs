//! Handing out the partial matches of a set, each as one path, earliest event first.
//!
//! The nodes are walked from the latest event to the earliest, and the path is written from its back: what lies nearer
//! to the end is shared with the matches that follow. Every node met leads to at least one match, so the time between
//! two matches is bounded by their length.

use super::arena::{Alive, Arena, Kind, Link, Node, Place};
use crate::ids::StageId;
use crate::runtime::buffer::EventId;

/// Where paths are written. Reused between matches.
#[derive(Default)]
pub(crate) struct Walk {
    /// Sets still to be walked, each with how many events of the path come after it.
    todo: Vec<(u32, u32)>,
    /// The path, at the end of the room for it.
    room: Vec<(StageId, EventId)>,
}

impl Walk {
    /// Calls `found` for every partial match of a set, with an event behind it where `last` gives one.
    pub(super) fn set(
        &mut self,
        arena: &Arena,
        set: Option<Place>,
        last: Option<(StageId, EventId)>,
        alive: Alive,
        mut found: impl FnMut(&[(StageId, EventId)]),
    ) {
        let after = last.map_or(0, |last| {
            self.write(0, last);
            1
        });
        match set {
            None => found(&self.room[self.room.len() - after as usize..]),
            Some(set) => self.todo.push((set.0, after)),
        }
        while let Some((at, after)) = self.todo.pop() {
            self.from(arena.nodes(), at, after, alive, &mut found);
        }
    }

    /// Walks on from a node, leaving for later what lies beside the way.
    fn from(
        &mut self,
        nodes: &[Node],
        mut at: u32,
        mut after: u32,
        alive: Alive,
        found: &mut impl FnMut(&[(StageId, EventId)]),
    ) {
        loop {
            let node = &nodes[at as usize];
            let beside = linked(nodes, at, node.second, alive);
            let Kind::Take { event, stage, .. } = node.kind else {
                self.todo.extend(beside.map(|beside| (beside, after)));
                // As alive as the pair is.
                let Some(first) = linked(nodes, at, node.first, alive) else { return };
                at = first;
                continue;
            };
            self.write(after, (stage, event));
            match node.first.and_then(|back| at.checked_sub(back.get())) {
                Some(before) => {
                    self.todo.extend(beside.map(|beside| (beside, after)));
                    at = before;
                    after += 1;
                }
                None => {
                    found(&self.room[self.room.len() - 1 - after as usize..]);
                    let Some(beside) = beside else { return };
                    at = beside;
                }
            }
        }
    }

    /// Puts an event before the `after` last ones.
    fn write(&mut self, after: u32, event: (StageId, EventId)) {
        let after = after as usize;
        let len = self.room.len();
        if after == len {
            // Twice the room, with what is there at its end.
            let more = len.max(8);
            self.room.resize(len + more, event);
            self.room.copy_within(..len, more);
        }
        let len = self.room.len();
        self.room[len - 1 - after] = event;
    }
}

fn linked(nodes: &[Node], from: u32, link: Link, alive: Alive) -> Option<u32> {
    let place = from.checked_sub(link?.get())?;
    alive.holds(nodes[place as usize].latest).then_some(place)
}
