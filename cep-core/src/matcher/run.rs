//! Running a script: rows arrive, watermarks rise, and what the watermark has reached is processed in order.

use std::sync::Arc;

use super::Matcher;
use super::config::TimerPolicy;
use super::emitted::Emitted;
use super::feed::{Item, Prepared, What};
use super::keys::{Armed, Keys};
use super::merge::{Clocks, Merge};
use super::outlet::{Outlet, RowTurn, Turn};
use super::output::Output;
use super::rows::{FamilyRows, Rows};
use super::sink::Sink;
use super::span::Ahead;
use super::timers::{Deadline, Timers};
use crate::event::EventBatch;
use crate::ids::FamilyId;
use crate::program::{Hold, Misses, Program};
use crate::runtime::{At, EventAt, KeyRun, RunError, Workspace};
use crate::time::{Timestamp, Watermark};

impl Matcher {
    /// Runs prepared work; gives the work of the next stratum, if the program has one.
    ///
    /// # Errors
    /// Where a pattern asks for the run to stop; matches of earlier events have been handed out by then.
    pub fn apply(
        &mut self,
        prepared: Prepared,
        mut emit: impl FnMut(Output<'_>),
    ) -> Result<Option<Prepared>, RunError> {
        let (next, result) = self.apply_in_steps(prepared, &mut |_, output: Output<'_>| emit(output));
        result.map(|()| next)
    }

    /// As [`Matcher::apply`], telling the step at which each output came about: outputs of all strata are in order by step,
    /// then stratum.
    ///
    /// # Errors
    /// As [`Matcher::apply`].
    pub fn apply_by_step(
        &mut self,
        prepared: Prepared,
        mut emit: impl FnMut(u32, Output<'_>),
    ) -> Result<Option<Prepared>, RunError> {
        let (next, result) = self.apply_in_steps(prepared, &mut emit);
        result.map(|()| next)
    }

    /// The same. What was emitted before a failure is still for the next stratum.
    pub(super) fn apply_in_steps<F: Outlet>(
        &mut self,
        prepared: Prepared,
        emit: &mut F,
    ) -> (Option<Prepared>, Result<(), RunError>) {
        let emitted = self.emitted_of(&prepared);
        let (emitted, result) = self.live_through(&prepared, emitted, emit);
        for (pattern, dropped) in self.workspace.dropped.drain(..) {
            self.stats[pattern.index()].dropped += dropped;
        }
        let next = emitted.map(|emitted| self.prepare_next(&prepared, emitted));
        (next, result.map_err(|halt| *halt))
    }

    /// Room for what a stratum emits, where there is one after it.
    pub(super) fn emitted_of(&self, prepared: &Prepared) -> Option<Emitted> {
        let next = self.clocks.get(prepared.stratum + 1)?;
        Some(Emitted::new(&self.program, &self.emitted, prepared.batches.len(), next))
    }

    /// Runs the script of one stratum.
    pub(super) fn live_through<F: Outlet>(
        &mut self,
        prepared: &Prepared,
        emitted: Option<Emitted>,
        emit: &mut F,
    ) -> (Option<Emitted>, Result<(), Halt>) {
        let program = Arc::clone(&self.program);
        let mut run = StratumRun {
            program: &program,
            policy: self.config.timers,
            report_timeouts: self.config.report_timeouts,
            hold: self.config.hold(),
            workspace: &mut self.workspace,
            keys: &mut self.keys,
            arrived: self.arrived,
            sink: Sink { tables: &self.tables, stats: &mut self.stats, emitted, step: 0, emit },
        };
        let result = run.script(prepared, &mut self.clocks[prepared.stratum], &mut self.merges);
        run.tell_dropped();
        self.arrived += prepared.most_arrivals();
        (run.sink.emitted, result)
    }
}

/// What a run was stopped by: on the heap, as what may return one returns it often.
pub(super) type Halt = Box<RunError>;

/// One stratum at work.
pub(super) struct StratumRun<'a, F> {
    pub(super) program: &'a Program,
    policy: TimerPolicy,
    report_timeouts: bool,
    hold: Hold,
    pub(super) workspace: &'a mut Workspace,
    pub(super) keys: &'a mut [Keys],
    /// The rows that arrived before the item of the script at hand.
    pub(super) arrived: u64,
    pub(super) sink: Sink<'a, F>,
}

/// What happens to a key.
#[derive(Clone, Copy)]
pub(super) enum Happening<'e> {
    /// Time passes.
    Time(Timestamp),
    /// An event.
    Event(&'e EventAt<'e>),
}

impl<'a, F: Outlet> StratumRun<'a, F> {
    fn script(&mut self, prepared: &Prepared, clocks: &mut Clocks, merges: &mut [Merge]) -> Result<(), Halt> {
        for item in &prepared.script {
            self.turn(|| Turn::Item(item.step));
            self.sink.begin(*item);
            self.item(*item, prepared, clocks, merges)?;
            self.sink.end(*item, clocks, merges)?;
            self.arrived += prepared.arrivals(*item);
        }
        Ok(())
    }

    fn item(
        &mut self,
        item: Item,
        prepared: &Prepared,
        clocks: &mut Clocks,
        merges: &mut [Merge],
    ) -> Result<(), Halt> {
        let here = merges.iter_mut().filter(|merge| merge.stratum == prepared.stratum);
        match item.what {
            What::Row { batch, row } => {
                let rows = &prepared.batches[batch as usize];
                here.for_each(|merge| self.arrive(merge, rows, row));
                return Ok(());
            }
            What::Batch { batch } => {
                let rows = &prepared.batches[batch as usize];
                let mut reading = here.filter(|merge| merge.reads(rows.batch.stream()));
                return reading.try_for_each(|merge| self.batch(rows, merge, clocks));
            }
            What::Clock { stream, to } => clocks.streams[stream.index()].rise(to),
            What::Idle { stream, idle } => clocks.streams[stream.index()].idle = idle,
        }
        for merge in here {
            let to = merge.watermark(&clocks.streams);
            if to > merge.clock {
                merge.clock = to;
                self.turn(|| Turn::Rise { merge: merge.families[0], from: 0 });
                match self.policy {
                    TimerPolicy::Exact => self.release(merge)?,
                    TimerPolicy::Flink => self.release_as_flink(merge)?,
                }
            }
        }
        Ok(())
    }

    /// Tells whose turn it is now, where anybody follows that.
    #[inline]
    pub(super) fn turn(&mut self, turn: impl FnOnce() -> Turn) {
        if F::FOLLOWS {
            self.tell_dropped();
            self.sink.emit.turn(turn());
        }
    }

    /// Tells what limits dropped in the turn that ends.
    fn tell_dropped(&mut self) {
        if F::FOLLOWS {
            let dropped = self.workspace.dropped.drain(..);
            dropped.for_each(|(pattern, count)| self.sink.emit.dropped(pattern, count));
        }
    }

    /// A row waits for the watermark, or is late.
    fn arrive(&mut self, merge: &mut Merge, rows: &Arc<Rows>, row: u32) {
        if !merge.reads(rows.batch.stream()) {
            return;
        }
        if merge.clock.reached(rows.batch.time(row as usize)) {
            self.late(merge, rows, row as usize);
        } else if rows.interesting(row as usize) {
            merge.pending.push(rows, row, self.arrived);
        }
    }

    /// Rows and deadlines in the order of their times, a deadline before the rows of its moment.
    pub(super) fn release(&mut self, merge: &mut Merge) -> Result<(), Halt> {
        let clock = merge.clock;
        while let Some(row) = merge.pending.pop(clock) {
            self.release_row(merge, &row.rows, Ahead::unknown(row.row as usize), row.arrival)?;
        }
        self.expire_until(merge, clock)
    }

    /// A row whose turn has come, after the deadlines up to its time.
    pub(super) fn release_row(
        &mut self,
        merge: &mut Merge,
        rows: &Arc<Rows>,
        row: Ahead,
        arrival: u64,
    ) -> Result<(), Halt> {
        let time = rows.batch.time(row.row);
        self.expire_until(merge, Watermark(time.0))?;
        self.turn(|| Turn::Row(RowTurn { time, arrival, tied: rows.tied(row.row) }));
        self.row(merge, rows, row)
    }

    #[inline(always)]
    pub(super) fn expire_until(&mut self, merge: &mut Merge, to: Watermark) -> Result<(), Halt> {
        if merge.timers.are_later(to) { Ok(()) } else { self.expire_all(merge, to) }
    }

    #[inline(never)]
    fn expire_all(&mut self, merge: &mut Merge, to: Watermark) -> Result<(), Halt> {
        while let Some(deadline) = merge.timers.first(to) {
            self.expire(merge, deadline)?;
        }
        Ok(())
    }

    /// All keys with a deadline at one moment, in the order of families and keys.
    fn expire(&mut self, merge: &mut Merge, time: Timestamp) -> Result<(), Halt> {
        self.turn(|| Turn::Deadlines(time));
        let mut due = std::mem::take(&mut merge.due);
        merge.timers.take(time, &mut due);
        self.keep_due(&mut due, time);
        for deadline in due.drain(..) {
            let Deadline { family, slot, .. } = deadline;
            let (at, keys) = (self.at(family), &mut self.keys[family.index()]);
            keys.entry(slot).armed = Armed::NONE;
            if at.family.may_time_out_quietly && !at.report_timeouts {
                if keys.forget_over(slot, at, time) {
                    continue;
                }
                keys.open(slot, at).1.forget_over(at, time);
            } else if keys.open(slot, at).1.deadline(at).is_some_and(|first| first <= time) {
                self.happen(family, slot, Happening::Time(time))?;
            }
            self.settle(&mut merge.timers, family, slot);
        }
        merge.due = due;
        Ok(())
    }

    /// Keeps the deadlines that keys still have, in the order of families and keys.
    fn keep_due(&self, due: &mut Vec<Deadline>, time: Timestamp) {
        let entry_of = |deadline: &Deadline| self.keys[deadline.family.index()].get(deadline.slot);
        due.retain(|deadline| entry_of(deadline).is_some_and(|entry| entry.armed == Armed::at(time)));
        if due.len() < 2 {
            return;
        }
        due.sort_by(|left, right| {
            let keys = || entry_of(left).zip(entry_of(right));
            let by_key =
                || keys().map_or(std::cmp::Ordering::Equal, |(left, right)| left.key.order(&right.key));
            left.family.cmp(&right.family).then_with(by_key)
        });
        due.dedup();
    }

    /// A row meets every family of the merge that it matters to.
    fn row(&mut self, merge: &mut Merge, rows: &Rows, ahead: Ahead) -> Result<(), Halt> {
        let row = ahead.row;
        let mut seen = ahead.slot;
        for found in &rows.families {
            let family = found.family;
            let seen = seen.take();
            if !found.interesting(row) || !merge.families.contains(&family) {
                continue;
            }
            let event = self.event(family, found, &rows.batch, row);
            let Some(slot) = self.slot_for(family, &event, found, seen) else { continue };
            if self.happen(family, slot, Happening::Event(&event))? {
                self.settle(&mut merge.timers, family, slot);
            } else {
                self.keys[family.index()].unchanged(slot, self.at(family));
            }
        }
        Ok(())
    }

    pub(super) fn event<'r>(
        &self,
        family: FamilyId,
        rows: &'r FamilyRows,
        batch: &'r EventBatch,
        row: usize,
    ) -> EventAt<'r>
    where
        'a: 'r,
    {
        EventAt {
            family: &self.program.families()[family.index()],
            input: rows.input,
            batch,
            row,
            masks: &rows.masks,
        }
    }

    /// The slot of a row's key, where the row can change anything of it. A key that holds nothing gets one only where
    /// the row may start something.
    fn slot_for(
        &mut self,
        family: FamilyId,
        event: &EventAt<'_>,
        rows: &FamilyRows,
        seen: Option<u32>,
    ) -> Option<u32> {
        let columns = &event.family.inputs[event.input].key;
        let moves = rows.hits(event.row) || event.family.misses == Misses::Start;
        let keys = &mut self.keys[family.index()];
        let hash = rows.hashes[event.row];
        if !moves && !keys.may_move_on_miss(hash) {
            return None;
        }
        let still = seen.filter(|slot| keys.is_row_at(*slot, event.batch, event.row, columns));
        if let Some(slot) = still.or_else(|| keys.find_row(hash, event.batch, event.row, columns)) {
            return (moves || keys.moves_on_miss(slot)).then_some(slot);
        }
        if keys.diverted.takes(event.batch, event.row, columns) {
            return None;
        }
        rows.may_start(event.row).then(|| keys.insert_row(hash, event.batch, event.row, columns))
    }

    pub(super) fn at(&self, family: FamilyId) -> At<'a> {
        let family = &self.program.families()[family.index()];
        At { program: self.program, family, report_timeouts: self.report_timeouts, hold: self.hold }
    }

    /// Time or an event meets the state of a key; true where that may have changed.
    pub(super) fn happen(&mut self, family: FamilyId, slot: u32, what: Happening<'_>) -> Result<bool, Halt> {
        let at = self.at(family);
        let (key, state) = self.keys[family.index()].open(slot, at);
        let sink = &mut self.sink;
        let mut values = None;
        let mut emit = |found: crate::runtime::Found<'_>| {
            sink.found(found, values.get_or_insert_with(|| key.to_values()))
        };
        let mut run = KeyRun { at, state, workspace: &mut *self.workspace, emit: &mut emit };
        let (result, time) = match what {
            Happening::Time(now) => (run.advance(now).map(|()| true), now),
            Happening::Event(event) => (run.process(event), event.batch.time(event.row)),
        };
        result.map_err(|stopped| Box::new(stopped.into_error(self.program, &key.to_values(), time)))
    }

    /// Arms the key's first deadline, and forgets the key where nothing is left of it.
    fn settle(&mut self, timers: &mut Timers, family: FamilyId, slot: u32) {
        let at = self.at(family);
        let keys = &mut self.keys[family.index()];
        let (entry, spare) = keys.entry_and_spare(slot);
        let state = entry.state.whole(at, spare);
        state.sweep(at, &mut self.workspace.moved);
        let armed = entry.armed.get();
        if armed.is_none() || !at.family.deadlines_rise {
            let deadline = state.deadline(at);
            if let Some(time) = deadline.filter(|time| armed.is_none_or(|armed| *time < armed)) {
                entry.armed = Armed::at(time);
                timers.arm(Deadline { time, family, slot });
            }
        }
        if at.family.misses != Misses::Nothing {
            let moves = state.moves_on_miss(at);
            if moves != entry.moves_on_miss {
                keys.set_moves_on_miss(slot, moves);
            }
        }
        keys.changed(slot, at);
    }
}
