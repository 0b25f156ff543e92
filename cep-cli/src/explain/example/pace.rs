//! How much time passes between two events of an example: a round length that all windows allow.

use cep_core::pattern::{Element, Pattern};
use cep_core::time::Duration;

/// From long to short.
const PACES: [i64; 11] = [60_000, 30_000, 10_000, 5_000, 1_000, 500, 100, 50, 10, 5, 1];

/// The time between two of so many events.
pub(super) fn pace(pattern: &Pattern, events: usize) -> Duration {
    let events = i64::try_from(events).unwrap_or(i64::MAX).saturating_add(1);
    let whole = pattern.window().map(|window| window.0 / events);
    let each = bounds(&pattern.sequence);
    let most = whole.into_iter().chain(each).min().unwrap_or(PACES[0]);
    Duration(PACES.into_iter().find(|pace| *pace <= most).unwrap_or(1))
}

/// Half of what may lie between two events, by gaps and loop windows.
fn bounds(sequence: &[Element]) -> Vec<i64> {
    let own = |element: &Element| {
        let inner = element.group().map(bounds).unwrap_or_default();
        let lengths = [element.gap, element.quantifier.apart, element.window];
        let lengths = lengths.into_iter().flatten().map(|length| length.0 / 2);
        inner.into_iter().chain(lengths).collect::<Vec<_>>()
    };
    sequence.iter().flat_map(own).collect()
}
