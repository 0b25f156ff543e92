//! The name spaces of a program: one for params, consts and tables, one for streams, one for patterns.

use std::collections::HashMap;
use std::rc::Rc;

use super::model::{Expr, Time};
use super::{Checker, Failed, Items};
use crate::catalog::{Schema, Type};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::Name;
use crate::text::{closest, written};

/// A param, const or table.
pub(super) struct ValueEntry {
    pub(super) span: Span,
    pub(super) meaning: Meaning,
}

/// What a name of the value name space stands for.
#[derive(Clone)]
pub(super) enum Meaning {
    /// Something with a mistake in it, or not looked at yet.
    Broken,
    Param(Type),
    Const(Rc<Expr>),
    Table {
        schema: Rc<Schema>,
        key: Vec<String>,
    },
}

impl Meaning {
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::Broken => "something else",
            Self::Param(_) => "a param",
            Self::Const(_) => "a const",
            Self::Table { .. } => "a table",
        }
    }
}

/// A stream, whatever makes it.
pub(super) struct StreamEntry {
    pub(super) span: Span,
    /// None where it is not known.
    pub(super) schema: Option<Rc<Schema>>,
    pub(super) time: Option<Time>,
    /// Whether emits make it.
    pub(super) emitted: bool,
}

fn in_text_order<'a>(names: impl Iterator<Item = &'a Name>) -> Vec<&'a Name> {
    let mut names: Vec<_> = names.collect();
    names.sort_by_key(|name| (name.span.source, name.span.start));
    names
}

impl Checker<'_> {
    /// Enters all names; a name that is there already is reported.
    pub(super) fn names(&mut self, items: &Items<'_>) {
        let params = items.params.iter().map(|(_, it)| &it.name);
        let consts = items.consts.iter().map(|(_, it)| &it.name);
        let tables = items.tables.iter().map(|(_, it)| &it.name);
        for name in in_text_order(params.chain(consts).chain(tables)) {
            self.enter_value(name);
        }
        let streams = items.streams.iter().map(|(_, it)| &it.name);
        for name in in_text_order(streams.chain(items.derived.iter().map(|(_, it)| &it.name))) {
            self.enter_stream(name, false);
        }
        self.pattern_names(items);
        self.emitted_names(items);
    }

    fn enter_value(&mut self, name: &Name) {
        if let Some(first) = self.values.get(&name.text) {
            let first = first.span;
            return self.duplicate(name, first, "a param, const or table");
        }
        self.values.insert(name.text.clone(), ValueEntry { span: name.span, meaning: Meaning::Broken });
    }

    fn enter_stream(&mut self, name: &Name, emitted: bool) {
        if let Some(first) = self.streams.get(&name.text) {
            let first = first.span;
            return self.duplicate(name, first, "a stream");
        }
        self.streams
            .insert(name.text.clone(), StreamEntry { span: name.span, schema: None, time: None, emitted });
    }

    fn pattern_names(&mut self, items: &Items<'_>) {
        let mut known: HashMap<&str, Span> = HashMap::new();
        for (_, pattern) in &items.patterns {
            match known.get(pattern.name.text.as_str()) {
                Some(first) => self.duplicate(&pattern.name, *first, "a pattern"),
                None => drop(known.insert(&pattern.name.text, pattern.name.span)),
            }
        }
    }

    /// Several emits may make one stream, but no other item may.
    fn emitted_names(&mut self, items: &Items<'_>) {
        let mut emitted: HashMap<&str, Span> = HashMap::new();
        let clauses = items.patterns.iter().map(|(_, pattern)| &pattern.clauses);
        for emit in clauses.flat_map(|it| it.emits.iter().chain(&it.timeout_emits)) {
            if emitted.contains_key(emit.name.text.as_str()) {
                continue;
            }
            emitted.insert(&emit.name.text, emit.name.span);
            if let Some(first) = self.streams.get(&emit.name.text) {
                let message = format!(
                    "`{}` is a stream of its own, so nothing can be emitted under its name",
                    emit.name.text
                );
                let diagnostic = Diagnostic::new(Code::Duplicate, emit.name.span, message);
                let diagnostic = diagnostic
                    .and_at(first.span, "the stream")
                    .help("`emit` defines its stream; choose another name");
                self.report(diagnostic);
            } else {
                self.enter_stream(&emit.name, true);
            }
        }
    }

    fn duplicate(&mut self, name: &Name, first: Span, what: &str) {
        let message = format!("`{}` is defined twice as {what}", name.text);
        self.report(
            Diagnostic::new(Code::Duplicate, name.span, message)
                .label("defined again")
                .and_at(first, "first defined here"),
        );
    }

    /// Whether the item of that name defines the stream, or only another of the same name.
    pub(super) fn defines(&self, name: &Name) -> bool {
        self.streams.get(&name.text).is_some_and(|entry| entry.span == name.span)
    }

    /// The stream of that name.
    pub(super) fn stream_named(&mut self, name: &Name) -> Result<&StreamEntry, Failed> {
        if !self.streams.contains_key(&name.text) {
            return Err(self.unknown_stream(name));
        }
        self.streams.get(&name.text).ok_or(Failed)
    }

    fn unknown_stream(&mut self, name: &Name) -> Failed {
        if self.lost {
            return Failed;
        }
        let message = format!("unknown stream `{}`", name.text);
        let diagnostic = Diagnostic::new(Code::UnknownStream, name.span, message);
        let table = self.values.get(&name.text).is_some_and(|it| matches!(it.meaning, Meaning::Table { .. }));
        self.report(match closest(&name.text, self.streams.keys().map(String::as_str)) {
            _ if table => diagnostic.note(format!("`{}` is a table", name.text)),
            Some(meant) => {
                diagnostic.help(format!("perhaps `{meant}` is meant")).edit(name.span, written(meant)).guess()
            }
            None => diagnostic,
        });
        Failed
    }
}
