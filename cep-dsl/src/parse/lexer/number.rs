//! Numbers and durations. A digit starts one; everything glued to it belongs to it, readable or not.

use super::{Lexer, is_word};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::TokenKind;

/// The units in the order they are written, with their length in milliseconds.
const UNITS: [(&str, i64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

const UNITS_HELP: &str = "the units are `d`, `h`, `m`, `s` and `ms`";

/// Other words for units, and the unit they mean.
const OTHER_UNITS: [(&str, &str); 22] = [
    ("day", "d"),
    ("days", "d"),
    ("hour", "h"),
    ("hours", "h"),
    ("hr", "h"),
    ("hrs", "h"),
    ("min", "m"),
    ("mins", "m"),
    ("minute", "m"),
    ("minutes", "m"),
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("milli", "ms"),
    ("millis", "ms"),
    ("msec", "ms"),
    ("msecs", "ms"),
    ("millisecond", "ms"),
    ("milliseconds", "ms"),
    ("D", "d"),
    ("H", "h"),
];

/// The unit a word means, as the language writes it.
pub(crate) fn unit_meant(word: &str) -> Option<&'static str> {
    let exact = UNITS.iter().find(|(unit, _)| *unit == word).map(|(unit, _)| *unit);
    let other =
        || OTHER_UNITS.iter().find(|(known, _)| *known == word.to_ascii_lowercase() || *known == word);
    exact.or_else(|| other().map(|(_, unit)| *unit))
}

impl Lexer<'_> {
    /// A number or a duration, with whatever word characters are glued to it.
    pub(super) fn number(&mut self) {
        let start = self.position;
        self.digits_and_exponent();
        self.take_while(is_word);
        let text = &self.text[start..self.position];
        let span = self.span_from(start);
        let kind = read(text, span).unwrap_or_else(|(diagnostic, meant)| {
            self.report(*diagnostic);
            meant
        });
        self.push(start, kind);
    }

    fn digits_and_exponent(&mut self) {
        self.take_while(|c| c.is_ascii_digit());
        if self.rest().starts_with('.') && self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) {
            self.position += 1;
            self.take_while(|c| c.is_ascii_digit());
        }
        let rest = self.rest().as_bytes();
        let signed = matches!(rest, [b'e' | b'E', b'+' | b'-', b'0'..=b'9', ..]);
        if signed {
            self.position += 2;
        }
    }
}

/// What is wrong, and the token to go on with.
type Unreadable = (Box<Diagnostic>, TokenKind<'static>);

fn read(text: &str, span: Span) -> Result<TokenKind<'static>, Unreadable> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let suffix = &text[digits..];
    if suffix.is_empty() {
        return int(text, span);
    }
    if let Some(float) = float(text, span) {
        return float;
    }
    if suffix.starts_with('_') && text.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
        let plain = text.replace('_', "");
        let diagnostic = Diagnostic::new(Code::BadNumber, span, "numbers are written without `_`")
            .help("leave it out")
            .edit(span, &plain);
        let meant = int(&plain, span).unwrap_or(TokenKind::Int(0));
        return Err((Box::new(diagnostic), meant));
    }
    duration(text, span)
}

fn int(text: &str, span: Span) -> Result<TokenKind<'static>, Unreadable> {
    text.parse().map(TokenKind::Int).map_err(|_| {
        let diagnostic = Diagnostic::new(Code::BadNumber, span, "this number does not fit an `int`")
            .note(format!("the greatest `int` is {}", i64::MAX))
            .help("write it as a `float`")
            .edit(span.after(), ".0");
        (Box::new(diagnostic), TokenKind::Int(0))
    })
}

/// The float, if the text has the form of one.
fn float(text: &str, span: Span) -> Option<Result<TokenKind<'static>, Unreadable>> {
    let shaped = text.contains(['.', 'e', 'E'])
        && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    let value: f64 = shaped.then(|| text.parse().ok())??;
    if value.is_finite() {
        return Some(Ok(TokenKind::Float(value)));
    }
    let diagnostic = Diagnostic::new(Code::BadNumber, span, "this number does not fit a `float`")
        .note(format!("the greatest `float` is {:e}", f64::MAX));
    Some(Err((Box::new(diagnostic), TokenKind::Float(0.0))))
}

fn bad(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::BadDuration, span, message)
}

fn duration(text: &str, span: Span) -> Result<TokenKind<'static>, Unreadable> {
    let meant = TokenKind::Duration(1);
    if text.contains('.') {
        let diagnostic = bad(span, "a duration has no fraction");
        let diagnostic = match without_fraction(text) {
            Some(whole) => diagnostic.help(format!("write `{whole}`")).edit(span, whole),
            None => diagnostic.help("write it in smaller units: `1m30s`"),
        };
        return Err((Box::new(diagnostic), meant));
    }
    let mut total: i64 = 0;
    let mut last = usize::MAX;
    for (digits, word) in parts(text) {
        let Some(unit) = UNITS.iter().position(|(unit, _)| *unit == word) else {
            return Err((Box::new(unknown_unit(text, digits, word, span)), meant));
        };
        if last != usize::MAX && unit <= last {
            let diagnostic = bad(span, "the units of a duration descend, each at most once");
            let diagnostic = match descending(text) {
                Some(ordered) => diagnostic.help(format!("write `{ordered}`")).edit(span, ordered),
                None => diagnostic.help("write them in the order `d`, `h`, `m`, `s`, `ms`"),
            };
            return Err((Box::new(diagnostic), meant));
        }
        last = unit;
        let length = digits.parse::<i64>().ok().and_then(|count| count.checked_mul(UNITS[unit].1));
        total = match length.and_then(|length| total.checked_add(length)) {
            Some(total) => total,
            None => {
                let diagnostic = bad(span, "this duration does not fit 64 bits of milliseconds");
                return Err((Box::new(diagnostic), meant));
            }
        };
    }
    Ok(TokenKind::Duration(total))
}

/// The same length in whole units, where it is whole milliseconds: `1h30m` for `1.5h`.
fn without_fraction(text: &str) -> Option<String> {
    let start = text.find(|c: char| c.is_ascii_alphabetic())?;
    let unit = unit_meant(&text[start..])?;
    let length = UNITS.iter().find(|(known, _)| *known == unit)?.1;
    let (whole, fraction) = text[..start].split_once('.')?;
    let scale = 10_i64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let parts = fraction.parse::<i64>().ok()?.checked_mul(length)?;
    let whole = whole.parse::<i64>().ok()?.checked_mul(length)?;
    (parts % scale == 0).then(|| in_units(whole.checked_add(parts / scale)))?
}

/// The same parts in descending order; none where a unit stands twice.
fn descending(text: &str) -> Option<String> {
    let mut total: i64 = 0;
    let mut seen = Vec::new();
    for (digits, word) in parts(text) {
        let (unit, length) = UNITS.iter().find(|(unit, _)| *unit == word)?;
        if seen.contains(unit) {
            return None;
        }
        seen.push(*unit);
        total = total.checked_add(digits.parse::<i64>().ok()?.checked_mul(*length)?)?;
    }
    in_units(Some(total))
}

/// A length as it is written.
fn in_units(millis: Option<i64>) -> Option<String> {
    let mut rest = millis.filter(|millis| *millis > 0)?;
    let mut text = String::new();
    for (unit, length) in UNITS {
        if rest >= length {
            text += &format!("{}{unit}", rest / length);
            rest %= length;
        }
    }
    Some(text)
}

fn unknown_unit(text: &str, digits: &str, word: &str, span: Span) -> Diagnostic {
    if word.is_empty() {
        return bad(span, format!("`{digits}` lacks its unit")).help(UNITS_HELP);
    }
    let plain = bad(span, format!("`{word}` is no unit of time"));
    match unit_meant(word) {
        Some(unit) if text.len() == digits.len() + word.len() => {
            plain.help(format!("write `{digits}{unit}`")).edit(span, format!("{digits}{unit}"))
        }
        _ => plain.help(UNITS_HELP),
    }
}

/// Digits and the word after them, again and again.
fn parts(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let after = &rest[digits..];
        let word = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let part = (&rest[..digits], &after[..word]);
        rest = &after[word..];
        Some(part)
    })
    .chain(trailing_digits(text))
}

/// Digits at the end, which lack a unit.
fn trailing_digits(text: &str) -> Option<(&str, &str)> {
    let start = text.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    (start < text.len()).then(|| (&text[start..], ""))
}
