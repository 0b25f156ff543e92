//! Text to tokens and comments. Never fails: what cannot be read is reported and becomes an error token, or the token
//! it was most likely meant to be.

mod number;
mod string;

pub(crate) use number::unit_meant;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{SourceId, Span};
use crate::syntax::{Comment, CommentKind, Token, TokenKind};

/// What the lexer makes of a text.
pub(crate) struct Lexed<'a> {
    /// All tokens; the last is `End`.
    pub(crate) tokens: Vec<Token<'a>>,
    /// All comments in text order.
    pub(crate) comments: Vec<Comment>,
    /// What could not be read.
    pub(crate) diagnostics: Diagnostics,
}

/// Cuts a text into tokens.
pub(crate) fn lex(source: SourceId, text: &str) -> Lexed<'_> {
    let mut lexer = Lexer::new(source, text);
    lexer.run();
    Lexed { tokens: lexer.tokens, comments: lexer.comments, diagnostics: lexer.diagnostics }
}

struct Lexer<'a> {
    source: SourceId,
    text: &'a str,
    position: usize,
    tokens: Vec<Token<'a>>,
    comments: Vec<Comment>,
    diagnostics: Diagnostics,
}

fn is_word_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

impl<'a> Lexer<'a> {
    fn new(source: SourceId, text: &'a str) -> Self {
        Self {
            source,
            text,
            position: 0,
            tokens: Vec::new(),
            comments: Vec::new(),
            diagnostics: Diagnostics::new(),
        }
    }

    fn run(&mut self) {
        if self.rest().starts_with('\u{feff}') {
            self.position += '\u{feff}'.len_utf8();
        }
        while let Some(next) = self.peek() {
            self.one(next);
        }
        self.push(self.position, TokenKind::End);
    }

    fn one(&mut self, next: char) {
        match next {
            ' ' | '\t' | '\r' | '\n' | '\u{c}' => self.position += 1,
            '"' => self.string(),
            '\'' => self.raw_string(),
            '`' => self.quoted_name(),
            '0'..='9' => self.number(),
            c if is_word_start(c) => self.word(),
            c if c.is_alphabetic() => self.foreign_word(self.position),
            _ if self.rest().starts_with("//") => self.comment(),
            _ if self.rest().starts_with("/*") => self.block_comment(),
            '#' => self.hash_comment(),
            _ if self.rest().starts_with("-- ") && self.starts_line() => self.dashes_comment(),
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2018}' | '\u{2019}' => self.curly_string(),
            _ => self.mark(),
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.position..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Passes over all characters that fit and gives them.
    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        self.position += end;
        &rest[..end]
    }

    fn span_from(&self, start: usize) -> Span {
        Span::new(self.source, start..self.position)
    }

    fn push(&mut self, start: usize, kind: TokenKind<'a>) {
        let span = self.span_from(start);
        self.tokens.push(Token { kind, span });
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn word(&mut self) {
        let start = self.position;
        let word = self.take_while(is_word);
        if self.peek().is_some_and(|c| c.is_alphabetic()) {
            return self.foreign_word(start);
        }
        self.push(start, TokenKind::Word(word));
    }

    /// A word with letters that names in this language lack: reported, and read as if it were back-quoted.
    fn foreign_word(&mut self, start: usize) {
        self.take_while(|c| c.is_alphanumeric() || c == '_');
        let word = &self.text[start..self.position];
        let span = self.span_from(start);
        self.report(
            Diagnostic::new(
                Code::UnknownCharacter,
                span,
                "a bare name has only ASCII letters, digits and `_`",
            )
            .help("write it in back quotes")
            .edit(span, format!("`{word}`")),
        );
        self.push(start, TokenKind::Quoted(word));
    }

    fn comment(&mut self) {
        let start = self.position;
        let text = self.take_while(|c| c != '\n').trim_end_matches('\r');
        let kind = match text.starts_with("///") && !text.starts_with("////") {
            true => CommentKind::Doc,
            false => CommentKind::Plain,
        };
        let span = Span::new(self.source, start..start + text.len());
        self.comments.push(Comment { kind, span });
    }

    fn block_comment(&mut self) {
        let start = self.position;
        let rest = self.rest();
        let end = rest.find("*/").map_or(rest.len(), |at| at + 2);
        self.position += end;
        let inner = rest[2..end].trim_end_matches("*/");
        let lines: Vec<_> = inner.lines().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
        let replacement: String = lines.iter().map(|line| format!("// {line}\n")).collect();
        let span = self.span_from(start);
        let opening = Span::new(self.source, start..start + 2);
        self.report(
            Diagnostic::new(Code::ForeignComment, opening, "block comments are not part of the language")
                .label("starts here")
                .help("write `//` before each line")
                .edit(span, replacement),
        );
    }

    fn hash_comment(&mut self) {
        self.foreign_comment('#');
    }

    /// Whether nothing but blanks stands before the next character on its line.
    fn starts_line(&self) -> bool {
        let line = self.text[..self.position].rsplit('\n').next().unwrap_or_default();
        line.trim_start().is_empty()
    }

    /// `-- …` on a line of its own, as in SQL. Elsewhere two signs are minus twice.
    fn dashes_comment(&mut self) {
        self.foreign_comment('-');
    }

    fn foreign_comment(&mut self, sign: char) {
        let start = self.position;
        self.take_while(|c| c == sign);
        let span = self.span_from(start);
        self.take_while(|c| c != '\n');
        self.report(
            Diagnostic::new(Code::ForeignComment, span, "a comment starts with `//`")
                .help("write `//`")
                .edit(span, "//"),
        );
    }

    fn mark(&mut self) {
        let start = self.position;
        let rest = self.rest();
        let Some(mark) = crate::syntax::MARKS.iter().find(|mark| rest.starts_with(**mark)) else {
            return self.unknown();
        };
        self.position += mark.len();
        self.push(start, TokenKind::Mark(mark));
    }

    /// Reports a run of unknown characters as one.
    fn unknown(&mut self) {
        let start = self.position;
        let run = self.take_while(|c| {
            !c.is_ascii() || c.is_ascii_control() && !c.is_ascii_whitespace() || "\\$".contains(c)
        });
        let mut shown = run;
        if run.is_empty() {
            let c = self.peek().map_or(0, char::len_utf8);
            self.position += c;
            shown = &self.text[start..self.position];
        }
        let first = shown.chars().next().unwrap_or('\u{fffd}');
        let span = self.span_from(start);
        self.push(start, TokenKind::Error);
        self.report(unknown_character(first, shown, span));
    }

    fn quoted_name(&mut self) {
        let start = self.position;
        self.position += 1;
        let name = self.take_while(|c| c != '`' && c != '\n');
        let closed = self.peek() == Some('`');
        if closed {
            self.position += 1;
        }
        let problem = if !closed {
            Some("a back-quoted name ends on its line")
        } else if name.is_empty() {
            Some("a name has at least one character")
        } else if name.contains(':') {
            Some("a name cannot contain `:`")
        } else {
            None
        };
        self.push(start, if closed { TokenKind::Quoted(name) } else { TokenKind::Error });
        if let Some(problem) = problem {
            let span = self.span_from(start);
            self.report(Diagnostic::new(Code::BadQuotedName, span, problem));
        }
    }
}

fn unknown_character(first: char, run: &str, span: Span) -> Diagnostic {
    let shown: String = run.escape_debug().collect();
    let diagnostic = if run.chars().nth(1).is_none() {
        let code = format!("unknown character `{shown}` (U+{:04X})", u32::from(first));
        Diagnostic::new(Code::UnknownCharacter, span, code)
    } else {
        Diagnostic::new(Code::UnknownCharacter, span, format!("unknown characters `{shown}`"))
    };
    match first {
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2018}' | '\u{2019}' => {
            diagnostic.help("strings stand in straight quotes: `\"…\"`")
        }
        c if c.is_whitespace() => diagnostic.help("write a plain space").edit(span, " "),
        '\u{2264}' => diagnostic.help("write `<=`").edit(span, "<="),
        '\u{2265}' => diagnostic.help("write `>=`").edit(span, ">="),
        '\u{2260}' => diagnostic.help("write `!=`").edit(span, "!="),
        _ => diagnostic,
    }
}
