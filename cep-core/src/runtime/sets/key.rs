//! The sets of a key: those of all patterns of its family that are held so.

use super::section::SetSection;
use super::step::SetStep;
use crate::ids::PatternId;
use crate::program::Repeats;
use crate::runtime::buffer::EventId;
use crate::runtime::key_run::{KeyRun, Workspace};
use crate::runtime::key_state::{At, KeyState};
use crate::runtime::output::{Found, MatchKind};
use crate::runtime::truth::EventAt;
use crate::time::Timestamp;

impl KeyState {
    pub(in crate::runtime) fn set_sections(&self) -> impl Iterator<Item = &SetSection> {
        self.sets.iter().flat_map(|sets| sets.iter())
    }

    /// The first moment at which a section has nothing left.
    pub(crate) fn deadline_of_sets(&self, at: At<'_>) -> Option<Timestamp> {
        let window = |section: &SetSection| at.pattern(section.group).automaton.window;
        self.set_sections().filter_map(|section| section.deadline(window(section))).min()
    }

    pub(in crate::runtime) fn sets_move_on_miss(&self, at: At<'_>) -> bool {
        self.set_sections().any(|section| section.moves_on_miss(&at.pattern(section.group).automaton))
    }

    /// Forgets sections with nothing in them.
    pub(in crate::runtime) fn sweep_sets(&mut self) {
        let Some(sets) = &mut self.sets else { return };
        sets.retain(|section| !section.is_empty());
        if sets.is_empty() {
            self.sets = None;
        }
    }

    /// Forgets the partial matches of sections whose last window is closed by `now`.
    pub(crate) fn expire_sets(&mut self, at: At<'_>, now: Timestamp) {
        for section in self.sets.iter_mut().flat_map(|sets| sets.iter_mut()) {
            section.expire(at.pattern(section.group).automaton.window, now);
        }
    }
}

impl<F: FnMut(Found<'_>)> KeyRun<'_, F> {
    /// An event of the key, for a pattern that is held as sets; true where it changed anything.
    #[inline(never)]
    pub(in crate::runtime) fn process_sets(
        &mut self,
        place: usize,
        id: PatternId,
        event: &EventAt<'_>,
        captured: &mut Option<EventId>,
    ) -> bool {
        let pattern = self.at.program.pattern(id);
        let KeyState { buffer, sets, .. } = &mut *self.state;
        let Workspace { sets: scratch, ordinals, .. } = &mut *self.workspace;
        let known = sets
            .as_ref()
            .and_then(|sets| sets.binary_search_by_key(&place, |section| usize::from(section.group)).ok());
        let mut step = SetStep { id, pattern, event, buffer, scratch, captured };
        if !step.moves(sets.as_ref().zip(known).map(|(sets, index)| &sets[index])) {
            return false;
        }
        let sets = sets.get_or_insert_default();
        let index = known.unwrap_or_else(|| {
            let index = sets.partition_point(|section| usize::from(section.group) < place);
            sets.insert(index, SetSection::new(place));
            index
        });
        let section = &mut sets[index];
        step.process(section);
        if step.has_completed() {
            let (kind, time) = (MatchKind::Complete, event.batch.time(event.row));
            let of = self.at.found(id, kind, time, Some(event.origin()), step.buffer);
            if pattern.ambiguity.matches > Repeats::Never {
                ordinals.begin();
                let mut number = |path: &_| ordinals.next(kind, time, path);
                step.scratch.hand_out(section, *step.captured, |path| {
                    (self.emit)(Found { of: &of, path, ordinal: number(path) })
                });
            } else {
                step.scratch.hand_out(section, *step.captured, |path| {
                    (self.emit)(Found { of: &of, path, ordinal: 0 })
                });
            }
        }
        step.reclaim(section);
        true
    }
}
