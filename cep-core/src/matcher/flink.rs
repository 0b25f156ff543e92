//! `TimerPolicy::Flink`: keys are advanced exactly when Flink's operator would, which is when a key has a buffered
//! event or a timer at or below the watermark. For conformance; slow.

use super::merge::Merge;
use super::outlet::{Outlet, Turn};
use super::pending::PendingRow;
use super::run::{Halt, Happening, StratumRun};
use crate::ids::FamilyId;
use crate::time::Timestamp;

impl<F: Outlet> StratumRun<'_, F> {
    /// One timer callback for every key that has a reason for one, in the order of keys.
    pub(super) fn release_as_flink(&mut self, merge: &mut Merge) -> Result<(), Halt> {
        let mut rows = Vec::new();
        while let Some(row) = merge.pending.pop(merge.clock) {
            rows.push(row);
        }
        let now = Timestamp(merge.clock.0);
        self.turn(|| Turn::Deadlines(now));
        for family in merge.families.clone() {
            for (slot, rows) in self.callbacks(family, &rows, now) {
                self.callback(family, slot, &rows, now)?;
            }
            self.forget_sets(family, now);
        }
        Ok(())
    }

    /// Partial matches held as sets have no timers: matches do not depend on when they are forgotten.
    fn forget_sets(&mut self, family: FamilyId, now: Timestamp) {
        let at = self.at(family);
        let keys = &mut self.keys[family.index()];
        for slot in keys.slots() {
            let (_, state) = keys.open(slot, at);
            if state.deadline_of_sets(at).is_some_and(|deadline| deadline <= now) {
                state.expire_sets(at, now);
                state.sweep(at, &mut self.workspace.moved);
                keys.changed(slot, at);
            }
        }
    }

    /// The keys with a reason for a callback, each with its rows.
    fn callbacks<'r>(
        &mut self,
        family: FamilyId,
        rows: &'r [PendingRow],
        now: Timestamp,
    ) -> Vec<(u32, Vec<&'r PendingRow>)> {
        let mut callbacks: Vec<(u32, Vec<&PendingRow>)> = Vec::new();
        for row in rows {
            let found = row.rows.of_family(family).filter(|found| found.interesting(row.row as usize));
            let Some(found) = found else { continue };
            let columns = &self.program.families()[family.index()].inputs[found.input].key;
            let keys = &mut self.keys[family.index()];
            let (batch, at) = (&row.rows.batch, row.row as usize);
            let hash = keys.hash_row(batch, at, columns);
            let known = keys.find_row(hash, batch, at, columns);
            if known.is_none() && keys.diverted.takes(batch, at, columns) {
                continue;
            }
            let slot = known.unwrap_or_else(|| keys.insert_row(hash, batch, at, columns));
            match callbacks.iter_mut().find(|(known, _)| *known == slot) {
                Some((_, rows)) => rows.push(row),
                None => callbacks.push((slot, vec![row])),
            }
        }
        let at = self.at(family);
        let keys = &mut self.keys[family.index()];
        for slot in keys.slots() {
            let due = keys
                .open(slot, at)
                .1
                .sections(at)
                .filter_map(|(section, _)| section.held.as_ref()?.timers.first())
                .any(|timer| *timer <= now.0);
            if due && !callbacks.iter().any(|(known, _)| *known == slot) {
                callbacks.push((slot, Vec::new()));
            }
        }
        callbacks.sort_by(|(left, _), (right, _)| {
            let keys = keys.get(*left).zip(keys.get(*right));
            keys.map_or(std::cmp::Ordering::Equal, |(left, right)| left.key.order(&right.key))
        });
        callbacks
    }

    /// For each time its events, then the watermark itself.
    fn callback(
        &mut self,
        family: FamilyId,
        slot: u32,
        rows: &[&PendingRow],
        now: Timestamp,
    ) -> Result<(), Halt> {
        let at = self.at(family);
        let mut reached = None;
        for row in rows {
            if reached != Some(row.time) {
                reached = Some(row.time);
                self.happen(family, slot, Happening::Time(row.time))?;
            }
            let Some(found) = row.rows.of_family(family) else { continue };
            let event = self.event(family, found, &row.rows.batch, row.row as usize);
            self.happen(family, slot, Happening::Event(&event))?;
            for (section, window) in self.keys[family.index()].open(slot, at).1.sections(at) {
                if let Some(window) = window.filter(|_| section.new_start) {
                    let timers = &mut section.held.get_or_insert_default().timers;
                    timers.insert(row.time.0.saturating_add(window));
                }
            }
        }
        self.happen(family, slot, Happening::Time(now))?;
        let keys = &mut self.keys[family.index()];
        for (section, _) in keys.open(slot, at).1.sections(at) {
            if section.changed || section.is_idle() {
                section.changed = false;
                section.new_start = false;
            }
            if let Some(held) = &mut section.held {
                held.timers.retain(|timer| *timer > now.0);
            }
        }
        keys.open(slot, at).1.sweep(at, &mut self.workspace.moved);
        keys.changed(slot, at);
        Ok(())
    }
}
