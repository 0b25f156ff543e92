//! The shapes of what a program can put out: an emitted stream, a pattern without `emit`, a stream of late events. Each
//! has a name and columns, known before anything runs.

use std::collections::HashMap;

use cep_core::event::{DataType, Schema};
use cep_core::ids::{PatternId, StageId, StreamId};
use cep_core::pattern::{Body, Element, Input, Pattern, Repeat, plain_name};
use cep_core::program::{self, CompiledPattern, Program};

use crate::suggest;

/// Where a line of output comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Origin {
    /// A pattern whose matches are written themselves.
    Pattern(PatternId),
    /// An emitted stream.
    Emitted(StreamId),
    /// The late events of a stream.
    Late(StreamId),
}

/// A column of a shape.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) source: Source,
    /// Whether its values are numbers, which stand to the right in a table.
    pub(super) numeric: bool,
}

/// Where a column's value is found.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Source {
    /// The match's time stamp.
    Time,
    /// A key field.
    Key(usize),
    /// A field of the one event of a stage.
    Single(StageId, String),
    /// A field of all events of a stage.
    All(StageId, String),
    /// A value of the record or late event.
    Value(usize),
}

/// A shape of output.
#[derive(Clone, PartialEq, Debug)]
pub struct Shape {
    /// The name of the pattern or stream.
    pub name: String,
    pub(super) columns: Vec<Column>,
}

/// The shapes that are to be written.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Shapes {
    shapes: Vec<Shape>,
    places: HashMap<Origin, usize>,
}

/// A choice of shapes that cannot be met.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ShapeError {
    /// Nothing of that name comes out.
    #[error("nothing called `{name}` is put out")]
    Unknown {
        /// The name.
        name: String,
        /// What is put out.
        known: Vec<String>,
    },
    /// A CSV file has one header.
    #[error("CSV has one set of columns, and this program puts out `{}`", .names.join("`, `"))]
    Several {
        /// What is put out.
        names: Vec<String>,
    },
}

impl ShapeError {
    /// What the user can do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Unknown { name, known } => match suggest::closest(name, known.iter().map(String::as_str)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the program puts out `{}`", known.join("`, `")),
            },
            Self::Several { names } => {
                format!("choose one, for example `--only {}`, or write JSON lines", names[0])
            }
        }
    }
}

impl Shapes {
    /// All shapes of a program: of its patterns in text order, then of late events.
    #[must_use]
    pub fn of_program(program: &Program) -> Self {
        let mut shapes = Self::default();
        for (id, pattern) in program.patterns() {
            let emits = pattern.emits.iter().chain(&pattern.timeout_emits);
            if pattern.emits.is_empty() {
                shapes.add(Origin::Pattern(id), || match_shape(program, pattern, program.source(id)));
            }
            for emit in emits {
                let stream = program.streams().get(emit.stream);
                shapes.add(Origin::Emitted(emit.stream), || {
                    record_shape(plain_name(&stream.name), &stream.schema)
                });
            }
        }
        shapes.add_late(program);
        shapes
    }

    /// Those of the given names; all where none is given.
    ///
    /// # Errors
    /// Where a name is not that of a shape.
    pub fn only(self, names: &[String]) -> Result<Self, ShapeError> {
        if names.is_empty() {
            return Ok(self);
        }
        if let Some(name) = names.iter().find(|name| !self.names().contains(name)) {
            return Err(ShapeError::Unknown { name: name.clone(), known: self.names() });
        }
        let mut chosen = Self::default();
        let mut places: Vec<_> = self.places.iter().collect();
        places.sort_by_key(|(_, place)| **place);
        for (origin, place) in places {
            let shape = &self.shapes[*place];
            if names.contains(&shape.name) {
                chosen.add(*origin, || shape.clone());
            }
        }
        Ok(chosen)
    }

    /// The shapes in order.
    #[must_use]
    pub fn all(&self) -> &[Shape] {
        &self.shapes
    }

    /// The place of the shape of what comes from there; none where it is not written.
    pub(super) fn of(&self, origin: Origin) -> Option<usize> {
        self.places.get(&origin).copied()
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.shapes.iter().map(|shape| shape.name.clone()).collect()
    }

    fn add(&mut self, origin: Origin, shape: impl FnOnce() -> Shape) {
        let Self { shapes, places } = self;
        places.entry(origin).or_insert_with(|| {
            let shape = shape();
            // An earlier form of a pattern that runs out may have the same.
            let known = shapes.iter().position(|known| *known == shape);
            known.unwrap_or_else(|| {
                shapes.push(shape);
                shapes.len() - 1
            })
        });
    }

    /// Late events of a stream are written where it, or the stream it is derived from, is declared with `late to`.
    /// Those of a derived stream are written without the columns added to them.
    fn add_late(&mut self, program: &Program) {
        for (id, _) in program.streams().iter() {
            let declared = declared_origin(program, id);
            let definitions = program.definitions().streams.iter();
            let declared = definitions.filter(|definition| Some(&definition.name) == declared.as_ref());
            for (to, schema) in
                declared.filter_map(|stream| stream.late_to.as_ref().map(|to| (to, &stream.schema)))
            {
                match self.shapes.iter().position(|shape| shape.name == *to) {
                    Some(place) => drop(self.places.insert(Origin::Late(id), place)),
                    None => self.add(Origin::Late(id), || record_shape(to, schema)),
                }
            }
        }
    }
}

/// The name of the declared stream behind a stream; none where matches are behind it.
fn declared_origin(program: &Program, mut id: StreamId) -> Option<String> {
    loop {
        let stream = program.streams().get(id);
        match &stream.origin {
            program::Origin::Declared { .. } => return Some(stream.name.clone()),
            program::Origin::Derived(derivation) => id = derivation.source,
            program::Origin::Emitted => return None,
        }
    }
}

fn column(name: impl Into<String>, source: Source, data: &DataType) -> Column {
    let numeric = data.is_numeric() && !matches!(source, Source::All(..));
    Column { name: name.into(), source, numeric }
}

fn record_shape(name: &str, schema: &Schema) -> Shape {
    let fields = schema.fields().iter().enumerate();
    let columns = fields.map(|(index, field)| column(&field.name, Source::Value(index), &field.ty.data));
    Shape { name: name.to_owned(), columns: columns.collect() }
}

/// The columns of a match: its time, its key, then each stage's fields but those of the key.
fn match_shape(program: &Program, compiled: &CompiledPattern, pattern: &Pattern) -> Shape {
    let mut columns = vec![column("ts", Source::Time, &DataType::Timestamp)];
    for (index, name) in key_names(pattern).iter().enumerate() {
        columns.push(column(name, Source::Key(index), &DataType::String));
    }
    let mut stages = StageColumns { program, compiled, pattern, columns };
    pattern.sequence.iter().for_each(|element| stages.add(element, Occurs::Once));
    Shape { name: plain_name(&pattern.name).to_owned(), columns: stages.columns }
}

/// The names of the key fields: those of the first input.
pub(super) fn key_names(pattern: &Pattern) -> &[String] {
    pattern.inputs.first().map_or(&[], |input| &input.by)
}

/// How often a stage may occur in a match.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Occurs {
    Once,
    Often,
}

struct StageColumns<'a> {
    program: &'a Program,
    compiled: &'a CompiledPattern,
    pattern: &'a Pattern,
    columns: Vec<Column>,
}

impl StageColumns<'_> {
    fn add(&mut self, element: &Element, around: Occurs) {
        let occurs = if element.quantifier.repeat == Repeat::Once { around } else { Occurs::Often };
        match &element.body {
            _ if element.contiguity.is_negated() => {}
            Body::Group(inner) => inner.iter().for_each(|element| self.add(element, occurs)),
            Body::Stage { name, stream, .. } => {
                let stage = self.compiled.stages.iter().position(|known| known == name).map(StageId::new);
                let takes = |input: &&Input| stream.as_ref().is_none_or(|stream| *stream == input.stream);
                for input in self.pattern.inputs.iter().filter(takes) {
                    stage.into_iter().for_each(|stage| self.add_fields(name, stage, occurs, input));
                }
            }
        }
    }

    /// Adds the fields of a stream, but those that another stream of the stage has as well.
    fn add_fields(&mut self, name: &str, stage: StageId, occurs: Occurs, input: &Input) {
        let Some(stream) = self.program.streams().id(&input.stream) else { return };
        for field in self.program.streams().get(stream).schema.fields() {
            let title = format!("{name}.{}", field.name);
            if input.by.contains(&field.name) || self.columns.iter().any(|column| column.name == title) {
                continue;
            }
            let source = match occurs {
                Occurs::Once => Source::Single(stage, field.name.clone()),
                Occurs::Often => Source::All(stage, field.name.clone()),
            };
            self.columns.push(column(title, source, &field.ty.data));
        }
    }
}
