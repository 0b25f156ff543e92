//! The seam for an engine that keeps state in a store: which keys are missing, loading and forgetting them, and what
//! has changed.

use super::Matcher;
use super::feed::{Prepared, What};
use super::keys::{Armed, Entry, RecordKey};
use super::merge::Merge;
use super::rows::Rows;
use super::timers::Deadline;
use crate::event::Value;
use crate::ids::FamilyId;
use crate::program::Misses;
use crate::runtime::{At, KeyState};
use crate::time::Watermark;

impl Matcher {
    /// The keys that prepared work, or rows that wait, will touch and whose state is not here; each once. In memory
    /// there are none.
    #[must_use]
    pub fn missing(&self, prepared: &Prepared) -> Vec<RecordKey> {
        if self.config.residency == super::Residency::All {
            return Vec::new();
        }
        let mut missing = Vec::new();
        for item in &prepared.script {
            let (batch, span) = match item.what {
                What::Row { batch, row } => (batch, row as usize..row as usize + 1),
                What::Batch { batch } => (batch, 0..prepared.batches[batch as usize].batch.len()),
                What::Clock { .. } | What::Idle { .. } => continue,
            };
            let rows = &prepared.batches[batch as usize];
            for row in rows.interesting_in(span) {
                let here = self.merges.iter().filter(|merge| merge.stratum == prepared.stratum);
                here.for_each(|merge| self.missing_row(merge, rows, row, &mut missing));
            }
        }
        for merge in self.merges.iter().filter(|merge| merge.stratum == prepared.stratum) {
            for waiting in merge.pending.iter() {
                self.missing_row(merge, &waiting.rows, waiting.row as usize, &mut missing);
            }
        }
        missing
    }

    fn missing_row(&self, merge: &Merge, rows: &Rows, row: usize, missing: &mut Vec<RecordKey>) {
        for family in &merge.families {
            let Some(found) = rows.of_family(*family).filter(|found| found.interesting(row)) else {
                continue;
            };
            let columns = &self.program.families()[family.index()].inputs[found.input].key;
            let keys = &self.keys[family.index()];
            let slot = keys.find_row(keys.hash_row(&rows.batch, row, columns), &rows.batch, row, columns);
            if slot.and_then(|slot| keys.get(slot)).is_some_and(|entry| entry.resident) {
                continue;
            }
            let values =
                columns.iter().map(|column| rows.batch.column(*column).get(row).into_value()).collect();
            let key = RecordKey { family: *family, values };
            if !missing.contains(&key) {
                missing.push(key);
            }
        }
    }

    /// The keys whose first window closes by a watermark and whose state is not here: to be provided before time gets
    /// there.
    #[must_use]
    pub fn due(&self, until: Watermark) -> Vec<RecordKey> {
        let deadlines = self.merges.iter().flat_map(|merge| merge.timers.until(until));
        let mut due: Vec<RecordKey> = Vec::new();
        for Deadline { family, slot, time } in deadlines {
            let entry = self.keys[family.index()].get(slot);
            let Some(entry) = entry.filter(|entry| !entry.resident && entry.armed == Armed::at(time)) else {
                continue;
            };
            let key = RecordKey { family, values: entry.key.to_values() };
            if !due.contains(&key) {
                due.push(key);
            }
        }
        due
    }

    /// Puts the stored state of a key in place; none for a key the store does not have. A state that is here already
    /// is newer and stays.
    pub fn provide(&mut self, key: &RecordKey, state: Option<KeyState>) {
        let keys = &mut self.keys[key.family.index()];
        let slot = keys.provide(&key.values, state.unwrap_or_default());
        self.arm(key.family, slot);
    }

    fn arm(&mut self, family: FamilyId, slot: u32) {
        let (report_timeouts, hold) = (self.config.report_timeouts, self.config.hold());
        let family_of_key = &self.program.families()[family.index()];
        let at = At { program: &self.program, family: family_of_key, report_timeouts, hold };
        let keys = &mut self.keys[family.index()];
        let (_, state) = keys.open(slot, at);
        let moves = at.family.misses != Misses::Nothing && state.moves_on_miss(at);
        let deadline = state.deadline(at);
        keys.set_moves_on_miss(slot, moves);
        let entry = keys.entry(slot);
        let Some(time) = deadline.filter(|time| entry.armed.get().is_none_or(|armed| *time < armed)) else {
            return;
        };
        entry.armed = Armed::at(time);
        if let Some(merge) = self.merges.iter_mut().find(|merge| merge.families.contains(&family)) {
            merge.timers.arm(Deadline { time, family, slot });
        }
    }

    /// Forgets the state of a key that a store has. False, and nothing forgotten, where it has changed since
    /// [`Matcher::take_dirty`].
    pub fn evict(&mut self, key: &RecordKey) -> bool {
        self.keys[key.family.index()].evict(&key.values)
    }

    /// Calls `save` for every key changed since the last call; an empty state means that the record goes.
    pub fn take_dirty(&mut self, mut save: impl FnMut(FamilyId, &[Value], &KeyState)) {
        for (index, keys) in self.keys.iter_mut().enumerate() {
            for slot in keys.take_dirty() {
                if let Some((key, state)) = keys.get(slot).and_then(Entry::whole) {
                    save(FamilyId::new(index), &key.to_values(), state);
                }
            }
        }
    }
}
