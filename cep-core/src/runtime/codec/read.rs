//! A record as the state of a key. What belongs to this program's groups is checked against their automata.

use super::events::Events;
use super::plan::{FamilyPlan, GroupPlan, Target};
use super::runs::Runs;
use super::{Decoded, LeftOut, RecordCodec};
use crate::bytes::{Reader, RecordError, RecordErrorKind, Sum};
use crate::ids::{FamilyId, StateId};
use crate::program::{CompiledPattern, Family, Form, Members, Program, StateKind};
use crate::runtime::heap::is_heap;
use crate::runtime::key_state::{KeyState, Overdue};
use crate::runtime::partial_match::PartialMatch;
use crate::runtime::section::{Section, holds_start};
use crate::runtime::sets::SetSection;

/// A record larger than this is none: what is in it would not have fitted into a key's buffer.
const LARGEST: usize = 1 << 28;

/// Reads the record of a key.
pub(super) fn record(codec: &RecordCodec, id: FamilyId, record: &[u8]) -> Result<Decoded, RecordError> {
    let family = &codec.program.families()[id.index()];
    let mut reader = Sum::of(&family.id).open(record)?;
    reader.expect(record.len() <= LARGEST, "a record larger than any")?;
    let at = reader.at();
    let number = reader.uint()?;
    let plans = usize::try_from(number).ok().and_then(|number| codec.plans.get(number));
    let unknown = RecordError { kind: RecordErrorKind::UnknownLayout { number }, offset: at };
    let plan = plans.ok_or(unknown)?[id.index()].as_ref();
    let plan = plan.ok_or_else(|| reader.corrupt("a record of a family that its layout does not have"))?;
    let mut state = KeyState::default();
    let (mut events, overdue) = read_events(&mut reader, plan, family, &mut state)?;
    let mut reading =
        Reading { program: &codec.program, family, plan, state, events: &mut events, left_out: Vec::new() };
    reading.sections(&mut reader)?;
    let Reading { mut state, left_out, .. } = reading;
    reader.end()?;
    reader.expect(events.are_all_reached(), "an event that nothing reaches")?;
    reader.expect(overdue.is_none() || events.len() > 0, "an overdue event after nothing")?;
    if !state.is_empty() {
        state.overdue = overdue.map(Box::new);
        state.settle_saved(&codec.program, family);
    }
    Ok(Decoded { state, left_out })
}

fn read_events(
    reader: &mut Reader<'_>,
    plan: &FamilyPlan,
    family: &Family,
    state: &mut KeyState,
) -> Result<(Events, Option<Overdue>), RecordError> {
    let head = reader.uint()?;
    let count = usize::try_from(head >> 1).ok().filter(|count| *count <= reader.left());
    let count = count.ok_or_else(|| reader.corrupt("more events than there are bytes"))?;
    state.buffer.node_words = u32::try_from(family.node_words).expect("a node has fewer than 2^32 words");
    let mut events = Events::read(reader, count, plan, &mut state.buffer)?;
    let overdue = (head & 1 == 1).then(|| events.read_overdue(reader, plan, family)).transpose()?;
    Ok((events, overdue))
}

/// A record whose sections are read.
struct Reading<'a> {
    program: &'a Program,
    family: &'a Family,
    plan: &'a FamilyPlan,
    state: KeyState,
    events: &'a mut Events,
    left_out: Vec<LeftOut>,
}

impl Reading<'_> {
    fn sections(&mut self, reader: &mut Reader<'_>) -> Result<(), RecordError> {
        let (mut least, count) = (0, reader.count()?);
        if self.plan.groups.iter().any(|group| group.form == Form::Runs) {
            // Most keys hold something for one group alone.
            self.state.sections.all.reserve_exact(count.min(self.plan.groups.len()));
        }
        for _ in 0..count {
            let group = reader.below(self.plan.groups.len(), "a group that there is not")?;
            reader.expect(group >= least, "groups that do not ascend")?;
            least = group + 1;
            let plan = &self.plan.groups[group];
            match plan.form {
                Form::Runs => self.runs(reader, plan)?,
                Form::Sets => self.sets(reader, plan)?,
            }
        }
        Ok(())
    }

    fn runs(&mut self, reader: &mut Reader<'_>, plan: &GroupPlan) -> Result<(), RecordError> {
        let read = Runs::read(reader, plan, self.events)?;
        for place in plan.left_out(plan.all()).iter() {
            self.leave_out(&plan.members[place], read.count(place));
        }
        for target in &plan.targets {
            self.take_runs(reader, &read, target)?;
        }
        Ok(())
    }

    /// What a group of this program takes over of a section.
    fn take_runs(
        &mut self,
        reader: &mut Reader<'_>,
        read: &Runs,
        target: &Target,
    ) -> Result<(), RecordError> {
        let group = &self.family.groups[target.group];
        let pattern = self.program.pattern(group.patterns[0]);
        let KeyState { buffer, sections, .. } = &mut self.state;
        let found = sections.find(target.group);
        let is_first = found.is_err();
        let index = found.unwrap_or_else(|index| {
            let mut section = Section::new(target.group, group, pattern, Vec::new());
            section.runs.clear();
            sections.all.insert(index, section);
            index
        });
        let section = &mut sections.all[index];
        read.put(section, buffer, |members| target.members(members));
        if !is_first {
            // Patterns that ran apart run as one now: only without a skip strategy, so there is no heap.
            section.runs.sort_by_key(|run| run.start);
        }
        check_runs(section, pattern, group.all()).map_err(|what| reader.corrupt(what))?;
        if section.is_empty() {
            reader.expect(!target.takes_all(), "a section with nothing in it")?;
            sections.all.remove(index);
        }
        Ok(())
    }

    fn sets(&mut self, reader: &mut Reader<'_>, plan: &GroupPlan) -> Result<(), RecordError> {
        let target = plan.targets.first();
        let group = target.map_or(0, |target| target.group);
        let section = SetSection::read(reader, group, plan.stages, self.events)?;
        if target.is_none() {
            self.leave_out(&plan.members[0], section.partial_matches() as u64);
            return Ok(());
        }
        let pattern = self.program.pattern(self.family.groups[group].patterns[0]);
        let known = section.states().all(|state| is_living(pattern, state));
        reader.expect(known, "partial matches in a state that none can be in")?;
        let sets = self.state.sets.get_or_insert_default();
        let index = sets.partition_point(|known| known.group < section.group);
        let is_new = sets.get(index).is_none_or(|known| known.group != section.group);
        reader.expect(is_new, "a pattern that is there twice")?;
        sets.insert(index, section);
        Ok(())
    }

    fn leave_out(&mut self, pattern: &str, partial_matches: u64) {
        if partial_matches > 0 {
            self.left_out.push(LeftOut { pattern: pattern.to_owned(), partial_matches });
        }
    }
}

impl KeyState {
    /// What was read is all that is reached; what follows from it is computed.
    fn settle_saved(&mut self, program: &Program, family: &Family) {
        self.buffer.settle();
        self.sections.all.iter_mut().for_each(Section::mind_crowd);
        if family.node_words > 0 {
            self.keep_again(program, family);
        }
    }
}

fn kind(pattern: &CompiledPattern, state: StateId) -> Option<StateKind> {
    pattern.automaton.states.get(state.index()).map(|state| state.kind)
}

/// Whether a partial match can wait in a state.
fn is_living(pattern: &CompiledPattern, state: StateId) -> bool {
    matches!(kind(pattern, state), Some(StateKind::Normal | StateKind::Pending))
}

/// Whether partial matches are what and where those of a pattern can be; what they are not otherwise.
fn check_runs(section: &Section, pattern: &CompiledPattern, all: Members) -> Result<(), &'static str> {
    let runs = section.alive();
    if !runs.iter().all(|run| is_living(pattern, run.state)) {
        return Err("a partial match in a state that none can be in");
    }
    let held_back = section.held.as_deref().map_or(&[][..], |held| held.completed.as_slice());
    let is_complete = |run: &PartialMatch| {
        let complete = matches!(kind(pattern, run.state), Some(StateKind::Final | StateKind::Pending));
        complete && run.node.is_some()
    };
    if !held_back.iter().all(is_complete) {
        return Err("a match that is not complete");
    }
    let mut starts = runs.iter().filter(|run| run.node.is_none());
    if !holds_start(pattern) {
        let in_order = runs.is_sorted_by_key(|run| run.start);
        return match starts.next() {
            Some(_) => Err("a start state where there is none"),
            None if !held_back.is_empty() => Err("a match held back where none is"),
            None if !in_order => Err("partial matches that are not in the order of their starts"),
            None => Ok(()),
        };
    }
    let is_start = |run: &PartialMatch| *run == PartialMatch::waiting(pattern.automaton.start, all);
    if !starts.next().is_some_and(is_start) || starts.next().is_some() {
        return Err("not one start state");
    }
    if !is_heap(runs) || !is_heap(held_back) {
        return Err("partial matches that are no heap");
    }
    Ok(())
}
