//! Where outputs go, and what is told on the way there of the turn in which they come: shards need that to put their
//! outputs into one order, and nobody else pays for it.

use std::sync::Arc;

use super::emitted::Emitted;
use super::output::Output;
use super::rows::Rows;
use super::run::Halt;
use crate::ids::{FamilyId, PatternId};
use crate::time::Timestamp;

/// Takes outputs. Closures do, and ask for nothing else.
pub(super) trait Outlet {
    /// Whether it is told of turns, and of what limits dropped in them.
    const FOLLOWS: bool = false;

    /// Something comes out at a step.
    fn output(&mut self, step: u32, output: Output<'_>);

    /// Whose turn it is now.
    fn turn(&mut self, _: Turn) {}

    /// An item of the script is through: what others emitted in it goes to later strata.
    fn emitted(&mut self, _: &mut Emitted) -> Result<(), Halt> {
        Ok(())
    }

    /// In the turn at hand, a limit dropped partial matches of a pattern.
    fn dropped(&mut self, _: PatternId, _: u64) {}
}

impl<F: FnMut(u32, Output<'_>)> Outlet for F {
    fn output(&mut self, step: u32, output: Output<'_>) {
        self(step, output);
    }
}

/// Whose turn it is.
#[derive(Debug)]
pub(super) enum Turn {
    /// The next item of the script, at a step.
    Item(u32),
    /// A merge, named by its first family: time rises. Rows of the item's batch from a place on arrive before that.
    Rise { merge: FamilyId, from: usize },
    /// A row that comes too late for a merge.
    Late { merge: FamilyId, row: usize },
    /// The deadlines of a moment.
    Deadlines(Timestamp),
    /// A row of the merge, released.
    Row(RowTurn),
}

/// The place of a row among those that a merge releases.
#[derive(Clone, Debug)]
pub(super) struct RowTurn {
    pub(super) time: Timestamp,
    pub(super) arrival: u64,
    /// The row itself where others of its moment are told apart by its fields.
    pub(super) tied: Option<(Arc<Rows>, u32)>,
}
