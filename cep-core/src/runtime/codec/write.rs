//! The state of a key as a record.

use smallvec::SmallVec;

use super::events::Last;
use super::reach::Reached;
use super::runs::{self, RunsHead};
use crate::bytes::{FORMAT_VERSION, Sum, uint};
use crate::program::{Family, FamilyLayout};
use crate::runtime::key_state::KeyState;
use crate::runtime::one::{One, Parts};
use crate::runtime::section::Section;
use crate::runtime::sets::{Living, SetSection};

/// Whose record is written.
#[derive(Clone, Copy)]
pub(super) struct Own<'a> {
    pub(super) family: &'a Family,
    pub(super) layout: &'a FamilyLayout,
    /// The number of the layout.
    pub(super) number: usize,
}

/// A section that holds anything, with what is reached from it.
enum Held<'a> {
    Runs(&'a Section, std::ops::Range<usize>),
    Sets(&'a SetSection, Living),
}

impl Held<'_> {
    fn group(&self) -> u16 {
        match self {
            Self::Runs(section, _) => section.group,
            Self::Sets(section, _) => section.group,
        }
    }
}

/// Appends the record of a state.
pub(super) fn state(own: Own<'_>, state: &KeyState, out: &mut Vec<u8>) {
    let from = out.len();
    let buffer = &state.buffer;
    let mut reached = Reached::new(buffer);
    let mut sections: SmallVec<[Held<'_>; 2]> = SmallVec::new();
    for section in state.sections.all.iter().filter(|section| !section.is_empty()) {
        let nodes = reached.section(buffer, runs::ends(section));
        sections.push(Held::Runs(section, nodes));
    }
    for section in state.set_sections().filter(|section| !section.is_empty()) {
        sections.push(Held::Sets(section, section.reach(&mut reached)));
    }
    if !sections.is_sorted_by_key(Held::group) {
        sections.sort_unstable_by_key(Held::group);
    }
    reached.number_events();
    let overdue = state.overdue.as_deref().filter(|_| !sections.is_empty());
    head(own, reached.events().len(), overdue.is_some(), out);
    let mut last = Last::new(own.layout.inputs.len());
    reached.events().for_each(|event| last.write(buffer.event(event), &own.layout.inputs, out));
    if let Some(overdue) = overdue {
        last.write_overdue(overdue, own.family, out);
    }
    uint(out, sections.len() as u64);
    for held in &sections {
        let patterns = own.layout.groups[usize::from(held.group())].members.len();
        match held {
            Held::Runs(section, nodes) => {
                runs::write(section, buffer, (&reached, nodes.clone()), patterns, out);
            }
            Held::Sets(section, living) => section.write(living, &reached, last.time, out),
        }
    }
    Sum::of(&own.family.id).seal(out, from);
}

/// Appends the record of one partial match of one event: what [`state`] would write.
pub(super) fn one(own: Own<'_>, one: &One, out: &mut Vec<u8>) {
    let from = out.len();
    let Parts { event, stage, state, group, new_start, changed } = one.parts();
    head(own, 1, false, out);
    Last::new(own.layout.inputs.len()).write(event, &own.layout.inputs, out);
    uint(out, 1);
    RunsHead { group, new_start, changed, holds_back: false, has_timers: false }.write(out);
    runs::write_one(stage, state, out);
    Sum::of(&own.family.id).seal(out, from);
}

fn head(own: Own<'_>, events: usize, is_overdue: bool, out: &mut Vec<u8>) {
    out.push(FORMAT_VERSION);
    uint(out, own.number as u64);
    uint(out, (events as u64) << 1 | u64::from(is_overdue));
}
