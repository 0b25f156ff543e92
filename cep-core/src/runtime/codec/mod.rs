//! The state of a key as bytes, and back: docs/state-format.md, 3. What is written depends on what a key holds, not on how
//! it lies in memory; what is read may be anything, and is checked against the layout and the program.
//!
//! `plan` says how records of each known layout are read by this program, `reach` what of a state is written, `write` and
//! `read` do it, `runs` for partial matches held one by one; those held as sets are `sets::saved`'s.

mod events;
mod plan;
mod reach;
mod read;
mod runs;
mod write;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::key_state::KeyState;
use super::one::One;
use crate::bytes::RecordError;
use crate::ids::FamilyId;
use crate::program::{Hold, Layout, MemberLayout, Program};
pub(super) use events::Events;
use plan::FamilyPlan;
pub(super) use reach::Reached;
use write::Own;

/// Writes and reads the records of a program's keys.
#[derive(Debug)]
pub struct RecordCodec {
    program: Arc<Program>,
    layouts: Vec<Layout>,
    own: usize,
    /// By layout and family of the program; none where the layout does not have it.
    plans: Vec<Vec<Option<FamilyPlan>>>,
}

/// Which partial matches of other layouts' records are taken over, of those whose states mean the same and that are held in
/// the same way.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Adopt {
    /// Those of patterns whose stages and conditions are the same.
    #[default]
    Unchanged,
    /// By layout, those of these patterns, whatever their conditions say.
    Listed(Vec<BTreeSet<String>>),
}

impl Adopt {
    /// Whether the partial matches of a pattern are taken over, as it stands in a layout and in the program's own.
    pub(super) fn takes(&self, layout: usize, from: &MemberLayout, to: &MemberLayout) -> bool {
        from.pattern == to.pattern
            && match self {
                Self::Unchanged => from.body == to.body,
                Self::Listed(names) => names.get(layout).is_some_and(|names| names.contains(&from.pattern)),
            }
    }
}

/// A record, read.
#[derive(Debug)]
pub struct Decoded {
    /// What this program takes over.
    pub state: KeyState,
    /// What it does not; never anything of its own layout.
    pub left_out: Vec<LeftOut>,
}

/// Partial matches of a record that the program does not take over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftOut {
    /// Their pattern.
    pub pattern: String,
    /// How many there are, complete ones that were held back among them.
    pub partial_matches: u64,
}

impl RecordCodec {
    /// A codec that writes records of one of some layouts, which is the program's, and reads all of them. Records name
    /// layouts by their place.
    ///
    /// # Panics
    /// If the own layout is not the program's.
    #[must_use]
    pub fn new(program: Arc<Program>, layouts: Vec<Layout>, own: usize, adopt: &Adopt) -> Self {
        let holds = [Hold::Chosen, Hold::Runs, Hold::Sets];
        let is_own = |hold: &Hold| layouts.get(own) == Some(&program.layout(*hold));
        assert!(holds.iter().any(is_own), "the own layout is one that the program has");
        let plan = |(number, layout): (usize, &Layout)| {
            let families = program.families().iter().enumerate();
            families
                .map(|(place, family)| {
                    let to = &layouts[own].families[place];
                    FamilyPlan::new(layout.family(family.id)?, to, |from, to| adopt.takes(number, from, to))
                })
                .collect()
        };
        let plans = layouts.iter().enumerate().map(plan).collect();
        Self { program, layouts, own, plans }
    }

    /// A codec that knows no layout but the program's, under number 0.
    #[must_use]
    pub fn of(program: Arc<Program>, hold: Hold) -> Self {
        let layout = program.layout(hold);
        Self::new(program, vec![layout], 0, &Adopt::Unchanged)
    }

    /// The program that records are read for.
    #[must_use]
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// The layouts known, by number.
    #[must_use]
    pub fn layouts(&self) -> &[Layout] {
        &self.layouts
    }

    fn own(&self, family: FamilyId) -> Own<'_> {
        let layout = &self.layouts[self.own].families[family.index()];
        Own { family: &self.program.families()[family.index()], layout, number: self.own }
    }

    /// Appends the record of a key.
    pub fn encode(&self, family: FamilyId, state: &KeyState, out: &mut Vec<u8>) {
        write::state(self.own(family), state, out);
    }

    /// Appends the record of a key that holds one partial match of one event.
    pub(crate) fn encode_one(&self, family: FamilyId, one: &One, out: &mut Vec<u8>) {
        write::one(self.own(family), one, out);
    }

    /// The state that a record of a family holds.
    ///
    /// # Errors
    /// Where the bytes are no record of a layout that is known.
    pub fn decode(&self, family: FamilyId, record: &[u8]) -> Result<Decoded, RecordError> {
        read::record(self, family, record)
    }
}
