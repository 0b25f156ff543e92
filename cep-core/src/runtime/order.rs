//! The order of a key's partial matches: by start, or as Java's heap has it.

use super::heap;
use super::partial_match::{PartialMatch, Runs};

/// How partial matches of one key and group are kept in order.
pub(crate) trait Order {
    /// Whether the start state is kept among the others.
    const HOLDS_START: bool;

    /// Adds what became of an event to those that are in order already. Added one after the other, they are in the
    /// order in which the next event meets them.
    fn add(runs: &mut Runs, item: PartialMatch);
}

/// By start, then by creation: those of one start stand together, so appending keeps the order.
pub(crate) struct ByStart;

impl Order for ByStart {
    const HOLDS_START: bool = false;

    #[inline]
    fn add(runs: &mut Runs, item: PartialMatch) {
        debug_assert!(runs.last().is_none_or(|last| last.start <= item.start), "starts never go back");
        runs.push(item);
    }
}

/// A heap array.
pub(crate) struct AsHeap;

impl Order for AsHeap {
    const HOLDS_START: bool = true;

    #[inline]
    fn add(runs: &mut Runs, item: PartialMatch) {
        heap::add(runs, item);
    }
}
