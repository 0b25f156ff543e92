//! Where the values of many lines stand, found in place. Only lines that are as they should be count: one object each, no
//! field twice, no escapes in keys. What a value is worth is not asked here, but all that is not JSON ends the lines.

use serde::de::IgnoredAny;

use super::shape::Shape;

/// Where a value stands in a block, its quotes included.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) kind: Kind,
}

/// What a value looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Kind {
    /// It is not there.
    #[default]
    Absent,
    /// Characters without quotes, of which only the first is known to be sound.
    Bare,
    /// A string whose characters stand for themselves.
    Text,
    /// Any other value, known to be JSON.
    Other,
}

/// The values of the fields in some lines that stand one after the other at the beginning of a block.
#[derive(Debug)]
pub(super) struct Scan {
    shape: Shape,
    /// As many a line as there are fields.
    spans: Vec<Span>,
    /// Where each line ends, its line end included.
    ends: Vec<u32>,
    /// Whether a line that is not as it should be comes next.
    odd: bool,
}

impl Scan {
    pub(super) fn new() -> Self {
        Self { shape: Shape::new(), spans: Vec::new(), ends: Vec::new(), odd: false }
    }

    /// Finds the lines that stand whole in the block before one that is not as it should be: up to `rows`, or up to the
    /// first that ends at an offset `bytes` or beyond. `name` tells which of so many fields a key names.
    pub(super) fn find(
        &mut self,
        block: &[u8],
        (rows, bytes): (usize, usize),
        fields: usize,
        name: impl Fn(&[u8]) -> Option<usize> + Copy,
    ) {
        self.spans.clear();
        self.ends.clear();
        self.shape.make_room();
        let mut at = 0;
        while self.ends.len() < rows && (at < bytes || self.ends.is_empty()) {
            let before = self.spans.len();
            self.spans.resize(before + fields, Span::default());
            let Some(end) = self.line(block, at, before, name) else {
                self.spans.truncate(before);
                // A line that is not there whole is not odd.
                self.odd = memchr::memchr(b'\n', &block[at..]).is_some();
                return;
            };
            self.ends.push(end as u32);
            at = end;
        }
        self.odd = false;
    }

    /// Finds the values of the line that starts at an offset; gives where the next one starts.
    #[inline]
    fn line(
        &mut self,
        block: &[u8],
        start: usize,
        spans: usize,
        name: impl Fn(&[u8]) -> Option<usize> + Copy,
    ) -> Option<usize> {
        let mut at = start;
        let mut before = None;
        if *block.get(at)? != b'{' {
            return None;
        }
        loop {
            let (key, value) = self.shape.find(block, at + 1, before, name)?;
            let span = span(block, value)?;
            match self.shape.field(key) {
                Some(field) => {
                    let known = &mut self.spans[spans + field];
                    // Of a key given twice the last value counts, but the first has to be JSON too.
                    if known.kind != Kind::Absent {
                        return None;
                    }
                    *known = span;
                }
                None if span.kind == Kind::Bare && !is_bare(&block[value..span.end as usize]) => return None,
                None => {}
            }
            before = Some(key);
            at = span.end as usize;
            while *block.get(at)? == b' ' {
                at += 1;
            }
            match block[at] {
                b',' => {}
                b'}' => return line_end(block, at + 1),
                _ => return None,
            }
        }
    }

    /// The number of lines.
    pub(super) fn rows(&self) -> usize {
        self.ends.len()
    }

    /// Whether a line that is not as it should be comes next.
    pub(super) fn is_odd(&self) -> bool {
        self.odd
    }

    /// Where the first so many lines end.
    pub(super) fn end(&self, rows: usize) -> usize {
        rows.checked_sub(1).map_or(0, |last| self.ends[last] as usize)
    }

    /// The values, as many a line as there are fields.
    pub(super) fn spans(&self) -> &[Span] {
        &self.spans
    }
}

fn line_end(block: &[u8], at: usize) -> Option<usize> {
    match block.get(at)? {
        b'\n' => Some(at + 1),
        b'\r' if *block.get(at + 1)? == b'\n' => Some(at + 2),
        _ => None,
    }
}

/// The value that starts at an offset, if it ends in the block.
#[inline]
fn span(block: &[u8], start: usize) -> Option<Span> {
    let (end, kind) = match *block.get(start)? {
        b'"' => match first_of(block, start + 1, ends_text) {
            Some(end) if block[end] == b'"' => (end + 1, Kind::Text),
            _ => (other_end(block, start)?, Kind::Other),
        },
        b'{' | b'[' => (other_end(block, start)?, Kind::Other),
        _ => (first_of(block, start, ends_bare)?, Kind::Bare),
    };
    Some(Span { start: start as u32, end: end as u32, kind })
}

const EACH: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = 0x8080_8080_8080_8080;

/// The first byte from an offset on that `marks` marks by its highest bit; eight are looked at together.
#[inline]
fn first_of(block: &[u8], from: usize, marks: fn(u64) -> u64) -> Option<usize> {
    let mut at = from;
    while let Some(eight) = block.get(at..)?.first_chunk() {
        let found = marks(u64::from_le_bytes(*eight));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let one = |byte: &u8| marks(u64::from(*byte) | TOPS << 8) & 0x80 != 0;
    block[at..].iter().position(one).map(|found| at + found)
}

/// Marks bytes less than a value; up to the first such byte, no others.
#[inline]
fn less(word: u64, value: u8) -> u64 {
    word.wrapping_sub(EACH * u64::from(value)) & !word & TOPS
}

#[inline]
fn equal(word: u64, value: u8) -> u64 {
    less(word ^ (EACH * u64::from(value)), 1)
}

/// Quotes, backslashes and what may not stand in a string.
#[inline]
fn ends_text(word: u64) -> u64 {
    equal(word, b'"') | equal(word, b'\\') | less(word, b' ')
}

/// Commas, closing braces and spaces of all kinds.
#[inline]
fn ends_bare(word: u64) -> u64 {
    equal(word, b',') | equal(word, b'}') | less(word, b' ' + 1)
}

/// Where a value ends that is not read in place: seen to by the parser that reads single lines.
#[cold]
fn other_end(block: &[u8], start: usize) -> Option<usize> {
    let rest = &block[start..];
    let line = &rest[..memchr::memchr(b'\n', rest)?];
    let mut values = serde_json::Deserializer::from_slice(line).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    Some(start + values.byte_offset())
}

/// Whether text is a JSON value without quotes or brackets.
pub(super) fn is_bare(text: &[u8]) -> bool {
    matches!(text, b"null" | b"true" | b"false") || is_number(text)
}

fn is_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(text);
    let Some(rest) = (match text {
        [b'0', rest @ ..] => Some(rest),
        _ if whole > 0 => Some(&text[whole..]),
        _ => None,
    }) else {
        return false;
    };
    let rest = match rest {
        [b'.', rest @ ..] if digits(rest) > 0 => &rest[digits(rest)..],
        rest => rest,
    };
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', power @ ..] | [b'e' | b'E', power @ ..] => {
            !power.is_empty() && digits(power) == power.len()
        }
        _ => false,
    }
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn bare_values_are_those_of_the_parser(text in "-?[0-9]{0,3}(\\.[0-9]{0,2})?([eE][-+]?[0-9]{0,2})?|[-+.0-9eE]{0,6}|null|true|false|nulls") {
            let expected = serde_json::from_str::<IgnoredAny>(&text).is_ok();
            prop_assert_eq!(is_bare(text.as_bytes()), expected, "{}", text);
        }

        #[test]
        fn the_first_marked_byte_is_found(bytes in proptest::collection::vec(prop_oneof![5 => any::<u8>(), 1 => proptest::sample::select(b"\",\\} \x1f\x7f\x80\xff".to_vec())], 0..40), from in 0_usize..40) {
            let expected = |ends: &dyn Fn(u8) -> bool| (from..bytes.len()).find(|at| ends(bytes[*at]));
            let of_text = expected(&|byte| byte == b'"' || byte == b'\\' || byte < b' ');
            let of_bare = expected(&|byte| byte == b',' || byte == b'}' || byte <= b' ');
            prop_assert_eq!((first_of(&bytes, from, ends_text), first_of(&bytes, from, ends_bare)), (of_text, of_bare));
        }
    }
}
