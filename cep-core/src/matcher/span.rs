//! A batch of a stream that one merge alone reads, worked through in spans rather than row by row: rows that satisfy
//! nothing cost a bit, and rows in order need no reorder buffer. A late row ends a span, so that what it is late for
//! comes out before it.

use std::ops::Range;
use std::sync::Arc;

use super::merge::{Clocks, Merge};
use super::outlet::{Outlet, Turn};
use super::output::LateRef;
use super::rows::{FamilyRows, Rows};
use super::run::{Halt, StratumRun};
use crate::event::{EventBatch, WatermarkColumn};
use crate::program::Misses;
use crate::runtime::bit;
use crate::time::{Timestamp, Watermark};

impl<F: Outlet> StratumRun<'_, F> {
    /// All rows of a batch arrive, and the watermark before the last of them is reached.
    pub(super) fn batch(
        &mut self,
        rows: &Arc<Rows>,
        merge: &mut Merge,
        clocks: &mut Clocks,
    ) -> Result<(), Halt> {
        let stream = rows.batch.stream();
        let clock = clocks.streams[stream.index()];
        let others = merge.watermark_of_others(stream, &clocks.streams);
        let len = rows.batch.len();
        let mut from = 0;
        while from < len {
            let reach =
                Reach { batch: &rows.batch, least: clock.watermark, greatest: others, clock: merge.clock };
            let late = reach.first_late(from);
            self.turn(|| Turn::Rise { merge: merge.families[0], from });
            self.span(rows, from..late.unwrap_or(len), merge, reach.before(late.unwrap_or(len - 1)))?;
            let Some(late) = late else { break };
            self.late(merge, rows, late);
            from = late + 1;
        }
        if let Some(last) = len.checked_sub(1) {
            let before = rows.batch.watermark_before(last);
            if before > clock.watermark {
                clocks.streams[stream.index()].rise(before);
            }
        }
        Ok(())
    }

    /// A row that a merge's clock has passed.
    pub(super) fn late(&mut self, merge: &Merge, rows: &Arc<Rows>, row: usize) {
        self.turn(|| Turn::Late { merge: merge.families[0], row });
        let row = number(row);
        let patterns =
            merge.families.iter().flat_map(|family| &self.program.families()[family.index()].patterns);
        let patterns = patterns.filter(|pattern| !self.program.pattern(**pattern).automaton.draining);
        patterns.for_each(|pattern| self.sink.late(LateRef { pattern: *pattern, rows, row }));
    }

    /// Rows that are not late arrive, then the clock rises.
    fn span(
        &mut self,
        rows: &Arc<Rows>,
        span: Range<usize>,
        merge: &mut Merge,
        to: Watermark,
    ) -> Result<(), Halt> {
        merge.clock = to;
        let arrived = self.arrived;
        let times = &rows.batch.times()[span.clone()];
        let in_order = rows.ties.is_empty()
            && times.first().is_some_and(|first| merge.pending.is_before(*first))
            && times.is_sorted();
        if !in_order {
            rows.interesting_in(span)
                .for_each(|row| merge.pending.push(rows, number(row), arrived + row as u64));
            return self.release(merge);
        }
        while let Some(row) = merge.pending.pop(to) {
            self.release_row(merge, &row.rows, Ahead::unknown(row.row as usize), row.arrival)?;
        }
        match &rows.families[..] {
            [only] if only.misses != Misses::Nothing => {
                let on_time = span.start + times.partition_point(|time| to.reached(*time));
                let mut from = span.start;
                while let Some(row) = self.first_to_change(only, from..on_time) {
                    self.release_row(merge, rows, Ahead::unknown(row), arrived + row as u64)?;
                    from = row + 1;
                }
                let early = rows.interesting_in(on_time..span.end);
                early.for_each(|row| merge.pending.push(rows, number(row), arrived + row as u64));
            }
            _ if rows.is_sparse => self.span_ahead(rows, span, merge, to)?,
            _ => {
                for row in rows.interesting_in(span) {
                    self.release_or_wait(merge, rows, Ahead::unknown(row), to)?;
                }
            }
        }
        self.expire_until(merge, to)
    }

    /// As the rows that matter lie far apart, some are looked for at once.
    fn span_ahead(
        &mut self,
        rows: &Arc<Rows>,
        span: Range<usize>,
        merge: &mut Merge,
        to: Watermark,
    ) -> Result<(), Halt> {
        let mut interesting = rows.interesting_in(span);
        let mut ahead = std::mem::take(&mut merge.ahead);
        loop {
            ahead.clear();
            ahead.extend(interesting.by_ref().take(LOOK_AHEAD).map(Ahead::unknown));
            if ahead.is_empty() {
                break;
            }
            self.look_ahead(rows, &mut ahead);
            for row in &ahead {
                self.release_or_wait(merge, rows, *row, to)?;
            }
        }
        merge.ahead = ahead;
        Ok(())
    }

    fn release_or_wait(
        &mut self,
        merge: &mut Merge,
        rows: &Arc<Rows>,
        row: Ahead,
        to: Watermark,
    ) -> Result<(), Halt> {
        let arrival = self.arrived + row.row as u64;
        if !to.reached(rows.batch.time(row.row)) {
            merge.pending.push(rows, number(row.row), arrival);
            return Ok(());
        }
        self.release_row(merge, rows, row, arrival)
    }

    /// The first row that can change anything of a family, as far as can be told without a look at its key.
    fn first_to_change(&self, rows: &FamilyRows, mut span: Range<usize>) -> Option<usize> {
        if rows.misses == Misses::Start {
            return span.find(|row| rows.interesting(*row));
        }
        let keys = &self.keys[rows.family.index()];
        let (hits, hashes) = (rows.hit_words(), &rows.hashes[..]);
        let may_change = |row: usize| bit(hits, row) || keys.may_move_on_miss(hashes[row]);
        span.find(|row| may_change(*row) && rows.interesting(*row))
    }

    /// Looks for the keys of some rows at once, and at what would be captured of them: each look waits for memory, and
    /// so they wait together.
    fn look_ahead(&self, rows: &Rows, ahead: &mut [Ahead]) {
        let Some(found) = rows.families.first() else { return };
        let input = &self.program.families()[found.family.index()].inputs[found.input];
        let columns = &input.key;
        let keys = &self.keys[found.family.index()];
        for row in ahead {
            let hash = found.hashes[row.row];
            if !found.hits(row.row) && !keys.may_move_on_miss(hash) {
                continue;
            }
            row.slot = keys.find_row(hash, &rows.batch, row.row, columns);
            if row.slot.is_some() || found.may_start(row.row) {
                rows.batch.fetch(row.row, &input.kept);
            }
        }
    }
}

/// How many rows are looked ahead.
const LOOK_AHEAD: usize = 64;

/// A row to come, and where its key in the first family was when that was looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ahead {
    pub(super) row: usize,
    pub(super) slot: Option<u32>,
}

impl Ahead {
    pub(super) fn unknown(row: usize) -> Self {
        Self { row, slot: None }
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
        let floor = self.least.min(self.greatest).max(self.clock);
        let is_late = |time: &Timestamp, before: &Watermark| {
            floor.reached(*time) | (before.reached(*time) & self.greatest.reached(*time))
        };
        let times = &self.batch.times()[from..];
        let late = match self.batch.watermarks() {
            WatermarkColumn::Constant(before) => times.iter().position(|time| is_late(time, before)),
            WatermarkColumn::PerRow(before)
                if self.greatest == Watermark::MAX
                    && before.get(from).is_some_and(|first| *first >= floor) =>
            {
                first_pair(times, &before[from..], |time, before| before.reached(*time))
            }
            WatermarkColumn::PerRow(before) => first_pair(times, &before[from..], is_late),
        };
        late.map(|late| from + late)
    }
}

/// The first pair of which something is true. Some are looked at together, all of them, so that the loop needs no branch.
fn first_pair<A, B>(left: &[A], right: &[B], is: impl Fn(&A, &B) -> bool) -> Option<usize> {
    const TOGETHER: usize = 256;
    let mut first = 0;
    for (left, right) in left.chunks(TOGETHER).zip(right.chunks(TOGETHER)) {
        let pairs = || left.iter().zip(right);
        if pairs().fold(false, |some, (left, right)| some | is(left, right)) {
            return pairs().position(|(left, right)| is(left, right)).map(|place| first + place);
        }
        first += left.len();
    }
    None
}

fn number(row: usize) -> u32 {
    u32::try_from(row).expect("a batch has fewer than 2^32 rows")
}
