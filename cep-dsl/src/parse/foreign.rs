//! Words of other languages in the places of this one's: each reported once and read as what it stands for.

use super::habits::{ends_stage_name, starts_length};
use super::{Parsed, Parser};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{Body, Expr, Target, TokenKind};

const FOR_WHERE: [&str; 5] = ["if", "when", "filter", "having", "with"];
const FOR_EMIT: [&str; 7] = ["select", "return", "returns", "output", "yield", "produce", "measures"];
const FOR_WITHIN: [&str; 5] = ["timeout", "in", "for", "during", "inside"];
const FOR_CONST: [&str; 6] = ["let", "var", "val", "def", "define", "set"];
const FOR_STREAM: [&str; 4] = ["event", "schema", "type", "source"];
const FOR_PATTERN: [&str; 2] = ["rule", "query"];
const FOR_USE: [&str; 3] = ["import", "include", "require"];
const FOR_ON: [&str; 4] = ["from", "over", "of", "in"];

impl Parser<'_> {
    /// Whether the next word is one of these, in capitals or not.
    fn at_one_of(&self, ahead: usize, words: &[&str]) -> bool {
        self.word(ahead).is_some_and(|word| words.iter().any(|known| known.eq_ignore_ascii_case(word)))
    }

    /// Reports that the next `length` tokens mean these words, and reads them as those.
    fn means(&mut self, length: usize, words: &[&'static str]) {
        let span = self.span().to(self.token(length - 1).span);
        let meant = words.join(" ");
        let message = format!("`{}` is written `{meant}`", self.source(span));
        self.report(
            Diagnostic::new(Code::ForeignWord, span, message)
                .help(format!("write `{meant}`"))
                .edit(span, &meant),
        );
        self.reads_run_as(length, words.iter().map(|word| TokenKind::Word(word)).collect());
    }

    /// Reports that the next `length` tokens mean nothing, and passes over them.
    fn means_nothing(&mut self, length: usize, message: &str) {
        let span = self.span().to(self.token(length - 1).span);
        let diagnostic = Diagnostic::new(Code::ForeignWord, span, message).help("leave it out");
        let whole = match self.starts_line(0) {
            true => span.until(self.token(length).span),
            false => self.with_space_before(span),
        };
        self.report(diagnostic.edit(whole, ""));
        self.reads_run_as(length, Vec::new());
    }

    /// Before an item.
    pub(super) fn foreign_item(&mut self) {
        if self.at_one_of(0, &["create"]) && self.at_one_of(1, &["stream", "table", "pattern"]) {
            self.means_nothing(1, "items are not created, they are there");
        }
        let named = self.is_name(1);
        if self.at_one_of(0, &FOR_CONST) && named && self.is_mark(2, "=") {
            self.means(1, &["const"]);
        } else if self.at_one_of(0, &FOR_STREAM) && named && (self.is_mark(2, "{") || self.is_mark(2, "(")) {
            self.means(1, &["stream"]);
        } else if self.at_one_of(0, &FOR_PATTERN) && named && self.word(2) == Some("on") {
            self.means(1, &["pattern"]);
        } else if self.at_one_of(0, &FOR_USE) && matches!(self.token(1).kind, TokenKind::Str(_)) {
            self.means(1, &["use"]);
        }
    }

    /// Where `on` should stand.
    pub(super) fn foreign_on(&mut self) {
        if self.at_one_of(0, &FOR_ON) && self.is_name(1) {
            self.means(1, &["on"]);
        }
    }

    /// Where `by` may stand.
    pub(super) fn foreign_by(&mut self) {
        let word = self.at_one_of(0, &["partition", "partitioned", "group", "grouped", "keyed", "key"]);
        if word && self.at_one_of(1, &["by"]) && self.is_name(2) {
            self.means(2, &["by"]);
        } else if !self.at("by") && self.is_name(0) && (self.is_mark(1, "{") || self.is_mark(1, ",")) {
            let span = self.span();
            let diagnostic = self.expected("`by`, `,` or `{`").label("the key?");
            self.report(diagnostic.help("write `by` before the key").edit(span.before(), "by "));
            let name = self.kind().clone();
            self.reads_run_as(1, vec![TokenKind::Word("by"), name]);
        }
    }

    /// Where an option of a stream may stand.
    pub(super) fn foreign_option(&mut self) {
        if self.at_mark(",") && self.at_one_of(1, &["key", "time", "idle", "from", "late", "lateness"]) {
            let comma = self.span();
            let diagnostic = self.expected("an option of the stream");
            self.report(diagnostic.help("leave it out").edit(comma, ""));
            self.bump();
        }
        let keyed = ["partition", "partitioned", "keyed", "primary"];
        if self.at_one_of(0, &keyed) && self.at_one_of(1, &["by", "key"]) && self.is_name(2) {
            self.means(2, &["key"]);
        } else if self.at_one_of(0, &["order", "ordered"]) && self.at_one_of(1, &["by"]) && self.is_name(2) {
            self.means(2, &["time"]);
        } else if self.at_one_of(0, &["timestamp", "rowtime", "watermark"]) && self.is_name(1) {
            self.means(1, &["time"]);
        }
    }

    /// `key: card`, `time = ts`: an option's word with a sign after it.
    pub(super) fn sign_after_option(&mut self) {
        if self.at_mark(":") || self.at_mark("=") {
            let sign = self.span();
            let at = self.with_space_before(sign);
            let diagnostic = self.expected("a field").help("leave it out").edit(at, "");
            self.report(diagnostic);
            self.bump();
        }
    }

    /// `begin every a`
    pub(super) fn every(&mut self) {
        if self.at_one_of(0, &["every"]) && self.is_name(1) && !self.ends_name(1) {
            self.means_nothing(1, "a pattern is tried from every event anyway");
        }
    }

    /// Whether more of a stage, or what may follow one, stands `ahead` tokens from here, so that the word before is its name.
    pub(super) fn ends_name(&self, ahead: usize) -> bool {
        self.word(ahead).is_some_and(ends_stage_name)
    }

    /// Where a modifier or condition of a stage may stand.
    pub(super) fn foreign_modifier(&mut self) {
        let number = |ahead: usize| matches!(self.token(ahead).kind, TokenKind::Int(_));
        if self.at_one_of(0, &FOR_WHERE) && self.starts_operand(1) {
            return self.means(1, &["where"]);
        }
        let (skipped, more) = match () {
            () if number(0) && self.at_one_of(1, &["times", "time"]) => (0, false),
            () if self.at_one_of(0, &["exactly"]) && number(1) => (1, false),
            () if self.at_one_of(0, &["at"]) && self.at_one_of(1, &["least"]) && number(2) => (2, true),
            () => return,
        };
        let count = self.token(skipped).kind.clone();
        let length = skipped + 1 + usize::from(self.at_one_of(skipped + 1, &["times", "time"]));
        let digits = self.source(self.token(skipped).span);
        let span = self.span().to(self.token(length - 1).span);
        let meant = format!("times {digits}{}", if more { " or more" } else { "" });
        let message = format!("`{}` is written `{meant}`", self.source(span));
        self.report(
            Diagnostic::new(Code::ForeignWord, span, message)
                .help(format!("write `{meant}`"))
                .edit(span, &meant),
        );
        let mut kinds = vec![TokenKind::Word("times"), count];
        if more {
            kinds.extend(["or", "more"].map(TokenKind::Word));
        }
        self.reads_run_as(length, kinds);
    }

    /// Where a clause may stand.
    pub(super) fn foreign_clause(&mut self) {
        if self.at_one_of(0, &FOR_EMIT) && (self.is_mark(1, "{") || self.is_name(1) && self.is_mark(2, "{")) {
            self.means(1, &["emit"]);
        } else if self.at_one_of(0, &FOR_WITHIN) && starts_length(&self.token(1).kind) {
            self.means(1, &["within"]);
        } else if self.at_one_of(0, &["on"]) && self.at_one_of(1, &["match"]) && self.at_one_of(2, &["emit"])
        {
            self.means_nothing(2, "`emit` alone is what a match does");
        }
    }

    /// `skip past last row`, `skip to next row`.
    pub(super) fn row_for_event(&mut self) {
        if self.at_one_of(0, &["row"]) {
            self.means(1, &["event"]);
        }
    }

    /// `skip to next row`
    pub(super) fn row_after_next(&mut self) {
        if self.at_one_of(0, &["row", "event"]) {
            self.means_nothing(1, "`skip to next` says it");
        }
    }

    /// A condition that follows a stage without `where`: `a amount > 5`, `a(amount > 5)`.
    pub(super) fn missing_where(&mut self, target: &mut Target) -> Parsed<bool> {
        let Body::Stage(stage) = &target.body else { return Ok(false) };
        if stage.condition.is_some() {
            return Ok(false);
        }
        let start = self.span();
        let message = "a condition stands after `where`";
        let condition = if self.at_mark("(") {
            let open = start;
            self.bump();
            let condition = self.expr()?;
            let close = self.expect_close(")", open)?;
            self.report(
                Diagnostic::new(Code::MissingWhere, self.since(open), message)
                    .help("write `where`")
                    .edit(open, " where ")
                    .edit(close, ""),
            );
            condition
        } else if self.is_name(0) && !self.ends_name(0) && self.compares(1) {
            self.report(
                Diagnostic::new(Code::MissingWhere, start, message)
                    .help("write `where`")
                    .edit(start.before(), "where "),
            );
            self.expr()?
        } else {
            return Ok(false);
        };
        self.take_condition(target, condition);
        Ok(true)
    }

    fn take_condition(&self, target: &mut Target, condition: Expr) {
        if let Body::Stage(stage) = &mut target.body {
            stage.condition = Some(condition);
        }
    }

    /// Whether a comparison stands `ahead` tokens from here.
    fn compares(&self, ahead: usize) -> bool {
        match self.token(ahead).kind {
            TokenKind::Mark(mark) => {
                matches!(mark, "==" | "!=" | "<" | "<=" | ">" | ">=" | "=~" | "=" | "<>" | "===" | "=>")
            }
            TokenKind::Word(word) => matches!(word, "in" | "like" | "between"),
            _ => false,
        }
    }

    /// `where a > 5, b > 6`: a comma where conditions are joined.
    pub(super) fn comma_for_and(&mut self) -> Parsed<()> {
        while self.at_mark(",") && self.starts_operand(1) {
            let comma: Span = self.span();
            let message = "conditions are joined with `and`";
            self.report(
                Diagnostic::new(Code::WordOperator, comma, message)
                    .help("write `and`")
                    .edit(self.with_space_before(comma), " and"),
            );
            self.bump();
            self.expr()?;
        }
        Ok(())
    }
}
