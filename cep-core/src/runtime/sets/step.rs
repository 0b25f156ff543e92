//! One event meets the sets of one key and pattern.

use super::arena::{Alive, Place};
use super::compact::Marks;
use super::enumerate::Walk;
use super::replies::{Replies, Reply};
use super::section::{SetSection, StateSet, alive};
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
    /// The sets after the event, by state.
    next: Vec<StateSet>,
    completed: Vec<Completed>,
    way: Way,
    walk: Walk,
    marks: Marks,
    /// Room for the values of an event.
    bytes: Vec<u8>,
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
    pub(crate) event: EventAt<'a>,
    pub(crate) buffer: &'a mut Buffer,
    pub(crate) scratch: &'a mut SetScratch,
    /// The event in the buffer, once any partial match of the key has taken it.
    pub(crate) captured: &'a mut Option<EventId>,
}

impl SetStep<'_> {
    /// Whether the event changes anything of a section, or of none.
    pub(crate) fn moves(&mut self, section: Option<&SetSection>) -> bool {
        let automaton = &self.pattern.automaton;
        let replies = self.scratch.replies.to(self.id, self.pattern, &self.event);
        if replies.of_start(automaton).is_some() {
            return true;
        }
        let Some(section) = section else { return false };
        let alive = self.alive();
        let replies = self.scratch.replies.of(self.id);
        section.living(alive).any(|held| replies.of(automaton, held.state).is_some())
    }

    fn alive(&self) -> Alive {
        alive(self.pattern.automaton.window, self.event.batch.time(self.event.row))
    }

    /// Moves all partial matches, once [`SetStep::moves`] has found that any do.
    pub(crate) fn process(&mut self, section: &mut SetSection) {
        section.alive = section.alive.max(self.alive());
        self.scratch.next.clear();
        self.scratch.completed.clear();
        // What waits comes first: to a set that is there already, what an event adds is one node.
        self.wait(section);
        self.take(section);
        section.sets.clear();
        section.sets.extend_from_slice(&self.scratch.next);
    }

    fn wait(&mut self, section: &mut SetSection) {
        let automaton = &self.pattern.automaton;
        for index in 0..section.sets.len() {
            let StateSet { state, set } = section.sets[index];
            if !section.is_alive(set) {
                continue;
            }
            let Some(replies) = self.scratch.replies.of(self.id).of(automaton, state) else {
                self.add(section, state, set);
                continue;
            };
            for at in replies {
                let Reply::Wait(target) = self.scratch.replies.of(self.id).reply(at) else { break };
                self.add(section, target, set);
            }
        }
    }

    fn take(&mut self, section: &mut SetSection) {
        let automaton = &self.pattern.automaton;
        for index in 0..section.sets.len() {
            let StateSet { state, set } = section.sets[index];
            if !section.is_alive(set) {
                continue;
            }
            for at in self.scratch.replies.of(self.id).of(automaton, state).unwrap_or_default() {
                let reply = self.scratch.replies.of(self.id).reply(at);
                self.follow(section, Some(set), reply);
            }
        }
        for at in self.scratch.replies.of(self.id).of_start(automaton).unwrap_or_default() {
            let reply = self.scratch.replies.of(self.id).reply(at);
            self.follow(section, None, reply);
        }
    }

    /// What a reply makes of a set, or of the empty partial match, but for waiting.
    fn follow(&mut self, section: &mut SetSection, set: Option<Place>, reply: Reply) {
        let (stage, target, completes) = match reply {
            Reply::Wait(_) => return,
            Reply::Complete => return self.scratch.completed.push(Completed { set, last: None }),
            Reply::Take { stage, target, completes } => (stage, target, completes),
        };
        let event = capture(self.event, self.buffer, &mut self.scratch.bytes, self.captured);
        if completes {
            self.scratch.completed.push(Completed { set, last: Some(stage) });
        }
        if let Some(target) = target {
            let latest = match set {
                Some(set) => section.arena.node(set).latest,
                None => self.event.batch.time(self.event.row),
            };
            self.add_taken(section, target, Taken { latest, before: set, stage, event });
        }
    }

    fn add(&mut self, section: &mut SetSection, state: StateId, set: Place) {
        match self.scratch.next.binary_search_by_key(&state, |held| held.state) {
            Err(place) => self.scratch.next.insert(place, StateSet { state, set }),
            Ok(place) => {
                let known = self.scratch.next[place].set;
                self.scratch.next[place].set = self.union(section).of_two(known, set);
            }
        }
    }

    fn add_taken(&mut self, section: &mut SetSection, state: StateId, taken: Taken) {
        let found = self.scratch.next.binary_search_by_key(&state, |held| held.state);
        let known = found.ok().map(|place| self.scratch.next[place].set);
        let set = self.union(section).with_taken(known, taken);
        match found {
            Ok(place) => self.scratch.next[place].set = set,
            Err(place) => self.scratch.next.insert(place, StateSet { state, set }),
        }
    }

    fn union<'s>(&'s mut self, section: &'s mut SetSection) -> Union<'s> {
        let alive = section.alive;
        Union { arena: &mut section.arena, buffer: self.buffer, alive, way: &mut self.scratch.way }
    }

    /// Hands out what has become complete, then gives back what nothing needs any more.
    pub(crate) fn finish(
        &mut self,
        section: &mut SetSection,
        mut found: impl FnMut(&Buffer, &[(StageId, EventId)]),
    ) {
        let SetScratch { completed, walk, marks, .. } = &mut *self.scratch;
        for Completed { set, last } in completed.drain(..) {
            let last = last.zip(*self.captured);
            walk.set(&section.arena, set, last, section.alive, |path| found(self.buffer, path));
        }
        section.reclaim(self.buffer, marks);
    }
}
