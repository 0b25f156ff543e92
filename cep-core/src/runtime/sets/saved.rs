//! Sets as bytes, and back: docs/state-format.md, 3. What is dead or not reached any more is not written, so that what is
//! read is all alive, and what a window lets live need not be told.

use smallvec::SmallVec;

use super::arena::{Arena, Kind, Link, Place};
use super::compact::Marks;
use super::section::{SetSection, StateSet};
use crate::bytes::{Reader, RecordError, int, uint};
use crate::ids::{StageId, StateId};
use crate::runtime::codec::{Events, Reached};
use crate::time::Timestamp;

/// The nodes of a section that are alive and reached.
pub(in crate::runtime) struct Living(Marks);

/// A node, as it was read.
#[derive(Clone, Copy)]
struct Read {
    latest: Timestamp,
    /// The place of its event; none of a pair.
    event: Option<usize>,
    first: usize,
    second: usize,
    is_reached: bool,
}

impl SetSection {
    /// Finds what is alive of it, and tells which events that takes.
    pub(in crate::runtime) fn reach(&self, reached: &mut Reached) -> Living {
        let mut marks = Marks::default();
        marks.reach(&self.arena, self.living(self.alive).map(|held| held.set), self.alive);
        marks.number();
        for place in marks.places() {
            if let Kind::Take { event, .. } = self.arena.node(place).kind {
                reached.event(event);
            }
        }
        Living(marks)
    }

    /// Appends it; `time` is that of the key's last event.
    pub(in crate::runtime) fn write(
        &self,
        living: &Living,
        reached: &Reached,
        time: Timestamp,
        out: &mut Vec<u8>,
    ) {
        let Living(marks) = living;
        let count = marks.places().count();
        uint(out, self.group.into());
        int(out, self.newest.0.wrapping_sub(time.0));
        uint(out, count as u64);
        let mut last = 0;
        for place in marks.places() {
            let node = self.arena.node(place);
            let back = |link: Link| {
                let to = self.arena.linked(place, link, self.alive);
                to.map_or(0, |to| u64::from(marks.of(place) - marks.of(to)))
            };
            match node.kind {
                Kind::Pair => uint(out, 0),
                Kind::Take { event, stage, rank } => {
                    let event = reached.place_of_event(event);
                    uint(out, rank.into());
                    uint(out, stage.0.into());
                    int(out, event.wrapping_sub(last).cast_signed());
                    last = event;
                }
            }
            uint(out, back(node.first));
            uint(out, back(node.second));
        }
        uint(out, self.living(self.alive).count() as u64);
        let mut least = 0;
        for StateSet { state, set } in self.living(self.alive) {
            uint(out, (state.0 - least).into());
            uint(out, count as u64 - u64::from(marks.of(*set)));
            least = state.0 + 1;
        }
    }

    /// Reads it, its group having been read, as that of another group.
    pub(in crate::runtime) fn read(
        reader: &mut Reader<'_>,
        group: usize,
        stages: usize,
        events: &mut Events,
    ) -> Result<Self, RecordError> {
        let mut section = Self::new(group);
        section.newest = Timestamp(events.last_time().0.wrapping_add(reader.int()?));
        let mut nodes: SmallVec<[Read; 4]> = SmallVec::new();
        let mut last = 0;
        for _ in 0..reader.count()? {
            let node = read_node(reader, stages, (events, &mut last), &nodes, &mut section.arena)?;
            nodes.push(node);
        }
        section.arena.least = section.arena.len();
        let mut least = 0;
        for _ in 0..reader.count()? {
            let more = reader.below(1 << 31, "a state that there is not")?;
            let state = u32::try_from(least + more).ok();
            let state = StateId(state.ok_or_else(|| reader.corrupt("a state that there is not"))?);
            let behind = reader.below(nodes.len(), "a set of no node")?;
            let at = nodes.len() - 1 - behind;
            reader.expect(nodes[at].event.is_some(), "a set that begins with a pair")?;
            nodes[at].is_reached = true;
            section.sets.push(StateSet { state, set: place(at) });
            least = state.index() + 1;
        }
        reader.expect(!section.sets.is_empty(), "a section with nothing in it")?;
        mark_linked(&mut nodes);
        reader.expect(nodes.iter().all(|node| node.is_reached), "a node that nothing reaches")?;
        Ok(section)
    }

    /// The states that hold any partial matches.
    pub(in crate::runtime) fn states(&self) -> impl Iterator<Item = StateId> {
        self.sets.iter().map(|held| held.state)
    }
}

fn place(at: usize) -> Place {
    Place(u32::try_from(at).expect("a record has fewer than 2^32 bytes"))
}

/// What a node that is reached links to is reached.
fn mark_linked(nodes: &mut [Read]) {
    for at in (0..nodes.len()).rev() {
        let Read { first, second, is_reached, .. } = nodes[at];
        for back in [first, second] {
            if is_reached && back > 0 {
                nodes[at - back].is_reached = true;
            }
        }
    }
}

fn read_node(
    reader: &mut Reader<'_>,
    stages: usize,
    (events, last): (&mut Events, &mut usize),
    before: &[Read],
    arena: &mut Arena,
) -> Result<Read, RecordError> {
    let at = before.len();
    let rank = reader.below(1 << u8::BITS, "a rank that there is not")?;
    let mut taken = None;
    if rank > 0 {
        let stage = StageId::new(reader.below(stages.min(1 << u16::BITS), "a stage that there is not")?);
        let ahead = isize::try_from(reader.int()?).ok().and_then(|ahead| last.checked_add_signed(ahead));
        let place = ahead.filter(|place| *place < events.len());
        *last = place.ok_or_else(|| reader.corrupt("a node of no event"))?;
        let (event, time) = events.reach(*last);
        let rank = u8::try_from(rank).expect("it is below 256");
        taken = Some((Kind::Take { event, stage, rank }, time));
    }
    let first = reader.below(at + 1, "a link to no node")?;
    let second = reader.below(at + 1, "a link to no node")?;
    let linked = |back: usize| (back > 0).then(|| before[at - back]);
    let is_take = |back: usize| linked(back).is_none_or(|node| node.event.is_some());
    reader.expect(is_take(first), "a link to a pair where a take should be")?;
    let event = taken.map(|_| *last);
    let (kind, latest) = match (taken, linked(first)) {
        (Some((kind, time)), None) => (kind, time),
        (Some((kind, _)), Some(node)) => {
            reader.expect(node.event < event, "a take that is not after what it adds to")?;
            (kind, node.latest)
        }
        (None, Some(node)) => {
            reader.expect(is_take(second), "a pair of a pair")?;
            (Kind::Pair, node.latest)
        }
        (None, None) => return Err(reader.corrupt("a pair of nothing")),
    };
    let in_order = linked(second).is_none_or(|node| node.latest <= latest);
    reader.expect(in_order, "a set whose first member is not the latest")?;
    let link = |back: usize| (back > 0).then(|| place(at - back));
    arena.push(latest, [link(first), link(second)], kind);
    Ok(Read { latest, event, first, second, is_reached: false })
}
