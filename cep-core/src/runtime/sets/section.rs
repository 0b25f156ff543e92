//! What a key holds for a pattern whose partial matches are held as sets.

use smallvec::SmallVec;

use super::arena::{Alive, Arena, Kind, Place};
use super::compact::{Marks, compact, is_due};
use super::enumerate::Walk;
use crate::ids::{StageId, StateId};
use crate::program::Automaton;
use crate::runtime::buffer::EventId;
use crate::time::{Duration, Timestamp};

/// The sets of a key, by the place of their pattern's group in the family.
pub(crate) type SetSections = SmallVec<[SetSection; 1]>;

/// The partial matches of a state.
#[derive(Clone, Copy, Debug)]
pub(super) struct StateSet {
    pub(super) state: StateId,
    pub(super) set: Place,
}

/// The states that hold any, in order.
pub(super) type StateSets = SmallVec<[StateSet; 2]>;

/// The partial matches of one key and pattern.
#[derive(Clone, Debug)]
pub(crate) struct SetSection {
    pub(super) arena: Arena,
    pub(super) sets: StateSets,
    /// What the window had let live when time last mattered.
    pub(super) alive: Alive,
    /// When a partial match last began.
    pub(super) newest: Timestamp,
    /// The place in its family of the pattern's group, which it is alone in.
    pub(crate) group: u16,
}

impl SetSection {
    pub(crate) fn new(place: usize) -> Self {
        let group = u16::try_from(place).expect("a family has fewer than 65,536 groups");
        Self {
            arena: Arena::default(),
            sets: SmallVec::new(),
            alive: Alive::ALL,
            newest: Timestamp(i64::MIN),
            group,
        }
    }

    /// The states in which any partial match is alive.
    pub(super) fn living(&self, alive: Alive) -> impl Iterator<Item = &StateSet> {
        self.sets.iter().filter(move |held| alive.holds(self.arena.node(held.set).latest))
    }

    /// Whether there is no partial match.
    pub(crate) fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// The moment at which the last window closes, at the latest: until then the section takes care of itself.
    pub(crate) fn deadline(&self, window: Option<Duration>) -> Option<Timestamp> {
        Some(self.newest.saturating_add(window?)).filter(|_| !self.is_empty())
    }

    /// Forgets all partial matches if all are over.
    pub(crate) fn expire(&mut self, window: Option<Duration>, now: Timestamp) {
        let alive = alive(window, now);
        self.alive = self.alive.max(alive);
        let over = self.living(alive).next().is_none();
        if over {
            self.sets.clear();
            self.arena.clear();
        }
    }

    /// Whether an event that satisfies no condition does anything but pass.
    pub(crate) fn moves_on_miss(&self, automaton: &Automaton) -> bool {
        self.sets.iter().any(|held| automaton.state(held.state).moves_on_miss)
    }

    /// Gives back what is dead or not reached any more.
    pub(super) fn reclaim(&mut self, marks: &mut Marks) {
        if self.sets.is_empty() {
            return self.arena.clear();
        }
        let moved = self.arena.reclaim(self.alive);
        self.sets.iter_mut().for_each(|held| held.set.0 -= moved);
        if is_due(&self.arena) {
            compact(&mut self.arena, self.sets.iter_mut().map(|held| &mut held.set), self.alive, marks);
        }
    }

    /// The events that its partial matches reach, and a few that they no longer do.
    pub(crate) fn events(&mut self) -> impl Iterator<Item = &mut EventId> {
        self.arena.events()
    }

    /// About how many bytes it takes.
    pub(crate) fn memory(&self) -> usize {
        size_of::<Self>() + self.arena.memory()
    }

    /// Calls `found` for some partial matches, so many at most, with the state each is in.
    pub(crate) fn some(&self, most: usize, mut found: impl FnMut(StateId, &[(StageId, EventId)])) {
        let mut walk = Walk::default();
        let mut left = most;
        for held in self.living(self.alive) {
            left -= walk.some(&self.arena, held.set, self.alive, left, |path| found(held.state, path));
        }
    }

    /// The number of partial matches. Looks at every node.
    pub(crate) fn partial_matches(&self) -> usize {
        let mut counts = vec![0_usize; self.arena.nodes().len()];
        for at in self.arena.first()..counts.len() {
            let place = Place(u32::try_from(at).expect("a key holds fewer than 2^32 nodes"));
            let node = self.arena.node(place);
            let of = |link| self.arena.linked(place, link, self.alive).map(|set| counts[set.0 as usize]);
            let first = match node.kind {
                Kind::Take { .. } if node.first.is_none() => 1,
                Kind::Take { .. } | Kind::Pair => of(node.first).unwrap_or_default(),
            };
            counts[at] = first.saturating_add(of(node.second).unwrap_or_default());
        }
        self.living(self.alive).fold(0, |sum, held| sum.saturating_add(counts[held.set.0 as usize]))
    }
}

/// What a window lets live at a moment: who started less than its length ago.
pub(super) fn alive(window: Option<Duration>, now: Timestamp) -> Alive {
    let last_over = window.and_then(|window| now.0.checked_sub(window.0));
    last_over.map_or(Alive::ALL, |last| Alive(Timestamp(last.saturating_add(1))))
}
