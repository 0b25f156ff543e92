//! Where time stands, while inputs go on: who holds it back, and what waits for it.

use super::follow::End;
use super::judge::Judge;
use super::remedy::Remedies;
use super::report::{Standing, Waiting};
use crate::matcher::{Gathered, GatheredStream};
use crate::program::Program;
use crate::time::{Timestamp, Watermark};

/// More events that wait than this are not told of one by one.
const MOST_EVENTS: usize = 5;

/// What waits for time to go on, if anything does.
pub(super) fn waiting(
    judge: &Judge<'_>,
    remedies: &mut Remedies<'_>,
    program: &Program,
    gathered: &Gathered,
) -> Option<Waiting> {
    let case = judge.case;
    if case.clock == Watermark::MAX {
        return None;
    }
    let alive = judge.followed.attempts.values().filter(|tried| tried.last.end == End::Alive);
    let due = alive.filter_map(|tried| judge.deadline(&tried.last.run));
    let due = due.filter(|deadline| case.greatest.is_some_and(|greatest| *deadline <= greatest)).min();
    let first = case.waiting.first().map(|row| case.time(row)).into_iter().chain(due).min()?;
    let holding: Vec<_> = gathered.streams.iter().filter(|stream| holds(stream, first)).collect();
    let name = |stream: &GatheredStream| program.streams().get(stream.stream).name.clone();
    let found = remedies.once_time_goes_on();
    Some(Waiting {
        why: reason(gathered, first),
        clock: case.clock,
        held_by: holding.iter().map(|stream| (name(stream), stream.watermark)).collect(),
        events: case.waiting.iter().take(MOST_EVENTS).map(|row| judge.people.event(row)).collect(),
        count: case.waiting.len(),
        found: found.map(|found| judge.people.found(&found)),
    })
}

/// Whether a stream holds back what is at a moment.
fn holds(stream: &GatheredStream, first: Timestamp) -> bool {
    !stream.idle && !stream.watermark.reached(first)
}

/// Why time has not reached a moment: some streams have and others have not, or all wait for what may come late.
fn reason(gathered: &Gathered, first: Timestamp) -> Standing {
    let (holding, others): (Vec<_>, Vec<_>) =
        gathered.streams.iter().filter(|stream| !stream.idle).partition(|stream| holds(stream, first));
    let is_silent = |stream: &&GatheredStream| {
        stream.greatest.is_none_or(|greatest| greatest < first) || !others.is_empty()
    };
    if holding.iter().any(is_silent) {
        return Standing::IdleSource;
    }
    let trails = |stream: &&GatheredStream| {
        stream.greatest.is_some_and(|greatest| stream.watermark.0 < greatest.0.saturating_sub(1))
    };
    if holding.iter().any(trails) { Standing::Lateness } else { Standing::Reordering }
}
