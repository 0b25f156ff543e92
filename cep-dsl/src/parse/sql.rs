//! Operators of SQL and Java in conditions: `like`, `between`, `in (…)`, `? :`. Each is reported once, with the edit that
//! says the same in this language.

use super::expr::Tall;
use super::{Parsed, Parser};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{Expr, ExprKind, TokenKind};

impl Parser<'_> {
    /// `x like "…"`, `x between a and b`, negated or not: whether one stands here. The condition is then read as `x` alone.
    pub(super) fn foreign_condition(&mut self, left: &Expr) -> Parsed<bool> {
        let negated = self.word(0).is_some_and(|word| word.eq_ignore_ascii_case("not"));
        let Some(word) = self.word(usize::from(negated)).map(str::to_ascii_lowercase) else {
            return Ok(false);
        };
        let operand = usize::from(negated) + 1;
        match word.as_str() {
            "like" | "ilike" => self.like(left, negated, operand),
            "between" if self.starts_operand(operand) => self.between(left, negated, operand),
            _ => Ok(false),
        }
    }

    fn like(&mut self, left: &Expr, negated: bool, operand: usize) -> Parsed<bool> {
        let TokenKind::Str(pattern) = self.token(operand).kind.clone() else { return Ok(false) };
        let start = self.span();
        let span = start.to(self.token(operand - 1).span);
        (0..=operand).for_each(|_| self.bump());
        let (before, after) = like_as_condition(&pattern);
        let not = if negated { "not " } else { "" };
        let value = left.span.after().to(self.last_span());
        self.report(
            Diagnostic::new(
                Code::ForeignOperator,
                span,
                "there is no `like`: functions and `=~` look into texts",
            )
            .help(format!("write `{not}{before}…{after}`"))
            .edit(left.span.before(), format!("{not}{before}"))
            .edit(value, after),
        );
        Ok(true)
    }

    fn between(&mut self, left: &Expr, negated: bool, operand: usize) -> Parsed<bool> {
        let start = self.span();
        let words = start.to(self.token(operand - 1).span);
        (0..operand).for_each(|_| self.bump());
        self.coalesce()?;
        let and = self.span();
        if self.eat_and() {
            self.coalesce()?;
            let value = self.source(left.span);
            let (least, join, most) = if negated { ("<", "or", ">") } else { (">=", "and", "<=") };
            self.report(
                Diagnostic::new(Code::ForeignOperator, words, "there is no `between`")
                    .help("compare twice")
                    .edit(words, least)
                    .edit(and, format!("{join} {value} {most}")),
            );
        } else {
            let diagnostic = self.expected("`and` and the greater bound");
            self.report(diagnostic);
        }
        Ok(true)
    }

    /// After `in`: `(1, 2)` for `[1, 2]`.
    pub(super) fn parentheses_for_brackets(&mut self) {
        if !self.at_mark("(") {
            return;
        }
        let mut depth = 0_usize;
        let mut comma = false;
        let mut ahead = 0;
        let close = loop {
            match self.token(ahead).kind {
                TokenKind::Mark("(" | "[") => depth += 1,
                TokenKind::Mark(")" | "]") if depth == 1 => break ahead,
                TokenKind::Mark(")" | "]") => depth -= 1,
                TokenKind::Mark(",") if depth == 1 => comma = true,
                TokenKind::End | TokenKind::Mark("{" | "}") => return,
                _ => {}
            }
            ahead += 1;
        };
        if !comma && close > 2 {
            return;
        }
        let (open, end) = (self.span(), self.token(close).span);
        self.report(
            Diagnostic::new(Code::ForeignOperator, open.to(end), "a list stands in brackets")
                .help("write `[…]`")
                .edit(open, "[")
                .edit(end, "]"),
        );
        let at = self.position;
        self.tokens[at].kind = TokenKind::Mark("[");
        self.tokens[at + close].kind = TokenKind::Mark("]");
    }

    /// `c ? a : b`, at the `?`: reported, and read as a call of `if`.
    pub(super) fn ternary(&mut self, condition: Tall) -> Parsed<Tall> {
        let question = self.span();
        self.bump();
        let first = self.or()?;
        let colon = self.expect_mark(":")?;
        let second = self.or()?;
        let start = condition.expr.span;
        self.report(
            Diagnostic::new(Code::ForeignOperator, question, "there is no `? :`, but a function `if`")
                .help("write `if(…, …, …)`")
                .edit(start.before(), "if(")
                .edit(self.with_space_before(question), ",")
                .edit(self.with_space_before(colon), ",")
                .edit(second.expr.span.after(), ")"),
        );
        let height = condition.height().max(first.height()).max(second.height());
        let function = crate::syntax::Name { text: "if".to_owned(), span: question, quoted: false };
        let args = vec![condition.expr, first.expr, second.expr];
        self.inner(ExprKind::Call { function, args }, self.since(start), height)
    }

    /// `'O''Brien'`: a quote doubled inside a string, which lexes as two strings.
    pub(super) fn doubled_quotes(&mut self) {
        let first: Span = self.span();
        let mut length = usize::from(matches!(self.kind(), TokenKind::Str(_)));
        while length > 0
            && matches!(self.token(length).kind, TokenKind::Str(_))
            && self.token(length).span.start == self.token(length - 1).span.end
        {
            length += 1;
        }
        if length < 2 {
            return;
        }
        let span = first.to(self.token(length - 1).span);
        let written = self.source(span);
        let quote = if written.starts_with('\'') { "''" } else { "\"\"" };
        // The last of them may lack its closing quote, and end with any character.
        let inside = written.get(1..written.len() - 1).unwrap_or_default().replace(quote, &quote[1..]);
        let meant = format!("\"{}\"", inside.replace('\\', "\\\\").replace('"', "\\\""));
        self.report(
            Diagnostic::new(Code::BadEscape, span, "a quote in a string is not doubled")
                .help(format!("write `{meant}`"))
                .edit(span, meant),
        );
        self.reads_run_as(length, vec![TokenKind::Str(inside)]);
    }
}

/// What stands before and after the value, to say what `like` says.
fn like_as_condition(pattern: &str) -> (String, String) {
    let inner = pattern.trim_matches('%');
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    if inner.contains(['%', '_']) {
        let escaped: String = pattern
            .chars()
            .map(|c| match c {
                '%' => ".*".to_owned(),
                '_' => ".".to_owned(),
                c if c.is_alphanumeric() || c == ' ' => c.to_string(),
                c => format!("\\{c}"),
            })
            .collect();
        return (String::new(), format!(" =~ '^{escaped}$'"));
    }
    let function = match (pattern.starts_with('%'), pattern.ends_with('%')) {
        (false, false) => return (String::new(), format!(" == {}", quoted(inner))),
        (true, true) => "contains",
        (true, false) => "ends_with",
        (false, true) => "starts_with",
    };
    (format!("{function}("), format!(", {})", quoted(inner)))
}
