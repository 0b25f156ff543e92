//! JSON lines.
//!
//! A match: `{"pattern":"p","kind":"match","ts":5,"key":{"card":"c1"},"stages":{"small":[{"amount":0.5,…}],…}}`; each
//! stage that has events holds a list of them, in the order of their first.
//!
//! A record: `{"stream":"fraud","pattern":"p","card":"c1",…,"ts":5}`: flat, so that it can be read again as a stream and
//! `jq` has it easy. Where the record itself has a column `stream` or `pattern`, that is what stands under the name.
//!
//! A late event: as a record, under the name that `late to` gives.

use std::io::{self, Write};
use std::sync::Arc;

use cep_core::event::{Schema, Value};
use cep_core::ids::ColumnId;
use cep_core::pattern::{Pattern, plain_name};
use cep_core::program::Program;
use cep_core::runtime::MatchKind;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::item::{Event, Found, Item};
use super::lines::Lines;
use super::shape::{Shape, Shapes, key_names};
use super::value::{AsJson, AsObject, write_line};
use super::writer::Writer;

pub(super) struct JsonWriter<W> {
    pub(super) program: Arc<Program>,
    pub(super) shapes: Arc<Shapes>,
    pub(super) out: W,
}

impl<W: Write> Writer for JsonWriter<W> {
    fn write(&mut self, item: &Item<'_>) -> io::Result<()> {
        let Some(shape) = self.shapes.of(item.origin()) else { return Ok(()) };
        write_item(&mut self.out, &self.program, &self.shapes.all()[shape], item)
    }

    fn put(&mut self, lines: Lines) -> io::Result<()> {
        let Lines::Text(text) = lines else { unreachable!("lines are of the writer's format") };
        self.out.write_all(&text)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes an item of a shape.
pub(super) fn write_item(
    out: &mut impl Write,
    program: &Program,
    shape: &Shape,
    item: &Item<'_>,
) -> io::Result<()> {
    let name = shape.name.as_str();
    match item {
        Item::Match(found) => write_line(out, &MatchLine { program, found }),
        Item::Record { pattern, record } => {
            let schema = &program.streams().get(record.stream).schema;
            let pattern = plain_name(&program.pattern(*pattern).name);
            write_line(out, &FlatLine { stream: name, pattern, schema, values: &record.values })
        }
        Item::Late(late) => {
            let schema = &program.streams().get(late.stream()).schema;
            let columns = 0..shape.columns.len();
            let values: Vec<Value> =
                columns.map(|column| late.get(ColumnId::new(column)).into_value()).collect();
            let pattern = plain_name(&program.pattern(late.pattern_id()).name);
            write_line(out, &FlatLine { stream: name, pattern, schema, values: &values })
        }
    }
}

/// A record or a late event.
struct FlatLine<'a> {
    stream: &'a str,
    pattern: &'a str,
    schema: &'a Schema,
    values: &'a [Value],
}

impl Serialize for FlatLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in [("stream", self.stream), ("pattern", self.pattern)] {
            if self.schema.column(name).is_none() {
                map.serialize_entry(name, value)?;
            }
        }
        for (field, value) in self.schema.fields().iter().zip(self.values) {
            map.serialize_entry(&field.name, &AsJson(value.as_datum()))?;
        }
        map.end()
    }
}

struct MatchLine<'a> {
    program: &'a Program,
    found: &'a Found<'a>,
}

impl Serialize for MatchLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let source: &Pattern = self.program.source(self.found.pattern());
        let key = key_names(source).iter().map(String::as_str).zip(self.found.key());
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("pattern", plain_name(&source.name))?;
        map.serialize_entry("kind", kind_word(self.found.kind()))?;
        map.serialize_entry("ts", &self.found.time().0)?;
        if !self.found.key().is_empty() {
            map.serialize_entry("key", &AsObject(key))?;
        }
        map.serialize_entry("stages", &Stages { program: self.program, found: self.found })?;
        map.end()
    }
}

struct Stages<'a> {
    program: &'a Program,
    found: &'a Found<'a>,
}

impl Serialize for Stages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = &self.program.pattern(self.found.pattern()).stages;
        let mut map = serializer.serialize_map(None)?;
        for (stage, events) in self.found.stages() {
            let events: Vec<_> =
                events.iter().map(|event| EventObject { program: self.program, event }).collect();
            map.serialize_entry(&names[stage.index()], &events)?;
        }
        map.end()
    }
}

struct EventObject<'a> {
    program: &'a Program,
    event: &'a Event<'a>,
}

impl Serialize for EventObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.program.streams().get(self.event.stream()).schema.fields();
        let mut map = serializer.serialize_map(None)?;
        for (column, value) in self.event.columns() {
            map.serialize_entry(&fields[column.index()].name, &AsJson(value))?;
        }
        map.end()
    }
}

/// The word for a match's kind.
fn kind_word(kind: MatchKind) -> &'static str {
    match kind {
        MatchKind::Complete => "match",
        MatchKind::TimedOut => "timeout",
    }
}
