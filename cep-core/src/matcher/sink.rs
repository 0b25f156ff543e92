//! Where what happens goes: to the host, to the statistics, and to later strata.

use super::emitted::Emitted;
use super::feed::{Item, What};
use super::merge::{Clocks, Merge};
use super::outlet::Outlet;
use super::output::{LateRef, Output, PatternStats};
use super::project::{emits, project};
use super::run::Halt;
use super::tables::TableRows;
use crate::event::Value;
use crate::runtime::{Found, FoundOf, MatchKind, MatchRef};

/// Where the outputs of a stratum go.
pub(super) struct Sink<'a, F> {
    pub(super) tables: &'a TableRows,
    pub(super) stats: &'a mut [PatternStats],
    /// What later strata are fed; none in the last one.
    pub(super) emitted: Option<Emitted>,
    pub(super) step: u32,
    pub(super) emit: &'a mut F,
}

impl<F: Outlet> Sink<'_, F> {
    pub(super) fn begin(&mut self, item: Item) {
        self.step = item.step;
        if let Some(emitted) = &mut self.emitted {
            emitted.pass_on(item);
        }
    }

    pub(super) fn late(&mut self, late: LateRef<'_>) {
        self.stats[late.pattern.index()].late += 1;
        self.emit.output(self.step, Output::Late(late));
    }

    #[inline]
    pub(super) fn found(&mut self, found: Found<'_>, key: &[Value]) {
        let FoundOf { id, pattern, kind, time, .. } = *found.of;
        let stats = &mut self.stats[id.index()];
        match kind {
            MatchKind::Complete => stats.matches += 1,
            MatchKind::TimedOut => stats.timeouts += 1,
        }
        if emits(pattern, kind).is_empty() {
            return self.emit.output(self.step, Output::Match(MatchRef { found, key, records: &[] }));
        }
        let records = project(&found, self.tables);
        if let Some(emitted) = &mut self.emitted {
            records.iter().for_each(|record| emitted.add(record, time, self.step));
        }
        self.emit.output(self.step, Output::Match(MatchRef { found, key, records: &records }));
    }

    /// An item of the script is through.
    pub(super) fn end(&mut self, item: Item, clocks: &mut Clocks, merges: &[Merge]) -> Result<(), Halt> {
        let Some(emitted) = &mut self.emitted else { return Ok(()) };
        self.emit.emitted(emitted)?;
        if matches!(item.what, What::Clock { .. } | What::Idle { .. }) {
            emitted.clocks(clocks, merges, self.step);
        }
        Ok(())
    }
}
