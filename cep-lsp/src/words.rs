//! The words and marks of a text, for what is asked of a file that is being written and has no tree there.

use std::ops::Range;

/// A word, a number with its unit, or a mark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Word<'t> {
    pub(crate) text: &'t str,
    pub(crate) range: Range<usize>,
}

/// What a place in a text is in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Around<'t> {
    /// All before the place; a word that reaches up to it is not among them.
    pub(crate) before: Vec<Word<'t>>,
    /// Whether it is in a comment or a string, where nothing means anything.
    pub(crate) is_text: bool,
}

/// All words, without comments; a string is one.
pub(crate) fn all(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if first == '"' || first == '\'' {
            string(rest, first)
        } else if first == '`' {
            rest[1..].find(['`', '\n']).map_or(rest.len(), |end| end + 2)
        } else if is_part(first) {
            rest.find(|it| !is_part(it)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let range = at..(at + length).min(text.len());
        if !first.is_whitespace() && !rest.starts_with("//") {
            words.push(Word { text: &text[range.clone()], range: range.clone() });
        }
        at = range.end;
    }
    words
}

fn is_part(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The length of a string; one that is not ended ends with its line.
fn string(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            '\n' => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// What stands before a place.
pub(crate) fn around(text: &str, offset: usize) -> Around<'_> {
    let mut before = all(text.get(..offset).unwrap_or(text));
    let line = text.get(..offset).unwrap_or(text).rsplit('\n').next().unwrap_or_default();
    let is_comment = comment(line).is_some();
    let is_string = before.last().is_some_and(|last| {
        last.text.starts_with(['"', '\'']) && last.range.end == offset && !is_ended(last.text)
    });
    if before.last().is_some_and(|last| last.range.end == offset && last.text.starts_with(is_part)) {
        before.pop();
    }
    Around { before, is_text: is_comment || is_string }
}

/// Where the comment of a line begins.
fn comment(line: &str) -> Option<usize> {
    let last = all(line).last().map_or(0, |last| last.range.end);
    line[last..].find("//").map(|at| last + at)
}

fn is_ended(string: &str) -> bool {
    let mut characters = string.chars();
    let quote = characters.next();
    string.len() > 1 && characters.next_back() == quote && !string.ends_with("\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        all(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_are_told_apart() {
        assert_eq!(
            texts("a.b >= 10m // no\n`x y` \"s // \\\" t\""),
            ["a", ".", "b", ">", "=", "10m", "`x y`", "\"s // \\\" t\""]
        );
        assert_eq!(texts("\"open\nnext"), ["\"open", "next"]);
        assert_eq!(texts("ä𝄞 `open"), ["ä", "𝄞", "`open"]);
    }

    #[test]
    fn a_place_is_in_a_text_or_not() {
        let place = |text: &'static str| {
            let around = around(text, text.len());
            (around.before.len(), around.is_text)
        };
        assert_eq!(place("begin a whe"), (2, false));
        assert_eq!(place("begin a where "), (3, false));
        assert_eq!(place("begin a."), (3, false));
        assert_eq!(place("a // com"), (1, true));
        assert_eq!(place("from \"fi"), (2, true));
        assert_eq!(place("from \"file\""), (2, false));
    }
}
