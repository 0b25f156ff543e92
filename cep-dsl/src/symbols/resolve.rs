//! Uses: what each name that stands somewhere means there.

use super::{SymbolId, Symbols};
use crate::source::Span;
use crate::syntax::{
    Assign, Body, Clauses, Derived, Expr, ExprKind, File, Item, ItemKind, Keys, Length, Modifiers, Name,
    Pattern, RepeatKind, Sequence, Skip, Stream, Valued,
};

pub(super) fn all(symbols: &mut Symbols, files: &[File]) {
    let mut found = Vec::new();
    for item in files.iter().flat_map(|file| &file.items) {
        Resolver { symbols, found: &mut found }.item(item);
    }
    symbols.uses.append(&mut found);
}

/// Where an expression stands.
#[derive(Clone, Copy)]
struct Scope<'s> {
    /// The streams of the event under test.
    event: &'s [SymbolId],
    pattern: Option<SymbolId>,
}

const CONSTANT: Scope<'static> = Scope { event: &[], pattern: None };

struct Resolver<'s, 'f> {
    symbols: &'s Symbols,
    found: &'f mut Vec<(Span, SymbolId)>,
}

impl Resolver<'_, '_> {
    fn item(&mut self, item: &Item) {
        match &item.kind {
            ItemKind::Use(_) => {}
            ItemKind::Param(it) => it.default.iter().for_each(|value| self.expr(CONSTANT, value)),
            ItemKind::Const(it) => self.expr(CONSTANT, &it.value),
            ItemKind::Stream(it) => self.stream(it),
            ItemKind::Derived(it) => self.derived(it),
            ItemKind::Table(it) => {
                let id = self.symbols.values.get(&it.name.text).copied();
                self.keys(id, &it.key);
            }
            ItemKind::Pattern(it) => self.pattern(item, it),
        }
    }

    fn say(&mut self, span: Span, id: SymbolId) {
        self.found.push((span, id));
    }

    fn field(&mut self, of: Option<SymbolId>, name: &Name) {
        if let Some(id) = of.and_then(|of| self.symbols.member(of, &name.text)) {
            self.say(name.span, id);
        }
    }

    fn keys(&mut self, of: Option<SymbolId>, keys: &Keys) {
        keys.names.iter().for_each(|name| self.field(of, name));
    }

    fn named_stream(&mut self, name: &Name) -> Option<SymbolId> {
        let id = self.symbols.streams.get(&name.text).copied();
        if let Some(id) = id {
            self.say(name.span, id);
        }
        id
    }

    fn value(&mut self, name: &Name) {
        if let Some(id) = self.symbols.values.get(&name.text) {
            self.say(name.span, *id);
        }
    }

    fn length(&mut self, length: &Length) {
        if let Valued::Const(name) = length {
            self.value(name);
        }
    }

    fn stream(&mut self, stream: &Stream) {
        let id = self.symbols.streams.get(&stream.name.text).copied();
        let options = &stream.options;
        options.key.iter().for_each(|keys| self.keys(id, keys));
        options.idle.iter().for_each(|length| self.length(length));
        if let Some(time) = &options.time {
            self.field(id, &time.field);
            time.ties.iter().for_each(|tie| self.field(id, &tie.field));
            time.lateness.iter().for_each(|length| self.length(length));
        }
    }

    fn derived(&mut self, derived: &Derived) {
        let event = Vec::from_iter(self.named_stream(&derived.source));
        let scope = Scope { event: &event, pattern: None };
        derived.condition.iter().for_each(|condition| self.expr(scope, condition));
        self.assigns(scope, &derived.with);
    }

    fn assigns(&mut self, scope: Scope<'_>, assigns: &[Assign]) {
        assigns.iter().for_each(|assign| self.expr(scope, &assign.value));
    }

    fn pattern(&mut self, item: &Item, pattern: &Pattern) {
        for input in &pattern.inputs {
            let stream = self.named_stream(&input.stream);
            input.by.iter().for_each(|keys| self.keys(stream, keys));
        }
        let Some(id) = self.symbols.pattern_at(item.span) else { return };
        self.sequence(id, &pattern.sequence);
        self.clauses(id, &pattern.clauses);
    }

    fn sequence(&mut self, pattern: SymbolId, sequence: &Sequence) {
        for step in &sequence.steps {
            step.connector.gap.iter().for_each(|gap| self.length(&gap.length));
            self.modifiers(&step.target.modifiers);
            let of = match &step.target.body {
                Body::Group { sequence, .. } => {
                    self.sequence(pattern, sequence);
                    pattern
                }
                Body::Stage(stage) => {
                    if let Some(stream) = &stage.stream {
                        self.named_stream(stream);
                    }
                    self.symbols.member(pattern, &stage.name.text).unwrap_or(pattern)
                }
            };
            let event = self.symbols.views.get(&of).cloned().unwrap_or_default();
            let scope = Scope { event: &event, pattern: Some(pattern) };
            if let Body::Stage(stage) = &step.target.body {
                stage.condition.iter().for_each(|condition| self.expr(scope, condition));
            }
            step.target.until.iter().for_each(|until| self.expr(scope, until));
        }
    }

    fn modifiers(&mut self, modifiers: &Modifiers) {
        modifiers.apart.iter().for_each(|apart| self.length(&apart.length));
        match modifiers.repeat.as_ref().map(|repeat| &repeat.kind) {
            Some(RepeatKind::Times(count) | RepeatKind::OrMore(count)) => self.length(count),
            Some(RepeatKind::Range(from, to)) => [from, to].into_iter().for_each(|count| self.length(count)),
            Some(RepeatKind::OneOrMore) | None => {}
        }
    }

    fn clauses(&mut self, pattern: SymbolId, clauses: &Clauses) {
        clauses.within.iter().for_each(|within| self.length(&within.length));
        clauses.limit.iter().for_each(|limit| self.length(&limit.count));
        if let Some(Skip::ToFirst { stage, .. } | Skip::ToLast { stage, .. }) =
            clauses.skip.as_ref().map(|skip| &skip.kind)
        {
            self.field(Some(pattern), stage);
        }
        let scope = Scope { event: &[], pattern: Some(pattern) };
        for emit in clauses.emits.iter().chain(&clauses.timeout_emits) {
            self.assigns(scope, &emit.object.assigns);
        }
    }

    fn expr(&mut self, scope: Scope<'_>, expr: &Expr) {
        match &expr.kind {
            ExprKind::Literal(_) => {}
            ExprKind::Name(name) => self.name(scope, name),
            ExprKind::Call { args: all, .. }
            | ExprKind::List(all)
            | ExprKind::And(all)
            | ExprKind::Or(all) => all.iter().for_each(|arg| self.expr(scope, arg)),
            ExprKind::Member(base, name) => {
                self.expr(scope, base);
                let of = self.holders(scope, base);
                let field = of.iter().find_map(|of| self.symbols.member(*of, &name.text));
                field.iter().for_each(|field| self.say(name.span, *field));
            }
            ExprKind::Index(base, keys) => {
                self.expr(scope, base);
                keys.iter().for_each(|key| self.expr(scope, key));
            }
            ExprKind::Paren(inner) | ExprKind::Not(inner) | ExprKind::Neg(inner) => self.expr(scope, inner),
            ExprKind::Binary { left, right, .. } => {
                self.expr(scope, left);
                self.expr(scope, right);
            }
        }
    }

    /// A name alone: a field of the event under test, a stage, a param, const or table.
    fn name(&mut self, scope: Scope<'_>, name: &Name) {
        let field = scope.event.iter().find_map(|stream| self.symbols.member(*stream, &name.text));
        match field.or_else(|| self.stage(scope, name)) {
            Some(id) => self.say(name.span, id),
            None => self.value(name),
        }
    }

    fn stage(&self, scope: Scope<'_>, name: &Name) -> Option<SymbolId> {
        self.symbols.member(scope.pattern?, &name.text)
    }

    /// What has the fields of which one is read: the streams of a stage's event, or a table.
    fn holders(&self, scope: Scope<'_>, base: &Expr) -> Vec<SymbolId> {
        match &base.kind {
            ExprKind::Name(name) => match self.stage(scope, name) {
                Some(stage) => self.symbols.views.get(&stage).cloned().unwrap_or_default(),
                None => Vec::from_iter(self.symbols.values.get(&name.text).copied()),
            },
            ExprKind::Index(base, _) | ExprKind::Paren(base) => self.holders(scope, base),
            ExprKind::Member(base, end) if matches!(end.text.as_str(), "first" | "last") => {
                self.holders(scope, base)
            }
            _ => Vec::new(),
        }
    }
}
