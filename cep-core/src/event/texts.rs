//! Which of some texts the rows of a column are, found in one pass for all of the texts.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::str_column::StrColumn;

/// Some texts, each once.
#[derive(Debug)]
pub(crate) struct Texts {
    all: Box<[Box<str>]>,
    heads: Box<[Head]>,
    /// By hash, where there are too many to be compared with one by one.
    table: HashTable<u32>,
}

/// What tells most texts apart: compared as two words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Head {
    length: usize,
    /// The first bytes, zeros behind the end.
    word: u64,
}

impl Head {
    /// The most bytes that a head has all of.
    const WORD: usize = size_of::<u64>();

    fn of(text: &[u8]) -> Self {
        let mut word = [0; Self::WORD];
        let head = text.len().min(Self::WORD);
        word[..head].copy_from_slice(&text[..head]);
        Self { length: text.len(), word: u64::from_le_bytes(word) }
    }

    /// The head of a text that stands among others, which is read in one go where there is room.
    #[inline]
    fn at(all: &[u8], start: usize, end: usize) -> Self {
        match all.get(start..).and_then(|rest| rest.first_chunk()) {
            Some(bytes) => {
                let length = end - start;
                // What stands behind the text is masked out.
                Self { length, word: u64::from_le_bytes(*bytes) & KEPT[length.min(Self::WORD)] }
            }
            None => Self::of(&all[start..end]),
        }
    }
}

/// By the number of bytes kept.
const KEPT: [u64; Head::WORD + 1] = {
    let mut masks = [u64::MAX; Head::WORD + 1];
    let mut bytes = 0;
    while bytes < Head::WORD {
        masks[bytes] = (1 << (u8::BITS as usize * bytes)) - 1;
        bytes += 1;
    }
    masks
};

impl Texts {
    /// Up to here texts are compared with one by one, which is faster than hashing.
    const FEW: usize = 8;

    pub(crate) fn new(all: Vec<Box<str>>) -> Self {
        let mut table = HashTable::new();
        let hash_of = |text: &u32| hash(all[*text as usize].as_bytes());
        if all.len() > Self::FEW {
            for place in 0..u32::try_from(all.len()).expect("fewer than 2^32 texts") {
                table.insert_unique(hash_of(&place), place, hash_of);
            }
        }
        let heads = all.iter().map(|text| Head::of(text.as_bytes())).collect();
        Self { all: all.into(), heads, table }
    }

    fn look_up(&self, text: &[u8]) -> Option<usize> {
        let is = |place: &u32| self.all[*place as usize].as_bytes() == text;
        self.table.find(hash(text), is).map(|place| *place as usize)
    }

    #[inline]
    fn compare(&self, all: &[u8], start: usize, end: usize) -> Option<usize> {
        let head = Head::at(all, start, end);
        let mut found = None;
        for (place, known) in self.heads.iter().enumerate() {
            let is = *known == head;
            if is && (head.length <= Head::WORD || *self.all[place].as_bytes() == all[start..end]) {
                found = Some(place);
            }
        }
        found
    }
}

impl StrColumn {
    /// By row: which of some texts it is, as whatever that is to be.
    pub(crate) fn find_each<T>(&self, texts: &Texts, as_found: impl Fn(Option<usize>) -> T) -> Box<[T]> {
        let (all, ends) = self.parts();
        let mut next = 0;
        let spans = ends.iter().map(|end| (std::mem::replace(&mut next, *end) as usize, *end as usize));
        if texts.heads.len() > Texts::FEW {
            return spans.map(|(start, end)| as_found(texts.look_up(&all[start..end]))).collect();
        }
        spans.map(|(start, end)| as_found(texts.compare(all, start, end))).collect()
    }
}

fn hash(text: &[u8]) -> u64 {
    // The texts are those of a program, so nobody can choose them to collide.
    let mut hasher = FixedState::default().build_hasher();
    hasher.write(text);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_the_text_it_is() {
        let rows = ["", "a", "ab", "b", "a\0", "eight ch", "nine char", "nine chap", "früh", "none", "a"];
        let mut column = StrColumn::default();
        rows.iter().for_each(|text| column.push(text));
        let others = ["ten chars!", "x", "a\0\0", "eight cj"];
        for count in 0..rows.len() - 1 {
            let known: Vec<&str> = others.into_iter().chain(rows[..count].iter().copied()).collect();
            let texts = Texts::new(known.iter().map(|text| (*text).into()).collect());
            let found = column.find_each(&texts, |found| found);
            let expected: Vec<_> =
                rows.iter().map(|row| known.iter().position(|known| known == row)).collect();
            assert_eq!(*found, *expected, "{count}");
        }
    }
}
