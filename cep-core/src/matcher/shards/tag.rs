//! Where an output stands among those of all shards: the turn in which one matcher alone would have handed it out.

use std::cmp::Ordering;

use crate::event::Value;
use crate::ids::FamilyId;
use crate::matcher::key::Key;
use crate::matcher::outlet::{RowTurn, Turn};
use crate::matcher::pending::tie_break;
use crate::time::Timestamp;

/// An item of a script, after the number of its prepared work.
pub(super) type ItemPlace = (u32, u32);

/// The place of outputs, of which each belongs to one shard: that of the key, or the front for late rows.
#[derive(Clone, Debug)]
pub(super) struct Tag {
    turn: Position,
    family: FamilyId,
    /// Of outputs at a deadline: there keys follow one another, while a row has one key.
    key: Key,
}

impl Tag {
    pub(super) fn item(&self) -> ItemPlace {
        self.turn.item
    }

    pub(super) fn family(&self) -> FamilyId {
        self.family
    }

    pub(super) fn step(&self) -> u32 {
        self.turn.step
    }
}

impl Ord for Tag {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_turn = self.turn.order(&other.turn);
        by_turn.then_with(|| self.family.cmp(&other.family)).then_with(|| self.key.order(&other.key))
    }
}

impl PartialOrd for Tag {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Tag {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Tag {}

/// Whose turn it is, in the order of turns.
#[derive(Clone, Debug)]
pub(super) struct Position {
    item: ItemPlace,
    step: u32,
    merge: FamilyId,
    /// Within an item that is a batch: rows before the next late one, then that one, and so on.
    part: usize,
    time: Timestamp,
    row: Option<RowTurn>,
    /// The deadlines of a moment that is past when they are armed: they come right after the row that did.
    overdue: Option<Timestamp>,
}

impl Position {
    /// Before the first item of some prepared work.
    pub(super) fn before(prepared: usize) -> Self {
        let prepared = u32::try_from(prepared).expect("few prepared works go together");
        Self {
            item: (prepared, 0),
            step: 0,
            merge: FamilyId::new(0),
            part: 0,
            time: Timestamp(i64::MIN),
            row: None,
            overdue: None,
        }
    }

    pub(super) fn turn(&mut self, turn: Turn) {
        match turn {
            Turn::Item(step) => {
                let (prepared, item) = self.item;
                *self = Self { item: (prepared, item + 1), step, ..Self::before(0) };
            }
            Turn::Rise { merge, from } => self.part(merge, 2 * from),
            Turn::Late { merge, row } => self.part(merge, 2 * row + 1),
            Turn::Deadlines(time) if self.row.is_some() && time <= self.time => self.overdue = Some(time),
            Turn::Deadlines(time) => (self.time, self.row, self.overdue) = (time, None, None),
            Turn::Row(row) => (self.time, self.row, self.overdue) = (row.time, Some(row), None),
        }
    }

    fn part(&mut self, merge: FamilyId, part: usize) {
        *self = Self { item: self.item, step: self.step, merge, part, ..Self::before(0) };
    }

    pub(super) fn item(&self) -> ItemPlace {
        self.item
    }

    /// The tag of what a key of a family puts out in this turn.
    pub(super) fn tag(&self, family: FamilyId, key: &[Value]) -> Tag {
        let key = if self.has_one_key() { Key::default() } else { Key::of_values(key) };
        Tag { turn: self.clone(), family, key }
    }

    /// Whether all that a family puts out in this turn is of one key.
    pub(super) fn has_one_key(&self) -> bool {
        self.row.is_some() && self.overdue.is_none()
    }

    fn order(&self, other: &Self) -> Ordering {
        let place = |position: &Self| (position.item, position.merge, position.part, position.time);
        let by_row = || match (&self.row, &other.row) {
            (Some(left), Some(right)) => row_order(left, right),
            (left, right) => left.is_some().cmp(&right.is_some()),
        };
        place(self).cmp(&place(other)).then_with(by_row).then_with(|| self.overdue.cmp(&other.overdue))
    }
}

/// The order in which a merge releases the rows of a moment.
fn row_order(left: &RowTurn, right: &RowTurn) -> Ordering {
    let by_tie = match (&left.tied, &right.tied) {
        (Some((left, left_row)), Some((right, right_row))) => {
            tie_break((left, *left_row), (right, *right_row))
        }
        _ => Ordering::Equal,
    };
    by_tie.then_with(|| left.arrival.cmp(&right.arrival))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(time: i64, arrival: u64) -> Turn {
        Turn::Row(RowTurn { time: Timestamp(time), arrival, tied: None })
    }

    #[test]
    fn turns_follow_one_another_as_in_one_matcher() {
        let merge = FamilyId::new(0);
        let turns = [
            Turn::Item(0),
            Turn::Deadlines(Timestamp(5)),
            row(5, 1),
            row(5, 2),
            Turn::Deadlines(Timestamp(5)),
            Turn::Deadlines(Timestamp(6)),
            Turn::Late { merge, row: 3 },
            Turn::Rise { merge, from: 4 },
            row(5, 9),
            Turn::Rise { merge: FamilyId::new(1), from: 0 },
            Turn::Item(0),
            Turn::Late { merge, row: 0 },
        ];
        let mut position = Position::before(0);
        let tags: Vec<Tag> = turns
            .into_iter()
            .map(|turn| {
                position.turn(turn);
                position.tag(merge, &[Value::Int(1)])
            })
            .collect();
        assert!(tags.is_sorted_by(|left, right| left < right), "{tags:?}");
        assert!(position.tag(merge, &[Value::Int(2)]) > *tags.last().expect("there are some"));
    }
}
