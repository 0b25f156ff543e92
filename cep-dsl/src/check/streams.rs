//! Streams and tables: schemas, keys, time; derived streams and patterns in the order in which they need one another.

use std::collections::HashMap;
use std::rc::Rc;

use super::model::{self, Time};
use super::names::Meaning;
use super::order::order;
use super::scope::{Place, Scope, View};
use super::{Checker, Failed, Items};
use crate::catalog::{DataType, Field as Column, Schema, Type};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{self, Derived, Field, Item, Keys, Name, Pattern, Stream, Table, TimeOption};
use crate::text::article;

/// Something that makes a stream or needs one.
#[derive(Clone, Copy)]
enum Node<'a> {
    Derived(&'a Item, &'a Derived),
    Pattern(&'a Item, &'a Pattern),
}

impl Checker<'_> {
    pub(super) fn tables(&mut self, items: &Items<'_>) {
        for (item, table) in &items.tables {
            self.table(item, table);
        }
    }

    fn table(&mut self, item: &Item, table: &Table) {
        let Ok(schema) = self.schema(&table.fields) else { return };
        let key = self.key_fields(&table.key, &View::of(&table.name.text, Some(schema.clone())));
        if key.len() != table.key.names.len() {
            return;
        }
        let key: Vec<_> = key.into_iter().map(|(name, _)| name).collect();
        self.enter_table(item, &table.name, Meaning::Table { schema: schema.clone(), key: key.clone() });
        self.program.tables.push(model::Table {
            name: table.name.text.clone(),
            schema,
            key,
            from: table.from.value.clone(),
        });
    }

    pub(super) fn declared_streams(&mut self, items: &Items<'_>) {
        for (item, stream) in &items.streams {
            if !item.broken {
                self.declared(item, stream);
            }
        }
    }

    fn declared(&mut self, item: &Item, stream: &Stream) {
        let Ok(schema) = self.schema(&stream.fields) else { return };
        let view = View::of(&stream.name.text, Some(schema.clone()));
        let options = &stream.options;
        let key = options.key.as_ref().map(|keys| self.key_fields(keys, &view)).unwrap_or_default();
        let time = options.time.as_ref().and_then(|time| self.time(time, &view));
        let idle_after = options.idle.as_ref().and_then(|it| self.window(it, None));
        self.enter_schema(&stream.name, schema.clone(), time.clone());
        self.program.streams.push(model::Stream {
            name: stream.name.text.clone(),
            schema,
            key: key.into_iter().map(|(name, _)| name).collect(),
            time,
            idle_after,
            from: options.from.as_ref().map(|it| it.value.clone()),
            late_to: options.late.as_ref().map(|it| it.text.clone()),
            metadata: super::metadata(item),
            doc: super::doc(item),
        });
    }

    /// Says what a stream is, unless another item has its name.
    pub(super) fn enter_schema(&mut self, name: &Name, schema: Rc<Schema>, time: Option<Time>) {
        if let Some(entry) = self.streams.get_mut(&name.text).filter(|entry| entry.span == name.span) {
            entry.schema = Some(schema);
            entry.time = time;
        }
    }

    fn schema(&mut self, fields: &[Field]) -> Result<Rc<Schema>, Failed> {
        let mut schema = Schema::new();
        let mut first: HashMap<&str, Span> = HashMap::new();
        let mut whole = Ok(());
        for field in fields {
            let ty = self.resolve_type(&field.ty);
            if let Some(before) = first.get(field.name.text.as_str()) {
                self.duplicate_field(&field.name, Some(*before));
                whole = Err(Failed);
                continue;
            }
            first.insert(&field.name.text, field.name.span);
            match ty {
                Ok(ty) => schema = schema.with_field(Column { name: field.name.text.clone(), ty }),
                Err(failed) => whole = Err(failed),
            }
        }
        whole.map(|()| Rc::new(schema))
    }

    pub(super) fn duplicate_field(&mut self, name: &Name, first: Option<Span>) {
        let message = format!("there is a field `{}` already", name.text);
        let diagnostic = Diagnostic::new(Code::DuplicateField, name.span, message);
        self.report(match first {
            Some(first) => diagnostic.and_at(first, "the first"),
            None => diagnostic,
        });
    }

    /// Fields that make a key, with their types: known, never null, single values. Others are reported.
    pub(super) fn key_fields(&mut self, keys: &Keys, view: &View) -> Vec<(String, Type)> {
        let mut found: Vec<(String, Type)> = Vec::new();
        for name in &keys.names {
            let Some(ty) = self.plain_field(name, view, "a key") else { continue };
            if found.iter().any(|(known, _)| *known == name.text) {
                self.duplicate_field(name, None);
            } else if matches!(ty.data, DataType::List(_) | DataType::Map(_)) {
                let message = format!("{} cannot be a key", article(&ty));
                self.report(Diagnostic::new(Code::BadKey, name.span, message));
            } else {
                found.push((name.text.clone(), ty));
            }
        }
        found
    }

    /// A field that is never null.
    fn plain_field(&mut self, name: &Name, view: &View, what: &str) -> Option<Type> {
        let (stream, schema) = view.streams.first()?;
        let Some(field) = schema.as_ref()?.field(&name.text) else {
            self.unknown_field(view, name);
            return None;
        };
        if field.ty.nullable {
            let message = format!("`{}` of `{stream}` may be null, so it cannot be {what}", name.text);
            self.report(
                Diagnostic::new(Code::NullableKey, name.span, message)
                    .help(format!("declare it without `?`: `{}: {}`", name.text, field.ty.data)),
            );
            return None;
        }
        Some(field.ty.clone())
    }

    /// A field that orders events of equal time; it may be null, and null comes first.
    fn tie_field(&mut self, name: &Name, view: &View) -> Option<()> {
        let (_, schema) = view.streams.first()?;
        let Some(field) = schema.as_ref()?.field(&name.text) else {
            self.unknown_field(view, name);
            return None;
        };
        if matches!(field.ty.data, DataType::List(_) | DataType::Map(_)) {
            let message = format!("{} cannot order events", article(&field.ty));
            self.report(Diagnostic::new(Code::BadKey, name.span, message));
            return None;
        }
        Some(())
    }

    fn time(&mut self, time: &TimeOption, view: &View) -> Option<Time> {
        let lateness = match &time.lateness {
            Some(length) => self.duration(length, None)?,
            None => crate::catalog::Duration(0),
        };
        let mut ties = Vec::new();
        for tie in &time.ties {
            self.tie_field(&tie.field, view)?;
            ties.push((tie.field.text.clone(), tie.desc.is_some()));
        }
        let ty = self.plain_field(&time.field, view, "the time")?;
        if ty.data != DataType::Timestamp {
            let message = format!("the time of an event is a `timestamp`, not {}", article(&ty.data));
            self.report(Diagnostic::new(Code::BadTime, time.field.span, message).label(article(&ty)));
            return None;
        }
        Some(Time { field: time.field.text.clone(), ties, lateness })
    }

    /// Derived streams and patterns, each after what makes its streams.
    pub(super) fn derived_and_patterns(&mut self, items: &Items<'_>) {
        let derived = items.derived.iter().filter(|(_, it)| self.defines(&it.name));
        let derived = derived.map(|(item, it)| Node::Derived(item, it));
        let nodes: Vec<_> =
            derived.chain(items.patterns.iter().map(|(item, it)| Node::Pattern(item, it))).collect();
        let needs = self.needs(&nodes);
        let sorted = order(&needs);
        for cycle in &sorted.cycles {
            self.stream_cycle(&cycle.iter().map(|index| nodes[*index]).collect::<Vec<_>>());
        }
        let mut patterns = Vec::new();
        for index in sorted.order {
            match nodes[index] {
                Node::Derived(item, it) if !item.broken => self.derived(item, it),
                Node::Pattern(item, it) if !item.broken => {
                    patterns.extend(self.pattern(item, it).map(|pattern| (index, pattern)));
                }
                _ => {}
            }
        }
        patterns.sort_by_key(|(index, _)| *index);
        self.program.patterns = patterns.into_iter().map(|(_, pattern)| pattern).collect();
        super::emit::in_one_order(&mut self.program.patterns);
    }

    fn stream_cycle(&mut self, cycle: &[Node<'_>]) {
        let mut names = cycle.iter().map(|node| match node {
            Node::Derived(_, it) => &it.name,
            Node::Pattern(_, it) => &it.name,
        });
        let Some(first) = names.next() else { return };
        let what = match cycle[0] {
            Node::Derived(..) => "the stream",
            Node::Pattern(..) => "the pattern",
        };
        let message = format!("{what} `{}` reads what it makes", first.text);
        let mut diagnostic = Diagnostic::new(Code::Cycle, first.span, message);
        for name in names {
            diagnostic = diagnostic.and_at(name.span, "through this");
        }
        self.report(diagnostic);
    }

    fn derived(&mut self, item: &Item, it: &Derived) {
        let Ok(source) = self.stream_named(&it.source) else { return };
        let (schema, time) = (source.schema.clone(), source.time.clone());
        let view = View::of(&it.source.text, schema.clone());
        let scope = |place| Scope { place, event: Some(&view), stages: None };
        let condition = it.condition.as_ref().map(|it| self.condition(scope(Place::Condition), it, "where"));
        let mut with = Vec::new();
        let mut extended = schema.as_deref().cloned();
        for assign in &it.with {
            let value = self.column(scope(Place::Computed), assign);
            let taken = extended.as_ref().is_some_and(|it| it.field(&assign.name.text).is_some());
            if taken {
                self.duplicate_field(&assign.name, None);
                continue;
            }
            extended = match (extended, &value) {
                (Some(schema), Some(value)) => {
                    let name = assign.name.text.clone();
                    Some(schema.with_field(Column { name, ty: value.ty.clone() }))
                }
                _ => None,
            };
            with.extend(value.map(|value| (assign.name.text.clone(), value)));
        }
        self.never_true(condition.as_ref().and_then(Option::as_ref), "where");
        let Some(schema) = extended else { return };
        self.enter_schema(&it.name, Rc::new(schema), time);
        self.program.derived.push(model::Derived {
            name: it.name.text.clone(),
            source: it.source.text.clone(),
            condition: condition.flatten(),
            with,
            doc: super::doc(item),
        });
    }

    /// The value of a column, whose type must be known.
    pub(super) fn column(&mut self, scope: Scope<'_>, assign: &syntax::Assign) -> Option<model::Expr> {
        let value = self.expr(scope, &assign.value).ok()?;
        if has_type(&value.ty.data) {
            return Some(value);
        }
        let message = format!("the type of `{}` is not known", assign.name.text);
        self.report(
            Diagnostic::new(Code::UnknownColumnType, assign.value.span, message)
                .label(article(&value.ty.data)),
        );
        None
    }
}

fn has_type(data: &DataType) -> bool {
    match data {
        DataType::Null => false,
        DataType::List(of) | DataType::Map(of) => has_type(of),
        _ => true,
    }
}

impl Checker<'_> {
    /// What each node needs: those that make the streams it reads.
    fn needs(&self, nodes: &[Node<'_>]) -> Vec<Vec<usize>> {
        let mut makers: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, node) in nodes.iter().enumerate() {
            for stream in self.made(node) {
                makers.entry(stream).or_default().push(index);
            }
        }
        let makers_of = |stream: &str| makers.get(stream).cloned().unwrap_or_default();
        nodes.iter().map(|node| read(node).into_iter().flat_map(makers_of).collect()).collect()
    }

    /// The streams a node makes.
    fn made<'a>(&self, node: &Node<'a>) -> Vec<&'a str> {
        match node {
            Node::Derived(_, it) => vec![it.name.text.as_str()],
            Node::Pattern(_, it) => {
                let emits = it.clauses.emits.iter().chain(&it.clauses.timeout_emits);
                let names = emits.map(|emit| emit.name.text.as_str());
                names.filter(|name| self.streams.get(*name).is_some_and(|entry| entry.emitted)).collect()
            }
        }
    }
}

/// The streams a node reads.
fn read<'a>(node: &Node<'a>) -> Vec<&'a str> {
    match node {
        Node::Derived(_, it) => vec![it.source.text.as_str()],
        Node::Pattern(_, it) => it.inputs.iter().map(|input| input.stream.text.as_str()).collect(),
    }
}
