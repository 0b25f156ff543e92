//! The union of two sets, all members kept, also equal ones.
//!
//! A set is a heap by latest start: a take, and beside it up to two further sets, neither with a later latest start.
//! So where a set is alive its first take is, and who enumerates it meets no more dead nodes than living ones: beside
//! each take at most one pair, and below it two links. That keeps the delay between two matches linear in their
//! length.
//!
//! Mostly the event at hand makes the later set: then the union is one node, whose rest is the other set. Where a set
//! that has grown on another way starts later than what an event adds, the two are melded as leftist heaps are (Crane,
//! 1972): what is on the way is copied, for older sets stay as they are, and the way leads from each take into the
//! rest of lower rank, so that it has at most as many steps as the logarithm of the sets' sizes. (The paper's union
//! makes at most three nodes, but rests on all its sets being built in order of start.)

use super::arena::{Alive, Arena, Kind, Place};
use crate::ids::StageId;
use crate::runtime::buffer::EventId;
use crate::time::Timestamp;

/// A way down two sets. Reused between unions.
#[derive(Default)]
pub(super) struct Way(Vec<Step>);

/// A take on the way, and the rest of it that stays as it is.
struct Step {
    take: Place,
    stays: Option<Place>,
}

/// The partial matches of a set, or the empty one, with one event more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    pub(super) latest: Timestamp,
    pub(super) before: Option<Place>,
    pub(super) stage: StageId,
    pub(super) event: EventId,
}

/// Where sets are made.
pub(super) struct Union<'a> {
    pub(super) arena: &'a mut Arena,
    pub(super) alive: Alive,
    pub(super) way: &'a mut Way,
}

impl Union<'_> {
    /// A set and partial matches that an event made.
    pub(super) fn with_taken(&mut self, set: Option<Place>, taken: Taken) -> Place {
        match set {
            Some(set) if self.latest(set) > taken.latest => {
                let taken = self.take(taken, [None, None]);
                self.of_two(set, taken)
            }
            _ => self.beside(taken, set, 1),
        }
    }

    /// Two sets.
    pub(super) fn of_two(&mut self, left: Place, right: Place) -> Place {
        self.way.0.clear();
        let (mut left, mut right) = (left, right);
        let mut set = loop {
            if self.latest(right) > self.latest(left) {
                std::mem::swap(&mut left, &mut right);
            }
            let [one, other] = self.rests(left);
            let (stays, goes_on) =
                if self.rank(one) >= self.rank(other) { (one, other) } else { (other, one) };
            self.way.0.push(Step { take: left, stays });
            match goes_on {
                Some(next) => left = next,
                None => break right,
            }
        };
        while let Some(Step { take, stays }) = self.way.0.pop() {
            set = self.with_rests(take, [stays, Some(set)]);
        }
        set
    }

    fn latest(&self, set: Place) -> Timestamp {
        self.arena.node(set).latest
    }

    /// No way into a set's rests of lower rank is longer than its rank.
    fn rank(&self, set: Option<Place>) -> u8 {
        match set.map(|set| self.arena.node(set).kind) {
            None => 0,
            Some(Kind::Take { rank, .. }) => rank,
            Some(Kind::Pair) => unreachable!("a set's first node is a take"),
        }
    }

    /// The sets beside a take, as far as they are alive.
    fn rests(&self, set: Place) -> [Option<Place>; 2] {
        let rest = self.arena.linked(set, self.arena.node(set).second, self.alive);
        let Some(place) = rest else { return [None, None] };
        let node = self.arena.node(place);
        match node.kind {
            Kind::Take { .. } => [rest, None],
            Kind::Pair => [node.first, node.second].map(|link| self.arena.linked(place, link, self.alive)),
        }
    }

    /// A copy of a take with other sets beside it.
    fn with_rests(&mut self, take: Place, rests: [Option<Place>; 2]) -> Place {
        let node = self.arena.node(take);
        let Kind::Take { event, stage, .. } = node.kind else { unreachable!("a set's first node is a take") };
        let before = self.arena.linked(take, node.first, self.alive);
        self.take(Taken { latest: node.latest, before, stage, event }, rests)
    }

    fn take(&mut self, taken: Taken, rests: [Option<Place>; 2]) -> Place {
        let rank = self.rank(rests[0]).min(self.rank(rests[1])).saturating_add(1);
        let rest = self.pair(rests);
        self.beside(taken, rest, rank)
    }

    fn beside(&mut self, taken: Taken, rest: Option<Place>, rank: u8) -> Place {
        let Taken { latest, before, stage, event } = taken;
        self.arena.push(latest, [before, rest], Kind::Take { event, stage, rank })
    }

    /// What stands for two sets beside a take.
    fn pair(&mut self, rests: [Option<Place>; 2]) -> Option<Place> {
        let [Some(one), Some(other)] = rests else { return rests[0].or(rests[1]) };
        let (one, other) = if self.latest(other) > self.latest(one) { (other, one) } else { (one, other) };
        Some(self.arena.push(self.latest(one), [Some(one), Some(other)], Kind::Pair))
    }
}
