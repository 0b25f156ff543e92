//! The shared buffer: every captured event once, and nodes that point from a captured event to the one before it.
//!
//! A node stands for one TAKE. Partial matches that have a beginning in common share its nodes, and a path is read by
//! following parents: no version numbers are needed (after Agrawal et al., SIGMOD 2008, and Flink's SharedBuffer).
//!
//! Events and nodes lie one behind the other in one allocation, in the order they were made, and nothing counts who
//! refers to them: `collect` gives back what nothing reaches once there may be enough of it.

use std::num::NonZeroU32;

use super::event::{Arrived, Event, Saved};
use super::record::Head;
use crate::event::Nested;
use crate::expr::{Captures, EventWord};
use crate::ids::StageId;

/// A captured event, by its place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct EventId(pub(super) u32);

/// A node; one less than the number is its place, so that an optional one is no larger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NodeId(NonZeroU32);

impl NodeId {
    #[inline]
    pub(super) fn new(place: u32) -> Self {
        Self(NonZeroU32::MIN.saturating_add(place))
    }

    #[inline]
    pub(super) fn place(self) -> u32 {
        self.0.get() - 1
    }

    /// For the word behind a node's head: zero stands for no parent.
    #[inline]
    fn to_word(parent: Option<Self>) -> u64 {
        parent.map_or(0, |parent| parent.0.get().into())
    }

    #[inline]
    pub(super) fn of_word(word: u64) -> Option<Self> {
        NonZeroU32::new(word as u32).map(Self)
    }
}

/// Words of a node: its head, and its parent. What it keeps of the path it ends comes behind.
pub(super) const NODE: usize = 2;

/// The shared buffer of one key.
#[derive(Clone, Debug, Default)]
pub struct Buffer {
    pub(super) words: Vec<u64>,
    pub(super) nested: Nested,
    next_sequence: u64,
    /// Once there are more words than this, some of them may have become unreachable.
    pub(super) limit: u32,
    /// Words that each node keeps of the path it ends.
    pub(super) node_words: u32,
}

/// A node, as it is read.
#[derive(Clone, Copy)]
pub(super) struct Node {
    pub(super) stage: StageId,
    pub(super) event: EventId,
    pub(super) parent: Option<NodeId>,
}

impl Buffer {
    /// Captures an event. It stays until the next collection, and as long as a node reaches it.
    pub(crate) fn capture(&mut self, event: &Arrived<'_>) -> EventId {
        let (at, size) = (self.words.len(), event.words());
        if self.words.is_empty() {
            self.node_words = place(event.node_words);
            // Most keys hold one event and one node.
            self.words.reserve_exact(size + NODE + event.node_words);
        }
        self.words.resize(at + size, 0);
        event.write(self.next_sequence, &mut self.words[at..], &mut self.nested);
        self.next_sequence += 1;
        EventId(place(at))
    }

    /// Puts an event back that was read from bytes, behind those that are there.
    pub(super) fn put_saved(&mut self, event: &Saved<'_>) -> EventId {
        let (at, size) = (self.words.len(), event.words());
        if self.words.is_empty() {
            self.words.reserve_exact(size + self.node_size());
        }
        self.words.resize(at + size, 0);
        event.write(self.next_sequence, &mut self.words[at..], &mut self.nested);
        self.next_sequence += 1;
        EventId(place(at))
    }

    /// Whether there is an event and its node, and nothing else.
    #[inline]
    pub(crate) fn is_one(&self) -> bool {
        self.words.first().is_some_and(|head| self.words.len() == Head(*head).size() + self.node_size())
    }

    /// Takes out an event and its node, if there is nothing else and not much room beside them: a key that has held
    /// more lately would soon have to make that room again.
    pub(super) fn take_one(&mut self) -> Option<Box<[u64]>> {
        const ROOM: usize = 8;
        let capacity = self.words.capacity();
        if !self.is_one() || self.nested.is_some() || capacity > self.words.len() + ROOM {
            return None;
        }
        let mut words = std::mem::take(&mut self.words);
        words.resize(capacity, 0);
        *self = Self::default();
        Some(words.into_boxed_slice())
    }

    /// Puts an event and its node into an empty buffer; gives the node.
    pub(super) fn put_one(&mut self, words: Box<[u64]>, node_words: usize) -> NodeId {
        debug_assert!(self.words.is_empty(), "nothing is overwritten");
        let size = Head(words[0]).size();
        self.words = words.into_vec();
        self.node_words = place(node_words);
        self.words.truncate(size + self.node_size());
        let node = NodeId::new(place(size));
        self.next_sequence = self.at(node).sequence() + 1;
        node
    }

    /// Takes over memory for the first events, if it has none.
    pub(super) fn put_room(&mut self, words: Box<[u64]>) {
        if self.words.capacity() == 0 {
            self.words = words.into_vec();
            self.words.clear();
        }
    }

    /// Whether its memory is no more than what an event or two take.
    pub(super) fn is_small(&self) -> bool {
        const SMALL: usize = 32;
        self.words.capacity() <= SMALL
    }

    /// How many bytes its words take.
    pub(super) fn memory(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }

    /// Forgets everything but its memory.
    pub(super) fn clear(&mut self) {
        let mut words = std::mem::take(&mut self.words);
        words.clear();
        *self = Self { words, ..Self::default() };
    }

    #[inline]
    pub(crate) fn event(&self, id: EventId) -> Event<'_> {
        Event::at(&self.words[id.0 as usize..], &self.nested)
    }

    /// The captured events of a path, one after the other.
    pub(crate) fn events<'a>(
        &'a self,
        path: &'a [(StageId, EventId)],
    ) -> impl Iterator<Item = (StageId, Event<'a>)> + use<'a> {
        path.iter().map(move |(stage, event)| (*stage, self.event(*event)))
    }

    /// A new node after `parent`.
    #[inline]
    pub(crate) fn append(&mut self, parent: Option<NodeId>, event: EventId, stage: StageId) -> NodeId {
        let at = self.words.len();
        self.words.extend_from_slice(&[Head::node(event.0, stage).0, NodeId::to_word(parent)]);
        if self.node_words > 0 {
            self.append_kept(parent);
        }
        NodeId::new(place(at))
    }

    /// What a node keeps begins with what the node before it keeps.
    fn append_kept(&mut self, parent: Option<NodeId>) {
        match parent.map(|parent| parent.place() as usize + NODE) {
            Some(from) => self.words.extend_from_within(from..from + self.node_words as usize),
            None => self.words.resize(self.words.len() + self.node_words as usize, 0),
        }
    }

    /// Words of a node, with what it keeps.
    #[inline]
    pub(super) fn node_size(&self) -> usize {
        NODE + self.node_words as usize
    }

    /// The event of a node.
    #[inline]
    pub(crate) fn at(&self, node: NodeId) -> Event<'_> {
        self.event(self.node(node).event)
    }

    #[inline]
    pub(super) fn node(&self, id: NodeId) -> Node {
        let at = id.place() as usize;
        let [head, parent] = self.words[at..at + NODE] else { unreachable!("a slice of a node's length") };
        let head = Head(head);
        Node { stage: head.stage(), event: EventId(head.upper()), parent: NodeId::of_word(parent) }
    }

    /// The events of the path that ends in a node, earliest first, into `path`.
    pub(crate) fn read_path(&self, node: Option<NodeId>, path: &mut Vec<(StageId, EventId)>) {
        path.clear();
        let mut next = node;
        while let Some(id) = next {
            let node = self.node(id);
            path.push((node.stage, node.event));
            next = node.parent;
        }
        path.reverse();
    }

    /// The path that ends in a node, latest first.
    #[inline]
    pub(crate) fn latest_first(&self, node: Option<NodeId>) -> impl Iterator<Item = (StageId, Event<'_>)> {
        self.nodes(node).map(|node| (node.stage, self.event(node.event)))
    }

    #[inline]
    fn nodes(&self, node: Option<NodeId>) -> impl Iterator<Item = Node> {
        let mut next = node;
        std::iter::from_fn(move || {
            let node = self.node(next?);
            next = node.parent;
            Some(node)
        })
    }
}

pub(super) fn place(at: usize) -> u32 {
    u32::try_from(at).expect("a key holds less than 32 GiB")
}

/// The path that ends in a node, as conditions read it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path<'a> {
    pub(crate) buffer: &'a Buffer,
    pub(crate) last: Option<NodeId>,
}

impl Captures for Path<'_> {
    type Event<'e>
        = Event<'e>
    where
        Self: 'e;

    #[inline]
    fn latest_first(&self, stage: StageId) -> impl Iterator<Item = Event<'_>> {
        let of_stage = self.buffer.nodes(self.last).filter(move |node| node.stage == stage);
        of_stage.map(|node| self.buffer.event(node.event))
    }

    fn running(&self) -> Option<&[u64]> {
        self.buffer.running(self.last?)
    }

    fn event_of(&self, word: EventWord) -> Option<Event<'_>> {
        self.buffer.event_of(word)
    }
}
