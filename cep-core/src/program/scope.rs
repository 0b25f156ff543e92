//! What the names in a pattern's expressions can mean: fields of the event under test, and what stages captured.

use super::error::CompileErrorKind as Kind;
use super::streams::Streams;
use crate::event::{Schema, Type};
use crate::expr::Slots;
use crate::ids::{ColumnId, StageId, StreamId};
use crate::pattern::{Body, Element, Pattern};

/// The fields of the event under test.
pub(super) struct EventScope<'a> {
    /// The schema of the stream the event is of.
    pub(super) schema: &'a Schema,
}

impl EventScope<'_> {
    pub(super) fn field(&self, name: &str) -> Option<(ColumnId, Type)> {
        let column = self.schema.column(name)?;
        Some((column, self.schema.fields()[column.index()].ty.clone()))
    }
}

/// A stage, as expressions see it.
struct StageName {
    name: String,
    /// The inputs, by position in the family, whose events it takes.
    inputs: Vec<usize>,
    /// Whether every match has captured it.
    sure: bool,
}

/// The stages of a pattern and what a captured event keeps.
pub(super) struct StageScope {
    stages: Vec<StageName>,
    inputs: Vec<InputFields>,
}

/// The fields of one input of the family, with the slot each is kept in.
pub(super) struct InputFields {
    pub(super) fields: Vec<(String, Type, Option<u16>)>,
}

impl StageScope {
    pub(super) fn new(
        pattern: &Pattern,
        family: &[StreamId],
        inputs: Vec<InputFields>,
        streams: &Streams,
    ) -> Self {
        let mut stages = Vec::new();
        for element in &pattern.sequence {
            collect(element, true, family, streams, &mut stages);
        }
        Self { stages, inputs }
    }

    /// The stages of a partial match that a window dropped: only the first is sure to be there.
    pub(super) fn of_timeouts(mut self, pattern: &Pattern) -> Self {
        let first = pattern.sequence.first().and_then(Element::name);
        for stage in &mut self.stages {
            stage.sure &= first == Some(stage.name.as_str());
        }
        self
    }

    pub(super) fn id(&self, name: &str) -> Result<StageId, Kind> {
        let unknown = || Kind::Unknown { what: "stage", name: name.to_owned() };
        self.stages.iter().position(|stage| stage.name == name).map(StageId::new).ok_or_else(unknown)
    }

    /// Where the events of a stage keep a field, and its type.
    pub(super) fn captured(&self, stage: StageId, field: &str) -> Result<(Slots, Type), Kind> {
        let unknown =
            || Kind::Unknown { what: "field", name: format!("{}.{field}", self.stages[stage.index()].name) };
        let stage = &self.stages[stage.index()];
        let mut slots = vec![None; self.inputs.len()];
        let mut ty: Option<Type> = None;
        for input in &stage.inputs {
            let entry = self.inputs[*input].fields.iter().find(|(name, ..)| name == field);
            let (_, found, slot) = entry.ok_or_else(unknown)?;
            slots[*input] = *slot;
            match &mut ty {
                None => ty = Some(found.clone()),
                Some(ty) if ty.data == found.data => ty.nullable |= found.nullable,
                Some(_) => return Err(unknown()),
            }
        }
        let mut ty = ty.ok_or_else(unknown)?;
        ty.nullable |= !stage.sure;
        Ok((slots.into(), ty))
    }
}

fn collect(
    element: &Element,
    sure: bool,
    family: &[StreamId],
    streams: &Streams,
    stages: &mut Vec<StageName>,
) {
    let sure = sure && !element.quantifier.may_be_absent() && !element.contiguity.is_negated();
    match &element.body {
        Body::Group(inner) => {
            inner.iter().for_each(|element| collect(element, sure, family, streams, stages))
        }
        Body::Stage { name, stream, .. } => {
            let only = stream.as_ref().map(|stream| streams.id(stream));
            let inputs =
                (0..family.len()).filter(|input| only.is_none_or(|only| only == Some(family[*input])));
            stages.push(StageName { name: name.clone(), inputs: inputs.collect(), sure });
        }
    }
}
