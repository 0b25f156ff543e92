//! Tokens. Words are words: what is a keyword depends on where it stands, so the parser decides.

use std::fmt;

use crate::source::Span;

/// A token and its place.
#[derive(Clone, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind<'a>,
    pub(crate) span: Span,
}

/// What kind of token.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum TokenKind<'a> {
    /// A bare word: a name or a keyword.
    Word(&'a str),
    /// A back-quoted name, without its quotes.
    Quoted(&'a str),
    /// `12`
    Int(i64),
    /// `1.5`
    Float(f64),
    /// `1m30s`, in milliseconds.
    Duration(i64),
    /// A string, its escapes resolved.
    Str(String),
    /// Punctuation, operators of other languages included.
    Mark(&'static str),
    /// Something the lexer has already reported.
    Error,
    /// The end of the text.
    End,
}

/// All marks, longest first, so that the first that fits is right.
pub(crate) const MARKS: [&str; 39] = [
    "===", "!==", "==", "=~", "!=", "<=", ">=", "<>", "??", "&&", "||", "->", "=>", "..", "{", "}", "(", ")",
    "[", "]", ",", ":", ";", ".", "?", "=", "<", ">", "+", "-", "*", "/", "%", "@", "!", "&", "|", "^", "~",
];

impl fmt::Display for TokenKind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(name) | Self::Quoted(name) => write!(f, "`{name}`"),
            Self::Int(_) | Self::Float(_) => f.write_str("a number"),
            Self::Duration(_) => f.write_str("a duration"),
            Self::Str(_) => f.write_str("a string"),
            Self::Mark(mark) => write!(f, "`{mark}`"),
            Self::Error => f.write_str("something unreadable"),
            Self::End => f.write_str("the end of the file"),
        }
    }
}
