//! Java's `PriorityQueue`, step by step. Under a skip strategy the order of partial matches with one start decides
//! which match survives, and in Flink that order is whatever this heap makes of it (docs/semantics.md).

use super::partial_match::{PartialMatch, Runs};

/// A binary heap of partial matches, earliest start first, whose array order equals Java's.
#[derive(Clone, Debug, Default)]
pub(crate) struct JavaHeap {
    array: Vec<PartialMatch>,
}

impl JavaHeap {
    /// Wraps an array that is a heap already.
    pub(crate) fn from_array(array: Vec<PartialMatch>) -> Self {
        Self { array }
    }

    pub(crate) fn into_array(self) -> Vec<PartialMatch> {
        self.array
    }

    /// All, in the order of the array.
    pub(crate) fn as_slice(&self) -> &[PartialMatch] {
        &self.array
    }

    /// All, in no order that matters; their starts stay as they are.
    pub(crate) fn items(&mut self) -> &mut [PartialMatch] {
        &mut self.array
    }

    /// The earliest.
    pub(crate) fn peek(&self) -> Option<&PartialMatch> {
        self.array.first()
    }

    /// `offer`.
    pub(crate) fn add(&mut self, item: PartialMatch) {
        add(&mut self.array, item);
    }

    /// `poll`: the last item goes down from the root.
    pub(crate) fn poll(&mut self) -> Option<PartialMatch> {
        let last = self.array.pop()?;
        let Some(first) = self.array.first().copied() else { return Some(last) };
        self.down(0, last);
        Some(first)
    }

    /// `removeIf`: filters the array and makes a heap of it again, if anything went.
    pub(crate) fn remove_if(&mut self, mut gone: impl FnMut(&PartialMatch) -> bool) {
        let before = self.array.len();
        self.array.retain(|item| !gone(item));
        if self.array.len() != before {
            for at in (0..self.array.len() / 2).rev() {
                self.down(at, self.array[at]);
            }
        }
    }

    /// Down while a child is earlier: the left one unless the right one is earlier still.
    fn down(&mut self, mut at: usize, item: PartialMatch) {
        let half = self.array.len() / 2;
        while at < half {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            let right_is_earlier =
                right < self.array.len() && self.array[left].start > self.array[right].start;
            let child = if right_is_earlier { right } else { left };
            if item.start <= self.array[child].start {
                break;
            }
            self.array[at] = self.array[child];
            at = child;
        }
        self.array[at] = item;
    }
}

/// Whether no item of an array comes before its parent.
pub(super) fn is_heap(array: &[PartialMatch]) -> bool {
    array.iter().enumerate().skip(1).all(|(at, item)| item.start >= array[(at - 1) / 2].start)
}

/// `offer`: up from the end while the parent is later.
pub(super) fn add(array: &mut Runs, item: PartialMatch) {
    let mut at = array.len();
    array.push(item);
    while at > 0 {
        let parent = (at - 1) / 2;
        if item.start >= array[parent].start {
            break;
        }
        array[at] = array[parent];
        at = parent;
    }
    array[at] = item;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::StateId;
    use crate::program::Members;
    use crate::runtime::partial_match::Start;
    use crate::time::Timestamp;

    fn item(start: i64, state: u32) -> PartialMatch {
        PartialMatch {
            members: Members::first(1),
            state: StateId(state),
            node: None,
            start: Start { time: Timestamp(start), sequence: 0 },
        }
    }

    #[test]
    fn ties_come_in_the_order_that_java_gives() {
        let mut heap = JavaHeap::default();
        for (index, start) in [5, 3, 3, 1, 3].into_iter().enumerate() {
            heap.add(item(start, u32::try_from(index).unwrap()));
        }
        let array: Vec<_> = heap.array.iter().map(|item| item.state.0).collect();
        assert_eq!(array, [3, 1, 2, 0, 4]);
        let polled: Vec<_> = std::iter::from_fn(|| heap.poll()).map(|item| item.state.0).collect();
        assert_eq!(polled, [3, 4, 1, 2, 0]);
    }
}
