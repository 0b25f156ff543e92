//! The nodes of one key and pattern, in the order they were made.
//!
//! A set is named by its first node, a take. A take stands for all partial matches that end with its event: those of
//! the set before it, each one event longer; and its rest are further members of the same set. A node points only to
//! older ones, by how far they lie back, so that nodes can be moved together.
//!
//! Each node knows the latest start of any partial match it stands for. Once that is out of the window the node is
//! dead, and so is all that it alone could lead to: the front of the arena is given back by time alone.

use std::num::NonZeroU32;

use smallvec::SmallVec;

use crate::ids::StageId;
use crate::runtime::buffer::EventId;
use crate::time::Timestamp;

/// A node, by its place in the arena.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place(pub(super) u32);

/// How far back an older node lies.
pub(super) type Link = Option<NonZeroU32>;

#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// The latest start of the partial matches it stands for.
    pub(super) latest: Timestamp,
    /// Of a take the set before it, of a pair the set with the later latest start.
    pub(super) first: Link,
    /// Of a take the rest of its set, of a pair the other set.
    pub(super) second: Link,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Partial matches that end with one event.
    Take {
        event: EventId,
        stage: StageId,
        /// See `union`.
        rank: u8,
    },
    /// The rest of a take, where it is two sets.
    Pair,
}

/// The partial matches that start at or after a moment: others are out of the window.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Alive(pub(super) Timestamp);

impl Alive {
    /// All.
    pub(super) const ALL: Self = Self(Timestamp(i64::MIN));

    pub(super) fn holds(self, latest: Timestamp) -> bool {
        latest >= self.0
    }
}

/// Nodes too few to make room for.
const SLACK: usize = 32;

/// The nodes.
#[derive(Clone, Debug, Default)]
pub(super) struct Arena {
    nodes: SmallVec<[Node; 2]>,
    /// So many nodes in front have been given back.
    gone: usize,
    /// The least number of nodes held since the last compaction.
    pub(super) least: usize,
}

impl Arena {
    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// How many bytes its nodes take beside it.
    pub(super) fn memory(&self) -> usize {
        if self.nodes.spilled() { self.nodes.capacity() * size_of::<Node>() } else { 0 }
    }

    /// The number of nodes held.
    pub(super) fn len(&self) -> usize {
        self.nodes.len() - self.gone
    }

    pub(super) fn node(&self, place: Place) -> &Node {
        &self.nodes[place.0 as usize]
    }

    /// The first of the nodes held.
    pub(super) fn first(&self) -> usize {
        self.gone
    }

    /// The set that a node links to, if any of it is alive.
    pub(super) fn linked(&self, from: Place, link: Link, alive: Alive) -> Option<Place> {
        let place = Place(from.0.checked_sub(link?.get())?);
        alive.holds(self.node(place).latest).then_some(place)
    }

    /// The events of its nodes.
    pub(super) fn events(&mut self) -> impl Iterator<Item = &mut EventId> {
        self.nodes[self.gone..].iter_mut().filter_map(|node| match &mut node.kind {
            Kind::Take { event, .. } => Some(event),
            Kind::Pair => None,
        })
    }

    /// Another node.
    pub(super) fn push(&mut self, latest: Timestamp, links: [Option<Place>; 2], kind: Kind) -> Place {
        let at = u32::try_from(self.nodes.len()).expect("a key holds fewer than 2^32 nodes");
        let [first, second] = links.map(|to| to.map(|to| back(at, to)));
        self.nodes.push(Node { latest, first, second, kind });
        Place(at)
    }

    /// Gives back the nodes in front that are dead; gives how far the others have moved.
    pub(super) fn reclaim(&mut self, alive: Alive) -> u32 {
        let dead = self.nodes[self.gone..].iter().take_while(|node| !alive.holds(node.latest));
        self.gone += dead.count();
        self.least = self.least.min(self.len());
        if self.gone < SLACK.max(self.nodes.len() / 2) {
            return 0;
        }
        let moved = self.gone;
        self.nodes.drain(..moved);
        self.gone = 0;
        self.shrink();
        u32::try_from(moved).expect("a key holds fewer than 2^32 nodes")
    }

    /// Gives back all nodes.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Keeps only some of the nodes, each with its links as `keep` gives them.
    pub(super) fn keep(&mut self, mut keep: impl FnMut(usize, &Node) -> Option<Node>) {
        let mut kept = 0;
        for at in self.gone..self.nodes.len() {
            if let Some(node) = keep(at, &self.nodes[at]) {
                self.nodes[kept] = node;
                kept += 1;
            }
        }
        self.nodes.truncate(kept);
        self.gone = 0;
        self.least = kept;
        self.shrink();
    }

    /// Gives memory back to the allocator once a burst is over.
    fn shrink(&mut self) {
        if self.nodes.capacity() > SLACK + 4 * self.nodes.len() {
            self.nodes.shrink_to_fit();
        }
    }
}

/// How far `to` lies before the place `at`.
pub(super) fn back(at: u32, to: Place) -> NonZeroU32 {
    NonZeroU32::new(at - to.0).expect("a node points to older ones")
}
