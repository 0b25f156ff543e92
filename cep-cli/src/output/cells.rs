//! A line of output as the values of its shape's columns: what CSV and the table have in common.

use std::sync::Arc;

use cep_core::event::Value;
use cep_core::ids::{ColumnId, StageId};
use cep_core::program::Program;

use super::item::{Event, Found, Item};
use super::shape::{Shape, Source};

/// The values of an item, one a column of its shape.
pub(super) fn cells(program: &Program, shape: &Shape, item: &Item<'_>) -> Vec<Value> {
    let stages = match item {
        Item::Match(found) => found.stages(),
        Item::Record { .. } | Item::Late(_) => Vec::new(),
    };
    let cell = |source: &Source| match item {
        Item::Match(found) => match_cell(program, found, &stages, source),
        Item::Record { record, .. } => {
            place(source).map_or(Value::Null, |index| record.values[index].clone())
        }
        Item::Late(late) => {
            place(source).map_or(Value::Null, |index| late.get(ColumnId::new(index)).into_value())
        }
    };
    shape.columns.iter().map(|column| cell(&column.source)).collect()
}

fn place(source: &Source) -> Option<usize> {
    match source {
        Source::Value(index) => Some(*index),
        _ => None,
    }
}

fn match_cell(
    program: &Program,
    found: &Found<'_>,
    stages: &[(StageId, Vec<Event<'_>>)],
    source: &Source,
) -> Value {
    let events = |stage: &StageId| {
        stages.iter().find(|(known, _)| known == stage).map_or([].as_slice(), |(_, events)| events.as_slice())
    };
    match source {
        Source::Time => found.time().into(),
        Source::Key(index) => found.key()[*index].clone(),
        Source::Single(stage, field) => {
            events(stage).first().map_or(Value::Null, |event| field_of(program, event, field))
        }
        Source::All(stage, field) => {
            let values: Arc<[Value]> =
                events(stage).iter().map(|event| field_of(program, event, field)).collect();
            Value::List(values)
        }
        Source::Value(_) => Value::Null,
    }
}

fn field_of(program: &Program, event: &Event<'_>, field: &str) -> Value {
    let column = program.streams().get(event.stream()).schema.column(field);
    let found = event.columns().find(|(known, _)| Some(*known) == column);
    found.map_or(Value::Null, |(_, value)| value.into_value())
}
