//! Handing out the partial matches of a set, each as one path, earliest event first.
//!
//! The nodes are walked from the latest event to the earliest, and the path is written from its back: what lies nearer
//! to the end is shared with the matches that follow. Beside a take lie partial matches that mostly start earlier, so
//! they come first. Every node met leads to at least one match: all matches together take time linear in their length.

use super::arena::{Alive, Arena, Kind, Link, Node, Place};
use crate::ids::StageId;
use crate::runtime::buffer::EventId;

/// Where paths are written. Reused between matches.
#[derive(Default)]
pub(crate) struct Walk {
    todo: Vec<Todo>,
    /// The path, at the end of the room for it.
    room: Vec<(StageId, EventId)>,
}

/// What is still to be walked.
#[derive(Clone, Copy)]
struct Todo {
    at: u32,
    /// How many events of the path come after it.
    after: u32,
    /// Whether what lies beside it has been walked.
    alone: bool,
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
            Some(set) => self.todo.push(Todo { at: set.0, after, alone: false }),
        }
        while let Some(todo) = self.todo.pop() {
            self.from(arena.nodes(), todo, alive, &mut found);
        }
    }

    /// Calls `found` for some partial matches of a set, so many at most; tells how many.
    pub(super) fn some(
        &mut self,
        arena: &Arena,
        set: Place,
        alive: Alive,
        most: usize,
        mut found: impl FnMut(&[(StageId, EventId)]),
    ) -> usize {
        let mut count = 0;
        self.todo.push(Todo { at: set.0, after: 0, alone: false });
        while count < most
            && let Some(todo) = self.todo.pop()
        {
            // A walk from a node ends with the first that it finds.
            self.from(arena.nodes(), todo, alive, &mut |path: &[_]| {
                count += 1;
                found(path);
            });
        }
        self.todo.clear();
        count
    }

    /// Walks on from a node, leaving for later what comes after.
    fn from(
        &mut self,
        nodes: &[Node],
        mut here: Todo,
        alive: Alive,
        found: &mut impl FnMut(&[(StageId, EventId)]),
    ) {
        loop {
            let Todo { at, after, alone } = here;
            let node = &nodes[at as usize];
            let beside = if alone { None } else { linked(nodes, at, node.second, alive) };
            if let Some(beside) = beside {
                self.todo.push(Todo { alone: true, ..here });
                here.at = beside;
                continue;
            }
            let before = node.first.and_then(|back| at.checked_sub(back.get()));
            match (node.kind, before) {
                (Kind::Pair, None) => return,
                // As alive as the pair is.
                (Kind::Pair, Some(first)) => here = Todo { at: first, after, alone: false },
                (Kind::Take { event, stage, .. }, before) => {
                    self.write(after, (stage, event));
                    let Some(before) = before else {
                        return found(&self.room[self.room.len() - 1 - after as usize..]);
                    };
                    here = Todo { at: before, after: after + 1, alone: false };
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
