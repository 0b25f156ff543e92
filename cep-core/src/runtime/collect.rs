//! Giving back what nothing reaches any more: once a buffer has grown by more than what was alive in it, events and nodes
//! that partial matches reach are marked and copied together, in order (a mark-compact collector). So a buffer is at
//! most a few times as large as what is alive, at a cost that each new record pays a share of, and a step counts no
//! references.

use super::buffer::{Buffer, EventId, NODE, Node, NodeId, place};
use super::event::row_of;
use super::record::Head;
use crate::event::{Nested, move_nested};

/// A buffer with fewer words is not worth it.
const FEW: usize = 128;
/// So many times the words alive may be there before they are collected.
const GROWTH: usize = 3;

/// Where records went: the buffer as it was, each head of what moved overwritten with the new place. Reused.
#[derive(Debug, Default)]
pub(crate) struct Moved {
    old: Vec<u64>,
    nested: Nested,
}

impl Buffer {
    /// Whether there may be enough to give back.
    #[inline]
    pub(crate) fn is_due(&self) -> bool {
        self.words.len() > FEW.max(self.limit as usize)
    }

    /// How many events and nodes are held, those that nothing reaches any more among them.
    #[must_use]
    pub fn held(&self) -> (usize, usize) {
        let (mut at, mut events, mut nodes) = (0, 0, 0);
        while let Some(head) = self.words.get(at) {
            let head = Head(*head);
            at += self.size(head);
            if head.is_event() { events += 1 } else { nodes += 1 }
        }
        (events, nodes)
    }

    /// What ends in a node is alive.
    pub(crate) fn mark(&mut self, node: NodeId) {
        let mut next = Some(node);
        while let Some(id) = next {
            let at = id.place() as usize;
            if Head(self.words[at]).is_marked() {
                return;
            }
            let Node { event, parent, .. } = self.node(id);
            self.words[at] = Head(self.words[at]).marked().0;
            self.mark_event(event);
            next = parent;
        }
    }

    /// An event is alive.
    pub(crate) fn mark_event(&mut self, event: EventId) {
        let head = &mut self.words[event.0 as usize];
        *head = Head(*head).marked().0;
    }

    /// Keeps what is marked, one behind the other.
    pub(crate) fn compact(&mut self, moved: &mut Moved) {
        moved.old.clear();
        moved.old.extend_from_slice(&self.words);
        moved.nested = self.nested.take();
        self.words.clear();
        let mut at = 0;
        while let Some(head) = moved.old.get(at) {
            let head = Head(*head);
            if head.is_marked() {
                let to = place(self.words.len());
                if head.is_event() {
                    self.keep_event(at, moved)
                } else {
                    self.keep_node(at, moved)
                }
                moved.old[at] = to.into();
            }
            at += self.size(head);
        }
        self.settle();
    }

    /// All that is there is reached.
    pub(super) fn settle(&mut self) {
        self.limit = place(GROWTH * self.words.len());
        let room = 2 * FEW.max(self.limit as usize);
        if self.words.capacity() > room {
            self.words.shrink_to(room);
        }
    }

    fn keep_event(&mut self, at: usize, moved: &Moved) {
        let head = Head(moved.old[at]);
        let to = self.words.len();
        self.words.extend_from_slice(&moved.old[at..at + head.size()]);
        self.words[to] = head.unmarked().0;
        if head.has_nested() {
            let lists = moved.nested.as_deref().expect("an event with lists has them");
            move_nested(&mut self.words[to + row_of(head)..], head.upper() as usize, lists, &mut self.nested);
        }
    }

    /// What a node points to is older, and so has moved already. What it keeps may name events: see `super::running`.
    fn keep_node(&mut self, at: usize, moved: &Moved) {
        let [head, parent] = moved.old[at..at + NODE] else { unreachable!("a slice of a node's length") };
        let (event, stage) = (EventId(Head(head).upper()), Head(head).stage());
        let parent = NodeId::of_word(parent).map(|parent| moved.node(parent));
        self.append(parent, moved.event(event), stage);
    }

    /// The words of a record.
    fn size(&self, head: Head) -> usize {
        if head.is_event() { head.size() } else { self.node_size() }
    }
}

impl Moved {
    /// Where a node is now, of those that were marked.
    pub(crate) fn node(&self, node: NodeId) -> NodeId {
        NodeId::new(self.place(node.place()))
    }

    /// Where an event is now, of those that were marked.
    pub(crate) fn event(&self, event: EventId) -> EventId {
        EventId(self.place(event.0))
    }

    fn place(&self, old: u32) -> u32 {
        self.old[old as usize] as u32
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::{BatchBuilder, DataType, EventBatch, Schema, Value};
    use crate::expr::CapturedEvent;
    use crate::ids::{ColumnId, StageId, StreamId};
    use crate::runtime::event::Arrived;
    use crate::time::{Timestamp, Watermark};

    /// Events that hold a text and a list, a row for each.
    fn batch(texts: &[&str]) -> EventBatch {
        let list = DataType::List(Box::new(DataType::Int));
        let schema = Schema::new().with("text", DataType::String).with("list", list);
        let mut batch = BatchBuilder::new(StreamId(0), Arc::new(schema), 0);
        for (time, text) in (0..).zip(texts) {
            let row = [Value::from(*text), Value::List([Value::Int(time)].into())];
            let row = row.each_ref().map(Value::as_datum);
            batch.push_row(Timestamp(time), Watermark::MIN, &row).expect("a row of that schema");
        }
        batch.finish()
    }

    #[test]
    fn paths_that_are_reached_stay_as_they_are_and_the_rest_goes() {
        let batch = batch(&["one", "a text of more than one word", "three"]);
        let kept = [ColumnId::new(0), ColumnId::new(1)];
        let mut buffer = Buffer::default();
        let [a, b, c] = [0, 1, 2]
            .map(|row| buffer.capture(&Arrived { batch: &batch, row, input: 0, kept: &kept, node_words: 0 }));
        let first = buffer.append(None, a, StageId(0));
        let gone = buffer.append(Some(first), b, StageId(1));
        let left = buffer.append(Some(first), c, StageId(1));
        let right = buffer.append(Some(left), c, StageId(2));
        assert_eq!(buffer.held(), (3, 4));
        let read = |buffer: &Buffer, node| -> Vec<_> {
            let path = buffer.latest_first(Some(node));
            path.map(|(stage, event)| {
                (stage, event.sequence(), event.slot(0).into_value(), event.slot(1).into_value())
            })
            .collect()
        };
        let before = read(&buffer, right);
        assert_eq!(read(&buffer, gone).len(), 2);
        let mut moved = Moved::default();
        [left, right].into_iter().for_each(|node| buffer.mark(node));
        buffer.compact(&mut moved);
        assert_eq!(buffer.held(), (2, 3));
        assert_eq!(read(&buffer, moved.node(right)), before);
        buffer.compact(&mut moved);
        assert_eq!(buffer.held(), (0, 0));
    }
}
