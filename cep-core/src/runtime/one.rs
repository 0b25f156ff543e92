//! The usual state of a key, small: one partial match of one event. Of a million keys most hold no more, if anything, and
//! what they hold fits beside the key.

use super::event::Event;
use super::key_state::{At, KeyState};
use super::partial_match::{PartialMatch, Start};
use super::record::Head;
use crate::ids::{StageId, StateId};
use crate::program::Members;
use crate::time::Timestamp;

/// A partial match of one event.
#[derive(Debug)]
pub(crate) struct One {
    /// The event and its node, as they lie in a buffer.
    words: Box<[u64]>,
    state: StateId,
    group: u16,
    new_start: bool,
    changed: bool,
}

/// What a partial match of one event is.
pub(super) struct Parts<'a> {
    pub(super) event: Event<'a>,
    pub(super) stage: StageId,
    pub(super) state: StateId,
    pub(super) group: u16,
    pub(super) new_start: bool,
    pub(super) changed: bool,
}

impl One {
    /// Takes the state of a key, if it is one partial match of one event; none, and nothing taken, where it is not.
    #[inline(never)]
    pub(crate) fn take(from: &mut KeyState, at: At<'_>) -> Option<Self> {
        let [section] = &mut from.sections.all[..] else { return None };
        let [run] = section.runs[..] else { return None };
        let taken = Self {
            state: run.state,
            group: section.group,
            new_start: section.new_start,
            changed: section.changed,
            words: Box::default(),
        };
        let is_alone = at.group(section).patterns.len() == 1 && section.gone() == 0 && section.held.is_none();
        if !is_alone || from.sets.is_some() || from.overdue.is_some() || run.node.is_none() {
            return None;
        }
        let words = from.buffer.take_one()?;
        from.sections.forget(|_| true);
        Some(Self { words, ..taken })
    }

    /// Puts it into an empty state.
    pub(crate) fn restore(self, to: &mut KeyState, at: At<'_>) {
        let Self { words, state, group, new_start, changed } = self;
        let node = to.buffer.put_one(words, at.family.node_words);
        let event = to.buffer.at(node);
        let start = Start { time: event.time(), sequence: event.sequence() };
        let run = PartialMatch { start, members: Members::first(1), state, node: Some(node) };
        to.sections.add(0, usize::from(group), at);
        let section = &mut to.sections.all[0];
        section.runs.clear();
        section.runs.push(run);
        (section.new_start, section.changed) = (new_start, changed);
    }

    /// How many bytes it takes beside its place.
    pub(crate) fn memory(&self) -> usize {
        size_of_val(&*self.words)
    }

    /// What it holds, as a section of a key's state would say it.
    pub(super) fn parts(&self) -> Parts<'_> {
        let Self { words, state, group, new_start, changed } = self;
        let stage = Head(words[Head(words[0]).size()]).stage();
        let event = Event::at(words, &None);
        Parts { event, stage, state: *state, group: *group, new_start: *new_start, changed: *changed }
    }

    /// Its memory.
    pub(crate) fn into_words(self) -> Box<[u64]> {
        self.words
    }

    /// The moment by which time has to be told of.
    pub(crate) fn deadline(&self, at: At<'_>) -> Option<Timestamp> {
        let (time, automaton) = (Event::at(&self.words, &None).time(), &at.pattern(self.group).automaton);
        let gap = if automaton.has_gaps { automaton.state(self.state).gap } else { None };
        let first = automaton.window.into_iter().chain(gap).min();
        first.map(|first| time.saturating_add(first))
    }

    /// Whether its window is over at `now`, where it has no other.
    pub(crate) fn is_over(&self, at: At<'_>, now: Timestamp) -> bool {
        let start = Event::at(&self.words, &None).time();
        at.pattern(self.group).automaton.window.is_some_and(|window| now.since(start) >= window)
    }
}
