//! The state of one key in one family: a plain value, nothing hidden in it, nothing shared with other keys.

use super::buffer::{Buffer, EventId};
use super::collect::Moved;
use super::expire::expire_quietly;
use super::output::{FoundOf, MatchKind, Origin};
use super::section::Section;
use super::sections::Sections;
use super::sets::{SetSection, SetSections};
use super::truth::EventAt;
use crate::ids::{FamilyId, PatternId};
use crate::program::{Automaton, CompiledPattern, Family, Group, Hold, Program};
use crate::time::Timestamp;

/// The partial matches of one key for all patterns of its family, and the events they have captured.
#[derive(Clone, Debug, Default)]
pub struct KeyState {
    pub(super) buffer: Buffer,
    /// Those groups of patterns that hold anything, by their place in the family.
    pub(super) sections: Sections,
    /// The same for those whose partial matches are held as sets.
    pub(super) sets: Option<Box<SetSections>>,
    /// The event that last brought a partial match to where its deadline is past, while such ones are left.
    pub(super) overdue: Option<Box<Overdue>>,
}

/// An event after which partial matches wait whose deadlines are not after it. Each comes up before the key's next event
/// at another time, so no other event can have brought it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Overdue {
    pub(super) time: Timestamp,
    pub(super) event: Origin,
}

/// Where a key's state is worked on.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) program: &'a Program,
    pub(crate) family: &'a Family,
    /// Whether also those that time out without an `emit` are handed out.
    pub(crate) report_timeouts: bool,
    /// How partial matches are held.
    pub(crate) hold: Hold,
}

impl<'a> At<'a> {
    pub(super) fn group(self, section: &Section) -> &'a Group {
        &self.family.groups[usize::from(section.group)]
    }

    pub(super) fn automaton(self, section: &Section) -> &'a Automaton {
        &self.pattern(section.group).automaton
    }

    /// The first pattern of a group, whose automaton is that of all.
    pub(super) fn pattern(self, group: u16) -> &'a CompiledPattern {
        self.program.pattern(self.family.groups[usize::from(group)].patterns[0])
    }

    /// What matches of a pattern have in common.
    pub(super) fn found(
        self,
        id: PatternId,
        kind: MatchKind,
        time: Timestamp,
        event: Option<Origin>,
        buffer: &'a Buffer,
    ) -> FoundOf<'a> {
        let Self { program, family, .. } = self;
        FoundOf { program, family, id, pattern: program.pattern(id), kind, time, event, buffer }
    }

    /// Whether nobody can tell when a partial match of a group leaves because its window is over.
    pub(super) fn times_out_quietly(self, group: &Group) -> bool {
        group.may_time_out_quietly && !self.report_timeouts
    }
}

impl KeyState {
    /// Whether nothing is left: the key can be forgotten.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sections.all.is_empty() && self.sets.is_none()
    }

    /// The number of partial matches of all patterns.
    #[must_use]
    pub fn partial_matches(&self) -> usize {
        let runs = self.sections.all.iter().map(Section::partial_matches);
        runs.chain(self.set_sections().map(SetSection::partial_matches)).fold(0, usize::saturating_add)
    }

    /// About how many bytes it takes beside itself. Lists and maps in captured events are not counted.
    #[must_use]
    pub fn memory(&self) -> usize {
        let runs = self.sections.all.iter().map(Section::memory).sum::<usize>();
        let sets = self.set_sections().map(SetSection::memory).sum::<usize>();
        self.buffer.memory() + runs + sets
    }

    /// The captured events and the nodes over them.
    #[must_use]
    pub fn buffer(&self) -> &Buffer {
        &self.buffer
    }

    /// The first moment at which time has to be told of.
    pub(crate) fn deadline(&self, at: At<'_>) -> Option<Timestamp> {
        let of_section = |section: &Section| {
            let quietly = at.times_out_quietly(at.group(section));
            section.deadline(at.automaton(section), &self.buffer, quietly)
        };
        match (&self.sections.all[..], &self.sets) {
            ([only], None) => of_section(only),
            (sections, _) => sections.iter().filter_map(of_section).chain(self.deadline_of_sets(at)).min(),
        }
    }

    /// Whether an event that satisfies no condition of the family can change anything here.
    pub(crate) fn moves_on_miss(&self, at: At<'_>) -> bool {
        self.sections.all.iter().any(|section| {
            let automaton = at.automaton(section);
            at.group(section).moves_on_miss && section.any_in(|state| automaton.state(state).moves_on_miss)
        }) || self.sets_move_on_miss(at)
    }

    /// The event that brought a deadline after its moment, if that is how it came up.
    pub(super) fn overdue_by(&self, deadline: Timestamp) -> Option<Origin> {
        let overdue = self.overdue.as_ref().filter(|overdue| deadline <= overdue.time);
        overdue.map(|overdue| overdue.event)
    }

    /// An event has moved a section: notes it if it brought any deadline after its moment.
    pub(super) fn note_overdue(&mut self, index: usize, automaton: &Automaton, event: &EventAt<'_>) {
        let (time, event) = (event.time(), event.origin());
        let first = self.sections.all[index].deadline(automaton, &self.buffer, false);
        if first.is_some_and(|first| first <= time) {
            self.overdue = Some(Box::new(Overdue { time, event }));
        }
    }

    /// Forgets the event that brought deadlines after their moments once they have come up.
    pub(super) fn forget_overdue(&mut self, at: At<'_>) {
        let Some(overdue) = &self.overdue else { return };
        if self.deadline(at).is_none_or(|first| first > overdue.time) {
            self.overdue = None;
        }
    }

    /// An empty state, with the memory of this one, if nothing is left in it.
    pub(crate) fn emptied(mut self: Box<Self>) -> Option<Box<Self>> {
        if !self.is_empty() {
            return None;
        }
        self.overdue = None;
        if self.buffer.is_small() {
            self.buffer.clear();
        } else {
            self.buffer = Buffer::default();
        }
        Some(self)
    }

    /// Takes over memory for the first events, if it has none.
    pub(crate) fn put_room(&mut self, words: Box<[u64]>) {
        self.buffer.put_room(words);
    }

    /// Forgets the partial matches that are over, where nobody can tell when they go.
    pub(crate) fn forget_over(&mut self, at: At<'_>, now: Timestamp) {
        for section in &mut self.sections.all {
            expire_quietly(section, at.pattern(section.group), now);
        }
        self.expire_sets(at, now);
    }

    /// Forgets the partial matches that are over at a moment, where nobody can tell when they go: a state that was stored may
    /// have some that are gone by now.
    pub fn forget_until(&mut self, program: &Program, family: FamilyId, now: Timestamp) {
        let family = &program.families()[family.index()];
        let at = At { program, family, report_timeouts: false, hold: Hold::Chosen };
        for section in &mut self.sections.all {
            if at.times_out_quietly(at.group(section)) {
                expire_quietly(section, at.pattern(section.group), now);
            }
        }
        self.expire_sets(at, now);
        self.sweep(at, &mut Moved::default());
    }

    /// Forgets sections with nothing in them, and gives back what nothing reaches.
    pub(crate) fn sweep(&mut self, at: At<'_>, moved: &mut Moved) {
        let mut empty = false;
        for section in &mut self.sections.all {
            section.shrink();
            empty |= section.is_empty();
        }
        if empty {
            self.sections.forget(Section::is_empty);
        }
        if self.sets.is_some() {
            self.sweep_sets();
        }
        if self.buffer.is_due() {
            self.collect(at, moved);
        }
    }

    /// Gives back what no partial match reaches.
    #[cold]
    fn collect(&mut self, at: At<'_>, moved: &mut Moved) {
        let Self { buffer, sections: Sections { all: sections, .. }, sets, .. } = self;
        sections.iter_mut().flat_map(Section::nodes).for_each(|node| buffer.mark(*node));
        events(sets).for_each(|event| buffer.mark_event(*event));
        buffer.compact(moved);
        sections.iter_mut().flat_map(Section::nodes).for_each(|node| *node = moved.node(*node));
        events(sets).for_each(|event| *event = moved.event(*event));
        if at.family.node_words > 0 {
            self.keep_again(at.program, at.family);
        }
    }

    /// Each section with its window.
    pub(crate) fn sections(&mut self, at: At<'_>) -> impl Iterator<Item = (&mut Section, Option<i64>)> {
        self.sections.all.iter_mut().map(move |section| {
            let window = at.automaton(section).window.map(|window| window.0);
            (section, window)
        })
    }
}

/// The events that partial matches held as sets reach.
fn events(sets: &mut Option<Box<SetSections>>) -> impl Iterator<Item = &mut EventId> {
    sets.iter_mut().flat_map(|sets| sets.iter_mut()).flat_map(SetSection::events)
}
