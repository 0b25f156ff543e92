//! Metrics as members compress them: words by number, each metric only with what differs from the one before. All of it lies
//! in blocks of zlib, which need not be any shorter than what is in them, and are not.

use std::collections::BTreeMap;

/// The version of the format.
const VERSION: u16 = 1;

/// A word has no more letters of 16 bits.
const LONGEST_WORD: usize = 255;

/// No word, or no unit.
const NONE: i32 = -1;

/// Each metric is a whole number.
const LONG: u8 = 0;

/// What does not differ from the metric before.
mod same {
    pub(super) const PREFIX: u8 = 1;
    pub(super) const NAME: u8 = 1 << 1;
    pub(super) const DISCRIMINATOR: u8 = 1 << 2;
    pub(super) const ABOUT: u8 = 1 << 3;
    pub(super) const UNIT: u8 = 1 << 4;
    /// Targets that are left out, and tags: there never are any.
    pub(super) const REST: u8 = 1 << 5 | 1 << 6;
}

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unit {
    Bytes = 0,
    Count = 4,
}

/// A number that was measured.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Metric {
    pub(super) prefix: &'static str,
    pub(super) name: &'static str,
    /// The name of the structure it is about.
    pub(super) about: Option<String>,
    pub(super) unit: Option<Unit>,
    pub(super) value: i64,
}

/// Metrics that are being written.
#[derive(Debug, Default)]
pub(super) struct Blob {
    words: BTreeMap<String, i32>,
    metrics: Vec<u8>,
    count: i32,
    last: Option<Metric>,
}

impl Blob {
    /// Adds a metric; one about something with too long a name is left out.
    pub(super) fn add(&mut self, metric: &Metric) {
        if metric.about.as_ref().is_some_and(|about| about.encode_utf16().count() > LONGEST_WORD) {
            return;
        }
        let discriminator = metric.about.is_some().then_some("name");
        let same = self.last.as_ref().map_or(0, |last| common(last, metric));
        self.metrics.push(same);
        let words = [
            (same::PREFIX, Some(metric.prefix)),
            (same::NAME, Some(metric.name)),
            (same::DISCRIMINATOR, discriminator),
            (same::ABOUT, metric.about.as_deref()),
        ];
        for (bit, word) in words {
            if same & bit == 0 {
                let number = word.map_or(NONE, |word| self.word(word));
                self.metrics.extend(number.to_be_bytes());
            }
        }
        if same & same::UNIT == 0 {
            self.metrics.push(metric.unit.map_or(NONE as u8, |unit| unit as u8));
        }
        if same & same::REST == 0 {
            self.metrics.extend([0, 0]);
        }
        self.metrics.push(LONG);
        self.metrics.extend(metric.value.to_be_bytes());
        self.count += 1;
        self.last = Some(metric.clone());
    }

    fn word(&mut self, word: &str) -> i32 {
        let next = self.words.len() as i32;
        *self.words.entry(word.to_owned()).or_insert(next)
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let dictionary = zlib(&self.dictionary());
        let mut all = VERSION.to_be_bytes().to_vec();
        all.extend((dictionary.len() as u32).to_be_bytes());
        all.extend(dictionary);
        all.extend(self.count.to_be_bytes());
        all.extend(zlib(&self.metrics));
        all
    }

    /// Words in order, each without the letters that it begins with like the one before.
    fn dictionary(&self) -> Vec<u8> {
        let mut bytes = (self.words.len() as u32).to_be_bytes().to_vec();
        let mut last = Vec::new();
        for (word, number) in &self.words {
            let letters: Vec<u16> = word.encode_utf16().collect();
            let common = letters.iter().zip(&last).take_while(|(one, two)| one == two).count();
            bytes.extend(number.to_be_bytes());
            // Both fit: no word is longer.
            bytes.extend([common as u8, (letters.len() - common) as u8]);
            bytes.extend(letters[common..].iter().flat_map(|letter| letter.to_be_bytes()));
            last = letters;
        }
        bytes
    }
}

fn common(last: &Metric, metric: &Metric) -> u8 {
    let bit = |is_same, bit| if is_same { bit } else { 0 };
    bit(last.prefix == metric.prefix, same::PREFIX)
        | bit(last.name == metric.name, same::NAME)
        | bit(last.about.is_some() == metric.about.is_some(), same::DISCRIMINATOR)
        | bit(last.about == metric.about, same::ABOUT)
        | bit(last.unit == metric.unit, same::UNIT)
        | same::REST
}

/// Bytes as zlib has them, uncompressed: a few hundred of them are not worth a compressor.
fn zlib(bytes: &[u8]) -> Vec<u8> {
    const LONGEST_BLOCK: usize = 0xffff;
    let mut all = vec![0x78, 0x01];
    let blocks = bytes.chunks(LONGEST_BLOCK);
    let last = blocks.len().saturating_sub(1);
    if bytes.is_empty() {
        all.extend([1, 0, 0, 0xff, 0xff]);
    }
    for (index, block) in blocks.enumerate() {
        let length = block.len() as u16;
        all.push(u8::from(index == last));
        all.extend(length.to_le_bytes());
        all.extend((!length).to_le_bytes());
        all.extend(block);
    }
    all.extend(adler(bytes).to_be_bytes());
    all
}

/// The checksum that ends it.
fn adler(bytes: &[u8]) -> u32 {
    const PRIME: u32 = 65_521;
    let (one, two) = bytes.iter().fold((1, 0), |(one, two), byte| {
        let one = (one + u32::from(*byte)) % PRIME;
        (one, (two + one) % PRIME)
    });
    two << 16 | one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_that_of_members() {
        let mut blob = Blob::default();
        let metric =
            |name, value| Metric { prefix: "tcp", name, about: None, unit: Some(Unit::Bytes), value };
        blob.add(&metric("bytesSend", 7));
        blob.add(&metric("bytesReceived", 9));
        let long = Metric { about: Some("x".repeat(256)), ..metric("hits", 1) };
        blob.add(&long);
        assert_eq!(blob.count, 2, "too long a name is left out");
        let words = [(2, 0, "bytesReceived"), (1, 5, "Send"), (0, 0, "tcp")];
        let mut expected = 3_u32.to_be_bytes().to_vec();
        for (number, common, rest) in words {
            expected.extend((number as u32).to_be_bytes());
            expected.extend([common, rest.len() as u8]);
            expected.extend(rest.encode_utf16().flat_map(u16::to_be_bytes));
        }
        assert_eq!(blob.dictionary(), expected);
        let first = [&[0][..], &[0, 0, 0, 0, 0, 0, 0, 1], &[0xff; 8], &[0, 0, 0], &[0], &7_i64.to_be_bytes()];
        let second = [&[0b111_1101][..], &[0, 0, 0, 2], &[0], &9_i64.to_be_bytes()];
        assert_eq!(blob.metrics, [first.concat(), second.concat()].concat());
    }

    #[test]
    fn checksums_and_blocks_are_those_of_zlib() {
        assert_eq!(adler(b"Wikipedia"), 0x11e6_0398);
        assert_eq!(zlib(b"")[..], [0x78, 1, 1, 0, 0, 0xff, 0xff, 0, 0, 0, 1]);
        let long = zlib(&[7; 0x1_0000]);
        assert_eq!((long[2], long.len()), (0, 2 + 5 + 0xffff + 5 + 1 + 4));
        assert_eq!(long[2 + 5 + 0xffff], 1);
    }
}
