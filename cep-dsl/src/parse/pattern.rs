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
        let open = self.open_brace()?;
        let mut clauses = Clauses::default();
        let early = self.clauses_before_stages(&mut clauses);
        let mut sequence = self.sequence();
        if let Some(early) = early {
            self.clauses_too_early(early, &sequence);
        }
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

    /// The brace before the stages, which may have been forgotten.
    fn open_brace(&mut self) -> Parsed<Span> {
        if !self.at("begin") {
            return self.expect_mark("{");
        }
        let after = self.last_span().after();
        let diagnostic = self.expected("`{`").help("write `{`").edit(after, " {");
        self.report(diagnostic);
        Ok(after)
    }

    fn inputs(&mut self) -> Parsed<Vec<Input>> {
        self.foreign_on();
        self.expect_keyword("on")?;
        let mut inputs = vec![self.input()?];
        while self.eat_mark(",").is_some() {
            inputs.push(self.input()?);
        }
        Ok(inputs)
    }

    fn input(&mut self) -> Parsed<Input> {
        let stream = self.name("a stream")?;
        self.lower_case(&["by"]);
        self.foreign_by();
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

    pub(super) fn clause(&mut self, clauses: &mut Clauses) -> Parsed<()> {
        let start = self.span();
        self.keyword_call();
        self.glued();
        self.foreign_clause();
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
                self.expect_keyword("timeout")?;
                self.lower_case(&["emit"]);
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
            diagnostic = diagnostic.help(format!("write `{word}`")).edit(self.span(), word).guess();
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
        self.length_call();
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
                .edit(span.after(), "s")
                .guess(),
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
        self.expect_keyword("match")?;
        let kind = self.skip()?;
        Ok(SkipClause { kind, span: self.since(start) })
    }

    fn skip(&mut self) -> Parsed<Skip> {
        self.lower_case(&["no", "skip"]);
        if self.eat("no").is_some() {
            self.expect_keyword("skip")?;
            return Ok(Skip::NoSkip);
        }
        if self.eat("skip").is_none() {
            return Err(self.unexpected("`no skip` or `skip …`"));
        }
        self.lower_case(&["past", "to"]);
        if self.eat("past").is_some() {
            self.expect_keyword("last")?;
            self.row_for_event();
            self.expect_keyword("event")?;
            return Ok(Skip::PastLastEvent);
        }
        if self.eat("to").is_none() {
            return Err(self.unexpected("`to next`, `to first …`, `to last …` or `past last event`"));
        }
        self.lower_case(&["next", "first", "last"]);
        match self.word(0) {
            Some("next") => {
                self.bump();
                self.row_after_next();
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
            _ => Err(self.skip_to_which()),
        }
    }

    /// `skip to b`: to the first event of `b`, or to the last?
    fn skip_to_which(&mut self) -> Failed {
        let expected = "`next`, `first …` or `last …`";
        if !self.is_name(0) {
            return self.unexpected(expected);
        }
        let diagnostic = self.expected(expected).help("say which event of the stage");
        let at = self.span().before();
        self.report(diagnostic.edit(at, "first ").guess());
        Failed
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
        if !self.at("partial") && (self.at_clause() || self.at_mark("}")) {
            let after = self.last_span().after();
            let diagnostic = self.expected("`partial matches per key`").help("say what happens above it");
            self.report(diagnostic.edit(after, " partial matches per key drop oldest").guess());
            return Err(Failed);
        }
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
                .edit(span.before(), "found ")
                .guess(),
        );
        Failed
    }

    fn object(&mut self) -> Parsed<Object> {
        let (mark, open) = self.opening()?;
        let mut assigns = Vec::new();
        while !self.at_mark(mark) {
            assigns.push(self.assign()?);
            if self.eat_mark(",").is_none() && !self.missing_comma() {
                break;
            }
        }
        let close = self.expect_close(mark, open)?;
        if mark == ")" {
            self.braces_meant(open, close);
        }
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
