//! Definitions: a symbol for each, whatever the order in which they were written.

use super::{Symbol, SymbolId, SymbolKind, Symbols};
use crate::source::{SourceMap, Span};
use crate::syntax::{
    Assign, Body, Derived, Doc, Emit, Field, File, Item, ItemKind, Name, Pattern, Sequence, Stream,
};

pub(super) fn all(symbols: &mut Symbols, sources: &SourceMap, files: &[File]) {
    let mut definer = Definer { symbols, sources };
    let items = || files.iter().flat_map(|file| &file.items);
    items().for_each(|item| definer.item(item));
    // What stages take and streams inherit depends on streams, which may come later.
    for item in items() {
        match &item.kind {
            ItemKind::Pattern(pattern) => definer.stages(item, pattern),
            ItemKind::Derived(derived) => definer.inherits(derived),
            _ => {}
        }
    }
}

struct Definer<'s> {
    symbols: &'s mut Symbols,
    sources: &'s SourceMap,
}

/// What is to be said of a symbol.
struct New<'n> {
    kind: SymbolKind,
    name: &'n Name,
    whole: Span,
    says: String,
    doc: Option<&'n Doc>,
    within: Option<SymbolId>,
}

impl Definer<'_> {
    fn add(&mut self, new: New<'_>) -> SymbolId {
        let id = SymbolId(self.symbols.all.len());
        let New { kind, name, whole, says, doc, within } = new;
        let doc = doc.map(|doc| doc.lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n"));
        let (name, span) = (name.text.clone(), name.span);
        self.symbols.all.push(Symbol { id, kind, name, span, whole, says, doc, within });
        self.symbols.uses.push((span, id));
        if let Some(within) = within {
            self.symbols.members.entry(within).or_default().push(id);
        }
        id
    }

    fn item(&mut self, item: &Item) {
        match &item.kind {
            ItemKind::Use(_) => {}
            ItemKind::Param(it) => self.value(item, SymbolKind::Param, &it.name),
            ItemKind::Const(it) => self.value(item, SymbolKind::Const, &it.name),
            ItemKind::Stream(it) => self.stream(item, it),
            ItemKind::Derived(it) => self.derived(item, it),
            ItemKind::Table(it) => {
                let says = format!("table {}", it.name.text);
                let id = self.top(item, SymbolKind::Table, &it.name, says);
                self.symbols.values.entry(it.name.text.clone()).or_insert(id);
                self.fields(id, &it.fields);
            }
            ItemKind::Pattern(it) => {
                let says = format!("pattern {}", it.name.text);
                self.top(item, SymbolKind::Pattern, &it.name, says);
                let emits = it.clauses.emits.iter().chain(&it.clauses.timeout_emits);
                emits.for_each(|emit| self.emitted(&it.name, emit));
            }
        }
    }

    fn top(&mut self, item: &Item, kind: SymbolKind, name: &Name, says: String) -> SymbolId {
        self.add(New { kind, name, whole: item.span, says, doc: item.doc.as_ref(), within: None })
    }

    fn value(&mut self, item: &Item, kind: SymbolKind, name: &Name) {
        let says = self.line(item.span);
        let id = self.top(item, kind, name, says);
        self.symbols.values.entry(name.text.clone()).or_insert(id);
    }

    fn stream(&mut self, item: &Item, stream: &Stream) {
        let id = self.top(item, SymbolKind::Stream, &stream.name, format!("stream {}", stream.name.text));
        self.symbols.streams.entry(stream.name.text.clone()).or_insert(id);
        self.fields(id, &stream.fields);
        if let Some(late) = &stream.options.late {
            let says = format!("stream {}, late events of {}", late.text, stream.name.text);
            self.made(late, item.span, says, Some(id));
        }
    }

    fn derived(&mut self, item: &Item, derived: &Derived) {
        let says = self.line(item.span);
        let id = self.top(item, SymbolKind::Stream, &derived.name, says);
        self.symbols.streams.entry(derived.name.text.clone()).or_insert(id);
        self.columns(id, &derived.with);
    }

    fn inherits(&mut self, derived: &Derived) {
        let stream = |name: &Name| self.symbols.streams.get(&name.text).copied();
        if let (Some(id), Some(source)) = (stream(&derived.name), stream(&derived.source)) {
            self.symbols.sources.insert(id, source);
        }
    }

    /// A stream that is there because something goes to it. What goes to the same is one.
    fn made(&mut self, name: &Name, whole: Span, says: String, source: Option<SymbolId>) -> SymbolId {
        if let Some(known) = self.symbols.streams.get(&name.text).copied() {
            self.symbols.uses.push((name.span, known));
            return known;
        }
        let id = self.add(New { kind: SymbolKind::Stream, name, whole, says, doc: None, within: None });
        self.symbols.streams.insert(name.text.clone(), id);
        if let Some(source) = source {
            self.symbols.sources.insert(id, source);
        }
        id
    }

    fn emitted(&mut self, pattern: &Name, emit: &Emit) {
        let says = format!("stream {}, emitted by {}", emit.name.text, pattern.text);
        let id = self.made(&emit.name, emit.span, says, None);
        self.columns(id, &emit.object.assigns);
    }

    fn columns(&mut self, within: SymbolId, columns: &[Assign]) {
        for column in columns {
            match self.symbols.member(within, &column.name.text) {
                Some(known) => self.symbols.uses.push((column.name.span, known)),
                None => {
                    let says = self.line(column.span);
                    self.field(within, &column.name, column.span, says, None);
                }
            }
        }
    }

    fn fields(&mut self, within: SymbolId, fields: &[Field]) {
        for field in fields {
            let says = self.line(field.span);
            self.field(within, &field.name, field.span, says, field.doc.as_ref());
        }
    }

    fn field(&mut self, within: SymbolId, name: &Name, whole: Span, says: String, doc: Option<&Doc>) {
        self.add(New { kind: SymbolKind::Field, name, whole, says, doc, within: Some(within) });
    }

    fn stages(&mut self, item: &Item, pattern: &Pattern) {
        let Some(id) = self.symbols.pattern_at(item.span) else { return };
        let stream = |name: &Name| self.symbols.streams.get(&name.text).copied();
        let inputs: Vec<_> = pattern.inputs.iter().filter_map(|input| stream(&input.stream)).collect();
        self.symbols.views.insert(id, inputs);
        self.sequence(id, pattern, &pattern.sequence);
    }

    fn sequence(&mut self, within: SymbolId, pattern: &Pattern, sequence: &Sequence) {
        for step in &sequence.steps {
            match &step.target.body {
                Body::Group { sequence, .. } => self.sequence(within, pattern, sequence),
                Body::Stage(stage) => {
                    let streams: Vec<&str> = match &stage.stream {
                        Some(stream) => vec![&stream.text],
                        None => pattern.inputs.iter().map(|input| input.stream.text.as_str()).collect(),
                    };
                    let (name, owner, of) = (&stage.name, &pattern.name.text, streams.join(" or "));
                    let what = if step.connector.kind.is_negated() { "no event" } else { "an event" };
                    let says = format!("stage {} of {owner}: {what} of {of}", name.text);
                    let view =
                        streams.iter().filter_map(|it| self.symbols.streams.get(*it).copied()).collect();
                    let (kind, whole, within) = (SymbolKind::Stage, step.span, Some(within));
                    let id = self.add(New { kind, name, whole, says, doc: None, within });
                    self.symbols.views.insert(id, view);
                }
            }
        }
    }

    /// What stands there, in one line, without doc comments and annotations.
    fn line(&self, span: Span) -> String {
        let lines = self.sources.slice(span).lines().map(str::trim);
        let told =
            lines.skip_while(|line| line.is_empty() || line.starts_with("///") || line.starts_with('@'));
        let line = told.collect::<Vec<_>>().join(" ");
        line.trim_end_matches(',').to_owned()
    }
}
