//! One event meets the partial matches of one key and pattern.

use super::buffer::{Buffer, Event, EventId};
use super::completed::Completed;
use super::heap::JavaHeap;
use super::open::OpenMoves;
use super::order::{ByStart, Order};
use super::partial_match::{PartialMatch, Runs, Start};
use super::section::{Section, holds_start};
use super::truth::EventAt;
use crate::event::PackedRow;
use crate::ids::StateId;
use crate::program::{Automaton, CompiledPattern, Effect, StateKind};

/// Reused between events, so that a step allocates nothing once warm.
#[derive(Default)]
pub(crate) struct Scratch {
    open: OpenMoves,
    successors: Vec<PartialMatch>,
    /// The partial matches before the event.
    old: Vec<PartialMatch>,
    /// Room for the values of an event.
    bytes: Vec<u8>,
}

/// What an event does to one section.
pub(crate) struct Step<'a> {
    pub(crate) pattern: &'a CompiledPattern,
    pub(crate) event: EventAt<'a>,
    pub(crate) buffer: &'a mut Buffer,
    pub(crate) scratch: &'a mut Scratch,
    /// The event in the buffer, once any partial match of the key has taken it.
    pub(crate) captured: &'a mut Option<EventId>,
}

impl Step<'_> {
    /// The place of the first partial match that the event does not leave as it is; none where it moves none.
    pub(crate) fn first_to_move(&mut self, runs: &[PartialMatch]) -> Option<usize> {
        self.scratch.open.begin(&self.pattern.automaton);
        if holds_start(self.pattern) {
            self.first_to_move_in::<JavaHeap>(runs)
        } else {
            self.first_to_move_in::<ByStart>(runs)
        }
    }

    /// Moves every partial match from the first that moves on; gives those that became complete.
    pub(crate) fn process(&mut self, section: &mut Section, first: usize) -> Completed {
        if holds_start(self.pattern) {
            self.process_in::<JavaHeap>(section, first)
        } else {
            self.process_in::<ByStart>(section, first)
        }
    }

    fn process_in<O: Order>(&mut self, section: &mut Section, first: usize) -> Completed {
        let mut old = std::mem::take(&mut self.scratch.old);
        old.clear();
        old.extend_from_slice(&section.runs[first..]);
        // Those before it keep their places in either order.
        section.runs.truncate(first);
        let mut next = O::of_runs(std::mem::take(&mut section.runs));
        let mut complete = O::of_runs(Runs::new());
        let mut at = 0;
        while let Some(run) = self.run::<O>(&old, at) {
            self.mark(run, section);
            self.succeed(run);
            for successor in self.scratch.successors.drain(..) {
                let finished = self.pattern.automaton.state(successor.state).kind == StateKind::Final;
                let order = if finished { &mut complete } else { &mut next };
                order.add(successor);
            }
            match run.node {
                Some(node) => self.buffer.release(node),
                None if O::HOLDS_START => next.add(run),
                None => {}
            }
            at = self.next_to_move::<O>(&old, at + 1, |stays| next.add(stays));
        }
        section.runs = next.into_runs();
        self.scratch.old = old;
        Completed { matches: complete.into_runs(), ..Completed::default() }
    }

    /// The partial match at a place; after the last one there is the start state, where it is not kept among them.
    fn run<O: Order>(&self, runs: &[PartialMatch], at: usize) -> Option<PartialMatch> {
        let start = || PartialMatch::waiting(self.pattern.automaton.start);
        runs.get(at).copied().or_else(|| (!O::HOLDS_START && at == runs.len()).then(start))
    }

    fn first_to_move_in<O: Order>(&mut self, runs: &[PartialMatch]) -> Option<usize> {
        let at = self.next_to_move::<O>(runs, 0, |_| {});
        self.run::<O>(runs, at).map(|_| at)
    }

    /// As [`Step::first_to_move`], from a place on, telling of those that stay.
    fn next_to_move<O: Order>(
        &mut self,
        runs: &[PartialMatch],
        from: usize,
        mut stays: impl FnMut(PartialMatch),
    ) -> usize {
        let mut at = from;
        while let Some(run) = self.run::<O>(runs, at) {
            self.find_open(run);
            if !self.stays(run) {
                break;
            }
            if run.node.is_some() || O::HOLDS_START {
                stays(run);
            }
            at += 1;
        }
        at
    }

    /// Finds the moves open to a partial match.
    fn find_open(&mut self, run: PartialMatch) {
        self.scratch.open.find(run, &self.pattern.automaton, &self.event, self.buffer);
    }

    /// Whether the event leaves the partial match as it is.
    fn stays(&self, run: PartialMatch) -> bool {
        match (run.node, self.scratch.open.current()) {
            (None, []) => true,
            (Some(_), [(Effect::Wait { target }, _)]) => *target == run.state,
            _ => false,
        }
    }

    fn mark(&self, run: PartialMatch, section: &mut Section) {
        section.changed = true;
        section.new_start |= run.node.is_none() && self.event.batch.time(self.event.row).0 > 0;
    }

    /// What becomes of a partial match. Where any way leads to a forbidden event, it ends: only what the same event
    /// completes on another way is kept (Flink).
    fn succeed(&mut self, run: PartialMatch) {
        self.scratch.successors.clear();
        for index in 0..self.scratch.open.current().len() {
            match self.scratch.open.current()[index] {
                (Effect::Take { stage, target }, completes) => self.take(run, stage, target, completes),
                (Effect::Wait { target }, _) => {
                    if let Some(node) = run.node {
                        self.buffer.retain(node);
                    }
                    self.scratch.successors.push(PartialMatch { state: target, ..run });
                }
                (Effect::Stop, _) => {}
            }
        }
        if self.scratch.open.current().iter().any(|(effect, _)| *effect == Effect::Stop) {
            self.keep_only_complete();
        }
    }

    fn keep_only_complete(&mut self) {
        let automaton = &self.pattern.automaton;
        for index in (0..self.scratch.successors.len()).rev() {
            let successor = self.scratch.successors[index];
            if automaton.state(successor.state).kind != StateKind::Final {
                self.scratch.successors.remove(index);
                successor.node.into_iter().for_each(|node| self.buffer.release(node));
            }
        }
    }

    fn take(&mut self, run: PartialMatch, stage: crate::ids::StageId, target: StateId, completes: bool) {
        let event = self.capture();
        let node = self.buffer.append(run.node, event, stage);
        let start = match run.node {
            Some(_) => run.start,
            None => {
                let event = self.buffer.event(event);
                Start { time: event.time, sequence: event.sequence }
            }
        };
        let taken = PartialMatch { state: target, node: Some(node), start };
        self.scratch.successors.push(taken);
        if completes {
            self.buffer.retain(node);
            self.scratch.successors.push(PartialMatch { state: end(&self.pattern.automaton), ..taken });
        }
    }

    fn capture(&mut self) -> EventId {
        capture(self.event, self.buffer, &mut self.scratch.bytes, self.captured)
    }
}

/// The event in the buffer, with the columns the family keeps.
pub(super) fn capture(
    event: EventAt<'_>,
    buffer: &mut Buffer,
    bytes: &mut Vec<u8>,
    captured: &mut Option<EventId>,
) -> EventId {
    let EventAt { family, input, batch, row, .. } = event;
    *captured.get_or_insert_with(|| {
        let kept = &family.inputs[input].kept;
        let values = PackedRow::copy(batch, row, kept, bytes);
        let input = u16::try_from(input).expect("a family has fewer than 65,536 inputs");
        buffer.capture(Event::new(batch.time(row), batch.position(row), batch.tag(row), input, values))
    })
}

/// The final state is the first that compilation makes.
fn end(automaton: &Automaton) -> StateId {
    debug_assert_eq!(automaton.states[0].kind, StateKind::Final);
    StateId(0)
}
