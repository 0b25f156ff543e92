//! Payments in parts, for runs that go on where the last one ended.

use std::fmt::Write as _;

/// Rows of a part, the last of which nobody waits for.
pub(crate) const PART: usize = 4_000;

/// So many parts, as a CSV file.
pub(crate) fn rows(parts: usize) -> String {
    let mut text = "id,card,amount,ts\n".to_owned();
    for id in 0..parts * PART {
        let mixed = (id as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let (card, amount) = (mixed % 300, mixed / 300 % 1_000);
        let time = 1_000 + id / 10 + id / PART * 30;
        // All rows before the last of a part are decided by it.
        let is_last = id % PART == PART - 1;
        let (amount, time) = if is_last { (500, time + 30) } else { (amount, time) };
        writeln!(text, "{id},c{card},{amount},{time}").unwrap();
    }
    text
}
