//! Operators as tokens: the language's own, and those of other languages, each with the edit that mends it.

use super::Parser;
use super::lexer::unit_meant;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{BinaryOp, Expr, LiteralKind, TokenKind};

impl Parser<'_> {
    /// Reports that the next token is written otherwise here, and reads it as that.
    pub(super) fn word_operator(&mut self, word: &'static str) {
        let span = self.span();
        let message = format!("{} is written `{word}`", self.kind());
        let spaced = if word == "not" { "not ".to_owned() } else { word.to_owned() };
        self.report(
            Diagnostic::new(Code::WordOperator, span, message)
                .help(format!("write `{word}`"))
                .edit(span, spaced),
        );
        let kind = match word {
            "!=" | "==" | ">=" | "=~" => TokenKind::Mark(word),
            _ => TokenKind::Word(word),
        };
        self.reads_as([kind]);
    }

    pub(super) fn eat_or(&mut self) -> bool {
        if self.at_mark("||") || self.at_mark("|") || self.at("OR") || self.at("Or") {
            self.word_operator("or");
        }
        self.eat("or").is_some()
    }

    pub(super) fn eat_and(&mut self) -> bool {
        if self.at_mark("&&") || self.at_mark("&") || self.at("AND") || self.at("And") {
            self.word_operator("and");
        }
        if !self.at("and") || self.and_before_connector() {
            return false;
        }
        self.bump();
        true
    }

    /// The comparison operator that stands next, if any.
    pub(super) fn eat_comparison(&mut self) -> Option<(BinaryOp, Span)> {
        self.foreign_comparison();
        let start = self.span();
        let op = match *self.kind() {
            TokenKind::Mark("==") => BinaryOp::Eq,
            TokenKind::Mark("!=") => BinaryOp::Ne,
            TokenKind::Mark("<") => BinaryOp::Lt,
            TokenKind::Mark("<=") => BinaryOp::Le,
            TokenKind::Mark(">") => BinaryOp::Gt,
            TokenKind::Mark(">=") => BinaryOp::Ge,
            TokenKind::Mark("=~") => BinaryOp::Matches,
            TokenKind::Word("in") => BinaryOp::In,
            TokenKind::Word("not") if self.word(1) == Some("in") => {
                self.bump();
                BinaryOp::NotIn
            }
            _ => return None,
        };
        self.bump();
        let span = self.since(start);
        if matches!(op, BinaryOp::In | BinaryOp::NotIn) {
            self.parentheses_for_brackets();
        }
        Some((op, span))
    }

    fn foreign_comparison(&mut self) {
        match *self.kind() {
            TokenKind::Mark("=") => self.assign_for_equals(),
            TokenKind::Mark("===") => self.word_operator("=="),
            TokenKind::Mark("!==" | "<>") => self.word_operator("!="),
            TokenKind::Mark("=>") => self.word_operator(">="),
            TokenKind::Word("IN") => self.word_operator("in"),
            TokenKind::Mark("~") => self.word_operator("=~"),
            TokenKind::Word("matches" | "regexp" | "rlike" | "REGEXP" | "RLIKE")
                if self.starts_operand(1) =>
            {
                self.word_operator("=~");
            }
            _ => {}
        }
    }

    fn assign_for_equals(&mut self) {
        let span = self.span();
        self.report(
            Diagnostic::new(Code::AssignForEquals, span, "equality is written `==`")
                .help("write `==`")
                .edit(span, "=="),
        );
        self.reads_as([TokenKind::Mark("==")]);
    }

    /// `x is null`, `x is not null`: reported, read as the condition on `x` alone.
    pub(super) fn null_test(&mut self, left: &Expr) -> bool {
        let is = self.word(0).is_some_and(|word| word.eq_ignore_ascii_case("is"));
        let negated = usize::from(self.word(1).is_some_and(|word| word.eq_ignore_ascii_case("not")));
        let null = self.word(1 + negated).is_some_and(|word| word.eq_ignore_ascii_case("null"));
        if !is || !null {
            return false;
        }
        let start = self.span();
        (0..2 + negated).for_each(|_| self.bump());
        let span = self.since(start);
        let (opening, help) = match negated {
            0 => ("not exists(", "write `not exists(…)`"),
            _ => ("exists(", "write `exists(…)`"),
        };
        self.report(
            Diagnostic::new(Code::NullTest, span, "`exists` tells whether a value is there")
                .help(help)
                .edit(left.span.before(), opening)
                .edit(left.span.after().to(span), ")"),
        );
        true
    }

    /// `.5` for `0.5`: where it stands, it is reported and read as that.
    pub(super) fn fraction_alone(&mut self) {
        let (dot, digits) = (self.span(), self.token(1).span);
        let number = self.at_mark(".") && matches!(self.token(1).kind, TokenKind::Int(_));
        if !number || dot.end != digits.start {
            return;
        }
        let meant = format!("0{}", self.source(dot.to(digits)));
        let value = meant.parse().unwrap_or_default();
        self.report(
            Diagnostic::new(
                Code::BadNumber,
                dot.to(digits),
                "a number has digits on both sides of its point",
            )
            .help(format!("write `{meant}`"))
            .edit(dot.before(), "0"),
        );
        self.reads_run_as(2, vec![TokenKind::Float(value)]);
    }

    /// `5 m` for `5m`.
    pub(super) fn with_detached_unit(&mut self, literal: LiteralKind, number: Span) -> LiteralKind {
        let whole = matches!(literal, LiteralKind::Int(_));
        let unit = self.word(0).and_then(unit_meant).filter(|_| whole && !self.starts_line(0));
        // A call follows no number, so `5 min(…)` is not one either; let the parser say so.
        let Some(unit) = unit.filter(|_| !self.is_mark(1, "(")) else { return literal };
        let digits = self.text.get(number.range()).unwrap_or_default();
        let meant = format!("{digits}{unit}");
        let span = number.to(self.span());
        self.report(
            Diagnostic::new(Code::DetachedUnit, span, "a duration is written without spaces")
                .help(format!("write `{meant}`"))
                .edit(span, meant),
        );
        self.bump();
        LiteralKind::Duration(1)
    }
}
