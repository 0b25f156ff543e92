//! What of a key's buffer is reached, in the order in which it was made: no more than that is written.

use smallvec::SmallVec;

use crate::runtime::buffer::{Buffer, EventId, NodeId};

/// Events and nodes, as they are found.
pub(in crate::runtime) struct Reached {
    /// By word of the buffer: the number of what begins there, from 1 on; 0 for what is not reached.
    numbers: SmallVec<[u32; 64]>,
    /// The places of events.
    events: SmallVec<[u32; 8]>,
    /// The places of the nodes of all sections, one after the other.
    nodes: SmallVec<[u32; 8]>,
}

impl Reached {
    /// Nothing yet.
    pub(super) fn new(buffer: &Buffer) -> Self {
        let numbers = SmallVec::from_elem(0, buffer.words.len());
        Self { numbers, events: SmallVec::new(), nodes: SmallVec::new() }
    }

    /// An event is reached.
    pub(in crate::runtime) fn event(&mut self, event: EventId) {
        let number = &mut self.numbers[event.0 as usize];
        if *number == 0 {
            *number = 1;
            self.events.push(event.0);
        }
    }

    /// The paths of a section's partial matches are reached; gives where its nodes are in the list of all.
    pub(super) fn section(
        &mut self,
        buffer: &Buffer,
        ends: impl Iterator<Item = NodeId>,
    ) -> std::ops::Range<usize> {
        let from = self.nodes.len();
        ends.for_each(|node| self.path(buffer, node));
        let nodes = &mut self.nodes[from..];
        nodes.sort_unstable();
        for (number, place) in (1..).zip(nodes) {
            self.numbers[*place as usize] = number;
        }
        from..self.nodes.len()
    }

    fn path(&mut self, buffer: &Buffer, last: NodeId) {
        let mut next = Some(last);
        while let Some(id) = next {
            let number = &mut self.numbers[id.place() as usize];
            if *number > 0 {
                return;
            }
            *number = 1;
            self.nodes.push(id.place());
            let node = buffer.node(id);
            self.event(node.event);
            next = node.parent;
        }
    }

    /// Numbers the events, once all are found.
    pub(super) fn number_events(&mut self) {
        self.events.sort_unstable();
        for (number, place) in (1..).zip(&self.events) {
            self.numbers[*place as usize] = number;
        }
    }

    /// The events, in the order of capture.
    pub(super) fn events(&self) -> impl ExactSizeIterator<Item = EventId> {
        self.events.iter().map(|place| EventId(*place))
    }

    /// Some nodes, in the order in which they were made.
    pub(super) fn nodes(&self, of: std::ops::Range<usize>) -> impl ExactSizeIterator<Item = NodeId> {
        self.nodes[of].iter().map(|place| NodeId::new(*place))
    }

    /// The place of an event among those reached.
    pub(in crate::runtime) fn place_of_event(&self, event: EventId) -> u64 {
        u64::from(self.numbers[event.0 as usize]) - 1
    }

    /// The number of a node within its section, from 1 on.
    pub(super) fn number_of_node(&self, node: NodeId) -> u64 {
        self.numbers[node.place() as usize].into()
    }
}
