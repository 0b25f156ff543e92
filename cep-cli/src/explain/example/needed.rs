//! What an example of one pattern needs of a program: the pattern itself, and those that emit what it reads.

use cep_core::event::Value;
use cep_core::ids::PatternId;
use cep_core::matcher::TableRows;
use cep_core::pattern::{Definitions, Pattern};
use cep_core::program::Program;

use super::values::Tables;

/// A program with nothing else, so that a file of many patterns is explained as fast as many files of one.
pub(super) fn alone(program: &Program, pattern: PatternId) -> Option<Program> {
    let all = program.definitions();
    let mut wanted = vec![pattern.index()];
    let mut next = 0;
    while let Some(&index) = wanted.get(next) {
        next += 1;
        for stream in all.patterns[index].inputs.iter().map(|input| origin(all, &input.stream)) {
            let emits = |pattern: &Pattern| {
                pattern.emits.iter().chain(&pattern.timeout_emits).any(|emit| emit.stream == stream)
            };
            let feeding = all.patterns.iter().enumerate().filter(|(_, pattern)| emits(pattern));
            let new: Vec<_> =
                feeding.map(|(index, _)| index).filter(|index| !wanted.contains(index)).collect();
            wanted.extend(new);
        }
    }
    wanted.sort_unstable();
    let patterns = wanted.into_iter().map(|index| all.patterns[index].clone()).collect();
    // What is derived of streams that nothing emits any more has no source.
    let mut definitions = Definitions { patterns, ..all.clone() };
    let kept = definitions.clone();
    definitions.derived.retain(|derived| {
        let source = origin(&kept, &derived.source);
        let emitted =
            kept.patterns.iter().flat_map(|pattern| pattern.emits.iter().chain(&pattern.timeout_emits));
        kept.streams.iter().any(|stream| stream.name == source)
            || emitted.into_iter().any(|emit| emit.stream == source)
    });
    Program::compile(definitions, program.params()).ok()
}

/// What a stream is made from in the end, if it is derived.
fn origin<'a>(definitions: &'a Definitions, stream: &'a str) -> &'a str {
    let mut name = stream;
    // Definitions that were compiled do not go round in circles.
    while let Some(derived) = definitions.derived.iter().find(|derived| derived.name == name) {
        name = &derived.source;
    }
    name
}

/// The rows of tables as the engine takes them.
pub(super) fn rows(program: &Program, tables: &Tables) -> Option<TableRows> {
    let mut rows = TableRows::default();
    for definition in &program.definitions().tables {
        for row in tables.get(&definition.name).into_iter().flat_map(|table| &table.rows) {
            let fields = definition.schema.fields().iter();
            let values = fields.map(|field| row.get(&field.name).cloned().unwrap_or(Value::Null)).collect();
            rows.insert(program, &definition.name, values).ok()?;
        }
    }
    Some(rows)
}
