//! Time passes: windows close, partial matches time out, and a trailing absence becomes a match.

use super::buffer::Buffer;
use super::completed::Completed;
use super::order::{AsHeap, ByStart, Order};
use super::partial_match::PartialMatch;
use super::section::{Section, holds_start};
use crate::program::{CompiledPattern, StateKind};
use crate::time::{Duration, Timestamp};

/// Takes out of a section what is over at `now`; whether there was any.
pub(crate) fn expire(
    section: &mut Section,
    pattern: &CompiledPattern,
    buffer: &Buffer,
    now: Timestamp,
    completed: &mut Completed,
) -> bool {
    let has_gaps = pattern.automaton.has_gaps;
    let in_front = if has_gaps { 0 } else { over(section, pattern, now) };
    let closed = |run: &PartialMatch| closed_at(run, pattern, buffer, now).is_some();
    if in_front == 0 && !(has_gaps && section.alive().iter().any(closed)) {
        return false;
    }
    section.changed = true;
    match (holds_start(pattern), has_gaps) {
        (true, _) => expire_in::<AsHeap>(section, pattern, buffer, now, completed),
        (false, true) => expire_in::<ByStart>(section, pattern, buffer, now, completed),
        (false, false) => {
            for run in &section.alive()[..in_front] {
                completed.close(*run, pattern, buffer, now);
            }
            section.drop_front(in_front);
        }
    }
    true
}

/// Drops what is over at `now` of a section of which nobody is told; whether there was any.
#[inline]
pub(crate) fn expire_quietly(section: &mut Section, pattern: &CompiledPattern, now: Timestamp) -> bool {
    debug_assert!(!holds_start(pattern) && !pattern.automaton.has_gaps, "somebody could tell");
    let in_front = over(section, pattern, now);
    if in_front > 0 {
        section.changed = true;
        section.drop_front(in_front);
    }
    in_front > 0
}

/// How many partial matches in front are out of the whole-pattern window. Both orders have the earliest start in front:
/// that by start has all that are over there, a heap at least one.
fn over(section: &Section, pattern: &CompiledPattern, now: Timestamp) -> usize {
    let Some(window) = pattern.automaton.window else { return 0 };
    let is_over = |run: &&PartialMatch| run.node.is_some() && now.since(run.start.time) >= window;
    section.alive().iter().take_while(is_over).count()
}

fn expire_in<O: Order>(
    section: &mut Section,
    pattern: &CompiledPattern,
    buffer: &Buffer,
    now: Timestamp,
    completed: &mut Completed,
) {
    for run in section.take_runs() {
        match closed_at(&run, pattern, buffer, now) {
            None => O::add(&mut section.runs, run),
            Some(_) if is_pending(&run, pattern) => O::add(&mut completed.matches, run),
            Some(at) => completed.timeouts.push((run, at)),
        }
    }
}

impl Completed {
    /// A partial match that is over, in order of start.
    fn close(&mut self, run: PartialMatch, pattern: &CompiledPattern, buffer: &Buffer, now: Timestamp) {
        match closed_at(&run, pattern, buffer, now) {
            _ if is_pending(&run, pattern) => self.matches.push(run),
            at => self.timeouts.push((run, at.unwrap_or(now))),
        }
    }
}

fn is_pending(run: &PartialMatch, pattern: &CompiledPattern) -> bool {
    pattern.automaton.state(run.state).kind == StateKind::Pending
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
    let over = |since: Timestamp, length: Duration| {
        (now.since(since) >= length).then(|| since.saturating_add(length))
    };
    let gap = pattern.automaton.state(run.state).gap;
    let gap = gap.filter(|gap| gap.0 > 0).and_then(|gap| over(buffer.at(node).time(), gap));
    gap.or_else(|| pattern.automaton.window.and_then(|window| over(run.start.time, window)))
}
