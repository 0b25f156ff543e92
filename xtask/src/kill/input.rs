//! The events of a round: payments, some of which come late.

use std::fmt::Write as _;

use crate::random::Random;

const EVENTS: u64 = 60_000;

/// As a CSV file.
pub(super) fn events(seed: u64) -> String {
    let mut random = Random::new(seed);
    let mut text = String::from("id,card,shop,amount,ts\n");
    for id in 0..EVENTS {
        let (card, shop) = (random.below(200), random.below(40));
        let amount = random.below(100_000);
        // A few come later than is allowed.
        let behind = if random.below(10) == 0 { random.below(45) } else { 0 };
        let time = 1_000 + id / 4 - behind.min(id / 4);
        writeln!(text, "{id},c{card},s{shop},{}.{:02},{time}", amount / 100, amount % 100)
            .expect("text takes all");
    }
    text
}
