//! Events and time run over the state of one key.

use super::buffer::EventId;
use super::collect::Moved;
use super::completed::Completed;
use super::error::{RunError, RunErrorKind};
use super::expire::{expire, expire_quietly};
use super::key_state::{At, KeyState};
use super::ordinal::Ordinals;
use super::output::{Found, MatchKind, Origin};
use super::partial_match::PartialMatch;
use super::release::release;
use super::sets::SetScratch;
use super::step::{Scratch, Step};
use super::truth::EventAt;
use super::visit::{Visits, are_few, can_move};
use crate::event::Value;
use crate::ids::{PatternId, StageId};
use crate::pattern::{Limit, Overflow};
use crate::program::{CompiledPattern, Group, Members, Program, Repeats};
use crate::time::Timestamp;

/// What stopped a run, before it gets its key.
pub(crate) struct Stopped {
    pub(crate) pattern: PatternId,
    pub(crate) kind: RunErrorKind,
    pub(crate) events: Vec<u64>,
}

/// Runs events and time over the state of one key.
pub(crate) struct KeyRun<'a, F> {
    pub(crate) at: At<'a>,
    pub(crate) state: &'a mut KeyState,
    pub(crate) workspace: &'a mut Workspace,
    pub(crate) emit: &'a mut F,
}

/// Reused between keys.
#[derive(Default)]
pub(crate) struct Workspace {
    scratch: Scratch,
    path: Vec<(StageId, EventId)>,
    pub(super) ordinals: Ordinals,
    pub(super) sets: SetScratch,
    leaving: Vec<Leaving>,
    /// What has become complete or is over, of one group.
    completed: Completed,
    /// Where what is kept of a buffer has gone.
    pub(crate) moved: Moved,
    /// Partial matches that a limit dropped, by pattern.
    pub(crate) dropped: Vec<(PatternId, u64)>,
}

/// A match or timeout of one pattern that is handed out at the end of a step.
#[derive(Clone, Copy)]
struct Leaving {
    pattern: PatternId,
    kind: MatchKind,
    run: PartialMatch,
    time: Timestamp,
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
    pub(crate) fn process(&mut self, event: &EventAt<'_>) -> Result<bool, Box<Stopped>> {
        let mut captured = None;
        let result = self.process_groups(event, &mut captured);
        self.hand_out(|| Some(event.origin()));
        result
    }

    /// The groups that the event can matter to, in order.
    fn process_groups(
        &mut self,
        event: &EventAt<'_>,
        captured: &mut Option<EventId>,
    ) -> Result<bool, Box<Stopped>> {
        let mut changed = false;
        if are_few(&self.at.family.groups) {
            for place in 0..self.at.family.groups.len() {
                if can_move(place, event) {
                    changed |= self.process_in(place, event, captured)?;
                }
            }
            return Ok(changed);
        }
        let mut visits = Visits::new(event);
        while let Some(place) = visits.next(self.state) {
            changed |= self.process_in(place, event, captured)?;
        }
        Ok(changed)
    }

    // Called once an event as a rule, in one of two places.
    #[inline(always)]
    fn process_in(
        &mut self,
        place: usize,
        event: &EventAt<'_>,
        captured: &mut Option<EventId>,
    ) -> Result<bool, Box<Stopped>> {
        let group = &self.at.family.groups[place];
        let pattern = self.at.program.pattern(group.patterns[0]);
        let as_sets = group.patterns.len() == 1 && pattern.held.as_sets(self.at.hold);
        if !as_sets {
            return self.process_group(place, group, pattern, event, captured);
        }
        if !self.workspace.leaving.is_empty() {
            self.hand_out_before(Some(group.patterns[0]), Some(event.origin()));
        }
        Ok(self.process_sets(place, group.patterns[0], event, captured))
    }

    #[inline(never)]
    fn process_group(
        &mut self,
        place: usize,
        group: &Group,
        pattern: &CompiledPattern,
        event: &EventAt<'_>,
        captured: &mut Option<EventId>,
    ) -> Result<bool, Box<Stopped>> {
        let time = event.time();
        let KeyState { buffer, sections, .. } = &mut *self.state;
        let Workspace { scratch, completed, .. } = &mut *self.workspace;
        let known = sections.find(place);
        let mut changed = false;
        if let Ok(index) = known
            && self.at.times_out_quietly(group)
        {
            changed = expire_quietly(&mut sections.all[index], pattern, time);
        }
        let automaton = &pattern.automaton;
        let mut step = Step { group, pattern, automaton, event, buffer, scratch, captured };
        let first = step.first_to_move(known.ok().map(|index| &sections.all[index]));
        let Some(first) = first else { return Ok(changed) };
        let index = match known {
            Ok(index) => index,
            Err(index) => {
                sections.add(index, place, self.at);
                index
            }
        };
        let section = &mut sections.all[index];
        step.process(section, first, &mut completed.matches);
        let may_leave = !completed.matches.is_empty() || section.holds_matches();
        if automaton.has_gaps && pattern.ambiguity.across_steps() {
            self.state.note_overdue(index, automaton, event);
        }
        if may_leave {
            self.deliver(index, group, time)?;
        }
        if let Some(limit) = pattern.limit {
            self.keep_to(limit, index, group, time)?;
        }
        Ok(true)
    }

    /// Time reaches `now`: what is over leaves.
    pub(crate) fn advance(&mut self, now: Timestamp) -> Result<(), Box<Stopped>> {
        let delivered = (0..self.state.sections.all.len()).try_for_each(|index| {
            let section = &mut self.state.sections.all[index];
            let group = self.at.group(section);
            let pattern = self.at.program.pattern(group.patterns[0]);
            let any = expire(section, pattern, &self.state.buffer, now, &mut self.workspace.completed);
            if any { self.deliver(index, group, now) } else { Ok(()) }
        });
        self.state.expire_sets(self.at, now);
        self.hand_out(|| None);
        self.state.forget_overdue(self.at);
        delivered
    }

    /// Matches leave as far as the skip strategy lets them, then what timed out.
    #[inline(never)]
    fn deliver(&mut self, index: usize, group: &Group, time: Timestamp) -> Result<(), Box<Stopped>> {
        let pattern = self.at.program.pattern(group.patterns[0]);
        let mut completed = std::mem::take(&mut self.workspace.completed);
        let released =
            release(&mut self.state.sections.all[index], pattern, &self.state.buffer, &mut completed.matches);
        let released = released.map_err(|(kind, at)| {
            let buffer = &self.state.buffer;
            let mut events: Vec<_> =
                buffer.latest_first(at.node).map(|(_, event)| event.position()).collect();
            events.reverse();
            Box::new(Stopped { pattern: group.patterns[0], kind, events })
        });
        if released.is_ok() {
            self.leave(group, MatchKind::Complete, &completed.matches, |run| (*run, time));
            if self.at.report_timeouts || !pattern.timeout_emits.is_empty() {
                self.leave(group, MatchKind::TimedOut, &completed.timeouts, |timeout| *timeout);
            }
        }
        completed.matches.clear();
        completed.timeouts.clear();
        self.workspace.completed = completed;
        released
    }

    /// Matches or timeouts are to be handed out, pattern by pattern.
    fn leave<T>(
        &mut self,
        group: &Group,
        kind: MatchKind,
        items: &[T],
        run_and_time: impl Fn(&T) -> (PartialMatch, Timestamp),
    ) {
        let runs = || items.iter().map(&run_and_time);
        let any = runs().fold(Members::NONE, |any, (run, _)| any.or(run.members));
        for place in any.iter() {
            let pattern = group.patterns[place];
            let of_pattern = runs().filter(|(run, _)| run.members.has(place));
            let leaving = of_pattern.map(|(run, time)| Leaving { pattern, kind, run, time });
            self.workspace.leaving.extend(leaving);
        }
    }

    /// Hands out what leaves, pattern by pattern, in the step of an event or of time.
    fn hand_out(&mut self, event: impl FnOnce() -> Option<Origin>) {
        if !self.workspace.leaving.is_empty() {
            self.hand_out_before(None, event());
        }
    }

    /// Hands out what leaves of the patterns before one, or of all.
    #[inline(never)]
    pub(super) fn hand_out_before(&mut self, pattern: Option<PatternId>, event: Option<Origin>) {
        let mut leaving = std::mem::take(&mut self.workspace.leaving);
        if !leaving.is_sorted_by_key(|item| item.pattern) {
            leaving.sort_by_key(|item| item.pattern);
        }
        let before = pattern.map_or(leaving.len(), |id| leaving.partition_point(|item| item.pattern < id));
        for of_pattern in leaving[..before].chunk_by(|left, right| left.pattern == right.pattern) {
            self.workspace.ordinals.begin();
            for item in of_pattern {
                self.emit(item, event, of_pattern.len() == 1);
            }
        }
        leaving.drain(..before);
        self.workspace.leaving = leaving;
    }

    fn emit(&mut self, item: &Leaving, event: Option<Origin>, alone: bool) {
        let Workspace { path, ordinals, .. } = self.workspace;
        let Leaving { pattern, kind, run, time } = *item;
        self.state.buffer.read_path(run.node, path);
        let event = event.or_else(|| self.state.overdue_by(time));
        let of = self.at.found(pattern, kind, time, event, &self.state.buffer);
        let is_only = alone || of.repeats() == Repeats::Never;
        let ordinal = if is_only { 0 } else { ordinals.next(kind, time, path) };
        (self.emit)(Found { of: &of, path, ordinal });
    }

    /// Drops partial matches above the limit; what they held back may leave.
    #[inline(never)]
    fn keep_to(
        &mut self,
        limit: Limit,
        index: usize,
        group: &Group,
        time: Timestamp,
    ) -> Result<(), Box<Stopped>> {
        let section = &mut self.state.sections.all[index];
        let excess = section.partial_matches().saturating_sub(limit.partial_matches as usize);
        if excess == 0 {
            return Ok(());
        }
        if limit.overflow == Overflow::Fail {
            let kind = RunErrorKind::LimitExceeded { limit: limit.partial_matches };
            return Err(Box::new(Stopped { pattern: group.patterns[0], kind, events: Vec::new() }));
        }
        section.drop_excess(excess, limit.overflow == Overflow::DropOldest);
        count(&mut self.workspace.dropped, group.patterns[0], excess);
        self.deliver(index, group, time)
    }
}

fn count(counts: &mut Vec<(PatternId, u64)>, pattern: PatternId, more: usize) {
    match counts.last_mut() {
        Some((last, count)) if *last == pattern => *count += more as u64,
        _ if more > 0 => counts.push((pattern, more as u64)),
        _ => {}
    }
}
