//! The seam for an engine that keeps state in a store: which keys are missing, loading and forgetting them, and what
//! has changed.
//!
//! A matcher with [`Residency::Store`](super::Residency) knows which keys the store alone has: those announced and those
//! evicted. They have to be provided before work touches them, and before time reaches their deadlines.

use std::collections::HashSet;

use super::Matcher;
use super::feed::{Prepared, What};
use super::key::Key;
use super::keys::{Armed, RecordKey};
use super::merge::Merge;
use super::rows::Rows;
use super::stored::Changed;
use super::timers::Deadline;
use crate::ids::FamilyId;
use crate::program::Misses;
use crate::runtime::{At, KeyState};
use crate::time::{Timestamp, Watermark};

impl Matcher {
    /// The keys that prepared work will touch and that may be in the store alone; each once. Where nothing is, as in
    /// memory, there are none.
    #[must_use]
    pub fn missing(&self, prepared: &Prepared) -> Vec<RecordKey> {
        let mut missing = Missing::default();
        if self.elsewhere() == 0 {
            return missing.keys;
        }
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
        let until = prepared.until();
        for merge in self.merges.iter().filter(|merge| merge.stratum == prepared.stratum) {
            let waiting = merge.pending.iter().filter(|row| until.reached(row.time));
            waiting.for_each(|row| self.missing_row(merge, &row.rows, row.row as usize, &mut missing));
        }
        missing.keys
    }

    fn missing_row(&self, merge: &Merge, rows: &Rows, row: usize, missing: &mut Missing) {
        for family in &merge.families {
            let Some(found) = rows.of_family(*family).filter(|found| found.interesting(row)) else {
                continue;
            };
            let keys = &self.keys[family.index()];
            if !keys.elsewhere.may_hold(found.hashes[row]) {
                continue;
            }
            let columns = &self.program.families()[family.index()].inputs[found.input].key;
            let key = Key::of_row(&rows.batch, row, columns);
            if keys.find_key(found.hashes[row], &key).is_none()
                && missing.known.insert((*family, key.clone()))
            {
                missing.keys.push(RecordKey { family: *family, values: key.to_values() });
            }
        }
    }

    /// Whether the state of a key is here.
    #[must_use]
    pub fn holds(&self, key: &RecordKey) -> bool {
        self.keys[key.family.index()].holds(&Key::of_values(&key.values))
    }

    /// Whether the store alone has the state of a key. A key that is gone here, but not there yet, is not among them.
    #[must_use]
    pub fn is_elsewhere(&self, key: &RecordKey) -> bool {
        self.keys[key.family.index()].is_elsewhere(&Key::of_values(&key.values))
    }

    /// How far time has come for a family: of rows up to here none is still to come.
    #[must_use]
    pub fn clock(&self, family: FamilyId) -> Watermark {
        let merge = self.merges.iter().find(|merge| merge.families.contains(&family));
        merge.map_or(Watermark::MIN, |merge| merge.clock)
    }

    /// How many keys the store alone has.
    #[must_use]
    pub fn elsewhere(&self) -> usize {
        self.keys.iter().map(|keys| keys.elsewhere.len()).sum()
    }

    /// Whether the store may have keys with deadlines up to a watermark that are not here: those have to be provided
    /// before time gets there.
    #[must_use]
    pub fn may_be_due(&self, until: Watermark) -> bool {
        self.keys.iter().any(|keys| keys.elsewhere.may_be_due(until))
    }

    /// All keys have been provided that the store alone had with deadlines before `next`; without one, all with any.
    pub fn none_due_before(&mut self, next: Option<Timestamp>) {
        self.keys.iter_mut().for_each(|keys| keys.elsewhere.none_due(next));
    }

    /// The store has a state for a key, with a deadline: it is not to be taken for a new one.
    pub fn announce(&mut self, key: &RecordKey, deadline: Option<Timestamp>) {
        self.keys[key.family.index()].announce(&Key::of_values(&key.values), deadline);
    }

    /// Puts the stored state of a key in place; none for a key the store does not have after all. A state that is here
    /// already is newer and stays.
    pub fn provide(&mut self, key: &RecordKey, state: Option<KeyState>) {
        let keys = &mut self.keys[key.family.index()];
        let is_over = state.as_ref().is_some_and(KeyState::is_empty);
        let Some(slot) = keys.provide(Key::of_values(&key.values), state) else { return };
        if is_over {
            // Nothing of it has been taken over: the record goes.
            keys.note_change(slot, at(&self.program, self.config, key.family));
        } else {
            self.arm(key.family, slot);
        }
    }

    fn arm(&mut self, family: FamilyId, slot: u32) {
        let at = at(&self.program, self.config, family);
        let keys = &mut self.keys[family.index()];
        let (_, state) = keys.open(slot, at);
        let moves = at.family.misses != Misses::Nothing && state.moves_on_miss(at);
        let deadline = state.deadline(at);
        keys.set_moves_on_miss(slot, moves);
        let (entry, spare) = keys.entry_and_spare(slot);
        entry.state.rest(at, spare);
        let Some(time) = deadline.filter(|time| entry.armed.get().is_none_or(|armed| *time < armed)) else {
            return;
        };
        entry.armed = Armed::at(time);
        if let Some(merge) = self.merges.iter_mut().find(|merge| merge.families.contains(&family)) {
            merge.timers.arm(Deadline { time, family, slot });
        }
    }

    /// Forgets the state of a key that the store has. False, and nothing forgotten, where it has changed since
    /// [`Matcher::take_changes`] or is not here.
    pub fn evict(&mut self, key: &RecordKey) -> bool {
        let at = at(&self.program, self.config, key.family);
        self.keys[key.family.index()].evict_key(&Key::of_values(&key.values), at)
    }

    /// Forgets states that the store has, those first that have not been used lately, until about `excess` bytes are free;
    /// gives how many are.
    pub fn evict_bytes(&mut self, excess: usize) -> usize {
        let mut freed = 0;
        for index in 0..self.keys.len() {
            let family = FamilyId::new(index);
            let at = at(&self.program, self.config, family);
            freed += self.keys[index].evict(excess.saturating_sub(freed), at);
        }
        if freed > 0 {
            self.forget_timers();
        }
        freed
    }

    /// Forgets the deadlines of keys that are gone, once those are many.
    fn forget_timers(&mut self) {
        let keys = &self.keys;
        for merge in &mut self.merges {
            let armed: usize = merge.families.iter().map(|family| keys[family.index()].len()).sum();
            if merge.timers.len() > 1024 + 2 * armed {
                merge.timers.retain(|deadline| {
                    let entry = keys[deadline.family.index()].get(deadline.slot);
                    entry.is_some_and(|entry| entry.armed == Armed::at(deadline.time))
                });
            }
        }
    }

    /// About how many bytes keys and their states take.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.keys.iter().map(super::keys::Keys::memory).sum()
    }

    /// How many keys have changed since [`Matcher::take_changes`], or a few more.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.keys.iter().map(super::keys::Keys::changes).sum()
    }

    /// Calls `see` for every key in memory, changed or not.
    pub fn each_key(&self, mut see: impl FnMut(Changed<'_>)) {
        for (index, keys) in self.keys.iter().enumerate() {
            let family = FamilyId::new(index);
            keys.each(at(&self.program, self.config, family), family, &mut see);
        }
    }

    /// Calls `save` for every key changed since the last call. A key that came and went in between is not among them.
    pub fn take_changes(&mut self, mut save: impl FnMut(Changed<'_>)) {
        for index in 0..self.keys.len() {
            let family = FamilyId::new(index);
            let at = at(&self.program, self.config, family);
            self.keys[index].take_changes(at, family, &mut save);
        }
    }
}

impl Prepared {
    /// The watermark that no clock passes because of this work.
    #[must_use]
    pub fn until(&self) -> Watermark {
        let of_item = |item: &super::feed::Item| match item.what {
            What::Clock { to, .. } => to,
            What::Batch { batch } => {
                let batch = &self.batches[batch as usize].batch;
                batch.len().checked_sub(1).map_or(Watermark::MIN, |last| batch.watermark_before(last))
            }
            What::Row { .. } => Watermark::MIN,
            // Whoever held time back may no longer do so.
            What::Idle { .. } => Watermark::MAX,
        };
        self.script.iter().map(of_item).max().unwrap_or(Watermark::MIN)
    }
}

/// Keys found to be missing, each once.
#[derive(Default)]
struct Missing {
    known: HashSet<(FamilyId, Key)>,
    keys: Vec<RecordKey>,
}

fn at(program: &crate::program::Program, config: super::Config, family: FamilyId) -> At<'_> {
    let (report_timeouts, hold) = (config.report_timeouts, config.hold());
    At { program, family: &program.families()[family.index()], report_timeouts, hold }
}
