//! Emitted records: their columns, and the streams they make.

use std::collections::HashMap;
use std::rc::Rc;

use super::Checker;
use super::model::{self, Time};
use super::scope::{Place, Scope, Sight, Stages, Viewpoint};
use crate::catalog::{DataType, Duration, Field, Schema};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{Emit, Pattern};
use crate::text::article;

/// The column every emitted record has: the time of its match.
const TIME: &str = "ts";

impl Checker<'_> {
    pub(super) fn emits(
        &mut self,
        pattern: &Pattern,
        stages: &Stages,
    ) -> (Vec<model::Emit>, Vec<model::Emit>) {
        let clauses = &pattern.clauses;
        let all = |from| Sight { all: stages, from };
        let emits = clauses.emits.iter().map(|it| self.emit(it, all(Viewpoint::Match))).collect();
        let timeouts =
            clauses.timeout_emits.iter().map(|it| self.emit(it, all(Viewpoint::Timeout))).collect();
        self.timeouts_need_windows(pattern);
        (emits, timeouts)
    }

    fn emit(&mut self, emit: &Emit, sight: Sight<'_>) -> model::Emit {
        let scope = Scope { place: Place::Emit, event: None, stages: Some(sight) };
        let mut columns: Vec<(String, model::Expr)> = Vec::new();
        let mut schema = Some(Schema::new());
        for assign in &emit.object.assigns {
            let value = self.column(scope, assign);
            if assign.name.text == TIME {
                self.report(
                    Diagnostic::new(
                        Code::AssignedTime,
                        assign.name.span,
                        "`ts` is the time of the match and cannot be assigned",
                    )
                    .help("choose another name for the column")
                    .edit(assign.name.span, "at")
                    .guess(),
                );
                continue;
            }
            let known = columns.iter().any(|(name, _)| *name == assign.name.text);
            if known {
                self.duplicate_field(&assign.name, None);
                continue;
            }
            schema = match (schema, &value) {
                (Some(schema), Some(value)) => {
                    let name = assign.name.text.clone();
                    Some(schema.with_field(Field { name, ty: value.ty.clone() }))
                }
                _ => None,
            };
            columns.extend(value.map(|value| (assign.name.text.clone(), value)));
        }
        if let Some(schema) = schema {
            self.emitted_stream(emit, schema);
        }
        let to = emit.to.as_ref().map(|to| to.value.clone());
        model::Emit { name: emit.name.text.clone(), columns, to }
    }

    /// Enters the stream an emit makes, or compares it with what another emit made of it.
    fn emitted_stream(&mut self, emit: &Emit, schema: Schema) {
        let schema = schema.with(TIME, DataType::Timestamp);
        let Some(entry) = self.streams.get_mut(&emit.name.text).filter(|entry| entry.emitted) else { return };
        let Some(known) = &entry.schema else {
            entry.schema = Some(Rc::new(schema));
            entry.time = Some(Time { field: TIME.to_owned(), ties: Vec::new(), lateness: Duration(0) });
            return;
        };
        let first = entry.span;
        match difference(known, &schema) {
            Some(why) => self.columns_differ(emit, first, &why),
            None => entry.schema = Some(Rc::new(joined(known, &schema))),
        }
    }

    fn columns_differ(&mut self, emit: &Emit, first: Span, why: &str) {
        if first == emit.name.span {
            return;
        }
        let message = format!("`{}` is emitted elsewhere with other columns", emit.name.text);
        self.report(
            Diagnostic::new(Code::EmitsDiffer, emit.name.span, message)
                .label(why)
                .and_at(first, "emitted here")
                .note("all emits of one name make one stream"),
        );
    }

    fn timeouts_need_windows(&mut self, pattern: &Pattern) {
        let Some(emit) = pattern.clauses.timeout_emits.first() else { return };
        if pattern.clauses.within.is_some() || bounded(&pattern.sequence) {
            return;
        }
        self.report(
            Diagnostic::new(Code::TimeoutWithoutWindow, emit.span, "without a window nothing times out")
                .help("bound the pattern, for example")
                .edit(emit.span.before(), "within 10m\n  ")
                .guess(),
        );
    }
}

/// Whether a step has a window of its own.
fn bounded(sequence: &crate::syntax::Sequence) -> bool {
    sequence.steps.iter().any(|step| {
        let inner = match &step.target.body {
            crate::syntax::Body::Group { sequence, .. } => bounded(sequence),
            crate::syntax::Body::Stage(_) => false,
        };
        inner || step.connector.gap.is_some() || step.target.modifiers.apart.is_some()
    })
}

/// In what two records of one name differ; that one may be null does not matter.
fn difference(known: &Schema, schema: &Schema) -> Option<String> {
    for field in schema.fields() {
        match known.field(&field.name) {
            None => return Some(format!("`{}` is new", field.name)),
            Some(other) if other.ty.data != field.ty.data => {
                return Some(format!(
                    "`{}` is {} here and {} there",
                    field.name,
                    article(&field.ty.data),
                    article(&other.ty.data)
                ));
            }
            Some(_) => {}
        }
    }
    let missing = known.fields().iter().find(|field| schema.field(&field.name).is_none());
    missing.map(|field| format!("`{}` is missing", field.name))
}

/// The columns of both; what may be null in one may be null.
fn joined(known: &Schema, schema: &Schema) -> Schema {
    known.fields().iter().fold(Schema::new(), |all, field| {
        let other = schema.field(&field.name).is_some_and(|other| other.ty.nullable);
        let ty = crate::catalog::Type { nullable: field.ty.nullable || other, data: field.ty.data.clone() };
        all.with_field(Field { name: field.name.clone(), ty })
    })
}

/// Puts the columns of all emits of one name into the order of the first.
pub(super) fn in_one_order(patterns: &mut [model::Pattern]) {
    let mut first: HashMap<String, Vec<String>> = HashMap::new();
    for emit in patterns.iter_mut().flat_map(|it| it.emits.iter_mut().chain(&mut it.timeout_emits)) {
        let own = || emit.columns.iter().map(|(name, _)| name.clone()).collect();
        let names = first.entry(emit.name.clone()).or_insert_with(own);
        emit.columns.sort_by_key(|(name, _)| names.iter().position(|known| known == name));
    }
}
