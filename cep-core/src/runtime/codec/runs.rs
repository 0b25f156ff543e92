//! Partial matches held one by one, as bytes, and back.

use smallvec::SmallVec;

use super::events::Events;
use super::plan::GroupPlan;
use super::reach::Reached;
use crate::bytes::{Reader, RecordError, int, uint};
use crate::ids::{StageId, StateId};
use crate::program::Members;
use crate::runtime::buffer::{Buffer, EventId, NodeId};
use crate::runtime::heap::JavaHeap;
use crate::runtime::partial_match::{PartialMatch, Start};
use crate::runtime::section::Section;

const NEW_START: u8 = 1;
const CHANGED: u8 = 2;
const HOLDS_BACK: u8 = 4;
const TIMERS: u8 = 8;

/// What a section begins with.
#[derive(Clone, Copy)]
pub(super) struct RunsHead {
    pub(super) group: u16,
    pub(super) new_start: bool,
    pub(super) changed: bool,
    pub(super) holds_back: bool,
    pub(super) has_timers: bool,
}

impl RunsHead {
    pub(super) fn write(self, out: &mut Vec<u8>) {
        uint(out, self.group.into());
        let flag = |is: bool, flag: u8| if is { flag } else { 0 };
        out.push(
            flag(self.new_start, NEW_START)
                | flag(self.changed, CHANGED)
                | flag(self.holds_back, HOLDS_BACK)
                | flag(self.has_timers, TIMERS),
        );
    }
}

/// The nodes that the partial matches of a section end in.
pub(super) fn ends(section: &Section) -> impl Iterator<Item = NodeId> {
    section.alive().iter().chain(held_back(section)).filter_map(|run| run.node)
}

fn held_back(section: &Section) -> &[PartialMatch] {
    section.held.as_deref().map_or(&[], |held| held.completed.as_slice())
}

/// A section whose nodes are some of those reached.
pub(super) fn write(
    section: &Section,
    buffer: &Buffer,
    (reached, nodes): (&Reached, std::ops::Range<usize>),
    patterns: usize,
    out: &mut Vec<u8>,
) {
    let timers = section.held.as_deref().map(|held| &held.timers).filter(|timers| !timers.is_empty());
    let held_back = held_back(section);
    let Section { group, new_start, changed, .. } = *section;
    let (holds_back, has_timers) = (!held_back.is_empty(), timers.is_some());
    RunsHead { group, new_start, changed, holds_back, has_timers }.write(out);
    uint(out, nodes.len() as u64);
    let mut last = 0;
    for (number, node) in (1..).zip(reached.nodes(nodes)) {
        let node = buffer.node(node);
        let event = reached.place_of_event(node.event);
        let back = node.parent.map_or(0, |parent| number - reached.number_of_node(parent));
        uint(out, node.stage.0.into());
        int(out, event.wrapping_sub(last).cast_signed());
        uint(out, back);
        last = event;
    }
    write_matches(section.alive(), reached, patterns, out);
    if holds_back {
        write_matches(held_back, reached, patterns, out);
    }
    if let Some(timers) = timers {
        uint(out, timers.len() as u64);
        let mut last = 0;
        for timer in timers {
            int(out, timer.wrapping_sub(last));
            last = *timer;
        }
    }
}

fn write_matches(runs: &[PartialMatch], reached: &Reached, patterns: usize, out: &mut Vec<u8>) {
    uint(out, runs.len() as u64);
    let (mut last, mut members) = (0, Members::first(patterns));
    for run in runs {
        let node = run.node.map_or(0, |node| reached.number_of_node(node));
        int(out, node.wrapping_sub(last).cast_signed());
        uint(out, run.state.0.into());
        if patterns > 1 {
            uint(out, run.members.0 ^ members.0);
        }
        (last, members) = (node, run.members);
    }
}

/// What follows the head of a section of one partial match of one event.
pub(super) fn write_one(stage: StageId, state: StateId, out: &mut Vec<u8>) {
    uint(out, 1);
    uint(out, stage.0.into());
    out.extend_from_slice(&[0, 0]);
    uint(out, 1);
    int(out, 1);
    uint(out, state.0.into());
}

/// A section, read.
pub(super) struct Runs {
    new_start: bool,
    changed: bool,
    nodes: SmallVec<[Node; 4]>,
    runs: SmallVec<[Run; 4]>,
    held_back: SmallVec<[Run; 1]>,
    timers: Vec<i64>,
}

#[derive(Clone, Copy)]
struct Node {
    stage: StageId,
    event: EventId,
    parent: Option<usize>,
    start: Start,
    place: usize,
    is_reached: bool,
}

#[derive(Clone, Copy)]
struct Run {
    node: Option<usize>,
    state: StateId,
    members: Members,
}

impl Runs {
    /// Reads a section, its group having been read.
    pub(super) fn read(
        reader: &mut Reader<'_>,
        plan: &GroupPlan,
        events: &mut Events,
    ) -> Result<Self, RecordError> {
        let flags = reader.u8()?;
        reader.expect(flags < TIMERS << 1, "a flag that there is not")?;
        let mut nodes = SmallVec::new();
        let mut last = 0;
        for _ in 0..reader.count()? {
            let node = read_node(reader, plan.stages, events, &nodes, last)?;
            last = node.place;
            nodes.push(node);
        }
        let mut section = Self {
            new_start: flags & NEW_START != 0,
            changed: flags & CHANGED != 0,
            runs: read_matches(reader, plan, &mut nodes)?,
            held_back: SmallVec::new(),
            timers: Vec::new(),
            nodes,
        };
        if flags & HOLDS_BACK != 0 {
            section.held_back = read_matches(reader, plan, &mut section.nodes)?;
            reader.expect(!section.held_back.is_empty(), "an empty list that is said to be there")?;
        }
        if flags & TIMERS != 0 {
            section.timers = read_timers(reader)?;
        }
        section.mark_parents();
        reader.expect(section.nodes.iter().all(|node| node.is_reached), "a node that nothing reaches")?;
        Ok(section)
    }

    /// What leads to a node that is reached is reached.
    fn mark_parents(&mut self) {
        for at in (0..self.nodes.len()).rev() {
            let Node { parent, is_reached, .. } = self.nodes[at];
            if let Some(parent) = parent.filter(|_| is_reached) {
                self.nodes[parent].is_reached = true;
            }
        }
    }

    /// How many partial matches a pattern has, by its place.
    pub(super) fn count(&self, place: usize) -> u64 {
        let runs = self.runs.iter().chain(&self.held_back);
        runs.filter(|run| run.node.is_some() && run.members.has(place)).count() as u64
    }

    /// Puts the partial matches of some patterns into a section; `members` tells for whom it holds one of whom it held.
    pub(super) fn put(
        &self,
        section: &mut Section,
        buffer: &mut Buffer,
        members: impl Fn(Members) -> Members,
    ) {
        let mut places: SmallVec<[NodeId; 4]> = SmallVec::new();
        for node in &self.nodes {
            let parent = node.parent.map(|parent| places[parent]);
            places.push(buffer.append(parent, node.event, node.stage));
        }
        let back = |run: &Run| {
            let (node, members) = (run.node, members(run.members));
            let start = node.map_or(Start::NEVER, |node| self.nodes[node].start);
            let node = node.map(|node| places[node]);
            (!members.is_empty()).then_some(PartialMatch { start, members, state: run.state, node })
        };
        section.runs.extend(self.runs.iter().filter_map(back));
        section.new_start |= self.new_start;
        section.changed |= self.changed;
        if !self.held_back.is_empty() || !self.timers.is_empty() {
            let held = section.held.get_or_insert_default();
            if !self.held_back.is_empty() {
                held.completed = JavaHeap::from_array(self.held_back.iter().filter_map(back).collect());
            }
            held.timers.extend(&self.timers);
        }
    }
}

fn read_node(
    reader: &mut Reader<'_>,
    stages: usize,
    events: &mut Events,
    before: &[Node],
    last: usize,
) -> Result<Node, RecordError> {
    let stage = StageId::new(reader.below(stages.min(1 << 16), "a stage that there is not")?);
    let ahead = isize::try_from(reader.int()?).ok();
    let place = ahead.and_then(|ahead| last.checked_add_signed(ahead));
    let place = place.filter(|place| *place < events.len());
    let place = place.ok_or_else(|| reader.corrupt("a node of no event"))?;
    let back = reader.below(before.len() + 1, "a node whose parent is no node")?;
    let (event, time) = events.reach(place);
    let parent = (back > 0).then(|| before.len() - back);
    let start = match parent.map(|parent| before[parent]) {
        Some(parent) => {
            reader.expect(parent.place < place, "a node that is not after its parent")?;
            parent.start
        }
        None => Start { time, sequence: place as u64 },
    };
    Ok(Node { stage, event, parent, start, place, is_reached: false })
}

fn read_matches<const N: usize>(
    reader: &mut Reader<'_>,
    plan: &GroupPlan,
    nodes: &mut [Node],
) -> Result<SmallVec<[Run; N]>, RecordError> {
    let mut runs = SmallVec::new();
    let all = plan.all();
    let (mut last, mut members) = (0_u64, all);
    for _ in 0..reader.count()? {
        last = last.wrapping_add_signed(reader.int()?);
        let number = usize::try_from(last).ok().filter(|number| *number <= nodes.len());
        let number = number.ok_or_else(|| reader.corrupt("a partial match of no node"))?;
        let node = number.checked_sub(1);
        if let Some(node) = node {
            nodes[node].is_reached = true;
        }
        let state = reader.below(1 << 31, "a state that there is not")?;
        if plan.members.len() > 1 {
            members = Members(members.0 ^ reader.uint()?);
            let some = !members.is_empty() && members.without(all).is_empty();
            reader.expect(some, "a partial match that no pattern holds")?;
        }
        runs.push(Run { node, state: StateId::new(state), members });
    }
    Ok(runs)
}

fn read_timers(reader: &mut Reader<'_>) -> Result<Vec<i64>, RecordError> {
    let mut last = 0_i64;
    let mut timers: Vec<i64> = Vec::new();
    for _ in 0..reader.count()? {
        last = last.wrapping_add(reader.int()?);
        reader.expect(timers.last().is_none_or(|before| *before < last), "timers that do not ascend")?;
        timers.push(last);
    }
    reader.expect(!timers.is_empty(), "an empty list that is said to be there")?;
    Ok(timers)
}
