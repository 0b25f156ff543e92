//! The event streams, as CSV text: one event a millisecond, in order.

use std::fmt::Write as _;

use crate::run::mix;

/// Sebastiano Vigna's splitmix64.
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// A generator from a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// The next number, modulo `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// A generated file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum File {
    /// Card payments of 10,000 cards.
    Txn,
    /// Card payments of a million cards.
    TxnMillionKeys,
    /// Prices of 100 symbols.
    Stock,
    /// Readings of 1,000 machines.
    Sensor,
    /// Letters A to J, and rarely a Z.
    Letters,
}

impl File {
    /// The file's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Txn => "txn.csv",
            Self::TxnMillionKeys => "txn_1m_keys.csv",
            Self::Stock => "stock.csv",
            Self::Sensor => "sensor.csv",
            Self::Letters => "letters.csv",
        }
    }

    /// The file with `rows` events.
    #[must_use]
    pub fn csv(self, rows: u64) -> String {
        let (header, seed) = match self {
            Self::Txn | Self::TxnMillionKeys => ("ts,card,amount,kind", 1),
            Self::Stock => ("ts,symbol,price,volume", 2),
            Self::Sensor => ("ts,machine,temp,status", 3),
            Self::Letters => ("ts,type,value", 4),
        };
        let mut random = SplitMix64::new(seed);
        let mut prices = [10_000_i64; 100];
        let mut text = format!("{header}\n");
        for ts in 0..rows {
            match self {
                Self::Txn => txn(&mut text, &mut random, ts, 10_000),
                Self::TxnMillionKeys => txn(&mut text, &mut random, ts, 1_000_000),
                Self::Stock => stock(&mut text, &mut random, ts, &mut prices),
                Self::Sensor => sensor(&mut text, &mut random, ts),
                Self::Letters => letter(&mut text, &mut random, ts),
            }
        }
        text
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    text.write_fmt(line).expect("writing to a string succeeds");
    text.push('\n');
}

/// 5 % below 1.00, 1 % above 500.00.
fn txn(text: &mut String, random: &mut SplitMix64, ts: u64, keys: u64) {
    let share = random.below(10_000);
    let cents = match share {
        0..500 => 1 + random.below(99),
        500..600 => 50_001 + random.below(100_000),
        _ => 100 + random.below(49_901),
    };
    let card = random.below(keys);
    let kind = ["auth", "purchase", "refund"][random.below(3) as usize];
    line(text, format_args!("{ts},c{card},{}.{:02},{kind}", cents / 100, cents % 100));
}

fn stock(text: &mut String, random: &mut SplitMix64, ts: u64, prices: &mut [i64; 100]) {
    let symbol = random.below(100) as usize;
    // About normal, with a standard deviation of 1.00.
    let step = (random.below(201) + random.below(201) + random.below(201)) as i64 - 300;
    prices[symbol] = (prices[symbol] + step).clamp(100, 20_000);
    let (whole, cents) = (prices[symbol] / 100, prices[symbol] % 100);
    line(text, format_args!("{ts},s{symbol},{whole}.{cents:02},{}", 1 + random.below(999)));
}

fn sensor(text: &mut String, random: &mut SplitMix64, ts: u64) {
    let machine = random.below(1_000);
    let tenths = 600 + random.below(401);
    let status = match random.below(10_000) {
        0..200 => "start",
        200..400 => "stop",
        400..500 => "open",
        500..600 => "close",
        _ => "run",
    };
    line(text, format_args!("{ts},m{machine},{}.{},{status}", tenths / 10, tenths % 10));
}

fn letter(text: &mut String, random: &mut SplitMix64, ts: u64) {
    let index = random.below(10) as usize;
    let letter = if random.below(10_000) == 0 { "Z" } else { &"ABCDEFGHIJ"[index..=index] };
    line(text, format_args!("{ts},{letter},{}", random.below(100)));
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    /// Any generator in any language writes these bytes.
    #[test]
    fn a_million_rows_of_each_file_have_the_known_digests() {
        let digests = [
            (File::Txn, "f309efc3c73c96c7"),
            (File::TxnMillionKeys, "a2f70c5ee72297ed"),
            (File::Stock, "99891482e905e903"),
            (File::Sensor, "bb8a67a8a1c7256d"),
            (File::Letters, "5bec27c8a295bb75"),
        ];
        for (file, expected) in digests {
            let digest = Sha256::digest(file.csv(1_000_000));
            let digest: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(digest, expected, "{}", file.name());
        }
    }
}
