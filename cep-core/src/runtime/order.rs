//! The order of a key's partial matches: by start, or as Java's heap has it.

use super::heap::JavaHeap;
use super::partial_match::{PartialMatch, Runs};

/// How partial matches of one key and pattern are kept in order.
pub(crate) trait Order {
    /// Whether the start state is kept among the others.
    const HOLDS_START: bool;

    /// Takes over partial matches that are in order already.
    fn of_runs(runs: Runs) -> Self;

    /// Adds what became of an event.
    fn add(&mut self, item: PartialMatch);
    /// All, in the order in which the next event meets them.
    fn into_runs(self) -> Runs;
}

/// By start, then by creation: those of one start stand together, so appending keeps the order.
pub(crate) struct ByStart(Runs);

impl Order for ByStart {
    const HOLDS_START: bool = false;

    fn of_runs(runs: Runs) -> Self {
        Self(runs)
    }

    fn add(&mut self, item: PartialMatch) {
        debug_assert!(self.0.last().is_none_or(|last| last.start <= item.start), "starts never go back");
        self.0.push(item);
    }

    fn into_runs(self) -> Runs {
        self.0
    }
}

impl Order for JavaHeap {
    const HOLDS_START: bool = true;

    fn of_runs(runs: Runs) -> Self {
        Self::from_array(runs)
    }

    fn add(&mut self, item: PartialMatch) {
        JavaHeap::add(self, item);
    }

    fn into_runs(self) -> Runs {
        self.into_array()
    }
}
