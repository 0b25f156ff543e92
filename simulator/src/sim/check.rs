//! What must always be true, looked at after every step.

use std::sync::Arc;

use cep_engine::store::StateStore as _;
use cep_engine::{Vector, overview};

use super::Simulation;
use crate::faults::now;
use crate::reference::{group, records};

impl Simulation {
    /// What must always be true.
    pub(super) fn check(&mut self) -> Result<(), String> {
        let inner = Arc::new(self.store.inner());
        let Some(overview) = now(overview(&*inner)).map_err(|error| format!("I1: {error}"))? else {
            return Ok(());
        };
        let groups = overview.groups.len();
        let records = records(&inner, &self.world.given(overview.changes > 0).program, groups);
        for (number, seen) in overview.groups.iter().enumerate() {
            let known = self.versions.get(number).copied().unwrap_or_default();
            let jump = seen.version.seq.saturating_sub(known.seq);
            if seen.version < known || (!self.versions.is_empty() && seen.version.seq < known.seq) {
                return Err(format!(
                    "I2: the version of group {number} falls from {known:?} to {:?}",
                    seen.version
                ));
            }
            if jump > 64 {
                return Err(format!("I2: {jump} commits at once"));
            }
            self.committed.resize(self.committed.len().max(number + 1), 0);
            self.committed[number] = self.committed[number].max(seen.next_output);
            self.check_outputs(number, &inner, seen.first_output, seen.next_output)?;
            // Behind the end of the input there is no step.
            if self.ended(&seen.vector, seen.next_output, number) {
                continue;
            }
            if self.reference.at(&seen.vector).next().is_none() {
                return Err(format!("I1: group {number} is at {:?}, where no process ever is", seen.vector));
            }
            let is_one = self.reference.at(&seen.vector).any(|state| {
                seen.next_output == state.outputs[number] as u64 && records[number] == state.records[number]
            });
            if !is_one {
                let outputs: Vec<_> =
                    self.reference.at(&seen.vector).map(|state| state.outputs[number]).collect();
                return Err(format!(
                    "I1: group {number} at {:?}: {} outputs, not one of {outputs:?}, or other records",
                    seen.vector, seen.next_output
                ));
            }
        }
        self.versions = overview.groups.iter().map(|seen| seen.version).collect();
        Ok(())
    }

    /// Whether a group may have seen the end of the input.
    fn ended(&self, vector: &Vector, outputs: u64, number: usize) -> bool {
        let last = self.reference.states.last().expect("there is a state before the first step");
        *vector == last.vector && outputs == self.reference.last[number] as u64
    }

    /// Sink and outbox are the history of outputs, each once.
    fn check_outputs(
        &self,
        number: usize,
        inner: &Arc<cep_store_memory::MemoryStore>,
        first: u64,
        next: u64,
    ) -> Result<(), String> {
        let history = &self.reference.outputs[number];
        let taken = self.sink.taken(group(number));
        if !history.starts_with(&taken) {
            return Err(format!("I3: what the sink has of group {number} is not how outputs begin"));
        }
        if taken.len() as u64 > self.committed[number] {
            return Err(format!("I3: the sink has outputs of group {number} that were never committed"));
        }
        if first > taken.len() as u64 {
            return Err(format!("I3: outputs {} to {first} of group {number} are nowhere", taken.len()));
        }
        let outbox =
            now(inner.outbox(group(number), first, usize::MAX)).map_err(|error| error.to_string())?;
        if outbox.len() as u64 != next - first {
            return Err(format!("I3: {} outputs in the outbox of group {number}", outbox.len()));
        }
        let wrong = outbox.iter().find(|(at, bytes)| {
            usize::try_from(*at).ok().and_then(|at| history.get(at)).is_none_or(|known| known != bytes)
        });
        wrong.map_or(Ok(()), |(at, _)| Err(format!("I3: output {at} of group {number} is another")))
    }

    /// At the end everything is as if nothing had happened.
    pub(super) fn check_end(&self) -> Result<(), String> {
        for (number, history) in self.reference.outputs.iter().enumerate() {
            if self.sink.taken(group(number)) != *history {
                return Err(format!(
                    "I4: the outputs of group {number} are not those of an undisturbed process"
                ));
            }
        }
        let program = &self.world.given(self.has_changed).program;
        let left = records(&Arc::new(self.store.inner()), program, self.reference.outputs.len());
        if left.iter().any(|records| !records.is_empty()) {
            return Err("I4: there are records behind the end of all windows".to_owned());
        }
        Ok(())
    }
}
