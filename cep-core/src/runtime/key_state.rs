//! The state of one key in one family: a plain value, nothing hidden in it, nothing shared with other keys.

use smallvec::SmallVec;

use super::buffer::{Buffer, EventId};
use super::completed::Completed;
use super::error::{RunError, RunErrorKind};
use super::expire::expire;
use super::ordinal::Ordinals;
use super::output::{Found, FoundOf, MatchKind};
use super::partial_match::PartialMatch;
use super::release::release;
use super::section::Section;
use super::sets::{SetScratch, SetSection, SetSections};
use super::step::{Scratch, Step};
use super::truth::EventAt;
use crate::event::Value;
use crate::ids::{PatternId, StageId};
use crate::pattern::{Limit, Overflow};
use crate::program::{CompiledPattern, Family, Hold, Program};
use crate::time::Timestamp;

/// The partial matches of one key for all patterns of its family, and the events they have captured.
#[derive(Clone, Debug, Default)]
pub struct KeyState {
    pub(super) buffer: Buffer,
    /// Those patterns that hold anything, by their place in the family.
    sections: SmallVec<[Section; 1]>,
    /// The same for those whose partial matches are held as sets.
    pub(super) sets: Option<Box<SetSections>>,
}

/// What stopped a run, before it gets its key.
pub(crate) struct Stopped {
    pub(crate) pattern: PatternId,
    pub(crate) kind: RunErrorKind,
    pub(crate) events: Vec<u64>,
}

/// Where a key's state is worked on.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) program: &'a Program,
    pub(crate) family: &'a Family,
}

impl<'a> At<'a> {
    /// What matches of a pattern have in common.
    pub(super) fn found(
        self,
        id: PatternId,
        kind: MatchKind,
        time: Timestamp,
        buffer: &'a Buffer,
    ) -> FoundOf<'a> {
        let Self { program, family } = self;
        FoundOf { program, family, id, pattern: program.pattern(id), kind, time, buffer }
    }
}

/// Runs events and time over the state of one key.
pub(crate) struct KeyRun<'a, F> {
    pub(crate) at: At<'a>,
    pub(crate) state: &'a mut KeyState,
    pub(crate) workspace: &'a mut Workspace,
    /// Whether also those that time out without an `emit` are handed out.
    pub(crate) report_timeouts: bool,
    pub(crate) hold: Hold,
    pub(crate) emit: &'a mut F,
}

/// Reused between keys.
#[derive(Default)]
pub(crate) struct Workspace {
    scratch: Scratch,
    path: Vec<(StageId, EventId)>,
    pub(super) ordinals: Ordinals,
    pub(super) sets: SetScratch,
    /// Partial matches that a limit dropped, by pattern.
    pub(crate) dropped: Vec<(PatternId, u64)>,
    /// Partial matches that a window dropped and nobody is told of, by pattern.
    pub(crate) timed_out: Vec<(PatternId, u64)>,
}

fn count(counts: &mut Vec<(PatternId, u64)>, pattern: PatternId, more: usize) {
    match counts.last_mut() {
        Some((last, count)) if *last == pattern => *count += more as u64,
        _ if more > 0 => counts.push((pattern, more as u64)),
        _ => {}
    }
}

impl KeyState {
    /// Whether nothing is left: the key can be forgotten.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sections.is_empty() && self.sets.is_none()
    }

    /// The number of partial matches of all patterns.
    #[must_use]
    pub fn partial_matches(&self) -> usize {
        let runs = self.sections.iter().map(Section::partial_matches);
        runs.chain(self.set_sections().map(SetSection::partial_matches)).fold(0, usize::saturating_add)
    }

    /// The captured events and the nodes over them.
    #[must_use]
    pub fn buffer(&self) -> &Buffer {
        &self.buffer
    }

    /// The first moment at which a window closes.
    pub(crate) fn deadline(&self, at: At<'_>) -> Option<Timestamp> {
        let runs =
            self.sections.iter().filter_map(|section| section.deadline(pattern(at, section), &self.buffer));
        let runs = runs.min();
        if self.sets.is_none() { runs } else { runs.into_iter().chain(self.deadline_of_sets(at)).min() }
    }

    /// Whether an event that satisfies no condition of the family can change anything here.
    pub(crate) fn moves_on_miss(&self, at: At<'_>) -> bool {
        self.sections.iter().any(|section| {
            let automaton = &pattern(at, section).automaton;
            section.runs.iter().any(|run| run.node.is_some() && automaton.state(run.state).moves_on_miss)
        }) || self.sets_move_on_miss(at)
    }

    /// Forgets sections with nothing in them.
    pub(crate) fn sweep(&mut self) {
        self.sections.retain(|section| !section.is_empty());
        self.sections.iter_mut().for_each(Section::shrink);
        self.sweep_sets();
        self.buffer.shrink();
    }

    /// Each pattern that holds anything, with its window.
    pub(crate) fn sections(&mut self, at: At<'_>) -> impl Iterator<Item = (&mut Section, Option<i64>)> {
        self.sections.iter_mut().map(move |section| {
            let window = pattern(at, section).automaton.window.map(|window| window.0);
            (section, window)
        })
    }
}

fn pattern<'a>(at: At<'a>, section: &Section) -> &'a CompiledPattern {
    member(at, section.member)
}

pub(super) fn member(at: At<'_>, member: u16) -> &CompiledPattern {
    at.program.pattern(at.family.patterns[usize::from(member)])
}

impl Stopped {
    pub(crate) fn into_error(self, program: &Program, key: &[Value], time: Timestamp) -> RunError {
        let pattern = program.pattern(self.pattern);
        let stage = match self.kind {
            RunErrorKind::SkipTargetMissing { stage } | RunErrorKind::SkipToFirstEvent { stage } => stage,
            RunErrorKind::LimitExceeded { .. } => None,
        };
        RunError {
            pattern: self.pattern,
            pattern_name: pattern.name.clone(),
            stage_name: stage.map(|stage| pattern.stages[stage.index()].clone()),
            key: key.to_vec(),
            time,
            events: self.events,
            kind: self.kind,
        }
    }
}

impl<F: FnMut(Found<'_>)> KeyRun<'_, F> {
    /// An event of the key, for every pattern; true where it changed anything.
    pub(crate) fn process(&mut self, event: EventAt<'_>) -> Result<bool, Stopped> {
        let mut captured = None;
        let mut result = Ok(false);
        for (member, id) in self.at.family.patterns.iter().enumerate() {
            match self.process_pattern(member, *id, event, &mut captured) {
                Ok(changed) => result = result.map(|before| before || changed),
                Err(stopped) => {
                    result = Err(stopped);
                    break;
                }
            }
        }
        if let Some(event) = captured {
            self.state.buffer.give_back(event);
        }
        result
    }

    fn process_pattern(
        &mut self,
        member: usize,
        id: PatternId,
        event: EventAt<'_>,
        captured: &mut Option<EventId>,
    ) -> Result<bool, Stopped> {
        let pattern = self.at.program.pattern(id);
        if pattern.held.as_sets(self.hold) {
            return Ok(self.process_sets(member, id, event, captured));
        }
        let place = self.state.sections.binary_search_by_key(&member, |section| usize::from(section.member));
        let scratch = &mut self.workspace.scratch;
        let KeyState { buffer, sections, .. } = &mut *self.state;
        let mut step = Step { pattern, event, buffer, scratch, captured };
        let first = match place {
            Ok(index) => step.first_to_move(&sections[index].runs),
            Err(_) => step.first_to_move(&Section::initial(pattern)),
        };
        let Some(first) = first else { return Ok(false) };
        let index = place.unwrap_or_else(|index| {
            sections.insert(index, Section::new(pattern));
            index
        });
        let completed = step.process(&mut sections[index], first);
        let time = event.batch.time(event.row);
        self.deliver(index, id, completed, time)?;
        if let Some(limit) = pattern.limit {
            self.keep_to(limit, index, id, time)?;
        }
        Ok(true)
    }

    /// Time reaches `now`: what is over leaves.
    pub(crate) fn advance(&mut self, now: Timestamp) -> Result<(), Stopped> {
        for index in 0..self.state.sections.len() {
            let section = &mut self.state.sections[index];
            let id = self.at.family.patterns[usize::from(section.member)];
            let completed = expire(section, self.at.program.pattern(id), &self.state.buffer, now);
            if !(completed.matches.is_empty() && completed.timeouts.is_empty()) {
                self.deliver(index, id, completed, now)?;
            }
        }
        self.state.expire_sets(self.at, now);
        Ok(())
    }

    /// Matches leave as far as the skip strategy lets them, then what timed out.
    fn deliver(
        &mut self,
        index: usize,
        id: PatternId,
        mut completed: Completed,
        time: Timestamp,
    ) -> Result<(), Stopped> {
        let pattern = self.at.program.pattern(id);
        let KeyState { buffer, sections, .. } = self.state;
        let leaving = release(&mut sections[index], pattern, buffer, completed.matches);
        let leaving = leaving.map_err(|(kind, at)| {
            let mut events: Vec<_> = buffer.latest_first(at.node).map(|(_, event)| event.position).collect();
            events.reverse();
            at.node.into_iter().for_each(|node| buffer.release(node));
            Stopped { pattern: id, kind, events }
        })?;
        self.workspace.ordinals.begin();
        let reported = self.report_timeouts || !pattern.timeout_emits.is_empty();
        if !reported {
            let timeouts = completed.timeouts.drain(..);
            count(&mut self.workspace.timed_out, id, timeouts.len());
            timeouts.filter_map(|(run, _)| run.node).for_each(|node| self.state.buffer.release(node));
        }
        let alone = leaving.len() + completed.timeouts.len() == 1;
        for run in leaving {
            self.emit(id, MatchKind::Complete, run, time, alone);
        }
        for (run, closed) in completed.timeouts {
            self.emit(id, MatchKind::TimedOut, run, closed, alone);
        }
        Ok(())
    }

    fn emit(&mut self, pattern: PatternId, kind: MatchKind, run: PartialMatch, time: Timestamp, alone: bool) {
        let Workspace { path, ordinals, .. } = self.workspace;
        self.state.buffer.read_path(run.node, path);
        let ambiguity = self.at.program.pattern(pattern).ambiguity;
        let ambiguous = match kind {
            MatchKind::Complete => ambiguity.matches,
            MatchKind::TimedOut => ambiguity.partial_matches,
        };
        let ordinal = if alone || !ambiguous { 0 } else { ordinals.next(kind, path) };
        let of = self.at.found(pattern, kind, time, &self.state.buffer);
        (self.emit)(Found { of: &of, path, ordinal });
        if let Some(node) = run.node {
            self.state.buffer.release(node);
        }
    }

    /// Drops partial matches above the limit; what they held back may leave.
    fn keep_to(&mut self, limit: Limit, index: usize, id: PatternId, time: Timestamp) -> Result<(), Stopped> {
        let section = &mut self.state.sections[index];
        let excess = section.partial_matches().saturating_sub(limit.partial_matches as usize);
        if excess == 0 {
            return Ok(());
        }
        if limit.overflow == Overflow::Fail {
            let kind = RunErrorKind::LimitExceeded { limit: limit.partial_matches };
            return Err(Stopped { pattern: id, kind, events: Vec::new() });
        }
        for run in section.drop_excess(excess, limit.overflow == Overflow::DropOldest) {
            run.node.into_iter().for_each(|node| self.state.buffer.release(node));
        }
        count(&mut self.workspace.dropped, id, excess);
        self.deliver(index, id, Completed::default(), time)
    }
}
