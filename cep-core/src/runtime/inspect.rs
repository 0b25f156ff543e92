//! What a key holds, for people: names in the place of ids, partial matches one by one.

use super::buffer::EventId;
use super::event::Event;
use super::key_state::KeyState;
use super::partial_match::PartialMatch;
use crate::event::Value;
use crate::expr::CapturedEvent;
use crate::ids::{FamilyId, PatternId, StageId, StateId};
use crate::program::{CompiledPattern, Effect, Family, Members, Program, StateKind};
use crate::time::Timestamp;

/// What a key holds.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct InspectedKey {
    /// Its partial matches pattern by pattern, or some of them.
    pub partial_matches: Vec<InspectedPartialMatch>,
    /// How many there are; of sets it may be more than anybody can list.
    pub total: usize,
}

/// A partial match.
#[derive(Clone, PartialEq, Debug)]
pub struct InspectedPartialMatch {
    /// The patterns that hold it.
    pub patterns: Vec<String>,
    /// What it waits for.
    pub awaits: Awaits,
    /// The state it is in, as `cep explain` names it.
    pub state: String,
    /// Its events, earliest first.
    pub events: Vec<InspectedEvent>,
    /// When its window closes, or that of the gap it is in.
    pub deadline: Option<Timestamp>,
}

/// What a partial match waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Awaits {
    /// An event of this stage, or of a later one.
    Stage(String),
    /// Its window to end without a forbidden event.
    Absence,
    /// It is complete: an older partial match to end, which may drop it.
    Older,
}

/// A captured event.
#[derive(Clone, PartialEq, Debug)]
pub struct InspectedEvent {
    /// The stage that took it.
    pub stage: String,
    /// The stream it came from.
    pub stream: String,
    /// Its event time.
    pub time: Timestamp,
    /// Its position in its stream.
    pub position: u64,
    /// The columns that were kept, by name.
    pub columns: Vec<(String, Value)>,
}

impl KeyState {
    /// What the state holds, at most so many partial matches of it.
    #[must_use]
    pub fn inspect(&self, program: &Program, family: FamilyId, most: usize) -> InspectedKey {
        let family = &program.families()[family.index()];
        let (mut all, mut total) = (Vec::new(), 0_usize);
        let mut path = Vec::new();
        for section in &self.sections.all {
            let patterns = &family.groups[usize::from(section.group)].patterns;
            let look = Look { state: self, program, family, pattern: program.pattern(patterns[0]) };
            let names =
                |members: Members| members.iter().map(|place| program.pattern(patterns[place]).name.clone());
            let held_back = section.held.as_deref().map_or(&[][..], |held| held.completed.as_slice());
            let waiting = section.alive().iter().map(|run| (run, false));
            let runs = waiting.chain(held_back.iter().map(|run| (run, true)));
            let runs: Vec<_> = runs.filter(|(run, _)| run.node.is_some()).collect();
            total = total.saturating_add(runs.len());
            for (run, is_held_back) in runs.into_iter().take(most - all.len()) {
                let PartialMatch { state, node, members, .. } = *run;
                self.buffer.read_path(node, &mut path);
                all.push(look.at(state, is_held_back, names(members).collect(), &path));
            }
        }
        for section in self.set_sections() {
            let id = family.groups[usize::from(section.group)].patterns[0];
            let look = Look { state: self, program, family, pattern: program.pattern(id) };
            total = total.saturating_add(section.partial_matches());
            section.some(most - all.len(), |state, path| {
                all.push(look.at(state, false, vec![look.pattern.name.clone()], path));
            });
        }
        InspectedKey { partial_matches: all, total }
    }

    /// Calls `see` with each pattern that holds any partial matches, and how many; complete ones that are held back count.
    pub fn count(&self, program: &Program, family: FamilyId, mut see: impl FnMut(PatternId, usize)) {
        let groups = &program.families()[family.index()].groups;
        for section in &self.sections.all {
            let held_back = section.held.as_deref().map_or(&[][..], |held| held.completed.as_slice());
            let runs = || section.alive().iter().chain(held_back).filter(|run| run.node.is_some());
            for (place, pattern) in groups[usize::from(section.group)].patterns.iter().enumerate() {
                see(*pattern, runs().filter(|run| run.members.has(place)).count());
            }
        }
        for section in self.set_sections() {
            see(groups[usize::from(section.group)].patterns[0], section.partial_matches());
        }
    }
}

/// Where partial matches of a pattern are looked at.
struct Look<'a> {
    state: &'a KeyState,
    program: &'a Program,
    family: &'a Family,
    pattern: &'a CompiledPattern,
}

impl Look<'_> {
    fn at(
        &self,
        state: StateId,
        is_held_back: bool,
        patterns: Vec<String>,
        path: &[(StageId, EventId)],
    ) -> InspectedPartialMatch {
        let automaton = &self.pattern.automaton;
        let state = automaton.state(state);
        let events = self.state.buffer.events(path);
        let times = || self.state.buffer.events(path).map(|(_, event)| event.time());
        let whole = automaton.window.zip(times().next());
        let gap = state.gap.zip(times().last());
        let ends = whole.into_iter().chain(gap).map(|(length, since)| since.saturating_add(length));
        let takes = state.moves.iter().find_map(|found| match found.effect {
            Effect::Take { stage, .. } => Some(stage),
            Effect::Wait { .. } | Effect::Stop => None,
        });
        let awaits = match state.stage.or(takes) {
            _ if is_held_back => Awaits::Older,
            Some(stage) if state.kind == StateKind::Normal => {
                Awaits::Stage(self.pattern.stages[stage.index()].clone())
            }
            _ => Awaits::Absence,
        };
        InspectedPartialMatch {
            patterns,
            awaits,
            state: state.name.clone(),
            events: events.map(|(stage, event)| self.event(stage, event)).collect(),
            deadline: ends.min(),
        }
    }

    fn event(&self, stage: StageId, event: Event<'_>) -> InspectedEvent {
        let input = &self.family.inputs[event.input()];
        let stream = self.program.streams().get(input.stream);
        let column = |(slot, column): (usize, &crate::ids::ColumnId)| {
            let name = stream.schema.fields()[column.index()].name.clone();
            (name, event.row().get(slot).into_value())
        };
        InspectedEvent {
            stage: self.pattern.stages[stage.index()].clone(),
            stream: stream.name.clone(),
            time: event.time(),
            position: event.position(),
            columns: input.kept.iter().enumerate().map(column).collect(),
        }
    }
}
