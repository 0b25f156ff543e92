//! The order of a key's partial matches: by start, or as Java's heap has it.

use super::heap;
use super::partial_match::{PartialMatch, Runs};

/// How partial matches of one key and group are kept in order.
pub(crate) trait Order {
    /// Whether the start state is kept among the others.
    const HOLDS_START: bool;

    /// Adds what became of an event to those that are in order already. Added one after the other, they are in the
    /// order in which the next event meets them.
    fn add(runs: &mut Vec<PartialMatch>, item: PartialMatch);
}

/// By start, then by creation: those of one start stand together, so appending keeps the order.
pub(crate) struct ByStart;

impl Order for ByStart {
    const HOLDS_START: bool = false;

    fn add(runs: &mut Vec<PartialMatch>, item: PartialMatch) {
        debug_assert!(runs.last().is_none_or(|last| last.start <= item.start), "starts never go back");
        runs.push(item);
    }
}

/// A heap array.
pub(crate) struct AsHeap;

impl Order for AsHeap {
    const HOLDS_START: bool = true;

    fn add(runs: &mut Vec<PartialMatch>, item: PartialMatch) {
        heap::add(runs, item);
    }
}

/// What stands from a place on becomes something else. Grows in steps that are worth an allocation.
pub(super) fn replace(runs: &mut Runs, from: usize, by: &[PartialMatch]) {
    runs.truncate(from);
    let needed = from + by.len();
    if needed > runs.capacity() {
        runs.reserve_exact(needed.max(2 * runs.capacity()).max(4) - from);
    }
    runs.extend_from_slice(by);
}
