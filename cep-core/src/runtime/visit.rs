//! Which groups of patterns an event is to meet: those it may start something for, and those that hold something for
//! its key that it can move. What this costs depends on how many they are, not on how many groups there are.

use super::key_state::KeyState;
use super::truth::{EventAt, bit, may_hold};
use crate::program::{Group, GroupAtom};

/// Whether a family has so few groups that all are asked whether an event can move anything.
pub(crate) fn are_few(groups: &[Group]) -> bool {
    const FEW: usize = 4;
    groups.len() <= FEW
}

/// By row of a batch: the groups that the row starts a partial match for, or may, in order.
#[derive(Debug, Default)]
pub(crate) struct Starters {
    /// By row, where its groups end.
    ends: Box<[u32]>,
    groups: Box<[u16]>,
}

impl Starters {
    /// From pairs of row and group, those of one row in the order of groups.
    pub(crate) fn new(rows: usize, pairs: &[(u32, u16)]) -> Self {
        let mut ends = vec![0_u32; rows].into_boxed_slice();
        for (row, _) in pairs {
            ends[*row as usize] += 1;
        }
        let mut before = 0;
        for end in &mut ends {
            before += std::mem::replace(end, before);
        }
        let mut groups = vec![0; pairs.len()].into_boxed_slice();
        for (row, group) in pairs {
            let place = &mut ends[*row as usize];
            groups[*place as usize] = *group;
            *place += 1;
        }
        Self { ends, groups }
    }

    fn of(&self, row: usize) -> &[u16] {
        let first = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.groups[first as usize..self.ends[row] as usize]
    }
}

/// The groups that one event is to meet, in order, while what the key holds changes at and before the one at hand.
pub(super) struct Visits<'a> {
    event: &'a EventAt<'a>,
    starters: &'a [u16],
    /// The least group that may come next.
    least: usize,
    section: usize,
    set: usize,
}

impl<'a> Visits<'a> {
    pub(super) fn new(event: &'a EventAt<'a>) -> Self {
        Self { event, starters: event.masks.starters.of(event.row), least: 0, section: 0, set: 0 }
    }

    /// The next group.
    pub(super) fn next(&mut self, state: &KeyState) -> Option<usize> {
        loop {
            let held = self.next_held(state);
            let starter = self.starters.first().map(|group| usize::from(*group));
            let group = match (starter, held) {
                (Some(starter), held) if held.is_none_or(|held| starter <= held) => {
                    self.starters = &self.starters[1..];
                    starter
                }
                (_, held) => {
                    let held = held?;
                    if !can_move(held, self.event) {
                        self.least = held + 1;
                        continue;
                    }
                    held
                }
            };
            self.least = group + 1;
            return Some(group);
        }
    }

    /// The next group that holds anything for the key.
    fn next_held(&mut self, state: &KeyState) -> Option<usize> {
        let section = first_from(&state.sections.all, &mut self.section, self.least, |section| section.group);
        let sets = state.sets.as_deref().map_or(&[][..], |sets| sets);
        let set = first_from(sets, &mut self.set, self.least, |section| section.group);
        section.into_iter().chain(set).min()
    }
}

/// The first group from a place on that is not below the least.
fn first_from<T>(held: &[T], place: &mut usize, least: usize, group: impl Fn(&T) -> u16) -> Option<usize> {
    while let Some(section) = held.get(*place) {
        let group = usize::from(group(section));
        if group >= least {
            return Some(group);
        }
        *place += 1;
    }
    None
}

/// Whether an event can move anything that a group holds, as far as its conditions tell.
pub(super) fn can_move(place: usize, event: &EventAt<'_>) -> bool {
    let group = &event.family.groups[place];
    group.moves_on_miss
        || match &event.masks.of_groups[place] {
            Some(words) => bit(words, event.row),
            None => group.atoms.iter().any(|atom| match atom {
                GroupAtom::Same(predicate) => may_hold(*predicate, event),
                GroupAtom::Each { .. } => true,
            }),
        }
}
