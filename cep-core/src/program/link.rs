//! Linking: definitions in any order become a program. Streams are defined as soon as what they are made from is, so
//! that patterns can read what other patterns emit; what is left over depends on itself.

use std::collections::HashMap;
use std::sync::Arc;

use super::conditions::Conditions;
use super::error::{CompileError, CompileErrorKind as Kind, at};
use super::family::{self, FamilyInput};
use super::functions;
use super::resolve::Resolver;
use super::scope::{EventScope, StageScope};
use super::streams::{Derivation, Origin, Stream, Streams};
use super::tables::Tables;
use super::{ParamValues, Program};
use crate::event::{DataType, Field, Schema, Type, Value};
use crate::ids::StreamId;
use crate::pattern::{Definitions, DerivedStream, Emit, Pattern, validate};

/// The column every emitted stream ends with: the time of its match.
pub(crate) const EMITTED_TIME: &str = "ts";

pub(super) fn link(definitions: Definitions, given: &ParamValues) -> Result<Program, Vec<CompileError>> {
    let mut errors = Vec::new();
    let params = params(&definitions, given, &mut errors);
    let tables = Tables::new(&definitions.tables).unwrap_or_else(|error| {
        errors.push(error);
        Tables::default()
    });
    for pattern in &definitions.patterns {
        for error in validate(pattern).err().unwrap_or_default() {
            errors.push(at(format!("pattern `{}`", pattern.name), error));
        }
    }
    duplicate_patterns(&definitions.patterns, &mut errors);
    errors.extend(functions::alike(&definitions));
    let mut linker =
        Linker { definitions: &definitions, params, tables, streams: Streams::default(), errors };
    linker.streams();
    if !linker.errors.is_empty() {
        return Err(linker.errors);
    }
    linker.compile(&definitions)
}

fn params(
    definitions: &Definitions,
    given: &ParamValues,
    errors: &mut Vec<CompileError>,
) -> HashMap<String, (Type, Value)> {
    let mut values = HashMap::new();
    for param in &definitions.params {
        let place = format!("parameter `{}`", param.name);
        let Some(value) = given.get(&param.name).or(param.default.as_ref()) else {
            errors.push(at(place, Kind::MissingParam));
            continue;
        };
        if !value.fits(&param.ty.data) {
            let (expected, found) = (param.ty.to_string(), value.data_type().to_string());
            errors.push(at(place, Kind::ParamType { expected, found }));
            continue;
        }
        let value = match (value, &param.ty.data) {
            (Value::Int(value), DataType::Float) => Value::Float(*value as f64),
            _ => value.clone(),
        };
        if values.insert(param.name.clone(), (param.ty.clone(), value)).is_some() {
            errors.push(at(place, Kind::Duplicate(param.name.clone())));
        }
    }
    for name in given.keys().filter(|name| !definitions.params.iter().any(|param| param.name == **name)) {
        errors.push(at("parameters", Kind::Unknown { what: "parameter", name: name.clone() }));
    }
    values
}

fn duplicate_patterns(patterns: &[Pattern], errors: &mut Vec<CompileError>) {
    let mut seen = std::collections::HashSet::new();
    for pattern in patterns.iter().filter(|pattern| !seen.insert(&pattern.name)) {
        errors.push(at(format!("pattern `{}`", pattern.name), Kind::Duplicate(pattern.name.clone())));
    }
}

/// A program while it is put together.
pub(super) struct Linker<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) params: HashMap<String, (Type, Value)>,
    pub(super) tables: Tables,
    pub(super) streams: Streams,
    pub(super) errors: Vec<CompileError>,
}

impl Linker<'_> {
    pub(super) fn keep<T>(&mut self, result: Result<T, CompileError>) -> Option<T> {
        result.map_err(|error| self.errors.push(error)).ok()
    }

    /// Defines all streams: the declared ones, then round by round those whose sources are known.
    fn streams(&mut self) {
        for def in &self.definitions.streams {
            let declared = self.streams.declare(def);
            self.keep(declared);
        }
        let mut derived: Vec<_> = self.definitions.derived.iter().collect();
        let mut emitted = emitted_names(self.definitions);
        while self.errors.is_empty() && !(derived.is_empty() && emitted.is_empty()) {
            let before = derived.len() + emitted.len();
            derived.retain(|def| !self.try_derived(def));
            emitted.retain(|name| !self.try_emitted(name));
            if derived.len() + emitted.len() == before {
                return self.blame(&derived, &emitted);
            }
        }
    }

    /// Nothing more can be defined: a source is unknown, or streams go round.
    fn blame(&mut self, derived: &[&DerivedStream], emitted: &[&str]) {
        let known = |name: &str| {
            self.streams.id(name).is_some()
                || emitted.contains(&name)
                || derived.iter().any(|def| def.name == name)
        };
        let missing = derived.iter().find(|def| !known(&def.source)).map(|def| (&def.name, &def.source));
        let error = match missing {
            Some((name, source)) => {
                at(format!("stream `{name}`"), Kind::Unknown { what: "stream", name: source.clone() })
            }
            None => {
                let reads = |pattern: &&Pattern| pattern.inputs.iter().any(|input| !known(&input.stream));
                match self.definitions.patterns.iter().find(reads) {
                    Some(pattern) => {
                        let name = pattern.inputs.iter().find(|input| !known(&input.stream));
                        let name = name.map(|input| input.stream.clone()).unwrap_or_default();
                        at(format!("pattern `{}`", pattern.name), Kind::Unknown { what: "stream", name })
                    }
                    None => {
                        let name = derived.first().map(|def| def.name.as_str()).or(emitted.first().copied());
                        at(format!("stream `{}`", name.unwrap_or_default()), Kind::Cycle)
                    }
                }
            }
        };
        self.errors.push(error);
    }

    /// True where nothing is left to try: it is defined, or wrong for good.
    fn try_derived(&mut self, def: &DerivedStream) -> bool {
        let Some(source) = self.streams.id(&def.source) else { return false };
        let stream = self.derive(def, source).map_err(|kind| at(format!("stream `{}`", def.name), kind));
        let added = stream.and_then(|stream| self.streams.add(stream));
        self.keep(added);
        true
    }

    fn derive(&self, def: &DerivedStream, source: StreamId) -> Result<Stream, Kind> {
        let from = self.streams.get(source);
        let resolver = Resolver {
            event: Some(EventScope { schema: &from.schema }),
            stages: None,
            params: &self.params,
            tables: &self.tables,
            running: None,
        };
        let condition = def.condition.as_ref().map(|condition| resolver.condition(condition)).transpose()?;
        let passing = def.condition.as_ref().zip(condition.as_ref());
        let passing = passing.map(|(expr, node)| Conditions::of(expr, node, &from.schema));
        let mut schema = (*from.schema).clone();
        let mut columns = Vec::new();
        for (name, expr) in &def.with {
            let (node, ty) = resolver.resolve(expr)?;
            if schema.column(name).is_some() {
                return Err(Kind::ColumnTaken(name.clone()));
            }
            schema = schema.with_field(Field { name: name.clone(), ty });
            columns.push(node);
        }
        Ok(Stream {
            name: def.name.clone(),
            schema: Arc::new(schema),
            origin: Origin::Derived(Derivation { source, condition, passing, columns }),
            tie_break: from.tie_break.clone(),
            stratum: from.stratum,
        })
    }

    /// An emitted stream is known once the inputs of every pattern that emits it are.
    fn try_emitted(&mut self, name: &str) -> bool {
        let producers = producers(self.definitions, name);
        let inputs = producers.iter().flat_map(|pattern| &pattern.inputs);
        if inputs.clone().any(|input| self.streams.id(&input.stream).is_none()) {
            return false;
        }
        let stratum = inputs.filter_map(|input| self.streams.id(&input.stream));
        let stratum = stratum.map(|id| self.streams.get(id).stratum).max().unwrap_or(0) + 1;
        let mut schema: Option<Schema> = None;
        for pattern in producers {
            for emit in pattern.emits.iter().chain(&pattern.timeout_emits).filter(|emit| emit.stream == name)
            {
                let place = || format!("pattern `{}`, emit `{name}`", pattern.name);
                let found = self.emitted_schema(pattern, emit).map_err(|kind| at(place(), kind));
                let Some(found) = self.keep(found) else { return true };
                match schema.take().map_or(Some(found.clone()), |known| merged(known, &found)) {
                    Some(merged) => schema = Some(merged),
                    None => {
                        self.errors.push(at(place(), Kind::EmitMismatch(name.to_owned())));
                        return true;
                    }
                }
            }
        }
        let schema = Arc::new(schema.unwrap_or_default().with(EMITTED_TIME, DataType::Timestamp));
        let stream =
            Stream { name: name.to_owned(), schema, origin: Origin::Emitted, tie_break: Vec::new(), stratum };
        let added = self.streams.add(stream);
        self.keep(added);
        true
    }

    fn emitted_schema(&self, pattern: &Pattern, emit: &Emit) -> Result<Schema, Kind> {
        let inputs = family::inputs(pattern, &self.streams)?;
        let stages = self.stage_scope(pattern, &inputs);
        let timed_out = pattern.timeout_emits.iter().any(|of_timeout| std::ptr::eq(of_timeout, emit));
        let stages = if timed_out { stages.of_timeouts(pattern) } else { stages };
        let mut schema = Schema::new();
        for (name, expr) in &emit.columns {
            if name == EMITTED_TIME || schema.column(name).is_some() {
                return Err(Kind::ColumnTaken(name.clone()));
            }
            let (_, ty) = self.outputs(&stages).resolve(expr)?;
            schema = schema.with_field(Field { name: name.clone(), ty });
        }
        Ok(schema)
    }

    pub(super) fn outputs<'s>(&'s self, stages: &'s StageScope) -> Resolver<'s> {
        Resolver {
            event: None,
            stages: Some(stages),
            params: &self.params,
            tables: &self.tables,
            running: None,
        }
    }

    pub(super) fn stage_scope(&self, pattern: &Pattern, inputs: &[FamilyInput]) -> StageScope {
        let streams: Vec<_> = inputs.iter().map(|input| input.stream).collect();
        StageScope::new(pattern, &streams, family::fields(inputs, &self.streams), &self.streams)
    }
}

fn emitted_names(definitions: &Definitions) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for emit in
        definitions.patterns.iter().flat_map(|pattern| pattern.emits.iter().chain(&pattern.timeout_emits))
    {
        if !names.contains(&emit.stream.as_str()) {
            names.push(&emit.stream);
        }
    }
    names
}

fn producers<'a>(definitions: &'a Definitions, name: &str) -> Vec<&'a Pattern> {
    let emits = |pattern: &&Pattern| {
        pattern.emits.iter().chain(&pattern.timeout_emits).any(|emit| emit.stream == name)
    };
    definitions.patterns.iter().filter(emits).collect()
}

/// One schema for two emits of a name: the same columns and types, nullable where either is.
fn merged(known: Schema, found: &Schema) -> Option<Schema> {
    if known.fields().len() != found.fields().len() {
        return None;
    }
    let mut merged = Schema::new();
    for (known, found) in known.fields().iter().zip(found.fields()) {
        if known.name != found.name || known.ty.data != found.ty.data {
            return None;
        }
        let ty = Type { data: known.ty.data.clone(), nullable: known.ty.nullable || found.ty.nullable };
        merged = merged.with_field(Field { name: known.name.clone(), ty });
    }
    Some(merged)
}
