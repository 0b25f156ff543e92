//! Deadlines of keys: one armed a key, lazily. A deadline that a key no longer has is found out when it comes up.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::ids::FamilyId;
use crate::time::{Timestamp, Watermark};

/// A key whose first window closes at some moment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Deadline {
    pub(super) time: Timestamp,
    pub(super) family: FamilyId,
    pub(super) slot: u32,
}

/// The armed deadlines of a merge.
#[derive(Debug, Default)]
pub(super) struct Timers {
    armed: BinaryHeap<Reverse<Deadline>>,
}

impl Timers {
    pub(super) fn arm(&mut self, deadline: Deadline) {
        self.armed.push(Reverse(deadline));
    }

    /// The first deadline that the watermark has reached.
    pub(super) fn first(&self, watermark: Watermark) -> Option<Timestamp> {
        self.armed.peek().map(|Reverse(deadline)| deadline.time).filter(|time| watermark.reached(*time))
    }

    /// Takes out all deadlines of one moment.
    pub(super) fn take(&mut self, time: Timestamp) -> Vec<Deadline> {
        let mut due = Vec::new();
        while let Some(Reverse(deadline)) =
            self.armed.peek().filter(|Reverse(deadline)| deadline.time == time)
        {
            due.push(*deadline);
            self.armed.pop();
        }
        due
    }

    /// All armed deadlines up to a watermark, in no order.
    pub(super) fn until(&self, watermark: Watermark) -> impl Iterator<Item = Deadline> {
        self.armed
            .iter()
            .map(|Reverse(deadline)| *deadline)
            .filter(move |deadline| watermark.reached(deadline.time))
    }
}
