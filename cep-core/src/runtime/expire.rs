//! Time passes: windows close, partial matches time out, and a trailing absence becomes a match.

use super::buffer::Buffer;
use super::completed::Completed;
use super::heap::JavaHeap;
use super::order::{ByStart, Order};
use super::partial_match::{PartialMatch, Runs};
use super::section::{Section, holds_start};
use crate::program::{CompiledPattern, StateKind};
use crate::time::Timestamp;

/// Takes out of a section what is over at `now`.
pub(crate) fn expire(
    section: &mut Section,
    pattern: &CompiledPattern,
    buffer: &Buffer,
    now: Timestamp,
) -> Completed {
    // Without gap windows the earliest start, which both orders have in front, is over first.
    let looked_at = if pattern.automaton.has_gaps { section.runs.len() } else { section.runs.len().min(1) };
    if section.runs[..looked_at].iter().all(|run| closed_at(run, pattern, buffer, now).is_none()) {
        return Completed::default();
    }
    section.changed = true;
    if holds_start(pattern) {
        expire_in::<JavaHeap>(section, pattern, buffer, now)
    } else {
        expire_in::<ByStart>(section, pattern, buffer, now)
    }
}

fn expire_in<O: Order>(
    section: &mut Section,
    pattern: &CompiledPattern,
    buffer: &Buffer,
    now: Timestamp,
) -> Completed {
    let mut next = O::of_runs(Runs::new());
    let mut complete = O::of_runs(Runs::new());
    let mut timeouts = Vec::new();
    for run in std::mem::take(&mut section.runs) {
        match closed_at(&run, pattern, buffer, now) {
            None => next.add(run),
            Some(_) if pattern.automaton.state(run.state).kind == StateKind::Pending => complete.add(run),
            Some(at) => timeouts.push((run, at)),
        }
    }
    section.runs = next.into_runs();
    Completed { matches: complete.into_runs(), timeouts }
}

/// The moment the window of a partial match closed, if it has by `now`. A gap window that is over is named first,
/// whichever closed first (Flink).
fn closed_at(
    run: &PartialMatch,
    pattern: &CompiledPattern,
    buffer: &Buffer,
    now: Timestamp,
) -> Option<Timestamp> {
    let node = run.node?;
    let over = |since: Timestamp, length: crate::time::Duration| {
        (now.since(since) >= length).then(|| since.saturating_add(length))
    };
    let gap = pattern.automaton.state(run.state).gap;
    let gap = gap.filter(|gap| gap.0 > 0).and_then(|gap| over(buffer.at(node).time, gap));
    gap.or_else(|| pattern.automaton.window.and_then(|window| over(run.start.time, window)))
}
