//! Matches leave: at once under `no skip`; under every other strategy in order of start, once no older partial match
//! is alive, each dropping what overlaps it.

use super::buffer::Buffer;
use super::error::RunErrorKind;
use super::heap::JavaHeap;
use super::partial_match::PartialMatch;
use super::section::Section;
use crate::ids::StageId;
use crate::program::{CompiledPattern, CompiledSkip};

/// Adds the complete matches to those held back and leaves those that may go, in order.
pub(crate) fn release(
    section: &mut Section,
    pattern: &CompiledPattern,
    buffer: &Buffer,
    complete: &mut Vec<PartialMatch>,
) -> Result<(), (RunErrorKind, PartialMatch)> {
    if pattern.skip == CompiledSkip::NoSkip || (complete.is_empty() && section.held.is_none()) {
        return Ok(());
    }
    let completed = &mut section.held.get_or_insert_default().completed;
    complete.drain(..).for_each(|item| completed.add(item));
    if completed.peek().is_none_or(|first| is_held(first, section.runs.first())) {
        return Ok(());
    }
    let leaving = complete;
    let mut runs = JavaHeap::from_array(section.runs.to_vec());
    let mut failed = None;
    while let Some(found) = next_free(completed, &runs) {
        section.changed = true;
        match bound(pattern.skip, &found, buffer) {
            Err(kind) => {
                failed = Some((kind, found));
                break;
            }
            Ok(bound) => {
                leaving.push(found);
                if let Some(bound) = bound {
                    prune(&mut runs, bound);
                    prune(completed, bound);
                }
            }
        }
    }
    if failed.is_some() || !leaving.is_empty() {
        section.runs = runs.into_array();
        section.forget_crowd();
    }
    match failed {
        None => Ok(()),
        // As in Flink, the matches that were to leave together with the failing one are lost with it.
        Some(failed) => Err(failed),
    }
}

/// The earliest match held back, unless an older partial match is alive.
fn next_free(completed: &mut JavaHeap, runs: &JavaHeap) -> Option<PartialMatch> {
    let first = completed.peek()?;
    if is_held(first, runs.peek()) { None } else { completed.poll() }
}

/// Whether an older partial match is alive.
fn is_held(found: &PartialMatch, oldest: Option<&PartialMatch>) -> bool {
    oldest.is_some_and(|oldest| found.start > oldest.start)
}

/// Where partial matches must start to outlive a match, by order of capture.
#[derive(Clone, Copy)]
enum Bound {
    /// After this event.
    After(u64),
    /// At this event or after it.
    From(u64),
}

impl Bound {
    fn drops(self, run: &PartialMatch) -> bool {
        match self {
            Self::After(sequence) => run.start.sequence <= sequence,
            Self::From(sequence) => run.start.sequence < sequence,
        }
    }
}

fn bound(skip: CompiledSkip, found: &PartialMatch, buffer: &Buffer) -> Result<Option<Bound>, RunErrorKind> {
    let sequences = || buffer.latest_first(found.node).map(|(_, event)| event.sequence());
    match skip {
        CompiledSkip::NoSkip => Ok(None),
        CompiledSkip::ToNext => Ok(Some(Bound::After(found.start.sequence))),
        CompiledSkip::PastLastEvent => Ok(sequences().max().map(Bound::After)),
        CompiledSkip::ToStage { stage, last, or_fail } => {
            let target = stage.and_then(|stage| event_of(stage, last, found, buffer));
            match target {
                None if or_fail => Err(RunErrorKind::SkipTargetMissing { stage }),
                Some(target) if or_fail && target == found.start.sequence => {
                    Err(RunErrorKind::SkipToFirstEvent { stage })
                }
                target => Ok(target.map(Bound::From)),
            }
        }
    }
}

fn event_of(stage: StageId, last: bool, found: &PartialMatch, buffer: &Buffer) -> Option<u64> {
    let mut of_stage =
        buffer.latest_first(found.node).filter(|(of, _)| *of == stage).map(|(_, event)| event.sequence());
    if last { of_stage.next() } else { of_stage.last() }
}

fn prune(heap: &mut JavaHeap, bound: Bound) {
    heap.remove_if(|run| run.node.is_some() && bound.drops(run));
}

/// Whether a match drops a partial match, or another match that is held back.
pub(super) fn drops(skip: CompiledSkip, found: &PartialMatch, run: &PartialMatch, buffer: &Buffer) -> bool {
    bound(skip, found, buffer).is_ok_and(|bound| bound.is_some_and(|bound| bound.drops(run)))
}
