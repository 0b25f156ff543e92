//! Text values laid end to end in one buffer.

/// Text values laid end to end in one buffer, of less than 4 GiB together.
#[derive(Clone, Debug, Default)]
pub struct StrColumn {
    text: String,
    ends: Vec<u32>,
}

impl StrColumn {
    pub(super) fn push(&mut self, value: &str) {
        self.text.push_str(value);
        self.ends.push(end(self.text.len()));
    }

    /// Appends texts that stand end to end; false, with nothing appended, where they are not all UTF-8.
    pub(super) fn extend(&mut self, texts: &[u8], ends: &[u32]) -> bool {
        let Ok(text) = std::str::from_utf8(texts) else { return false };
        let last = ends.last().map_or(0, |end| *end as usize);
        assert!(last == text.len() && ends.is_sorted(), "the ends are those of the texts");
        if !text.is_ascii() && !ends.iter().all(|end| text.is_char_boundary(*end as usize)) {
            return false;
        }
        let before = end(self.text.len());
        self.text.push_str(text);
        // The greatest sum; all others are less.
        end(self.text.len());
        self.ends.extend(ends.iter().map(|end| before + end));
        true
    }

    /// The text of a row; empty where the row is null.
    #[must_use]
    pub fn get(&self, row: usize) -> &str {
        let (start, end) = self.span(row);
        &self.text[start..end]
    }

    /// The bytes of a row's text, without a look at its characters.
    #[inline]
    pub(crate) fn bytes(&self, row: usize) -> &[u8] {
        let (start, end) = self.span(row);
        &self.text.as_bytes()[start..end]
    }

    /// The bytes of all texts, and where each ends.
    pub(super) fn parts(&self) -> (&[u8], &[u32]) {
        (self.text.as_bytes(), &self.ends)
    }

    /// The rows whose text is a certain one, a bit each. Most others are told by their length.
    pub(crate) fn rows_of(&self, text: &[u8]) -> Box<[u64]> {
        let is = self.is(text);
        let mut start = 0;
        let word = |(block, ends): (usize, &[u32])| {
            let mut as_long = 0_u64;
            for (bit, end) in ends.iter().enumerate() {
                as_long |= u64::from((*end - start) as usize == text.len()) << bit;
                start = *end;
            }
            let mut found = 0;
            while as_long != 0 {
                let bit = as_long.trailing_zeros() as usize;
                as_long &= as_long - 1;
                found |= u64::from(is(64 * block + bit)) << bit;
            }
            found
        };
        self.ends.chunks(64).enumerate().map(word).collect()
    }

    /// Whether the text of a row is a certain one. Short texts, the usual kind, are compared as one word.
    fn is<'a>(&'a self, text: &'a [u8]) -> impl Fn(usize) -> bool + 'a {
        const WORD: usize = size_of::<u64>();
        let mut word = [0; WORD];
        let short = text.len() <= WORD;
        let head = text.len().min(WORD);
        word[..head].copy_from_slice(&text[..head]);
        let word = u64::from_le_bytes(word);
        let unused = u64::BITS - u64::BITS / WORD as u32 * head as u32;
        let bytes = self.text.as_bytes();
        move |row| {
            let (start, end) = self.span(row);
            if end - start != text.len() {
                return false;
            }
            match bytes.get(start..).and_then(|rest| rest.first_chunk::<WORD>()) {
                // What stands behind the text is shifted out.
                Some(here) if short => {
                    let both = u64::from_le_bytes(*here) ^ word;
                    both.checked_shl(unused).unwrap_or(0) == 0
                }
                _ => bytes[start..end] == *text,
            }
        }
    }

    #[inline]
    fn span(&self, row: usize) -> (usize, usize) {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        (start as usize, self.ends[row] as usize)
    }

    pub(super) fn truncate(&mut self, rows: usize) {
        self.ends.truncate(rows);
        self.text.truncate(self.ends.last().map_or(0, |end| *end as usize));
    }
}

fn end(length: usize) -> u32 {
    u32::try_from(length).expect("a column holds less than 4 GiB of text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_appended_together_are_those_appended_one_by_one() {
        let mut together = StrColumn::default();
        together.push("früh");
        assert!(together.extend("aßc".as_bytes(), &[1, 1, 3, 4]));
        let texts: Vec<_> = (0..5).map(|row| together.get(row)).collect();
        assert_eq!(texts, ["früh", "a", "", "ß", "c"]);
        together.truncate(4);
        together.push("x");
        assert_eq!((together.get(3), together.get(4)), ("ß", "x"));
    }

    #[test]
    fn a_text_is_told_from_others() {
        let texts = ["", "a", "ab", "b", "a\0", "eight ch", "nine char", "nine chap", "a"];
        let mut column = StrColumn::default();
        texts.iter().for_each(|text| column.push(text));
        for text in texts {
            let is = column.is(text.as_bytes());
            for (row, other) in texts.iter().enumerate() {
                assert_eq!(is(row), *other == text, "{text} {other}");
            }
        }
    }

    #[test]
    fn texts_that_are_not_utf_8_each_for_itself_are_not_taken() {
        let mut column = StrColumn::default();
        assert!(!column.extend(b"a\xff", &[2]));
        assert!(!column.extend("ß".as_bytes(), &[1, 2]), "a character cut in two");
        assert!(column.extend(b"", &[]));
        column.push("x");
        assert_eq!(column.get(0), "x");
    }
}
