//! Giving back nodes that no set reaches any more, though their time is not over: partial matches that an event ended.
//!
//! Once the arena has doubled since it was last this small, what the sets reach is marked and moved together. So the
//! nodes held are at most twice those reached and a few, at a cost that each new node pays a share of. What is reached
//! keeps its order and its shape: matches come in the same order as without.

use super::arena::{Alive, Arena, Link, Node, Place, back};

/// Nodes that are not worth it.
const FEW: usize = 64;

/// Where nodes go. Reused between compactions.
#[derive(Default)]
pub(super) struct Marks(Vec<u32>);

/// Whether many nodes may have become unreachable.
pub(super) fn is_due(arena: &Arena) -> bool {
    arena.len() > 2 * arena.least + FEW
}

/// Keeps what is alive of some sets; these are told where they are now.
pub(super) fn compact<'a>(
    arena: &mut Arena,
    sets: impl Iterator<Item = &'a mut Place>,
    alive: Alive,
    marks: &mut Marks,
) {
    let mut sets: Vec<_> = sets.collect();
    marks.reach(arena, sets.iter().map(|set| **set), alive);
    marks.number();
    let Marks(moved) = marks;
    let link = |node: &Node, from: usize, link: Link| {
        let to = from.checked_sub(link?.get() as usize)?;
        let reached = moved[to] > 0 && moved[from] > 0;
        debug_assert!(reached || link != node.first, "what is alive begins with what is alive");
        reached.then(|| back(moved[from], Place(moved[to])))
    };
    arena.keep(|at, node| {
        (moved[at] > 0).then(|| Node {
            first: link(node, at, node.first),
            second: link(node, at, node.second),
            ..*node
        })
    });
    sets.iter_mut().for_each(|set| **set = Place(moved[set.0 as usize] - 1));
}

impl Marks {
    /// Marks what is alive of some sets.
    pub(super) fn reach(&mut self, arena: &Arena, sets: impl Iterator<Item = Place>, alive: Alive) {
        self.0.clear();
        self.0.resize(arena.nodes().len(), 0);
        sets.for_each(|set| self.0[set.0 as usize] = 1);
        for at in (arena.first()..self.0.len()).rev() {
            if self.0[at] == 0 {
                continue;
            }
            let from = Place(u32::try_from(at).expect("a key holds fewer than 2^32 nodes"));
            let node = arena.node(from);
            for link in [node.first, node.second] {
                if let Some(to) = arena.linked(from, link, alive) {
                    self.0[to.0 as usize] = 1;
                }
            }
        }
    }

    /// Numbers what is marked, from 1 on.
    pub(super) fn number(&mut self) {
        let marked = self.0.iter_mut().filter(|mark| **mark > 0);
        (1..).zip(marked).for_each(|(number, mark)| *mark = number);
    }

    /// The number of a node, of those that were marked.
    pub(super) fn of(&self, place: Place) -> u32 {
        self.0[place.0 as usize]
    }

    /// The nodes that were marked, in order.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        (0..).map(Place).zip(&self.0).filter(|(_, mark)| **mark > 0).map(|(place, _)| place)
    }
}
