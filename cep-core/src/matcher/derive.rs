//! Derived streams: a filter and further columns over a batch, giving a batch of the derived stream.

use super::sheet::{NoCaptures, Sheet};
use super::tables::TableRows;
use crate::event::{BatchBuilder, Datum, EventBatch};
use crate::expr::{Row, Scope};
use crate::ids::StreamId;
use crate::program::{Derivation, Origin, Program};
use crate::runtime::bit;

/// A derived batch, and the row of the source that each of its rows was made from.
pub(super) struct Derived {
    pub(super) batch: EventBatch,
    pub(super) origin: Vec<u32>,
}

/// The streams derived from a stream, directly or through others, each after its source.
pub(super) fn streams_from(program: &Program, source: StreamId) -> Vec<(StreamId, &Derivation)> {
    let mut found: Vec<(StreamId, &Derivation)> = Vec::new();
    // Streams stand after their sources.
    for (id, stream) in program.streams().iter() {
        let Origin::Derived(derivation) = &stream.origin else { continue };
        if derivation.source == source || found.iter().any(|(known, _)| *known == derivation.source) {
            found.push((id, derivation));
        }
    }
    found
}

/// Applies a derivation to a batch of its source. An event keeps its position, so that what is known by it, such as the id
/// of a match, does not depend on where batches begin.
pub(super) fn derive(
    program: &Program,
    tables: &TableRows,
    stream: StreamId,
    derivation: &Derivation,
    source: &EventBatch,
) -> Derived {
    let schema = program.streams().get(stream).schema.clone();
    let mut builder = BatchBuilder::new(stream, schema, 0);
    let (mut origin, mut positions) = (Vec::new(), Vec::new());
    let passes = derivation
        .passing
        .as_ref()
        .map(|(conditions, condition)| Sheet::new(conditions, source, tables).holds(*condition));
    for row in 0..source.len() {
        if passes.as_ref().is_some_and(|passes| !bit(passes, row)) {
            continue;
        }
        let scope = Scope { event: Some(Row { batch: source, row }), captures: &NoCaptures, tables };
        let own = source.columns().iter().map(|column| column.get(row));
        let computed = derivation.columns.iter().map(|node| scope.eval(node));
        push(&mut builder, own.chain(computed), source, row);
        origin.push(u32::try_from(row).expect("a batch has fewer than 2^32 rows"));
        positions.push(source.position(row));
    }
    Derived { batch: builder.finish().at_positions(positions), origin }
}

fn push<'a>(
    builder: &mut BatchBuilder,
    values: impl Iterator<Item = Datum<'a>>,
    source: &EventBatch,
    row: usize,
) {
    for (index, value) in values.enumerate() {
        let column = builder.column_mut(crate::ids::ColumnId::new(index));
        if !column.push(&value) {
            column.push_null();
        }
    }
    builder.finish_row(source.time(row), source.watermark_before(row));
    builder.tag_last(source.tag(row));
}
