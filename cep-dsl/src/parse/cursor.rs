//! The parser's place among the tokens: looking ahead, taking, expecting.

use super::{Failed, Parsed, Parser};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{CommentKind, Doc, Name, Text, Token, TokenKind};

impl<'a> Parser<'a> {
    /// The token `ahead` places from here; the end goes on for ever.
    pub(super) fn token(&self, ahead: usize) -> &Token<'a> {
        let last = self.tokens.len() - 1;
        &self.tokens[(self.position + ahead).min(last)]
    }

    pub(super) fn kind(&self) -> &TokenKind<'a> {
        &self.token(0).kind
    }

    /// The place of the next token.
    pub(super) fn span(&self) -> Span {
        self.token(0).span
    }

    /// The place of the token taken last.
    pub(super) fn last_span(&self) -> Span {
        match self.position.checked_sub(1) {
            Some(index) => self.tokens[index.min(self.tokens.len() - 1)].span,
            None => self.span().before(),
        }
    }

    /// From `start` to the end of the token taken last.
    pub(super) fn since(&self, start: Span) -> Span {
        start.to(self.last_span())
    }

    pub(super) fn bump(&mut self) {
        if self.position + 1 < self.tokens.len() {
            self.position += 1;
        }
    }

    pub(super) fn at_end(&self) -> bool {
        *self.kind() == TokenKind::End
    }

    /// The bare word `ahead` places from here.
    pub(super) fn word(&self, ahead: usize) -> Option<&'a str> {
        match self.token(ahead).kind {
            TokenKind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn at(&self, word: &str) -> bool {
        self.word(0) == Some(word)
    }

    pub(super) fn at_words(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(ahead, word)| self.word(ahead) == Some(*word))
    }

    pub(super) fn is_mark(&self, ahead: usize, mark: &str) -> bool {
        matches!(self.token(ahead).kind, TokenKind::Mark(found) if found == mark)
    }

    pub(super) fn at_mark(&self, mark: &str) -> bool {
        self.is_mark(0, mark)
    }

    /// Whether the token `ahead` places from here can be a name.
    pub(super) fn is_name(&self, ahead: usize) -> bool {
        matches!(self.token(ahead).kind, TokenKind::Word(_) | TokenKind::Quoted(_))
    }

    /// Whether a line break stands before the token `ahead` places from here.
    pub(super) fn starts_line(&self, ahead: usize) -> bool {
        let Some(before) = (self.position + ahead).checked_sub(1).and_then(|index| self.tokens.get(index))
        else {
            return true;
        };
        let between = before.span.end as usize..self.token(ahead).span.start as usize;
        self.text.get(between).is_some_and(|gap| gap.contains('\n'))
    }

    pub(super) fn eat(&mut self, word: &str) -> Option<Span> {
        let span = self.span();
        self.at(word).then(|| self.bump()).map(|()| span)
    }

    pub(super) fn eat_mark(&mut self, mark: &str) -> Option<Span> {
        let span = self.span();
        self.at_mark(mark).then(|| self.bump()).map(|()| span)
    }

    /// Reports that something else should stand here, unless what stands here is already reported.
    pub(super) fn unexpected(&mut self, expected: &str) -> Failed {
        if *self.kind() != TokenKind::Error {
            let diagnostic = self.expected(expected);
            self.report(diagnostic);
        }
        Failed
    }

    /// The diagnostic that says that something else should stand here.
    pub(super) fn expected(&self, expected: &str) -> Diagnostic {
        let message = format!("expected {expected}, found {}", self.kind());
        Diagnostic::new(Code::Expected, self.span(), message)
    }

    pub(super) fn expect(&mut self, word: &str) -> Parsed<Span> {
        match self.eat(word) {
            Some(span) => Ok(span),
            None => Err(self.unexpected(&format!("`{word}`"))),
        }
    }

    /// Takes a word, however its letters are.
    pub(super) fn expect_keyword(&mut self, word: &'static str) -> Parsed<Span> {
        self.lower_case(&[word]);
        self.expect(word)
    }

    pub(super) fn expect_mark(&mut self, mark: &str) -> Parsed<Span> {
        match self.eat_mark(mark) {
            Some(span) => Ok(span),
            None => Err(self.unexpected(&format!("`{mark}`"))),
        }
    }

    /// Takes a `{`, or the `(` that stands in its place: what closes it, and where it is.
    pub(super) fn opening(&mut self) -> Parsed<(&'static str, Span)> {
        match self.eat_mark("(") {
            Some(open) => Ok((")", open)),
            None => self.expect_mark("{").map(|open| ("}", open)),
        }
    }

    /// Reports parentheses where braces are meant.
    pub(super) fn braces_meant(&mut self, open: Span, close: Span) {
        self.report(
            Diagnostic::new(Code::Expected, open, "expected `{`, found `(`")
                .and_at(close, "closed here")
                .help("write braces")
                .edit(open, "{")
                .edit(close, "}"),
        );
    }

    /// Takes what closes `open`.
    pub(super) fn expect_close(&mut self, mark: &str, open: Span) -> Parsed<Span> {
        if let Some(span) = self.eat_mark(mark) {
            return Ok(span);
        }
        if self.at_end() {
            return Err(self.unclosed(mark, open));
        }
        if *self.kind() != TokenKind::Error {
            let diagnostic = self.expected(&format!("`{mark}`")).and_at(open, "to close this");
            self.report(diagnostic);
        }
        Err(Failed)
    }

    /// Reports an opening mark that nothing closes.
    pub(super) fn unclosed(&mut self, mark: &str, open: Span) -> Failed {
        let after = self.last_span().after();
        let opened = match mark {
            "}" => "{",
            ")" => "(",
            _ => "[",
        };
        self.report(
            Diagnostic::new(Code::Unclosed, open, format!("this `{opened}` is never closed"))
                .help(format!("close it with `{mark}`"))
                .edit(after, format!(" {mark}"))
                .guess(),
        );
        Failed
    }

    pub(super) fn name(&mut self, what: &str) -> Parsed<Name> {
        let span = self.span();
        let (text, quoted) = match *self.kind() {
            TokenKind::Word(word) => (word, false),
            TokenKind::Quoted(name) => (name, true),
            _ => return Err(self.unexpected(what)),
        };
        self.bump();
        Ok(Name { text: text.to_owned(), span, quoted })
    }

    pub(super) fn text(&mut self, what: &str) -> Parsed<Text> {
        let span = self.span();
        let TokenKind::Str(value) = self.kind() else { return Err(self.unexpected(what)) };
        let value = value.clone();
        self.bump();
        Ok(Text { value, span })
    }

    /// The doc comment between the token taken last and the next.
    pub(super) fn doc(&mut self) -> Option<Doc> {
        let from = if self.position == 0 { 0 } else { self.last_span().end };
        let to = self.span().start;
        let first = self.comments.partition_point(|comment| comment.span.start < from);
        let mut doc: Option<Doc> = None;
        for index in first..self.comments.len() {
            let comment = self.comments[index];
            if comment.span.start >= to {
                break;
            }
            if comment.kind == CommentKind::Doc {
                self.documented[index] = true;
                let line = self.text.get(comment.span.range()).unwrap_or_default();
                let line =
                    line.trim_start_matches('/').strip_prefix(' ').unwrap_or(line.trim_start_matches('/'));
                let doc = doc.get_or_insert_with(|| Doc { lines: Vec::new(), span: comment.span });
                doc.lines.push(line.trim_end().to_owned());
                doc.span = doc.span.to(comment.span);
            }
        }
        doc
    }

    /// Replaces the next `length` tokens by others, all at the place of the run.
    pub(super) fn reads_run_as(&mut self, length: usize, kinds: Vec<TokenKind<'a>>) {
        let span = self.span().to(self.token(length - 1).span);
        let end = (self.position + length).min(self.tokens.len() - 1);
        let tokens = kinds.into_iter().map(|kind| Token { kind, span });
        self.tokens.splice(self.position..end, tokens);
    }

    /// Replaces the next token by words that mean the same, so that the parser goes on as if they stood there.
    pub(super) fn reads_as(&mut self, kinds: impl IntoIterator<Item = TokenKind<'a>>) {
        let span = self.span();
        let tokens = kinds.into_iter().map(|kind| Token { kind, span });
        self.tokens.splice(self.position..=self.position, tokens);
    }
}
