//! The shared buffer: every captured event once, and nodes that point from a captured event to the one before it.
//!
//! A node stands for one TAKE. Partial matches that have a beginning in common share its nodes, and a path is read by
//! following parents: no version numbers are needed (after Agrawal et al., SIGMOD 2008, and Flink's SharedBuffer).
//! Reference counts give back at once what nothing can reach.

use std::num::NonZeroU32;

use super::pool::{Pool, Pooled};
use super::running::NodeWords;
use crate::event::{Datum, PackedRow};
use crate::expr::{CapturedEvent, Captures, EventWord};
use crate::ids::StageId;
use crate::time::Timestamp;

/// A captured event: the columns that conditions or outputs read, and where it came from.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// The order of capture within the key.
    pub(crate) sequence: u64,
    pub(crate) time: Timestamp,
    pub(crate) position: u64,
    pub(crate) tag: u64,
    pub(crate) row: PackedRow,
    /// Nodes and callers that hold it; none where the place is free.
    references: u32,
    /// The input of the key family it came from.
    pub(crate) input: u16,
}

impl Event {
    pub(crate) fn new(time: Timestamp, position: u64, tag: u64, input: u16, row: PackedRow) -> Self {
        Self { sequence: 0, time, position, tag, input, row, references: 0 }
    }
}

impl CapturedEvent for Event {
    fn input(&self) -> usize {
        self.input.into()
    }

    fn slot(&self, slot: u16) -> Datum<'_> {
        self.row.get(slot.into())
    }

    fn float(&self, slot: u16) -> Option<f64> {
        self.row.float(slot.into())
    }
}

impl Pooled for Event {
    fn is_free(&self) -> bool {
        self.references == 0
    }

    fn set_free(&mut self, next: u32) {
        self.row = PackedRow::default();
        self.references = 0;
        self.sequence = next.into();
    }

    fn next_free(&self) -> u32 {
        self.sequence as u32
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct EventId(pub(super) u32);

/// A node; one less than the number is its place, so that an optional one is no larger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NodeId(NonZeroU32);

impl NodeId {
    fn new(place: u32) -> Self {
        Self(NonZeroU32::MIN.saturating_add(place))
    }

    pub(super) fn place(self) -> u32 {
        self.0.get() - 1
    }
}

#[derive(Clone, Debug)]
struct Node {
    /// In a free place, the next one.
    event: EventId,
    parent: Option<NodeId>,
    /// Partial matches and nodes that hold it; none where the place is free.
    references: u32,
    stage: StageId,
}

impl Pooled for Node {
    fn is_free(&self) -> bool {
        self.references == 0
    }

    fn set_free(&mut self, next: u32) {
        self.references = 0;
        self.event = EventId(next);
    }

    fn next_free(&self) -> u32 {
        self.event.0
    }
}

/// The shared buffer of one key.
#[derive(Clone, Debug, Default)]
pub struct Buffer {
    events: Pool<Event>,
    nodes: Pool<Node>,
    next_sequence: u64,
    /// What conditions read of whole paths, by node: only where any does.
    pub(super) running: Option<Box<NodeWords>>,
}

impl Buffer {
    /// How many events and nodes are held.
    #[must_use]
    pub fn held(&self) -> (usize, usize) {
        (self.events.len(), self.nodes.len())
    }

    /// Captures an event; the caller holds it until it gives it back.
    pub(crate) fn capture(&mut self, mut event: Event) -> EventId {
        event.sequence = self.next_sequence;
        event.references = 1;
        self.next_sequence += 1;
        EventId(self.events.insert(event))
    }

    /// Holds a captured event until it is given back once more.
    pub(crate) fn hold(&mut self, id: EventId) {
        self.events.get_mut(id.0).references += 1;
    }

    /// Ends the hold on a captured event: it stays while a node refers to it.
    pub(crate) fn give_back(&mut self, id: EventId) {
        let event = self.events.get_mut(id.0);
        event.references -= 1;
        if event.references == 0 {
            self.events.free(id.0);
        }
    }

    pub(crate) fn event(&self, id: EventId) -> &Event {
        self.events.get(id.0)
    }

    /// The captured events of a path, one after the other.
    pub(crate) fn events<'a>(
        &'a self,
        path: &'a [(StageId, EventId)],
    ) -> impl Iterator<Item = (StageId, &'a Event)> + use<'a> {
        let events = self.events.places();
        path.iter().map(move |(stage, event)| (*stage, &events[event.0 as usize]))
    }

    /// A new node after `parent`, which the caller owns one reference to.
    pub(crate) fn append(&mut self, parent: Option<NodeId>, event: EventId, stage: StageId) -> NodeId {
        self.events.get_mut(event.0).references += 1;
        if let Some(parent) = parent {
            self.retain(parent);
        }
        NodeId::new(self.nodes.insert(Node { event, stage, parent, references: 1 }))
    }

    pub(crate) fn retain(&mut self, node: NodeId) {
        self.retain_times(node, 1);
    }

    pub(crate) fn retain_times(&mut self, node: NodeId, times: u32) {
        self.nodes.get_mut(node.place()).references += times;
    }

    /// Gives up one reference; what nothing refers to any more goes, back to the beginning of the path.
    pub(crate) fn release(&mut self, node: NodeId) {
        let mut next = Some(node);
        while let Some(id) = next {
            let node = self.nodes.get_mut(id.place());
            node.references -= 1;
            if node.references > 0 {
                return;
            }
            let (event, parent) = (node.event, node.parent);
            self.nodes.free(id.place());
            self.give_back(event);
            next = parent;
        }
    }

    /// The event of a node.
    pub(crate) fn at(&self, node: NodeId) -> &Event {
        self.event(self.node(node).event)
    }

    /// The node before a node, its event, and the stage that took it.
    pub(super) fn link(&self, id: NodeId) -> (Option<NodeId>, EventId, StageId) {
        let node = self.node(id);
        (node.parent, node.event, node.stage)
    }

    fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.place())
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
    pub(crate) fn latest_first(&self, node: Option<NodeId>) -> impl Iterator<Item = (StageId, &Event)> {
        let mut next = node;
        std::iter::from_fn(move || {
            let node = self.node(next?);
            next = node.parent;
            Some((node.stage, self.event(node.event)))
        })
    }

    /// Gives memory back to the allocator once a burst is over.
    pub(crate) fn shrink(&mut self) {
        self.events.shrink();
        self.nodes.shrink();
        if let Some(running) = &mut self.running {
            running.shrink(self.nodes.places().len());
        }
    }
}

/// The path that ends in a node, as conditions read it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path<'a> {
    pub(crate) buffer: &'a Buffer,
    pub(crate) last: Option<NodeId>,
}

impl Captures for Path<'_> {
    type Event = Event;

    fn latest_first(&self, stage: StageId) -> impl Iterator<Item = &Event> {
        self.buffer.latest_first(self.last).filter(move |(of, _)| *of == stage).map(|(_, event)| event)
    }

    fn running(&self) -> Option<&[u64]> {
        self.buffer.words(self.last?)
    }

    fn event_of(&self, word: EventWord) -> Option<&Event> {
        self.buffer.event_of(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Event {
        Event::new(Timestamp(1), 0, 0, 0, PackedRow::default())
    }

    #[test]
    fn paths_share_their_beginning_and_give_it_back_with_the_last() {
        let mut buffer = Buffer::default();
        let (a, b) = (buffer.capture(event()), buffer.capture(event()));
        let first = buffer.append(None, a, StageId(0));
        let left = buffer.append(Some(first), b, StageId(1));
        let right = buffer.append(Some(first), b, StageId(2));
        buffer.give_back(a);
        buffer.give_back(b);
        buffer.release(first);
        assert_eq!(buffer.held(), (2, 3));
        buffer.release(left);
        assert_eq!(buffer.held(), (2, 2));
        let stages: Vec<_> = buffer.latest_first(Some(right)).map(|(stage, _)| stage).collect();
        assert_eq!(stages, [StageId(2), StageId(0)]);
        buffer.release(right);
        assert_eq!(buffer.held(), (0, 0));
    }
}
