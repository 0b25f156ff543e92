//! Items: one line where they fit, a line a field where they do not.

use super::{Gap, Printer, WIDTH, name};
use crate::source::Span;
use crate::syntax::{
    Annotation, Assign, Derived, Field, Item, ItemKind, Keys, Stream, StreamOptions, Table, TimeOption,
    TypeExpr, TypeKind,
};

impl Printer<'_> {
    pub(super) fn item(&mut self, item: &Item) {
        let first = self.lines.len();
        for annotation in &item.annotations {
            let text = self.annotation(annotation);
            self.line(annotation.span, 0, text);
        }
        let start = item.annotations.last().map_or(item.span.start, |it| self.keyword_after(it.span));
        let span = Span { start, ..item.span };
        let body = self.lines.len();
        self.item_kind(&item.kind, span);
        let several = self.lines.len() - body > 1 || matches!(item.kind, ItemKind::Pattern(_));
        let after_several =
            first.checked_sub(1).is_some_and(|before| self.lines[before].text.starts_with('}'));
        self.lines[first].gap = if several || after_several { Gap::Always } else { Gap::Kept };
    }

    /// Where the next token after an annotation starts.
    fn keyword_after(&self, annotation: Span) -> u32 {
        let mut at = annotation.end as usize;
        while let Some(rest) = self.text.get(at..) {
            let blanks = rest.len() - rest.trim_start().len();
            at += blanks;
            if !self.text[at..].starts_with("//") {
                break;
            }
            at += self.text[at..].find('\n').unwrap_or(rest.len() - blanks);
        }
        u32::try_from(at).unwrap_or(annotation.end)
    }

    fn item_kind(&mut self, kind: &ItemKind, span: Span) {
        match kind {
            ItemKind::Use(it) => self.line(span, 0, format!("use {}", self.text(&it.path))),
            ItemKind::Param(it) => {
                let default = it.default.as_ref().map(|value| format!(" = {}", self.expr(value)));
                let text =
                    format!("param {}: {}{}", name(&it.name), type_expr(&it.ty), default.unwrap_or_default());
                self.line(span, 0, text);
            }
            ItemKind::Const(it) => {
                let text = format!("const {} = {}", name(&it.name), self.expr(&it.value));
                self.line(span, 0, text);
            }
            ItemKind::Stream(it) => self.stream(it, span),
            ItemKind::Derived(it) => self.derived(it, span),
            ItemKind::Table(it) => self.table(it, span),
            ItemKind::Pattern(it) => self.pattern(it, span),
        }
    }

    fn annotation(&self, annotation: &Annotation) -> String {
        let value = annotation.value.as_ref().map(|literal| format!("({})", self.signed(literal.span)));
        format!("@{}{}", name(&annotation.name), value.unwrap_or_default())
    }

    /// A literal with its sign, whatever stands between the two.
    fn signed(&self, literal: Span) -> String {
        let source = self.source(literal);
        match source.strip_prefix('-') {
            Some(rest) => format!("-{}", rest.rsplit(char::is_whitespace).next().unwrap_or_default()),
            None => source.to_owned(),
        }
    }

    fn stream(&mut self, stream: &Stream, span: Span) {
        let head = format!("stream {} {{", name(&stream.name));
        let tail = self.options(&stream.options);
        self.record((head, tail), &stream.fields, (stream.open, stream.close), span);
    }

    fn table(&mut self, table: &Table, span: Span) {
        let head = format!("table {} {{", name(&table.name));
        let tail = format!(" key {} from {}", keys(&table.key), self.text(&table.from));
        self.record((head, tail), &table.fields, (table.open, table.close), span);
    }

    /// Fields in braces: in one line if that fits and no comment is inside.
    fn record(&mut self, (head, tail): (String, String), fields: &[Field], braces: (Span, Span), span: Span) {
        let (open, close) = braces;
        let texts: Vec<_> = fields.iter().map(field).collect();
        let short = format!("{head} {} }}{tail}", texts.join("  "));
        if short.len() <= WIDTH && !self.has_comment(Span { start: open.start, ..span }) {
            return self.line(span, 0, short);
        }
        self.line(span.to(open), 0, head);
        for (field, text) in fields.iter().zip(texts) {
            self.line(field.span, 1, text);
        }
        self.line(close.to(span), 0, format!("}}{tail}"));
    }

    fn options(&self, options: &StreamOptions) -> String {
        let parts = [
            options.key.as_ref().map(|it| format!(" key {}", keys(it))),
            options.time.as_ref().map(|it| self.time(it)),
            options.idle.as_ref().map(|it| format!(" idle after {}", self.valued(it))),
            options.late.as_ref().map(|it| format!(" late to {}", name(it))),
            options.from.as_ref().map(|it| format!(" from {}", self.text(it))),
        ];
        parts.into_iter().flatten().collect()
    }

    fn time(&self, time: &TimeOption) -> String {
        let mut text = format!(" time {}", name(&time.field));
        for tie in &time.ties {
            text.push_str(&format!(
                ", {}{}",
                name(&tie.field),
                if tie.desc.is_some() { " desc" } else { "" }
            ));
        }
        if let Some(lateness) = &time.lateness {
            text.push_str(&format!(" lateness {}", self.valued(lateness)));
        }
        text
    }

    fn derived(&mut self, derived: &Derived, span: Span) {
        let head = format!("stream {} = {}", name(&derived.name), name(&derived.source));
        let condition = derived.condition.as_ref().map(|it| (it.span, format!("where {}", self.expr(it))));
        let with: Vec<_> = derived.with.iter().map(|it| (it.span, self.assign(it))).collect();
        let mut short = head.clone();
        short.extend(condition.iter().map(|(_, text)| format!(" {text}")));
        if !with.is_empty() {
            let texts: Vec<_> = with.iter().map(|(_, text)| text.as_str()).collect();
            short.push_str(&format!(" with {}", texts.join(", ")));
        }
        if short.len() <= WIDTH {
            return self.line(span, 0, short);
        }
        self.line(span.to(derived.source.span), 0, head);
        if let Some((span, text)) = condition {
            self.line(span, 1, text);
        }
        let last = with.len().saturating_sub(1);
        for (index, (span, text)) in with.into_iter().enumerate() {
            let word = if index == 0 { "with " } else { "     " };
            let comma = if index == last { "" } else { "," };
            self.line(span, 1, format!("{word}{text}{comma}"));
        }
    }

    pub(super) fn assign(&self, assign: &Assign) -> String {
        format!("{}: {}", name(&assign.name), self.expr(&assign.value))
    }
}

fn field(field: &Field) -> String {
    format!("{}: {}", name(&field.name), type_expr(&field.ty))
}

fn type_expr(ty: &TypeExpr) -> String {
    let base = match &ty.kind {
        TypeKind::Named(it) => name(it),
        TypeKind::List(of) => format!("list<{}>", type_expr(of)),
        TypeKind::Map(of) => format!("map<{}>", type_expr(of)),
    };
    if ty.nullable { base + "?" } else { base }
}

pub(super) fn keys(keys: &Keys) -> String {
    match keys.names.as_slice() {
        [only] => name(only),
        names => format!("({})", names.iter().map(name).collect::<Vec<_>>().join(", ")),
    }
}
