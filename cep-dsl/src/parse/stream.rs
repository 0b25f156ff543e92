//! Streams, derived streams and tables: fields, types, options.

use super::{Failed, Parsed, Parser};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{
    Assign, Derived, Field, ItemKind, Keys, Stream, StreamOptions, Table, Tie, TimeOption, TokenKind,
    TypeExpr, TypeKind,
};

impl Parser<'_> {
    /// `stream name { … }` or `stream name = …`
    pub(super) fn stream(&mut self) -> Parsed<ItemKind> {
        self.bump();
        let name = self.name("the stream's name")?;
        if self.eat_mark("=").is_some() {
            return self.derived(name);
        }
        let (open, fields, close) = self.fields()?;
        self.foreign_option();
        let options = self.stream_options();
        Ok(ItemKind::Stream(Stream { name, fields, open, close, options }))
    }

    fn derived(&mut self, name: crate::syntax::Name) -> Parsed<ItemKind> {
        let source = self.name("the stream it is made from")?;
        let condition = self.eat("where").map(|start| self.value(start));
        let mut with = Vec::new();
        if self.eat("with").is_some() {
            while let Ok(assign) = self.assign() {
                with.push(assign);
                if self.eat_mark(",").is_none() && !self.missing_comma() {
                    break;
                }
            }
        }
        Ok(ItemKind::Derived(Derived { name, source, condition, with }))
    }

    /// `name: expr`
    pub(super) fn assign(&mut self) -> Parsed<Assign> {
        if self.is_name(0) && self.is_mark(1, ".") {
            return self.nameless_column();
        }
        let name = self.name("the name of a column")?;
        self.colon()?;
        let value = self.expr()?;
        let span = self.since(name.span);
        Ok(Assign { name, value, span })
    }

    /// `a.card`, `a.card as card`: a value whose column has no name in front.
    fn nameless_column(&mut self) -> Parsed<Assign> {
        let start = self.span();
        let value = self.expr()?;
        let alias = self.at("as") && self.is_name(1);
        let end = self.last_span().after();
        let name = match (&value.kind, alias) {
            (_, true) => {
                self.bump();
                self.name("the name of a column")?
            }
            (crate::syntax::ExprKind::Member(_, field), false) => field.clone(),
            _ => return Err(self.unexpected("the name of a column")),
        };
        let span = self.since(start);
        let written = crate::text::written(&name.text);
        self.report(
            Diagnostic::new(Code::MissingName, span, "this column has no name before it")
                .help("the name comes first")
                .edit(start.before(), format!("{written}: "))
                .edit(end.to(span.after()), ""),
        );
        Ok(Assign { name, value, span })
    }

    /// Whether another assignment follows without its comma, which is reported.
    pub(super) fn missing_comma(&mut self) -> bool {
        if self.at_mark(";") && self.is_name(1) && self.is_mark(2, ":") {
            let span = self.span();
            let diagnostic = self.expected("`,`").help("separate columns by commas").edit(span, ",");
            self.report(diagnostic);
            self.bump();
            return true;
        }
        if !self.is_name(0) || !self.is_mark(1, ":") {
            return false;
        }
        let after = self.last_span().after();
        let diagnostic = self.expected("`,`").help("separate columns by commas").edit(after, ",");
        self.report(diagnostic);
        true
    }

    /// `table name { … } key … from …`
    pub(super) fn table(&mut self) -> Parsed<ItemKind> {
        self.bump();
        let name = self.name("the table's name")?;
        let (open, fields, close) = self.fields()?;
        self.expect("key")?;
        let key = self.keys()?;
        self.expect("from")?;
        let from = self.text("the table's source in quotes")?;
        Ok(ItemKind::Table(Table { name, fields, open, close, key, from }))
    }

    fn fields(&mut self) -> Parsed<(Span, Vec<Field>, Span)> {
        let (mark, open) = self.opening()?;
        let mut fields = Vec::new();
        while !self.at_mark(mark) && !self.at_end() {
            if self.at_next_item() {
                break;
            }
            match self.field() {
                Ok(field) => fields.push(field),
                Err(_) => self.skip_field(),
            }
        }
        if self.at_mark(mark) {
            self.no_fields(open, &fields);
            let close = self.span();
            self.bump();
            if mark == ")" {
                self.braces_meant(open, close);
            }
            return Ok((open, fields, close));
        }
        self.unclosed("}", open);
        Ok((open, fields, self.last_span().after()))
    }

    fn no_fields(&mut self, open: Span, fields: &[Field]) {
        let span = open.to(self.span());
        let silent = self.diagnostics.iter().all(|it| it.primary.span.start < open.start);
        if fields.is_empty() && silent {
            self.report(Diagnostic::new(Code::Expected, span, "expected at least one field"));
        }
    }

    fn field(&mut self) -> Parsed<Field> {
        let doc = self.doc();
        let name = match self.name("a field or `}`") {
            Ok(name) => name,
            Err(failed) => {
                self.bump();
                return Err(failed);
            }
        };
        if let Some(field) = self.type_before_name(&name, doc.as_ref()) {
            return Ok(field);
        }
        self.colon()?;
        let ty = self.type_expr()?;
        let span = self.since(name.span);
        if self.eat_mark(",").is_none() && self.at_mark(";") {
            self.semicolon();
        }
        Ok(Field { doc, name, ty, span })
    }

    /// `string card`, as Java has it: reported, and read as `card: string`.
    fn type_before_name(
        &mut self,
        first: &crate::syntax::Name,
        doc: Option<&crate::syntax::Doc>,
    ) -> Option<Field> {
        let types = ["bool", "int", "float", "string", "timestamp", "duration", "long", "double", "boolean"];
        let known = |word: &str| types.iter().any(|ty| ty.eq_ignore_ascii_case(word));
        let second = self.word(0).filter(|second| known(&first.text) && !known(second))?;
        let span = first.span.to(self.span());
        self.report(
            Diagnostic::new(Code::Expected, span, "the name of a field stands before its type")
                .help(format!("write `{second}: {}`", first.text))
                .edit(span, format!("{second}: {}", first.text)),
        );
        let name = self.name("a field").ok()?;
        let ty = TypeExpr { kind: TypeKind::Named(first.clone()), nullable: false, span: first.span };
        let _ = self.eat_mark(",").or_else(|| self.eat_mark(";"));
        Some(Field { doc: doc.cloned(), name, ty, span })
    }

    /// A type, its `?` included.
    pub(super) fn type_expr(&mut self) -> Parsed<TypeExpr> {
        let name = self.name("a type")?;
        let start = name.span;
        let kind = match (name.text.as_str(), self.at_mark("<")) {
            ("list", true) => TypeKind::List(Box::new(self.element_type()?)),
            ("map", true) => TypeKind::Map(Box::new(self.element_type()?)),
            _ => self.foreign_type(name)?,
        };
        let nullable = self.eat_mark("?").is_some();
        Ok(TypeExpr { kind, nullable, span: self.since(start) })
    }

    /// A named type, or one that others write with signs behind it: `string[]`, `array<string>`, `varchar(20)`.
    fn foreign_type(&mut self, name: crate::syntax::Name) -> Parsed<TypeKind> {
        let start = name.span;
        let array = matches!(name.text.to_ascii_lowercase().as_str(), "array" | "seq" | "set");
        let (span, meant) = if self.at_mark("[") && self.is_mark(1, "]") {
            self.bump();
            self.bump();
            (self.since(start), format!("list<{}>", name.text))
        } else if array && self.at_mark("<") {
            self.element_type()?;
            (start, "list".to_owned())
        } else if self.at_mark("(") && matches!(self.token(1).kind, TokenKind::Int(_)) {
            let open = self.span();
            self.bump();
            self.skip_until(|this| this.at_mark(")"));
            self.expect_close(")", open)?;
            let text = name.text.to_ascii_lowercase();
            let number = matches!(text.as_str(), "decimal" | "numeric" | "number");
            (self.since(start), if number { "float".to_owned() } else { "string".to_owned() })
        } else {
            return Ok(TypeKind::Named(name));
        };
        self.report(
            Diagnostic::new(Code::UnknownType, span, format!("there is no type `{}`", self.source(span)))
                .help(format!("write `{meant}`"))
                .edit(span, meant),
        );
        Ok(TypeKind::Named(name))
    }

    fn element_type(&mut self) -> Parsed<TypeExpr> {
        self.bump();
        let of = self.nested(Self::type_expr)?;
        // `list<int>= 5` has its `>` glued to the `=`.
        if self.at_mark(">=") {
            let span = self.span();
            let middle = Span { start: span.start + 1, ..span };
            self.reads_as([TokenKind::Mark(">"), TokenKind::Mark("=")]);
            self.tokens[self.position].span = span.until(middle);
            self.tokens[self.position + 1].span = middle;
        }
        self.expect_mark(">")?;
        Ok(of)
    }

    /// `name` or `(name, name)`
    pub(super) fn keys(&mut self) -> Parsed<Keys> {
        let start = self.span();
        let Some(open) = self.eat_mark("(") else {
            let name = self.name("a field, or several in parentheses")?;
            return Ok(Keys { span: name.span, names: vec![name] });
        };
        let mut names = vec![self.name("a field")?];
        while self.eat_mark(",").is_some() {
            names.push(self.name("a field")?);
        }
        self.expect_close(")", open)?;
        Ok(Keys { names, span: self.since(start) })
    }

    fn stream_options(&mut self) -> StreamOptions {
        let mut options = StreamOptions::default();
        let mut said: Vec<(&str, Span)> = Vec::new();
        loop {
            self.foreign_option();
            let start = self.span();
            let Some(word) = self.word(0).filter(|_| !self.at_item()) else { return options };
            let Some(taken) = self.stream_option(word, &mut options) else { return options };
            let first = said.iter().find(|(known, _)| *known == word).map(|(_, at)| *at);
            if let Some(first) = first {
                self.repeated(Code::RepeatedOption, word, first, start);
            }
            said.push((word, start));
            if taken.is_err() {
                return options;
            }
        }
    }

    /// Takes one option; none where the word starts no option.
    fn stream_option(&mut self, word: &str, options: &mut StreamOptions) -> Option<Parsed<()>> {
        let taken = match word {
            "key" => self.after_word(Self::keys).map(|key| set(&mut options.key, key)),
            "time" => self.time_option().map(|time| set(&mut options.time, time)),
            "idle" => self.idle_option().map(|idle| set(&mut options.idle, idle)),
            "from" => self
                .after_word(|this| this.text("the stream's source in quotes"))
                .map(|from| set(&mut options.from, from)),
            "late" => self.late_option().map(|late| set(&mut options.late, late)),
            "lateness" => Err(self.loose_lateness()),
            _ => return None,
        };
        Some(taken)
    }

    fn after_word<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.bump();
        self.sign_after_option();
        parse(self)
    }

    fn idle_option(&mut self) -> Parsed<crate::syntax::Length> {
        self.bump();
        self.expect("after")?;
        self.length()
    }

    fn late_option(&mut self) -> Parsed<crate::syntax::Name> {
        self.bump();
        self.expect("to")?;
        self.name("the name late events go by")
    }

    fn loose_lateness(&mut self) -> Failed {
        let diagnostic = self
            .expected("`time` before `lateness`")
            .help("`lateness` is part of `time`: `time ts lateness 5s`");
        self.report(diagnostic);
        self.bump();
        if self.length().is_err() {
            self.skip_until(|this| this.starts_line(0));
        }
        Failed
    }

    fn time_option(&mut self) -> Parsed<TimeOption> {
        let start = self.span();
        self.bump();
        self.sign_after_option();
        let field = self.name("the field with the event's time")?;
        let mut ties = Vec::new();
        while self.eat_mark(",").is_some() {
            let field = self.name("a field that orders events of equal time")?;
            ties.push(Tie { field, desc: self.eat("desc") });
        }
        let lateness = self.eat("lateness").map(|_| self.length()).transpose()?;
        Ok(TimeOption { field, ties, lateness, span: self.since(start) })
    }
}

/// The first of several stands.
fn set<T>(place: &mut Option<T>, value: T) {
    place.get_or_insert(value);
}
