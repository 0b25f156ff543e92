//! One key of one pattern followed for people: what `key_run` does with the same parts, telling of each partial match that
//! goes how it went.
//!
//! Partial matches are held one by one and nothing is given back, so that whatever was there can be looked at afterwards.
//! That costs time and memory, which is why runs know nothing of it.

use std::collections::HashSet;

use super::buffer::{Buffer, EventId, NodeId, Path};
use super::completed::Completed;
use super::error::RunErrorKind;
use super::expire::expire;
use super::partial_match::PartialMatch;
use super::release::{drops, release};
use super::section::Section;
use super::step::{Scratch, Step};
use super::truth::{EventAt, NoTables, Truths};
use crate::event::Value;
use crate::expr::{CapturedEvent as _, Node, Row, Scope};
use crate::ids::StageId;
use crate::pattern::Overflow;
use crate::program::{CompiledPattern, Family, Group, Guard, Program, State};
use crate::time::Timestamp;

/// How a partial match went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Left {
    /// It is a match, handed out at that moment.
    Matched(Timestamp),
    /// The event at hand leaves it no move.
    NoMove,
    /// A window of it closed at that moment.
    TimedOut(Timestamp),
    /// A match drops it.
    Skipped {
        /// The match.
        by: PartialMatch,
    },
    /// A limit drops it.
    Limited,
    /// It is complete, and lost as the run stops.
    Lost,
}

/// One key of one pattern.
pub(crate) struct Trace<'p> {
    group: &'p Group,
    pattern: &'p CompiledPattern,
    buffer: Buffer,
    section: Section,
    scratch: Scratch,
    completed: Completed,
}

/// A captured event by where it came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Taken {
    pub(crate) stage: StageId,
    pub(crate) input: usize,
    pub(crate) position: u64,
}

impl<'p> Trace<'p> {
    /// Of the only pattern of a program, before any event.
    pub(crate) fn new(program: &'p Program) -> Self {
        let family = &program.families()[0];
        debug_assert!(program.families().len() == 1 && family.patterns.len() == 1, "one pattern is followed");
        let (group, pattern) = (&family.groups[0], program.pattern(family.patterns[0]));
        let section = Section::new(0, group, pattern, Vec::new());
        let (buffer, scratch, completed) = Default::default();
        Self { group, pattern, buffer, section, scratch, completed }
    }

    /// Time reaches a moment: each deadline up to it comes at its own.
    pub(crate) fn advance(
        &mut self,
        to: Timestamp,
        tell: &mut impl FnMut(PartialMatch, Left),
    ) -> Result<(), RunErrorKind> {
        let (pattern, automaton) = (self.pattern, &self.pattern.automaton);
        while let Some(now) = self.section.deadline(automaton, &self.buffer, false).filter(|now| *now <= to) {
            if !expire(&mut self.section, pattern, &self.buffer, now, &mut self.completed) {
                break;
            }
            for (run, at) in self.completed.timeouts.drain(..) {
                tell(run, Left::TimedOut(at));
            }
            self.release(now, tell)?;
        }
        Ok(())
    }

    /// An event of the key, once time has reached it.
    pub(crate) fn event(
        &mut self,
        event: &EventAt<'_>,
        tell: &mut impl FnMut(PartialMatch, Left),
    ) -> Result<(), RunErrorKind> {
        let before: Vec<_> = self.alive().collect();
        let (mut captured, pattern) = (None, self.pattern);
        let mut step = Step {
            group: self.group,
            pattern,
            automaton: &pattern.automaton,
            event,
            buffer: &mut self.buffer,
            scratch: &mut self.scratch,
            captured: &mut captured,
        };
        let Some(first) = step.first_to_move(Some(&self.section)) else { return Ok(()) };
        step.process(&mut self.section, first, &mut self.completed.matches);
        let go_on = self.nodes_that_go_on(captured);
        for run in before.iter().filter(|run| !go_on.contains(&place(run))) {
            tell(*run, Left::NoMove);
        }
        self.release(event.time(), tell)?;
        self.keep_to_limit(event.time(), tell)
    }

    /// Where partial matches ended before an event of which something is left.
    fn nodes_that_go_on(&self, captured: Option<EventId>) -> HashSet<Option<u32>> {
        let runs = self.section.alive().iter().chain(&self.completed.matches);
        let before = runs.map(|run| {
            let node = run.node.map(|node| self.buffer.node(node));
            match node {
                Some(node) if Some(node.event) == captured => node.parent.map(NodeId::place),
                _ => place(run),
            }
        });
        before.collect()
    }

    /// Matches leave as far as the skip strategy lets them.
    fn release(
        &mut self,
        time: Timestamp,
        tell: &mut impl FnMut(PartialMatch, Left),
    ) -> Result<(), RunErrorKind> {
        let mut complete = std::mem::take(&mut self.completed.matches);
        if complete.is_empty() && !self.section.holds_matches() {
            return Ok(());
        }
        let before: Vec<_> = self.alive().chain(self.held_back()).chain(complete.iter().copied()).collect();
        let released = release(&mut self.section, self.pattern, &self.buffer, &mut complete);
        if let Err((kind, failed)) = released {
            let lost = complete.iter().chain([&failed]);
            lost.for_each(|run| tell(*run, Left::Lost));
            return Err(kind);
        }
        complete.iter().for_each(|run| tell(*run, Left::Matched(time)));
        let left = self.alive().chain(self.held_back()).chain(complete.iter().copied());
        let left: HashSet<_> = left.map(|run| (place(&run), run.state)).collect();
        for run in before.iter().filter(|run| !left.contains(&(place(run), run.state))) {
            let by = complete.iter().find(|found| drops(self.pattern.skip, found, run, &self.buffer));
            by.or(complete.first()).into_iter().for_each(|by| tell(*run, Left::Skipped { by: *by }));
        }
        Ok(())
    }

    fn keep_to_limit(
        &mut self,
        time: Timestamp,
        tell: &mut impl FnMut(PartialMatch, Left),
    ) -> Result<(), RunErrorKind> {
        let Some(limit) = self.pattern.limit else { return Ok(()) };
        let excess = self.section.partial_matches().saturating_sub(limit.partial_matches as usize);
        if excess == 0 {
            return Ok(());
        }
        if limit.overflow == Overflow::Fail {
            return Err(RunErrorKind::LimitExceeded { limit: limit.partial_matches });
        }
        let before: Vec<_> = self.alive().collect();
        self.section.drop_excess(excess, limit.overflow == Overflow::DropOldest);
        let left: HashSet<_> = self.alive().map(|run| (place(&run), run.state)).collect();
        for run in before.iter().filter(|run| !left.contains(&(place(run), run.state))) {
            tell(*run, Left::Limited);
        }
        self.release(time, tell)
    }

    /// The partial matches there are, complete ones left out.
    pub(crate) fn alive(&self) -> impl Iterator<Item = PartialMatch> {
        self.section.alive().iter().filter(|run| run.node.is_some()).copied()
    }

    /// The complete ones that an older partial match holds back.
    pub(crate) fn held_back(&self) -> impl Iterator<Item = PartialMatch> {
        let held = self.section.held.as_deref().map_or(&[][..], |held| held.completed.as_slice());
        held.iter().copied()
    }

    /// The state a partial match is, or was, in.
    pub(crate) fn state(&self, run: &PartialMatch) -> &'p State {
        self.pattern.automaton.state(run.state)
    }

    /// The state that all begin in.
    pub(crate) fn start(&self) -> PartialMatch {
        PartialMatch::waiting(self.pattern.automaton.start, self.group.all())
    }

    /// The events of a partial match, earliest first.
    pub(crate) fn path(&self, run: &PartialMatch) -> Vec<Taken> {
        let mut path: Vec<_> = self
            .buffer
            .latest_first(run.node)
            .map(|(stage, event)| Taken { stage, input: event.input(), position: event.position() })
            .collect();
        path.reverse();
        path
    }

    /// Whether a guard is open for an event and a partial match.
    pub(crate) fn opens(&self, guard: &Guard, event: &EventAt<'_>, run: &PartialMatch) -> bool {
        let mut truths = Truths::default();
        truths.begin(self.group, event);
        !truths.open(guard, self.group, event, &self.buffer, run.node).is_empty()
    }

    /// The value of an expression for an event and a partial match.
    pub(crate) fn eval(&self, node: &Node, row: Row<'_>, run: &PartialMatch) -> Value {
        let captures = Path { buffer: &self.buffer, last: run.node };
        Scope { event: Some(row), captures: &captures, tables: &NoTables }.eval(node).into_value()
    }
}

fn place(run: &PartialMatch) -> Option<u32> {
    run.node.map(NodeId::place)
}

/// The family of a program that has one pattern.
pub(crate) fn only_family(program: &Program) -> &Family {
    &program.families()[0]
}
