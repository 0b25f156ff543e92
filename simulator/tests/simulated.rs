//! Some seeds, and every rule broken; `cargo xtask simulate` runs as many as one likes.

use std::panic::catch_unwind;

use cep_simulator::{RULES, simulate};

#[test]
fn whatever_happens_nothing_is_lost_doubled_or_different() {
    let (mut openings, mut changes) = (0, 0);
    for seed in 0..150 {
        let (events, result) = simulate(seed, None);
        assert_eq!(result, Ok(()), "seed {seed}");
        let count = |event| events.get(event).copied().unwrap_or_default();
        openings += count("opening");
        changes += count("change");
    }
    assert!(openings > 1_000 && changes > 50, "{openings} {changes}");
}

#[test]
fn a_rule_that_is_not_kept_is_noticed() {
    const SEEDS: u64 = 400;
    for rule in RULES {
        // A panic is a way to notice.
        let notices = |seed| catch_unwind(|| simulate(seed, Some(rule)).1.is_err()).unwrap_or(true);
        assert!((0..SEEDS).any(notices), "{rule:?}");
    }
}
