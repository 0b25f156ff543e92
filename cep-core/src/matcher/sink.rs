//! Where what happens goes: to the host, to the statistics, and to later strata.

use super::emitted::Emitted;
use super::feed::Item;
use super::merge::{Clock, Merge};
use super::output::{LateRef, Output, PatternStats};
use super::project::project;
use super::tables::TableRows;
use crate::event::Value;
use crate::program::Program;
use crate::runtime::{Found, MatchKind, MatchRef};

/// Where the outputs of a stratum go.
pub(super) struct Sink<'a, F> {
    pub(super) program: &'a Program,
    pub(super) tables: &'a TableRows,
    pub(super) stats: &'a mut [PatternStats],
    /// What later strata are fed; none in the last one.
    pub(super) emitted: Option<Emitted>,
    pub(super) step: u32,
    pub(super) emit: &'a mut F,
}

impl<F: FnMut(u32, Output<'_>)> Sink<'_, F> {
    pub(super) fn begin(&mut self, item: Item) {
        self.step = item.step;
        if let Some(emitted) = &mut self.emitted {
            emitted.pass_on(item);
        }
    }

    pub(super) fn late(&mut self, late: LateRef<'_>) {
        self.stats[late.pattern.index()].late += 1;
        (self.emit)(self.step, Output::Late(late));
    }

    pub(super) fn found(&mut self, found: &Found<'_>, key: &[Value]) {
        let pattern = self.program.pattern(found.pattern);
        let stats = &mut self.stats[found.pattern.index()];
        match found.kind {
            MatchKind::Complete => stats.matches += 1,
            MatchKind::TimedOut => stats.timeouts += 1,
        }
        let records = project(pattern, found, self.tables);
        if let Some(emitted) = &mut self.emitted {
            records.iter().for_each(|record| emitted.add(record, found.time, self.step));
        }
        let found = MatchRef {
            program: self.program,
            id: found.pattern,
            kind: found.kind,
            time: found.time,
            key,
            buffer: found.buffer,
            path: found.path,
            records: &records,
            ordinal: found.ordinal,
        };
        (self.emit)(self.step, Output::Match(found));
    }

    pub(super) fn emitted_clocks(&mut self, clocks: &[Clock], merges: &[Merge]) {
        if let Some(emitted) = &mut self.emitted {
            emitted.clocks(clocks, merges, self.step);
        }
    }
}
