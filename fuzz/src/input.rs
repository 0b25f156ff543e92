//! Inputs and how they come about: a fixture, words in any order, or any bytes; then edits. An input is kept as its
//! recipe, so that it can be made smaller step by step.

use proptest::collection::vec;
use proptest::prelude::*;

/// What inputs are made from.
pub(crate) struct Material {
    pub(crate) corpus: Vec<Vec<u8>>,
    pub(crate) words: &'static [&'static str],
}

/// What an input starts as.
#[derive(Clone, Debug)]
enum Base {
    Fixture(usize),
    Words(Vec<usize>),
    Bytes(Vec<u8>),
}

/// Of what size the pieces are that edits move.
#[derive(Clone, Copy, Debug)]
enum Grain {
    Words,
    Bytes,
}

/// A change; places and lengths are taken modulo what there is.
#[derive(Clone, Debug)]
enum Edit {
    Delete { at: usize, length: usize },
    Insert { at: usize, word: usize },
    Replace { at: usize, word: usize },
    Copy { from: usize, length: usize, to: usize },
    Overwrite { from: usize, to: usize },
    Steal { fixture: usize, from: usize, length: usize, to: usize },
    Flip { at: usize, bit: u8 },
}

/// How to make an input.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    base: Base,
    grain: Grain,
    edits: Vec<Edit>,
}

/// All recipes.
pub(crate) fn recipes() -> impl Strategy<Value = Recipe> {
    let base = prop_oneof![
        8 => any::<usize>().prop_map(Base::Fixture),
        1 => vec(any::<usize>(), 0..60).prop_map(Base::Words),
        1 => vec(any::<u8>(), 0..120).prop_map(Base::Bytes),
    ];
    let grain = prop_oneof![3 => Just(Grain::Words), 1 => Just(Grain::Bytes)];
    (base, grain, vec(edit(), 0..6)).prop_map(|(base, grain, edits)| Recipe { base, grain, edits })
}

fn edit() -> impl Strategy<Value = Edit> {
    let place = any::<usize>;
    prop_oneof![
        2 => (place(), 1..9_usize).prop_map(|(at, length)| Edit::Delete { at, length }),
        2 => (place(), place()).prop_map(|(at, word)| Edit::Insert { at, word }),
        2 => (place(), place()).prop_map(|(at, word)| Edit::Replace { at, word }),
        2 => (place(), 1..30_usize, place()).prop_map(|(from, length, to)| Edit::Copy { from, length, to }),
        8 => (place(), place()).prop_map(|(from, to)| Edit::Overwrite { from, to }),
        2 => (place(), place(), 1..30_usize, place())
            .prop_map(|(fixture, from, length, to)| Edit::Steal { fixture, from, length, to }),
        1 => (place(), any::<u8>()).prop_map(|(at, bit)| Edit::Flip { at, bit }),
    ]
}

impl Recipe {
    /// The input.
    pub(crate) fn bytes(&self, material: &Material) -> Vec<u8> {
        let mut pieces = match &self.base {
            Base::Fixture(index) => cut(fixture(material, *index), self.grain),
            Base::Words(words) => {
                words.iter().flat_map(|word| [word_of(material, *word), " ".into()]).collect()
            }
            Base::Bytes(bytes) => cut(bytes, self.grain),
        };
        self.edits.iter().for_each(|edit| apply(edit, &mut pieces, self.grain, material));
        pieces.concat()
    }
}

fn fixture(material: &Material, index: usize) -> &[u8] {
    &material.corpus[index % material.corpus.len()]
}

fn word_of(material: &Material, index: usize) -> Vec<u8> {
    material.words[index % material.words.len()].as_bytes().to_vec()
}

/// Runs of letters and digits, and all else byte by byte.
fn cut(bytes: &[u8], grain: Grain) -> Vec<Vec<u8>> {
    let joined = |left: &u8, right: &u8| {
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        matches!(grain, Grain::Words) && (word(left) && word(right) || !left.is_ascii() && !right.is_ascii())
    };
    bytes.chunk_by(joined).map(<[u8]>::to_vec).collect()
}

/// The pieces from a place on, at most so many.
fn taken(pieces: &[Vec<u8>], from: usize, length: usize) -> Vec<Vec<u8>> {
    let from = from % (pieces.len() + 1);
    pieces[from..].iter().take(length).cloned().collect()
}

fn apply(edit: &Edit, pieces: &mut Vec<Vec<u8>>, grain: Grain, material: &Material) {
    let place = |at: usize| at % (pieces.len() + 1);
    match *edit {
        Edit::Delete { at, length } => {
            let at = place(at);
            let end = (at + length).min(pieces.len());
            pieces.drain(at..end);
        }
        Edit::Insert { at, word } => {
            let word = [b" ".as_slice(), &word_of(material, word), b" "].concat();
            pieces.insert(place(at), word);
        }
        Edit::Replace { at, word } => {
            let at = place(at);
            if let Some(piece) = pieces.get_mut(at) {
                *piece = word_of(material, word);
            }
        }
        Edit::Copy { from, length, to } => {
            let (copied, to) = (taken(pieces, from, length), place(to));
            pieces.splice(to..to, copied);
        }
        Edit::Overwrite { from, to } => overwrite(pieces, from, to),
        Edit::Steal { fixture: index, from, length, to } => {
            let (stolen, to) = (taken(&cut(fixture(material, index), grain), from, length), place(to));
            pieces.splice(to..to, stolen);
        }
        Edit::Flip { at, bit } => {
            let at = place(at);
            if let Some(byte) = pieces.get_mut(at).and_then(|piece| piece.first_mut()) {
                *byte ^= 1 << (bit % 8);
            }
        }
    }
}

/// Puts a word in the place of another word of the same text: often still a program.
fn overwrite(pieces: &mut [Vec<u8>], from: usize, to: usize) {
    let is_word = |index: &usize| pieces[*index].first().is_some_and(u8::is_ascii_alphanumeric);
    let words: Vec<_> = (0..pieces.len()).filter(is_word).collect();
    if !words.is_empty() {
        pieces[words[to % words.len()]] = pieces[words[from % words.len()]].clone();
    }
}
