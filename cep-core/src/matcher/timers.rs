//! Deadlines of keys: one armed a key, lazily. A deadline that a key no longer has is found out when it comes up.
//!
//! Where all windows are of one length, deadlines are armed in the order in which they come up, and wait in a line. Any
//! other goes to a hierarchical timing wheel (Varghese and Lauck, SOSP 1987), exact to the millisecond: it lies on the
//! level of the highest digit in which it differs from the present, and moves down as time comes nearer.

use std::collections::VecDeque;

use crate::ids::FamilyId;
use crate::time::{Timestamp, Watermark};

/// A key whose first window closes at some moment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Deadline {
    pub(super) time: Timestamp,
    pub(super) family: FamilyId,
    pub(super) slot: u32,
}

/// Bits of a digit.
const BITS: u32 = 6;
/// Slots of a level, one a digit.
const SLOTS: usize = 1 << BITS;
/// Digits of a time.
const LEVELS: usize = (u64::BITS as usize).div_ceil(BITS as usize);
/// The end of a list.
const NONE: u32 = u32::MAX;

/// A deadline in the list of its slot, or a free place in the list of those.
#[derive(Clone, Copy, Debug)]
struct Link {
    deadline: Deadline,
    next: u32,
}

/// The armed deadlines of a merge.
#[derive(Debug)]
pub(super) struct Timers {
    /// Those armed in order.
    line: VecDeque<Deadline>,
    links: Vec<Link>,
    free: u32,
    armed: usize,
    /// The first of each slot's list, level by level.
    slots: Box<[[u32; SLOTS]; LEVELS]>,
    /// The slots that hold any, a bit each.
    filled: [u64; LEVELS],
    /// The present: no deadline lies before it.
    now: u64,
    /// No deadline in the wheel lies before this.
    earliest: u64,
    /// No deadline at all lies before this.
    next: u64,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            line: VecDeque::new(),
            links: Vec::new(),
            free: NONE,
            armed: 0,
            slots: Box::new([[NONE; SLOTS]; LEVELS]),
            filled: [0; LEVELS],
            now: 0,
            earliest: u64::MAX,
            next: u64::MAX,
        }
    }
}

impl Timers {
    pub(super) fn arm(&mut self, deadline: Deadline) {
        self.next = self.next.min(ordered(deadline.time));
        if self.line.back().is_none_or(|last| last.time <= deadline.time) {
            self.line.push_back(deadline);
        } else {
            self.arm_in_wheel(deadline);
        }
    }

    fn arm_in_wheel(&mut self, deadline: Deadline) {
        let link = Link { deadline, next: NONE };
        let at = if self.free == NONE {
            self.links.push(link);
            u32::try_from(self.links.len() - 1).expect("fewer than 2^32 keys are armed")
        } else {
            let at = self.free;
            self.free = std::mem::replace(&mut self.links[at as usize], link).next;
            at
        };
        self.armed += 1;
        self.put(at);
    }

    /// Whether the watermark has surely reached no deadline.
    #[inline]
    pub(super) fn are_later(&self, watermark: Watermark) -> bool {
        self.next > ordered(Timestamp(watermark.0))
    }

    /// The first deadline that the watermark has reached.
    pub(super) fn first(&mut self, watermark: Watermark) -> Option<Timestamp> {
        let until = ordered(Timestamp(watermark.0));
        let in_line = self.line.front().map(|first| first.time);
        let in_wheel = if self.earliest > until { None } else { self.find_first(until) };
        let first = in_wheel.into_iter().chain(in_line).min();
        self.next = first.map_or(u64::MAX, ordered).min(self.earliest);
        first.filter(|time| watermark.reached(*time))
    }

    fn find_first(&mut self, until: u64) -> Option<Timestamp> {
        while self.earliest <= until {
            let (level, slot) = self.first_slot()?;
            self.earliest = self.start_of(level, slot);
            if level == 0 {
                return (self.earliest <= until).then(|| time(self.earliest));
            }
            if self.earliest <= until {
                self.move_down(level, slot);
            }
        }
        None
    }

    /// Takes out all deadlines of one moment, which has been told to be the first.
    pub(super) fn take(&mut self, moment: Timestamp, due: &mut Vec<Deadline>) {
        while let Some(first) = self.line.pop_front_if(|first| first.time == moment) {
            due.push(first);
        }
        const SLACK: usize = 1024;
        if self.line.is_empty() && self.line.capacity() > SLACK {
            self.line.shrink_to(SLACK);
        }
        if self.earliest <= ordered(moment) && self.find_first(ordered(moment)) == Some(moment) {
            self.take_of_wheel(ordered(moment), due);
        }
    }

    fn take_of_wheel(&mut self, moment: u64, due: &mut Vec<Deadline>) {
        self.now = moment;
        let slot = digit(moment, 0);
        let mut at = std::mem::replace(&mut self.slots[0][slot], NONE);
        self.filled[0] &= !(1 << slot);
        while at != NONE {
            let link = self.links[at as usize];
            due.push(link.deadline);
            self.links[at as usize].next = self.free;
            self.free = at;
            self.armed -= 1;
            at = link.next;
        }
        if self.armed == 0 {
            self.clear();
        }
    }

    /// How many deadlines are armed, those included that nobody has any more.
    pub(super) fn len(&self) -> usize {
        self.armed + self.line.len()
    }

    /// Keeps only some of the deadlines.
    pub(super) fn retain(&mut self, keep: impl Fn(&Deadline) -> bool) {
        self.line.retain(&keep);
        let mut kept = Vec::new();
        for first in self.slots.iter().flatten() {
            let mut at = *first;
            while at != NONE {
                let Link { deadline, next } = self.links[at as usize];
                kept.extend(keep(&deadline).then_some(deadline));
                at = next;
            }
        }
        let line = std::mem::take(&mut self.line);
        *self = Self { line, now: self.now, next: self.next, ..Self::default() };
        kept.into_iter().for_each(|deadline| self.arm_in_wheel(deadline));
    }

    /// Puts a link into the slot where it belongs as of now. One that is overdue comes up at once, at its own time.
    fn put(&mut self, at: u32) {
        let due = ordered(self.links[at as usize].deadline.time);
        if due < self.now {
            self.turn_back(due);
        }
        let level = (u64::BITS - 1 - ((due ^ self.now) | 1).leading_zeros()) / BITS;
        let slot = digit(due, level as usize);
        let first = &mut self.slots[level as usize][slot];
        self.links[at as usize].next = *first;
        *first = at;
        self.filled[level as usize] |= 1 << slot;
        self.earliest = self.earliest.min(due);
    }

    /// Sets the present back: everything is put anew. Time seldom does this, only where a late window is loaded.
    fn turn_back(&mut self, to: u64) {
        self.now = to;
        let mut all = Vec::with_capacity(self.armed);
        for (filled, slots) in self.filled.iter_mut().zip(self.slots.iter_mut()) {
            *filled = 0;
            all.extend(slots.iter_mut().map(|first| std::mem::replace(first, NONE)));
        }
        all.into_iter().for_each(|first| self.put_list(first));
    }

    fn put_list(&mut self, first: u32) {
        let mut at = first;
        while at != NONE {
            let next = self.links[at as usize].next;
            self.put(at);
            at = next;
        }
    }

    /// The slot that holds the first deadlines: on the lowest level that holds any, the one that comes up next.
    fn first_slot(&self) -> Option<(usize, usize)> {
        let level = self.filled.iter().position(|filled| *filled != 0)?;
        // Deadlines of a level share all higher digits with the present, so none lies before it.
        Some((level, self.filled[level].trailing_zeros() as usize))
    }

    /// The first moment that falls into a slot.
    fn start_of(&self, level: usize, slot: usize) -> u64 {
        let shift = BITS * level as u32;
        let above = (u64::MAX << shift) << BITS;
        (self.now & above) | (slot as u64) << shift
    }

    /// The present comes to a slot: its deadlines go to lower levels.
    fn move_down(&mut self, level: usize, slot: usize) {
        self.now = self.start_of(level, slot);
        self.filled[level] &= !(1 << slot);
        let first = std::mem::replace(&mut self.slots[level][slot], NONE);
        self.put_list(first);
    }

    fn clear(&mut self) {
        self.links.clear();
        self.free = NONE;
        self.earliest = u64::MAX;
        const SLACK: usize = 1024;
        self.links.shrink_to(SLACK);
    }
}

/// A time as an unsigned number in the same order.
fn ordered(time: Timestamp) -> u64 {
    time.0.cast_unsigned() ^ 1 << 63
}

fn time(ordered: u64) -> Timestamp {
    Timestamp((ordered ^ 1 << 63).cast_signed())
}

fn digit(time: u64, level: usize) -> usize {
    (time >> (BITS * level as u32)) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// A small generator: tests need no better.
    fn next(state: &mut u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *state >> 33
    }

    #[test]
    fn deadlines_come_up_in_order_whenever_they_are_armed() {
        for scale in [3, 100, 70_000, 1 << 40] {
            let (mut timers, mut model, mut state) = (Timers::default(), BTreeMap::new(), scale);
            let mut clock = -(scale as i64);
            for slot in 0..2000_u32 {
                let ahead =
                    (next(&mut state).wrapping_mul(scale) >> 20).cast_signed() - i64::from(slot % 7 == 0) * 5;
                let time = Timestamp(clock.saturating_add(ahead));
                timers.arm(Deadline { time, family: FamilyId(0), slot });
                model.entry(time).or_insert_with(Vec::new).push(slot);
                if slot % 3 == 0 {
                    clock = clock.saturating_add((next(&mut state) % scale).cast_signed());
                    check(&mut timers, &mut model, Watermark(clock));
                }
            }
            assert_eq!(timers.len(), model.values().map(Vec::len).sum::<usize>());
            let keeps = |slot: &u32| slot % 5 != 1;
            timers.retain(|deadline| keeps(&deadline.slot));
            model.values_mut().for_each(|slots| slots.retain(keeps));
            model.retain(|_, slots| !slots.is_empty());
            check(&mut timers, &mut model, Watermark::MAX);
            assert!(model.is_empty() && timers.links.is_empty() && timers.line.is_empty());
        }
    }

    fn check(timers: &mut Timers, model: &mut BTreeMap<Timestamp, Vec<u32>>, to: Watermark) {
        while let Some(first) = timers.first(to) {
            let mut due = Vec::new();
            timers.take(first, &mut due);
            let mut slots: Vec<u32> = due.iter().map(|deadline| deadline.slot).collect();
            slots.sort_unstable();
            let expected = model.pop_first();
            assert_eq!(expected, Some((first, slots)));
        }
        assert!(model.first_key_value().is_none_or(|(time, _)| !to.reached(*time)));
    }
}
