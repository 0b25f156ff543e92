//! From a match to the records its pattern emits.

use super::tables::TableRows;
use crate::event::Value;
use crate::expr::{Captures, Scope};
use crate::ids::StageId;
use crate::program::{CompiledEmit, CompiledPattern};
use crate::runtime::{Buffer, Event, EventId, Found, MatchKind, Record};

/// The records of a match, in text order.
pub(super) fn project(found: &Found<'_>, tables: &TableRows) -> Vec<Record> {
    emits(found.of.pattern, found.of.kind).iter().map(|emit| record(emit, found, tables)).collect()
}

/// The emits that a match of a kind runs.
pub(super) fn emits(pattern: &CompiledPattern, kind: MatchKind) -> &[CompiledEmit] {
    match kind {
        MatchKind::Complete => &pattern.emits,
        MatchKind::TimedOut => &pattern.timeout_emits,
    }
}

fn record(emit: &CompiledEmit, found: &Found<'_>, tables: &TableRows) -> Record {
    let captures = MatchPath { buffer: found.of.buffer, path: found.path };
    let scope = Scope { event: None, captures: &captures, tables };
    let mut values: Vec<Value> = emit.columns.iter().map(|column| scope.eval(column).into_value()).collect();
    values.push(Value::Timestamp(found.of.time));
    Record { stream: emit.stream, values, to: emit.to.clone() }
}

struct MatchPath<'a> {
    buffer: &'a Buffer,
    path: &'a [(StageId, EventId)],
}

impl Captures for MatchPath<'_> {
    type Event<'e>
        = Event<'e>
    where
        Self: 'e;

    fn latest_first(&self, stage: StageId) -> impl Iterator<Item = Event<'_>> {
        let of_stage = self.path.iter().rev().filter(move |(of, _)| *of == stage);
        of_stage.map(|(_, event)| self.buffer.event(*event))
    }
}
