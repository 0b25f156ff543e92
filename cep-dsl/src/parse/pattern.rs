//! Patterns: header, body, clauses.

use super::{Failed, Parsed, Parser};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{
    Clauses, Count, Emit, Input, ItemKind, Length, Limit, Object, Overflow, Pattern, Sequence, Skip,
    SkipClause, TokenKind, Valued, Within,
};

const CLAUSE_WORDS: [&str; 5] = ["within", "after", "limit", "emit", "on"];

impl Parser<'_> {
    /// `pattern name on inputs { sequence clauses }`
    pub(super) fn pattern(&mut self) -> Parsed<ItemKind> {
        self.bump();
        let name = self.name("the pattern's name")?;
        let inputs = self.inputs()?;
        let open = self.expect_mark("{")?;
        let mut sequence = self.sequence();
        let mut clauses = Clauses::default();
        self.clauses(&mut sequence, &mut clauses);
        let close = match self.eat_mark("}") {
            Some(close) => close,
            None => {
                self.unclosed("}", open);
                self.last_span().after()
            }
        };
        Ok(ItemKind::Pattern(Box::new(Pattern { name, inputs, open, sequence, clauses, close })))
    }

    fn inputs(&mut self) -> Parsed<Vec<Input>> {
        self.expect("on")?;
        let mut inputs = vec![self.input()?];
        while self.eat_mark(",").is_some() {
            inputs.push(self.input()?);
        }
        Ok(inputs)
    }

    fn input(&mut self) -> Parsed<Input> {
        let stream = self.name("a stream")?;
        let by = self.eat("by").map(|_| self.keys()).transpose()?;
        let span = self.since(stream.span);
        Ok(Input { stream, by, span })
    }

    /// Clauses up to the closing brace; stages among them are reported and joined to the sequence.
    fn clauses(&mut self, sequence: &mut Sequence, clauses: &mut Clauses) {
        while !self.at_mark("}") && !self.at_end() && !self.at_next_item() {
            if self.semicolon() {
                continue;
            }
            let before = self.position;
            self.lower_case(&CLAUSE_WORDS);
            if self.connector_word() {
                self.stages_after_clause(sequence, clauses);
            } else if self.clause(clauses).is_err() {
                self.skip_step();
            }
            if self.position == before {
                self.bump();
            }
        }
    }

    fn clause(&mut self, clauses: &mut Clauses) -> Parsed<()> {
        let start = self.span();
        self.glued();
        match self.word(0) {
            Some("within") => {
                let within = self.within()?;
                self.once("within", clauses.within.as_ref().map(|it| it.span), start);
                clauses.within.get_or_insert(within);
            }
            Some("after") => {
                let skip = self.after_match()?;
                self.once("after match", clauses.skip.as_ref().map(|it| it.span), start);
                clauses.skip.get_or_insert(skip);
            }
            Some("limit") => {
                let limit = self.limit()?;
                self.once("limit", clauses.limit.as_ref().map(|it| it.span), start);
                clauses.limit.get_or_insert(limit);
            }
            Some("emit") => clauses.emits.push(self.emit(start)?),
            Some("on") => {
                self.bump();
                self.expect("timeout")?;
                if !self.at("emit") {
                    return Err(self.unexpected("`emit`"));
                }
                clauses.timeout_emits.push(self.emit(start)?);
            }
            _ => return Err(self.no_clause(sequence_words(clauses))),
        }
        Ok(())
    }

    fn no_clause(&mut self, expected: &str) -> Failed {
        if *self.kind() == TokenKind::Error {
            return Failed;
        }
        let mut diagnostic = self.expected(expected);
        let close = self.word(0).and_then(|word| crate::text::closest(word, KNOWN_WORDS));
        if let Some(word) = close {
            diagnostic = diagnostic.help(format!("write `{word}`")).edit(self.span(), word);
        }
        self.report(diagnostic);
        Failed
    }

    fn once(&mut self, what: &str, first: Option<Span>, again: Span) {
        if let Some(first) = first {
            self.repeated(Code::RepeatedClause, what, first, again);
        }
    }

    fn within(&mut self) -> Parsed<Within> {
        let start = self.span();
        self.bump();
        let length = self.length()?;
        Ok(Within { length, span: self.since(start) })
    }

    /// A duration, or the name of a const that is one.
    pub(super) fn length(&mut self) -> Parsed<Length> {
        let span = self.span();
        match *self.kind() {
            TokenKind::Duration(value) => {
                self.bump();
                Ok(Valued::Literal(value, span))
            }
            TokenKind::Int(value) => {
                self.bump();
                let literal = self.with_detached_unit(crate::syntax::LiteralKind::Int(value), span);
                if matches!(literal, crate::syntax::LiteralKind::Int(_)) {
                    self.missing_unit(span);
                }
                Ok(Valued::Literal(1, self.since(span)))
            }
            _ => self.name("a duration").map(Valued::Const),
        }
    }

    fn missing_unit(&mut self, span: Span) {
        self.report(
            Diagnostic::new(Code::MissingUnit, span, "a duration needs a unit")
                .help("the units are `d`, `h`, `m`, `s` and `ms`; for seconds, write `s`")
                .edit(span.after(), "s"),
        );
    }

    /// A number, or the name of a const that is one.
    pub(super) fn count(&mut self) -> Parsed<Count> {
        let span = self.span();
        match *self.kind() {
            TokenKind::Int(value) => {
                self.bump();
                Ok(Valued::Literal(value, span))
            }
            _ => self.name("a number").map(Valued::Const),
        }
    }

    fn after_match(&mut self) -> Parsed<SkipClause> {
        let start = self.span();
        self.bump();
        self.expect("match")?;
        let kind = self.skip()?;
        Ok(SkipClause { kind, span: self.since(start) })
    }

    fn skip(&mut self) -> Parsed<Skip> {
        if self.eat("no").is_some() {
            self.expect("skip")?;
            return Ok(Skip::NoSkip);
        }
        if self.eat("skip").is_none() {
            return Err(self.unexpected("`no skip` or `skip …`"));
        }
        if self.eat("past").is_some() {
            self.expect("last")?;
            self.expect("event")?;
            return Ok(Skip::PastLastEvent);
        }
        if self.eat("to").is_none() {
            return Err(self.unexpected("`to next`, `to first …`, `to last …` or `past last event`"));
        }
        match self.word(0) {
            Some("next") => {
                self.bump();
                Ok(Skip::ToNext)
            }
            Some("first") => {
                let (stage, or_fail) = self.skip_target()?;
                Ok(Skip::ToFirst { stage, or_fail })
            }
            Some("last") => {
                let (stage, or_fail) = self.skip_target()?;
                Ok(Skip::ToLast { stage, or_fail })
            }
            _ => Err(self.unexpected("`next`, `first …` or `last …`")),
        }
    }

    fn skip_target(&mut self) -> Parsed<(crate::syntax::Name, Option<Span>)> {
        self.bump();
        let stage = self.name("a stage")?;
        let start = self.span();
        let or_fail = self.at_words(&["or", "fail"]).then(|| {
            self.bump();
            self.bump();
            self.since(start)
        });
        Ok((stage, or_fail))
    }

    fn limit(&mut self) -> Parsed<Limit> {
        let start = self.span();
        self.bump();
        let count = self.count()?;
        for word in ["partial", "matches", "per", "key"] {
            self.expect(word)?;
        }
        let overflow = match (self.word(0), self.word(1)) {
            (Some("drop"), Some("oldest")) => Overflow::DropOldest,
            (Some("drop"), Some("newest")) => Overflow::DropNewest,
            (Some("fail"), _) => Overflow::Fail,
            _ => return Err(self.unexpected("`drop oldest`, `drop newest` or `fail`")),
        };
        self.bump();
        if overflow != Overflow::Fail {
            self.bump();
        }
        Ok(Limit { count, overflow, span: self.since(start) })
    }

    fn emit(&mut self, start: Span) -> Parsed<Emit> {
        self.bump();
        if self.at_mark("{") {
            return Err(self.missing_emit_name());
        }
        let name = self.name("the name of the emitted stream")?;
        let object = self.object()?;
        let to = self.eat("to").map(|_| self.text("a destination in quotes")).transpose()?;
        Ok(Emit { name, object, to, span: self.since(start) })
    }

    fn missing_emit_name(&mut self) -> Failed {
        let span = self.span();
        self.report(
            Diagnostic::new(Code::MissingName, span, "an emitted record needs the name of its stream")
                .help("name it")
                .edit(span.before(), "found "),
        );
        Failed
    }

    fn object(&mut self) -> Parsed<Object> {
        let open = self.expect_mark("{")?;
        let mut assigns = Vec::new();
        while !self.at_mark("}") {
            assigns.push(self.assign()?);
            if self.eat_mark(",").is_none() && !self.missing_comma() {
                break;
            }
        }
        self.expect_close("}", open)?;
        Ok(Object { assigns, span: self.since(open) })
    }
}

const KNOWN_WORDS: [&str; 15] = [
    "within",
    "after",
    "limit",
    "emit",
    "next",
    "followed",
    "where",
    "until",
    "times",
    "optional",
    "greedy",
    "consecutive",
    "begin",
    "allow",
    "not",
];

/// What may follow: stages only before the first clause.
fn sequence_words(clauses: &Clauses) -> &'static str {
    if *clauses == Clauses::default() { "a connector, a clause or `}`" } else { "a clause or `}`" }
}
