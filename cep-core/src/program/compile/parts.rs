//! A pattern taken apart: one part a stage or group, linked backwards, as compilation walks it.

use crate::ids::StageId;
use crate::pattern::{Contiguity, Element, Inner, Repeat};
use crate::program::guard::Formula;
use crate::time::Duration;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct PartId(usize);

/// Where a part stands.
pub(super) struct Place {
    pub(super) stage: Option<StageId>,
    /// The last part of a group's body.
    pub(super) body: Option<PartId>,
    pub(super) previous: Option<PartId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Occurrence {
    Single,
    /// `from` and `to`, at least 1 each.
    Times(u32, u32),
    /// At least that many.
    Loop(u32),
}

pub(super) struct Part {
    pub(super) name: String,
    pub(super) stage: Option<StageId>,
    pub(super) body: Option<PartId>,
    pub(super) previous: Option<PartId>,
    pub(super) contiguity: Contiguity,
    pub(super) occurrence: Occurrence,
    pub(super) optional: bool,
    pub(super) greedy: bool,
    pub(super) inner: Inner,
    pub(super) condition: Formula,
    pub(super) until: Option<Formula>,
    pub(super) apart: Option<Duration>,
    pub(super) gap: Option<Duration>,
    pub(super) window: Option<Duration>,
    /// Whether a group's body stands for its first repetition, whose head follows what comes before the group.
    pub(super) first_repetition: bool,
}

/// What Flink calls every group; the states that close a group's loop carry it.
const GROUP_NAME: &str = "GroupPattern";

impl Part {
    pub(super) fn new(element: &Element, place: Place, condition: Formula, until: Option<Formula>) -> Self {
        let quantifier = &element.quantifier;
        let occurrence = match quantifier.repeat {
            Repeat::Once => Occurrence::Single,
            Repeat::Times { from, to } => Occurrence::Times(from.max(1), to),
            Repeat::AtLeast(from) => Occurrence::Loop(from),
        };
        Self {
            name: element.name().unwrap_or(GROUP_NAME).to_owned(),
            stage: place.stage,
            body: place.body,
            previous: place.previous,
            contiguity: element.contiguity,
            occurrence,
            optional: quantifier.may_be_absent(),
            greedy: quantifier.greedy,
            inner: quantifier.inner,
            condition,
            until,
            apart: quantifier.apart,
            gap: element.gap,
            window: element.window,
            first_repetition: true,
        }
    }
}

#[derive(Default)]
pub(super) struct Parts {
    all: Vec<Part>,
    pub(super) last: Option<PartId>,
}

impl Parts {
    pub(super) fn add(&mut self, part: Part) -> PartId {
        self.all.push(part);
        PartId(self.all.len() - 1)
    }

    pub(super) fn get(&self, id: PartId) -> &Part {
        &self.all[id.0]
    }

    pub(super) fn get_mut(&mut self, id: PartId) -> &mut Part {
        &mut self.all[id.0]
    }
}
