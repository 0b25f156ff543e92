//! What newcomers write around stages: each habit with one diagnostic and the edit that mends it. Conditions and
//! modifiers are in `conditions`.

use super::recover::AFTER_OPERAND;
use super::{Failed, Parsed, Parser};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{Clauses, Connector, ConnectorKind, Gap, Sequence, TokenKind};

impl Parser<'_> {
    pub(super) fn source(&self, span: Span) -> String {
        self.text.get(span.range()).unwrap_or_default().to_owned()
    }

    /// `and` before a connector: whether it stands next. `and not followed by b`, `and next b`.
    pub(super) fn and_before_connector(&mut self) -> bool {
        if !self.at("and") {
            return false;
        }
        let position = self.position;
        self.position += 1;
        let connector = self.at_connector() && !self.at("begin");
        self.position = position;
        connector
    }

    /// Takes an `and` that joins stages instead of conditions.
    pub(super) fn drop_and(&mut self) {
        let span = self.span();
        self.bump();
        self.report(
            Diagnostic::new(Code::ConnectorAfterAnd, span, "`and` joins conditions, not stages")
                .help("leave it out")
                .edit(span.until(self.span()), ""),
        );
    }

    /// Where `begin` should stand and does not.
    pub(super) fn missing_begin(&mut self) -> Parsed<Connector> {
        let start = self.span();
        let message = "a pattern or group starts with `begin`";
        let kind = ConnectorKind::Begin;
        if self.at_connector() || self.at_words(&["followed"]) {
            while matches!(self.word(0), Some("next" | "not" | "followed" | "by" | "any")) {
                self.bump();
            }
            let span = self.since(start);
            let diagnostic = Diagnostic::new(Code::MissingBegin, span, message);
            self.report(diagnostic.help("write `begin`").edit(span, "begin"));
            return Ok(Connector { kind, gap: None, span });
        }
        if self.at_clause() || !(self.is_name(0) || self.at_mark("(")) {
            return Err(self.unexpected("`begin`"));
        }
        self.report(
            Diagnostic::new(Code::MissingBegin, start, message)
                .help("write `begin` before the first stage")
                .edit(start.before(), "begin "),
        );
        Ok(Connector { kind, gap: None, span: start.before() })
    }

    pub(super) fn second_begin(&mut self, start: Span) -> (ConnectorKind, Option<Gap>) {
        self.report(
            Diagnostic::new(Code::MissingBegin, start, "`begin` stands only before the first stage")
                .help("say how this stage follows: `next`, `followed by` or `followed by any`")
                .edit(start, "followed by")
                .guess(),
        );
        (ConnectorKind::FollowedBy, None)
    }

    /// Whether `within d` stands here where a stage may not be called `within`.
    fn at_gap(&self) -> bool {
        let next = &self.token(1).kind;
        self.at("within")
            && match next {
                TokenKind::Duration(_) | TokenKind::Int(_) => true,
                _ => self.is_name(1) && self.is_name(2) && !self.word(1).is_some_and(ends_stage_name),
            }
    }

    /// Takes a gap where none can stand.
    fn no_gap(&mut self, message: &str, note: &str) {
        let start = self.span();
        self.bump();
        if self.length().is_err() {
            return;
        }
        let span = self.since(start);
        self.report(
            Diagnostic::new(Code::MisplacedGap, span, message)
                .note(note)
                .help("leave it out")
                .edit(span.until(self.span()), "")
                .guess(),
        );
    }

    pub(super) fn gap_on_begin(&mut self) {
        if self.at_gap() {
            self.no_gap(
                "no gap can stand on `begin`",
                "a gap is the time since the event matched before; a `within` after the last stage bounds the whole",
            );
        }
    }

    pub(super) fn gap_on_not_next(&mut self) {
        if self.at_gap() {
            self.no_gap("no gap can stand on `not next`", "`not next` looks at the very next event only");
        }
    }

    /// `followed by within 5m b`
    pub(super) fn misplaced_gap(&mut self, has_gap: bool) {
        if !self.at_gap() {
            return;
        }
        if has_gap {
            return self.no_gap("this connector has a gap already", "a gap stands once, before `by`");
        }
        let start = self.span();
        self.bump();
        if self.length().is_err() {
            return;
        }
        let gap = self.since(start);
        let text = self.source(gap);
        let at = self.last_followed().after();
        self.report(
            Diagnostic::new(Code::MisplacedGap, gap, "a gap stands inside its connector")
                .help(format!("write `followed {text} by`"))
                .edit(at, format!(" {text}"))
                .edit(gap.until(self.span()), ""),
        );
    }

    /// The `followed` taken last.
    fn last_followed(&self) -> Span {
        let taken = self.tokens[..self.position].iter().rev();
        taken
            .map(|token| (token.span, &token.kind))
            .find(|(_, kind)| **kind == TokenKind::Word("followed"))
            .map_or(self.span(), |(span, _)| span)
    }

    pub(super) fn bad_negation(&mut self, not: Span) -> Parsed<ConnectorKind> {
        if self.eat("begin").is_some() {
            let span = self.since(not);
            self.report(Diagnostic::new(Code::BadNegation, span, "the first stage cannot be negated"));
            return Err(Failed);
        }
        if self.is_name(0) && !self.word(0).is_some_and(ends_stage_name) {
            self.report(
                Diagnostic::new(Code::BadNegation, not, "`not` says how a stage must not follow")
                    .help("write `not followed by`, or `not next` for the very next event")
                    .edit(not.after(), " followed by")
                    .guess(),
            );
            return Ok(ConnectorKind::NotFollowedBy);
        }
        let diagnostic = self.expected("`next` or `followed by` after `not`");
        if *self.kind() != TokenKind::Error {
            self.report(diagnostic);
        }
        Err(Failed)
    }

    /// `followed by not b`, `next not b`: whether the negation stands behind its connector.
    pub(super) fn negated_late(&mut self, connector: Span) -> bool {
        if !self.at("not") || !self.is_name(1) || self.ends_name(1) {
            return false;
        }
        let not = self.span();
        self.report(
            Diagnostic::new(Code::BadNegation, not, "`not` stands before the connector")
                .help("write it before")
                .edit(connector.before(), "not ")
                .edit(not.until(self.token(1).span), ""),
        );
        self.bump();
        true
    }

    pub(super) fn not_followed_by_any(&mut self) {
        let any = self.span();
        let stage = self.at("any") && (self.is_name(1) || self.is_mark(1, "("));
        let named_any =
            matches!(self.word(1), Some("where" | "within" | "until" | "next" | "followed" | "not" | "emit"));
        if !stage || named_any {
            return;
        }
        self.bump();
        self.report(
            Diagnostic::new(
                Code::BadNegation,
                any,
                "`not followed by` looks at every event, so `any` adds nothing",
            )
            .help("leave out `any`")
            .edit(any.until(self.span()), ""),
        );
    }

    pub(super) fn negated_group(&mut self, connector: Span) {
        self.report(
            Diagnostic::new(Code::NegatedGroup, connector, "a group cannot be negated")
                .and_at(self.span(), "the group")
                .help("negate a single stage"),
        );
    }

    /// A stage without its name: a modifier or condition follows the connector at once.
    pub(super) fn missing_stage_name(&mut self) -> Parsed<()> {
        let nameless = match self.word(0) {
            Some("where" | "until") => self.starts_operand(1),
            Some("times") => matches!(self.token(1).kind, TokenKind::Int(_)),
            Some("one") => self.word(1) == Some("or"),
            Some("at") => self.word(1) == Some("most"),
            Some("allow") => self.word(1) == Some("combinations"),
            _ => false,
        };
        if !nameless {
            return Ok(());
        }
        let span = self.span();
        self.report(
            Diagnostic::new(Code::MissingName, span, "this stage has no name")
                .help("name it")
                .edit(span.before(), "event ")
                .guess(),
        );
        Err(Failed)
    }

    /// Whether an expression starts `ahead` places from here, rather than more of a stage.
    pub(super) fn starts_operand(&self, ahead: usize) -> bool {
        match self.token(ahead).kind {
            TokenKind::Word(word) => !matches!(
                word,
                "where"
                    | "until"
                    | "next"
                    | "followed"
                    | "within"
                    | "emit"
                    | "after"
                    | "on"
                    | "limit"
                    | "one"
                    | "times"
            ),
            TokenKind::Mark(mark) => matches!(mark, "(" | "[" | "-" | "!"),
            TokenKind::End | TokenKind::Error => false,
            _ => true,
        }
    }

    /// `a+`, `a*`, `a?`
    pub(super) fn sign_quantifier(&mut self) {
        let (words, kinds) = match *self.kind() {
            TokenKind::Mark("+") => ("one or more", vec!["one", "or", "more"]),
            TokenKind::Mark("*") => ("one or more optional", vec!["one", "or", "more", "optional"]),
            TokenKind::Mark("?") => ("optional", vec!["optional"]),
            TokenKind::Mark("{") => return self.braces_quantifier(),
            _ => return,
        };
        let span = self.span();
        let message = format!("{} is written `{words}`", self.kind());
        self.report(
            Diagnostic::new(Code::SignQuantifier, span, message)
                .help(format!("write `{words}`"))
                .edit(span, format!(" {words}")),
        );
        self.reads_as(kinds.into_iter().map(TokenKind::Word));
    }

    /// `a{3}`, `a{2,4}`, `a{2,}`
    fn braces_quantifier(&mut self) {
        let int = |ahead: usize| matches!(self.token(ahead).kind, TokenKind::Int(_));
        let digits = |ahead: usize| self.source(self.token(ahead).span);
        let (length, words) = match () {
            () if int(1) && self.is_mark(2, "}") => (3, format!("times {}", digits(1))),
            () if int(1) && self.is_mark(2, ",") && self.is_mark(3, "}") => {
                (4, format!("times {} or more", digits(1)))
            }
            () if int(1) && self.is_mark(2, ",") && int(3) && self.is_mark(4, "}") => {
                (5, format!("times {} to {}", digits(1), digits(3)))
            }
            () => return,
        };
        let span = self.span().to(self.token(length - 1).span);
        self.report(
            Diagnostic::new(
                Code::SignQuantifier,
                span,
                format!("`{}` is written `{words}`", self.source(span)),
            )
            .help(format!("write `{words}`"))
            .edit(self.with_space_before(span), format!(" {words}")),
        );
        let mut kinds = vec![TokenKind::Word("times"), self.token(1).kind.clone()];
        match length {
            4 => kinds.extend(["or", "more"].map(TokenKind::Word)),
            5 => kinds.extend([TokenKind::Word("to"), self.token(3).kind.clone()]),
            _ => {}
        }
        self.reads_run_as(length, kinds);
    }

    /// After the number of `times`: `2-4`, `2..4`, `3+`.
    pub(super) fn sign_after_count(&mut self) {
        let range = self.at_mark("-") || self.at_mark("..");
        let words = match range {
            true if matches!(self.token(1).kind, TokenKind::Int(_)) => "to",
            false if self.at_mark("+") => "or more",
            _ => return,
        };
        let span = self.span();
        let after = if range { format!(" {words} ") } else { format!(" {words}") };
        let at = if range { self.with_space_before(span).until(self.token(1).span) } else { span };
        self.report(
            Diagnostic::new(Code::SignQuantifier, span, format!("{} is written `{words}`", self.kind()))
                .help(format!("write `{words}`"))
                .edit(at, after),
        );
        self.reads_as(words.split(' ').map(TokenKind::Word));
    }

    /// Takes clauses that stand before the stages; gives their place.
    pub(super) fn clauses_before_stages(&mut self, clauses: &mut Clauses) -> Option<Span> {
        let start = self.span();
        let mut taken = false;
        while self.at_clause() && self.clause(clauses).is_ok() {
            taken = true;
        }
        (taken && self.at("begin")).then(|| self.since(start))
    }

    /// Says where clauses belong that stand before these stages.
    pub(super) fn clauses_too_early(&mut self, clauses: Span, sequence: &Sequence) {
        let text = self.source(clauses);
        let diagnostic = Diagnostic::new(Code::StageAfterClause, clauses, "clauses stand after the stages");
        let Some(last) = sequence.steps.last() else { return self.report(diagnostic) };
        let first = sequence.steps[0].span;
        self.report(
            diagnostic
                .help("write them after the last stage")
                .edit(clauses.until(first), "")
                .edit(last.span.after(), format!("\n  {text}")),
        );
    }

    /// Takes stages that stand after a clause, and says where they belong.
    pub(super) fn stages_after_clause(&mut self, sequence: &mut Sequence, clauses: &Clauses) {
        let start = self.span();
        let known = sequence.steps.len();
        let anchor = sequence.steps.last().map(|step| step.span.after());
        self.more_steps(&mut sequence.steps);
        let no_clause = *clauses == Clauses::default();
        if no_clause || sequence.steps.len() == known {
            return;
        }
        let span = self.since(start);
        let text = self.source(span);
        let mut diagnostic = Diagnostic::new(Code::StageAfterClause, span, "stages stand before the clauses")
            .help("write them after the stages before");
        if let Some(anchor) = anchor {
            diagnostic =
                diagnostic.edit(anchor, format!("\n  {text}")).edit(self.with_space_before(span), "");
        }
        self.report(diagnostic);
    }
}

/// Whether a length of time, as a literal, begins with this token.
pub(super) fn starts_length(kind: &TokenKind<'_>) -> bool {
    matches!(kind, TokenKind::Duration(_) | TokenKind::Int(_))
}

/// Whether the word, after a stage's name, starts something else.
pub(super) fn ends_stage_name(word: &str) -> bool {
    AFTER_OPERAND.contains(&word) || matches!(word, "begin" | "consecutive" | "allow" | "at")
}
