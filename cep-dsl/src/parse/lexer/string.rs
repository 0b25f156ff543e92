//! Strings: `"…"` with the escapes of JSON, `'…'` raw. Both end on their line.

use super::Lexer;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::TokenKind;

impl Lexer<'_> {
    /// `"…"`
    pub(super) fn string(&mut self) {
        let start = self.position;
        self.position += 1;
        let mut value = String::new();
        loop {
            match self.peek() {
                None | Some('\n') => break self.unterminated(start, '"'),
                Some('"') => break self.position += 1,
                Some('\\') => value.extend(self.escape()),
                Some(c) => {
                    value.push(c);
                    self.position += c.len_utf8();
                }
            }
        }
        self.push(start, TokenKind::Str(value));
    }

    /// `'…'`: what stands there is what it means; a quote may stand in it after a backslash, which stays.
    pub(super) fn raw_string(&mut self) {
        let start = self.position;
        self.position += 1;
        let inside = self.position;
        loop {
            match self.peek() {
                None | Some('\n') => {
                    let value = self.text[inside..self.position].to_owned();
                    self.unterminated(start, '\'');
                    return self.push(start, TokenKind::Str(value));
                }
                Some('\'') => break,
                Some('\\') => {
                    self.position += 1;
                    if let Some(c) = self.peek().filter(|c| *c != '\n') {
                        self.position += c.len_utf8();
                    }
                }
                Some(c) => self.position += c.len_utf8(),
            }
        }
        let value = self.text[inside..self.position].to_owned();
        self.position += 1;
        self.push(start, TokenKind::Str(value));
    }

    /// A text in typographic quotes: reported, and read as the string it looks like.
    pub(super) fn curly_string(&mut self) {
        let start = self.position;
        let curly = ['\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}'];
        let mut inside = self.rest().chars();
        inside.next();
        let first = self.rest().len() - inside.as_str().len();
        let line = inside.as_str().split('\n').next().unwrap_or_default();
        let Some(length) = line.find(curly) else { return self.unknown() };
        let text = line[..length].to_owned();
        let last = line[length..].chars().next().map_or(0, char::len_utf8);
        self.position += first + length + last;
        let meant = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        let span = self.span_from(start);
        self.report(
            Diagnostic::new(Code::UnknownCharacter, span, "strings stand in straight quotes")
                .help(format!("write `{meant}`"))
                .edit(span, meant),
        );
        self.push(start, TokenKind::Str(text));
    }

    fn unterminated(&mut self, start: usize, quote: char) {
        let opening = Span::new(self.source, start..start + 1);
        let end = self.text[start..self.position].trim_end_matches('\r').len() + start;
        self.report(
            Diagnostic::new(Code::UnterminatedString, opening, "this string is not closed on its line")
                .label("starts here")
                .help(format!("close it with `{quote}`"))
                .edit(Span::new(self.source, end..end), quote.to_string())
                .guess(),
        );
    }

    /// The character an escape stands for; none where it is reported.
    fn escape(&mut self) -> Option<char> {
        let start = self.position;
        self.position += 1;
        let letter = self.peek().filter(|c| *c != '\n')?;
        self.position += letter.len_utf8();
        let known = match letter {
            '"' | '\\' | '/' => Some(letter),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'u' => self.unicode(),
            _ => None,
        };
        if known.is_none() {
            self.bad_escape(start, letter);
        }
        known
    }

    fn bad_escape(&mut self, start: usize, letter: char) {
        let span = self.span_from(start);
        let diagnostic = Diagnostic::new(Code::BadEscape, span, "strings have no such escape");
        let diagnostic = if letter == 'u' {
            diagnostic.help("write four hexadecimal digits after `\\u`, characters above U+FFFF as a pair")
        } else {
            diagnostic
                .note("the escapes are those of JSON; a raw string stands in single quotes")
                .help("double the backslash")
                .edit(Span::new(self.source, start..start), "\\")
        };
        self.report(diagnostic);
    }

    /// The character of `\uXXXX`, or of a surrogate pair.
    fn unicode(&mut self) -> Option<char> {
        let high = self.hex4()?;
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high);
        }
        if !self.rest().starts_with("\\u") {
            return None;
        }
        self.position += 2;
        let low = self.hex4()?;
        char::decode_utf16([u16::try_from(high).ok()?, u16::try_from(low).ok()?]).next()?.ok()
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4).filter(|it| it.bytes().all(|b| b.is_ascii_hexdigit()))?;
        self.position += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}
