//! Merges: families that read the same streams share one clock, one reorder buffer and one set of timers. Their input
//! is the time-ordered merge of those streams.

use super::pending::Pending;
use super::span::Ahead;
use super::timers::{Deadline, Timers};
use crate::ids::{FamilyId, StreamId};
use crate::program::Program;
use crate::time::Watermark;

/// How far time has come on a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Clock {
    pub(super) watermark: Watermark,
    pub(super) idle: bool,
}

impl Clock {
    /// A watermark is a sign of life.
    pub(super) fn rise(&mut self, to: Watermark) {
        self.watermark = self.watermark.max(to);
        self.idle = false;
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self { watermark: Watermark::MIN, idle: false }
    }
}

/// How far time has come, as far as a stratum has been told: it hears of a batch once those before it are through, and
/// then lives through the steps of the batch as they did.
#[derive(Clone, Debug)]
pub(super) struct Clocks {
    /// By stream.
    pub(super) streams: Vec<Clock>,
    /// By merge, those of earlier strata alone: where each was at the step at hand.
    pub(super) earlier: Vec<Watermark>,
}

impl Clocks {
    /// The clocks of a stratum before anything happened.
    pub(super) fn new(stratum: usize, streams: usize, merges: &[Merge]) -> Self {
        let earlier = merges.iter().take_while(|merge| merge.stratum < stratum);
        Self { streams: vec![Clock::default(); streams], earlier: earlier.map(|_| Watermark::MIN).collect() }
    }

    /// A clock rose: so do merges of earlier strata, in the replay of what they lived through.
    pub(super) fn replay(&mut self, merges: &[Merge]) {
        for (earlier, merge) in self.earlier.iter_mut().zip(merges) {
            *earlier = merge.watermark_after(*earlier, &self.streams);
        }
    }

    /// Where the merge that a family belongs to is at the step at hand.
    pub(super) fn of_family(&self, family: FamilyId, merges: &[Merge]) -> Option<Watermark> {
        let place = merges.iter().position(|merge| merge.families.contains(&family))?;
        Some(self.earlier.get(place).copied().unwrap_or(merges[place].clock))
    }
}

/// The time-ordered merge of some streams.
#[derive(Debug)]
pub(super) struct Merge {
    pub(super) inputs: Vec<StreamId>,
    pub(super) families: Vec<FamilyId>,
    pub(super) stratum: usize,
    /// The least watermark of the inputs.
    pub(super) clock: Watermark,
    pub(super) pending: Pending,
    pub(super) timers: Timers,
    /// Room for the deadlines of a moment.
    pub(super) due: Vec<Deadline>,
    /// Room for rows looked ahead.
    pub(super) ahead: Vec<Ahead>,
}

impl Merge {
    pub(super) fn reads(&self, stream: StreamId) -> bool {
        self.inputs.contains(&stream)
    }

    /// The least watermark of the inputs but one that are not idle; the end of time where all are.
    pub(super) fn watermark_of_others(&self, than: StreamId, clocks: &[Clock]) -> Watermark {
        let others = self.inputs.iter().filter(|input| **input != than).map(|input| clocks[input.index()]);
        others.filter(|clock| !clock.idle).map(|clock| clock.watermark).min().unwrap_or(Watermark::MAX)
    }

    /// The least watermark of inputs that are not idle; where all are, time stands still.
    pub(super) fn watermark(&self, clocks: &[Clock]) -> Watermark {
        self.watermark_after(self.clock, clocks)
    }

    fn watermark_after(&self, before: Watermark, clocks: &[Clock]) -> Watermark {
        let active = self.inputs.iter().map(|input| clocks[input.index()]).filter(|clock| !clock.idle);
        active.map(|clock| clock.watermark).min().unwrap_or(before).max(before)
    }
}

/// The merges a program needs, those of earlier strata first.
pub(super) fn merges(program: &Program) -> Vec<Merge> {
    let mut merges: Vec<Merge> = Vec::new();
    for (index, family) in program.families().iter().enumerate() {
        let id = FamilyId::new(index);
        let same = |merge: &&mut Merge| {
            merge.inputs.len() == family.inputs.len()
                && merge.inputs.iter().zip(&family.inputs).all(|(known, input)| *known == input.stream)
        };
        if let Some(known) = merges.iter_mut().find(same) {
            known.families.push(id);
            continue;
        }
        merges.push(Merge {
            inputs: family.inputs.iter().map(|input| input.stream).collect(),
            families: vec![id],
            stratum: family.stratum,
            clock: Watermark::MIN,
            pending: Pending::default(),
            timers: Timers::default(),
            due: Vec::new(),
            ahead: Vec::new(),
        });
    }
    merges.sort_by_key(|merge| merge.stratum);
    merges
}
