//! Points in time among values: which are some, and how far they go back.

use cep_core::time::Timestamp;

/// From 2000 to 2100: whole numbers in between are hardly anything else than milliseconds, or seconds.
const MILLISECONDS: std::ops::Range<i64> = 946_684_800_000..4_102_444_800_000;

pub(super) fn is_milliseconds(value: i64) -> bool {
    MILLISECONDS.contains(&value)
}

pub(super) fn is_seconds(value: i64) -> bool {
    value.checked_mul(1_000).is_some_and(is_milliseconds)
}

/// `2026-03-01 09:05:15`: a time but for its zone.
pub(super) fn is_without_zone(text: &str) -> bool {
    let text = text.trim().replacen(' ', "T", 1);
    text.len() >= 16
        && (Timestamp::parse(&format!("{text}Z")).is_some()
            || Timestamp::parse(&format!("{text}:00Z")).is_some())
}

/// How far points in time go back behind the greatest before them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Disorder {
    greatest: Option<Timestamp>,
    /// The farthest that one lay behind, in milliseconds.
    farthest: i64,
    /// How many lay behind.
    behind: u64,
    /// Whether all were points in time.
    times: bool,
}

impl Default for Disorder {
    fn default() -> Self {
        Self { greatest: None, farthest: 0, behind: 0, times: true }
    }
}

impl Disorder {
    pub(super) fn see(&mut self, time: Option<Timestamp>) {
        let Some(time) = time else {
            self.times = false;
            return;
        };
        let greatest = *self.greatest.get_or_insert(time);
        if time.0 < greatest.0 {
            self.behind += 1;
            self.farthest = self.farthest.max(greatest.0.saturating_sub(time.0));
        } else {
            self.greatest = Some(time);
        }
    }

    /// Whether all values were points in time.
    pub(super) fn is_time(&self) -> bool {
        self.times && self.greatest.is_some()
    }

    /// How many lay behind a greater one before them, and how far the farthest.
    pub(super) fn measured(&self) -> (u64, i64) {
        (self.behind, self.farthest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disorder_is_what_lies_behind_the_greatest_so_far() {
        let mut disorder = Disorder::default();
        for time in [5_000, 9_000, 7_000, 9_000, 4_500, 12_000] {
            disorder.see(Some(Timestamp(time)));
        }
        assert_eq!((disorder.is_time(), disorder.measured()), (true, (2, 4_500)));
    }

    #[test]
    fn times_without_a_zone_are_known() {
        assert!(is_without_zone("2026-03-01 09:05:15"));
        assert!(is_without_zone("2026-03-01T09:05"));
        assert!(!is_without_zone("2026-03-01"));
        assert!(!is_without_zone("visa"));
    }
}
