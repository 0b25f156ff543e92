//! The reorder buffer: rows that wait for the watermark, handed out in the order of (time, tie-break fields, arrival).
//!
//! Rows that arrive in order go to a queue, stragglers to a heap beside it, so that ordered input pays for neither.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

use super::rows::Rows;
use crate::event::EventBatch;
use crate::expr::compare;
use crate::ids::ColumnId;
use crate::time::{Timestamp, Watermark};

/// A row that waits.
#[derive(Clone, Debug)]
pub(super) struct PendingRow {
    pub(super) time: Timestamp,
    /// Its place among all rows that arrived at the matcher.
    pub(super) arrival: u64,
    pub(super) rows: Arc<Rows>,
    pub(super) row: u32,
}

impl PendingRow {
    fn order(&self, other: &Self) -> Ordering {
        let by_time = self.time.cmp(&other.time);
        let by_tie = || tie_break((&self.rows, self.row), (&other.rows, other.row));
        by_time.then_with(by_tie).then_with(|| self.arrival.cmp(&other.arrival))
    }
}

/// The order of two rows of one moment by the fields of their streams that say so.
pub(super) fn tie_break(left: (&Rows, u32), right: (&Rows, u32)) -> Ordering {
    let left = Tied { batch: &left.0.batch, ties: &left.0.ties, row: left.1 as usize };
    left.order(Tied { batch: &right.0.batch, ties: &right.0.ties, row: right.1 as usize })
}

/// A row, and the fields that order it among those of its moment.
#[derive(Clone, Copy)]
pub(super) struct Tied<'a> {
    pub(super) batch: &'a EventBatch,
    pub(super) ties: &'a [(ColumnId, bool)],
    pub(super) row: usize,
}

impl Tied<'_> {
    /// Null comes first, so that the order is total.
    pub(super) fn order(self, other: Tied<'_>) -> Ordering {
        // All inputs of a merge have the same list.
        for ((own, descending), (others, _)) in self.ties.iter().zip(other.ties) {
            let own = self.batch.column(*own).get(self.row);
            let others = other.batch.column(*others).get(other.row);
            let order = match (own.is_null(), others.is_null()) {
                (false, false) => compare(&own, &others).unwrap_or(Ordering::Equal),
                (own, others) => others.cmp(&own),
            };
            if order.is_ne() {
                return if *descending { order.reverse() } else { order };
            }
        }
        Ordering::Equal
    }
}

impl PartialEq for PendingRow {
    fn eq(&self, other: &Self) -> bool {
        self.order(other).is_eq()
    }
}

impl Eq for PendingRow {}

impl PartialOrd for PendingRow {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PendingRow {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order(other)
    }
}

/// The rows of a merge that wait.
#[derive(Debug, Default)]
pub(super) struct Pending {
    in_order: VecDeque<PendingRow>,
    stragglers: BinaryHeap<Reverse<PendingRow>>,
}

impl Pending {
    pub(super) fn len(&self) -> usize {
        self.in_order.len() + self.stragglers.len()
    }

    /// Whether all rows that wait come before one that arrives now, as far as time tells.
    pub(super) fn is_before(&self, time: Timestamp) -> bool {
        self.stragglers.is_empty() && self.in_order.back().is_none_or(|last| last.time <= time)
    }

    pub(super) fn push(&mut self, rows: &Arc<Rows>, row: u32, arrival: u64) {
        let time = rows.batch.time(row as usize);
        let item = PendingRow { time, arrival, rows: Arc::clone(rows), row };
        if self.in_order.back().is_none_or(|last| *last <= item) {
            self.in_order.push_back(item);
        } else {
            self.stragglers.push(Reverse(item));
        }
    }

    /// The time of the first row, if the watermark has reached it.
    pub(super) fn first(&self, watermark: Watermark) -> Option<Timestamp> {
        let straggler = self.stragglers.peek().map(|Reverse(row)| row.time);
        let first = self.in_order.front().map(|row| row.time).into_iter().chain(straggler).min()?;
        watermark.reached(first).then_some(first)
    }

    /// Takes out the first row, if the watermark has reached it.
    pub(super) fn pop(&mut self, watermark: Watermark) -> Option<PendingRow> {
        self.first(watermark)?;
        match (self.in_order.front(), self.stragglers.peek()) {
            (Some(front), Some(Reverse(straggler))) if straggler < front => {}
            (Some(_), _) => return self.in_order.pop_front(),
            _ => {}
        }
        self.stragglers.pop().map(|Reverse(row)| row)
    }

    /// All rows that wait, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &PendingRow> {
        self.in_order.iter().chain(self.stragglers.iter().map(|Reverse(row)| row))
    }
}
