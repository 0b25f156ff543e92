//! One event meets the sets of one key and pattern.

use super::arena::{Alive, Place};
use super::compact::Marks;
use super::enumerate::Walk;
use super::replies::{Answer, OfPattern, Replies, Reply, Waits};
use super::section::{SetSection, StateSet, StateSets, alive};
use super::union::{Taken, Union, Way};
use crate::ids::{PatternId, StageId, StateId};
use crate::program::CompiledPattern;
use crate::runtime::buffer::{Buffer, EventId};
use crate::runtime::step::capture;
use crate::runtime::truth::EventAt;

/// Reused between events, so that a step allocates nothing once warm.
#[derive(Default)]
pub(crate) struct SetScratch {
    replies: Replies,
    moving: Vec<Moving>,
    /// What begins.
    begins: Option<Answer>,
    completed: Vec<Completed>,
    way: Way,
    walk: Walk,
    marks: Marks,
}

/// A set that the event meets.
struct Moving {
    held: StateSet,
    answer: Answer,
}

/// Partial matches that have become complete: those of a set or the empty one, with the event behind them or without.
#[derive(Clone, Copy)]
struct Completed {
    set: Option<Place>,
    last: Option<StageId>,
}

/// What an event does to one section.
pub(crate) struct SetStep<'a> {
    pub(crate) id: PatternId,
    pub(crate) pattern: &'a CompiledPattern,
    pub(crate) event: &'a EventAt<'a>,
    pub(crate) buffer: &'a mut Buffer,
    pub(crate) scratch: &'a mut SetScratch,
    /// The event in the buffer, once any partial match of the key has taken it.
    pub(crate) captured: &'a mut Option<EventId>,
}

impl SetStep<'_> {
    /// Whether the event changes anything of a section, or of none.
    pub(crate) fn moves(&mut self, section: Option<&SetSection>) -> bool {
        let automaton = &self.pattern.automaton;
        let alive = self.alive();
        let SetScratch { replies, moving, begins, .. } = &mut *self.scratch;
        let replies = replies.to(self.id, automaton, self.event);
        let start = replies.at_start(automaton);
        let mut moves = !start.is_nothing();
        *begins = moves.then_some(start);
        moving.clear();
        let Some(section) = section else { return moves };
        let nodes = section.arena.nodes();
        for held in section.sets.iter().filter(|held| alive.holds(nodes[held.set.0 as usize].latest)) {
            let answer = replies.in_state(automaton, held.state);
            moves |= !answer.is_nothing();
            moving.push(Moving { held: *held, answer });
        }
        moves
    }

    fn alive(&self) -> Alive {
        alive(self.pattern.automaton.window, self.event.batch.time(self.event.row))
    }

    /// Moves all partial matches, once [`SetStep::moves`] has found that any do.
    pub(crate) fn process(&mut self, section: &mut SetSection) {
        section.alive = section.alive.max(self.alive());
        let SetScratch { replies, moving, begins, completed, way, .. } = &mut *self.scratch;
        let replies = replies.of(self.id);
        let SetSection { arena, sets, alive, .. } = section;
        let union = Union { arena, alive: *alive, way };
        let mut making = Making {
            union,
            sets,
            completed,
            event: self.event,
            buffer: self.buffer,
            captured: self.captured,
        };
        // What waits comes first: to a set that is there already, what an event adds is one node.
        making.wait(moving, replies);
        for Moving { held, answer } in moving.iter().filter(|moving| moving.answer.replies > 0) {
            making.take(Some(held.set), replies.replies(*answer));
        }
        if let Some(answer) = begins {
            making.take(None, replies.replies(*answer));
            section.newest = self.event.batch.time(self.event.row);
        }
    }

    pub(super) fn has_completed(&self) -> bool {
        !self.scratch.completed.is_empty()
    }

    /// Gives back what nothing needs any more.
    pub(super) fn reclaim(&mut self, section: &mut SetSection) {
        self.scratch.completed.clear();
        section.reclaim(&mut self.scratch.marks);
    }
}

impl SetScratch {
    /// Hands out what has become complete.
    pub(super) fn hand_out(
        &mut self,
        section: &SetSection,
        captured: Option<EventId>,
        mut found: impl FnMut(&[(StageId, EventId)]),
    ) {
        for Completed { set, last } in self.completed.drain(..) {
            self.walk.set(&section.arena, set, last.zip(captured), section.alive, &mut found);
        }
    }
}

/// Sets in the making.
struct Making<'a, 's> {
    union: Union<'a>,
    /// By state.
    sets: &'a mut StateSets,
    completed: &'a mut Vec<Completed>,
    event: &'s EventAt<'s>,
    buffer: &'a mut Buffer,
    captured: &'a mut Option<EventId>,
}

impl Making<'_, '_> {
    /// All sets but what takes the event.
    fn wait(&mut self, moving: &[Moving], replies: &OfPattern) {
        let stay = moving.iter().all(|moving| moving.answer.waits == Waits::Here);
        if stay && moving.len() == self.sets.len() {
            return;
        }
        self.sets.clear();
        for Moving { held, answer } in moving {
            replies.waits(*answer).iter().for_each(|target| self.add(*target, held.set));
        }
    }

    fn add(&mut self, state: StateId, set: Place) {
        match find(self.sets, state) {
            Err(place) => self.sets.insert(place, StateSet { state, set }),
            Ok(place) => self.sets[place].set = self.union.of_two(self.sets[place].set, set),
        }
    }

    /// What the event makes of a set, or of the empty partial match, but for waiting.
    fn take(&mut self, set: Option<Place>, replies: &[Reply]) {
        for reply in replies {
            let Reply::Take { stage, target, completes } = *reply else {
                self.completed.push(Completed { set, last: None });
                continue;
            };
            let event = capture(self.event, self.buffer, self.captured);
            if completes {
                self.completed.push(Completed { set, last: Some(stage) });
            }
            if let Some(target) = target {
                let time = self.event.batch.time(self.event.row);
                let latest = set.map_or(time, |set| self.union.arena.node(set).latest);
                self.add_taken(target, Taken { latest, before: set, stage, event });
            }
        }
    }

    fn add_taken(&mut self, state: StateId, taken: Taken) {
        match find(self.sets, state) {
            Ok(place) => self.sets[place].set = self.union.with_taken(Some(self.sets[place].set), taken),
            Err(place) => {
                let set = self.union.with_taken(None, taken);
                self.sets.insert(place, StateSet { state, set });
            }
        }
    }
}

/// The place of a state's set, or where it would be.
fn find(sets: &[StateSet], state: StateId) -> Result<usize, usize> {
    const FEW: usize = 8;
    if sets.len() > FEW {
        return sets.binary_search_by_key(&state, |held| held.state);
    }
    let place = sets.iter().position(|held| held.state >= state).unwrap_or(sets.len());
    if sets.get(place).is_some_and(|held| held.state == state) { Ok(place) } else { Err(place) }
}
