//! Key families: patterns that read the same streams by the same key fields share a record a key, so that an event
//! captured by ten patterns is stored once.

use std::collections::BTreeSet;

use super::CompiledPattern;
use super::automaton::Misses;
use super::conditions::Conditions;
use super::error::CompileErrorKind as Kind;
use super::group::{self, Group};
use super::layout::FamilyKey;
use super::predicate::Predicate;
use super::scope::InputFields;
use super::streams::Streams;
use crate::event::DataType;
use crate::expr::Expr;
use crate::ids::{ColumnId, PatternId, StreamId};
use crate::pattern::Pattern;

/// A key family.
#[derive(Debug)]
pub struct Family {
    /// Its name, the same in every program that has it.
    pub id: FamilyKey,
    /// The streams read, by id, each with its key and what a captured event keeps.
    pub inputs: Vec<FamilyInput>,
    /// The interned conditions of all its patterns.
    pub predicates: Vec<Predicate>,
    /// Its patterns, in text order.
    pub patterns: Vec<PatternId>,
    /// The same patterns, those of one shape together.
    pub groups: Vec<Group>,
    /// By input and predicate: whether it is asked row by row, and not only through an index.
    pub(crate) asked_alone: Vec<Vec<bool>>,
    /// The stratum it runs in: one after those that emit what it reads.
    pub stratum: usize,
    /// What a row that satisfies no condition of the family can do.
    pub misses: Misses,
    /// Whether any state of any pattern has a gap window.
    pub(crate) has_gaps: bool,
    /// Words that each node keeps of the path it ends.
    pub(crate) node_words: usize,
    /// Whether nobody can tell when any of its partial matches leave because their window is over.
    pub(crate) may_time_out_quietly: bool,
    /// Whether the first deadline of a key only ever moves to a later one, as long as it has any.
    pub(crate) deadlines_rise: bool,
}

/// A stream as a family reads it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FamilyInput {
    /// The stream.
    pub stream: StreamId,
    /// The columns that make the key.
    pub key: Vec<ColumnId>,
    /// The columns a captured event keeps, in slot order.
    pub kept: Vec<ColumnId>,
    /// Columns of the key that hosts are handed as well, and that are read off the key.
    pub of_key: Vec<ColumnId>,
}

impl Family {
    /// Puts its patterns into groups, once the conditions of all families are known.
    pub(super) fn group(&mut self, compiled: &[Option<CompiledPattern>], conditions: &[Conditions]) {
        let inputs: Vec<_> = self.inputs.iter().map(|input| &conditions[input.stream.index()]).collect();
        self.groups = group::groups(&self.patterns, compiled, &self.predicates, &inputs);
        self.asked_alone = group::asked_alone(&self.groups, self.predicates.len(), inputs.len());
        self.may_time_out_quietly = self.groups.iter().all(|group| group.may_time_out_quietly);
        // Partial matches begin later and later: where all have one window, so do their ends.
        self.deadlines_rise = self.groups.len() == 1 && !self.has_gaps;
    }

    /// The position of a stream among the inputs.
    #[must_use]
    pub fn input_of(&self, stream: StreamId) -> Option<usize> {
        self.inputs.iter().position(|input| input.stream == stream)
    }
}

/// The inputs of a pattern, nothing kept yet, in the order of stream ids.
pub(super) fn inputs(pattern: &Pattern, streams: &Streams) -> Result<Vec<FamilyInput>, Kind> {
    let mut inputs = Vec::new();
    for input in &pattern.inputs {
        let unknown = || Kind::Unknown { what: "stream", name: input.stream.clone() };
        let stream = streams.id(&input.stream).ok_or_else(unknown)?;
        let schema = &streams.get(stream).schema;
        let column = |name: &String| {
            schema
                .column(name)
                .ok_or_else(|| Kind::Unknown { what: "field", name: format!("{}.{name}", input.stream) })
        };
        let key = input.by.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        if inputs.iter().any(|known: &FamilyInput| known.stream == stream) {
            return Err(Kind::Duplicate(input.stream.clone()));
        }
        inputs.push(FamilyInput { stream, key, kept: Vec::new(), of_key: Vec::new() });
    }
    check_agreement(&inputs, streams)?;
    inputs.sort_by_key(|input| input.stream);
    Ok(inputs)
}

fn check_agreement(inputs: &[FamilyInput], streams: &Streams) -> Result<(), Kind> {
    let Some(first) = inputs.first() else { return Err(Kind::NoInput) };
    let key_types = |input: &FamilyInput| -> Vec<DataType> {
        let fields = streams.get(input.stream).schema.fields();
        input.key.iter().map(|column| fields[column.index()].ty.data.clone()).collect()
    };
    let ties = |input: &FamilyInput| -> Vec<(String, bool)> {
        let stream = streams.get(input.stream);
        let name = |column: &ColumnId| stream.schema.fields()[column.index()].name.clone();
        stream.tie_break.iter().map(|(column, descending)| (name(column), *descending)).collect()
    };
    for input in inputs {
        if key_types(input) != key_types(first) {
            return Err(Kind::KeyMismatch);
        }
        if ties(input) != ties(first) {
            return Err(Kind::TieBreakMismatch);
        }
    }
    Ok(())
}

/// Adds to each input the columns that the pattern reads of captured events; all of them where it emits nothing, as
/// then the host is handed the events.
pub(super) fn keep(pattern: &Pattern, inputs: &mut [FamilyInput], streams: &Streams) {
    let mut fields = BTreeSet::new();
    for expr in expressions(pattern) {
        expr.walk(&mut |expr| {
            if let Expr::Captured { field, .. } | Expr::Aggregate { field, .. } = expr {
                fields.insert(field.clone());
            }
        });
    }
    let hands_out_events = pattern.emits.is_empty();
    for input in inputs {
        for (index, field) in streams.get(input.stream).schema.fields().iter().enumerate() {
            let column = ColumnId::new(index);
            let is_read = fields.contains(&field.name);
            let wanted = hands_out_events || is_read;
            let of_key = !is_read && input.key.contains(&column) && is_whole_in_key(&field.ty.data);
            let columns = if of_key { &mut input.of_key } else { &mut input.kept };
            if wanted && !columns.contains(&column) {
                columns.push(column);
            }
        }
        input.kept.sort_unstable();
        let kept = &input.kept;
        input.of_key.retain(|column| !kept.contains(column));
    }
}

/// Whether a value can be read off a key: zero has two signs and one key, and lists are no keys.
fn is_whole_in_key(data: &DataType) -> bool {
    use DataType::{Bool, Duration, Int, String, Timestamp};
    matches!(data, Bool | Int | String | Timestamp | Duration)
}

/// All expressions of a pattern.
pub(super) fn expressions(pattern: &Pattern) -> Vec<&Expr> {
    let emitted = pattern.emits.iter().chain(&pattern.timeout_emits).flat_map(|emit| &emit.columns);
    let mut all: Vec<&Expr> = emitted.map(|(_, expr)| expr).collect();
    for element in &pattern.sequence {
        of_element(element, &mut all);
    }
    all
}

/// The conditions of an element and of those in it.
pub(super) fn of_element<'a>(element: &'a crate::pattern::Element, all: &mut Vec<&'a Expr>) {
    all.extend(&element.until);
    match &element.body {
        crate::pattern::Body::Stage { condition, .. } => all.extend(condition),
        crate::pattern::Body::Group(inner) => inner.iter().for_each(|element| of_element(element, all)),
    }
}

/// The fields of each input with the slot a captured event keeps them in.
pub(super) fn fields(inputs: &[FamilyInput], streams: &Streams) -> Vec<InputFields> {
    let of_input = |input: &FamilyInput| {
        let fields = streams.get(input.stream).schema.fields().iter().enumerate().map(|(index, field)| {
            let slot = input.kept.iter().position(|kept| kept.index() == index);
            let slot =
                slot.map(|slot| u16::try_from(slot).expect("a schema has fewer columns than u16 counts"));
            (field.name.clone(), field.ty.clone(), slot)
        });
        InputFields { fields: fields.collect() }
    };
    inputs.iter().map(of_input).collect()
}
