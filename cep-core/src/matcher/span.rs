//! A batch of a stream that one merge alone reads, worked through in spans rather than row by row: rows that satisfy
//! nothing cost a bit, and rows in order need no reorder buffer. A late row ends a span, so that what it is late for
//! comes out before it.

use std::ops::Range;
use std::sync::Arc;

use super::merge::{Clock, Merge};
use super::output::{LateRef, Output};
use super::rows::Rows;
use super::run::StratumRun;
use crate::event::EventBatch;
use crate::runtime::RunError;
use crate::time::{Timestamp, Watermark};

impl<F: FnMut(u32, Output<'_>)> StratumRun<'_, F> {
    /// All rows of a batch arrive, and the watermark before the last of them is reached.
    pub(super) fn batch(
        &mut self,
        rows: &Arc<Rows>,
        merge: &mut Merge,
        clocks: &mut [Clock],
    ) -> Result<(), RunError> {
        let clock = clocks[rows.batch.stream().index()];
        let others = merge.watermark_of_others(rows.batch.stream(), clocks);
        let len = rows.batch.len();
        let mut from = 0;
        while from < len {
            let reach =
                Reach { batch: &rows.batch, least: clock.watermark, greatest: others, clock: merge.clock };
            let late = reach.first_late(from);
            self.span(rows, from..late.unwrap_or(len), merge, reach.before(late.unwrap_or(len - 1)))?;
            let Some(late) = late else { break };
            self.late(merge, rows, late);
            from = late + 1;
        }
        if let Some(last) = len.checked_sub(1) {
            let before = rows.batch.watermark_before(last);
            if before > clock.watermark {
                clocks[rows.batch.stream().index()].rise(before);
            }
        }
        Ok(())
    }

    /// A row that a merge's clock has passed.
    pub(super) fn late(&mut self, merge: &Merge, rows: &Arc<Rows>, row: usize) {
        let row = number(row);
        let patterns =
            merge.families.iter().flat_map(|family| &self.program.families()[family.index()].patterns);
        patterns.for_each(|pattern| self.sink.late(LateRef { pattern: *pattern, rows, row }));
    }

    /// Rows that are not late arrive, then the clock rises.
    fn span(
        &mut self,
        rows: &Arc<Rows>,
        span: Range<usize>,
        merge: &mut Merge,
        to: Watermark,
    ) -> Result<(), RunError> {
        merge.clock = to;
        let times = &rows.batch.times()[span.clone()];
        let in_order = rows.ties.is_empty()
            && times.first().is_some_and(|first| merge.pending.is_before(*first))
            && times.is_sorted();
        if !in_order {
            rows.interesting_in(span).for_each(|row| merge.pending.push(rows, number(row)));
            return self.release(merge);
        }
        while let Some(row) = merge.pending.pop(to) {
            self.release_row(merge, &row.rows, row.row as usize)?;
        }
        for row in rows.interesting_in(span) {
            if to.reached(rows.batch.time(row)) {
                self.release_row(merge, rows, row)?;
            } else {
                merge.pending.push(rows, number(row));
            }
        }
        self.expire_until(merge, to)
    }
}

/// How far a merge has come before each row of a batch.
struct Reach<'a> {
    batch: &'a EventBatch,
    /// The stream's watermark before the batch.
    least: Watermark,
    /// The watermark of the merge's other inputs.
    greatest: Watermark,
    /// What the merge has reached already.
    clock: Watermark,
}

impl Reach<'_> {
    fn before(&self, row: usize) -> Watermark {
        self.reached(self.batch.watermark_before(row))
    }

    fn reached(&self, before: Watermark) -> Watermark {
        before.max(self.least).min(self.greatest).max(self.clock)
    }

    /// The first row from a place on that comes too late.
    fn first_late(&self, from: usize) -> Option<usize> {
        // Some rows at a time, all of them looked at, so that the loop needs no branch.
        const ROWS: usize = 256;
        let is_late = |row: usize, time: &Timestamp| self.before(row).reached(*time);
        let times = self.batch.times();
        let mut first = from;
        while first < times.len() {
            let last = (first + ROWS).min(times.len());
            let some = times[first..last]
                .iter()
                .zip(first..)
                .fold(false, |some, (time, row)| some | is_late(row, time));
            if some {
                return (first..last).find(|row| is_late(*row, &times[*row]));
            }
            first = last;
        }
        None
    }
}

fn number(row: usize) -> u32 {
    u32::try_from(row).expect("a batch has fewer than 2^32 rows")
}
