//! One event meets the partial matches of one key and group of patterns.

use super::buffer::{Buffer, EventId, NodeId};
use super::event::Arrived;
use super::open::{Ground, OpenMoves};
use super::order::{AsHeap, ByStart, Order};
use super::partial_match::{PartialMatch, Runs, Start};
use super::section::{Section, Tally, holds_start};
use super::truth::EventAt;
use crate::ids::{StageId, StateId};
use crate::program::{Automaton, CompiledPattern, Effect, Group, Opened, StateKind};

/// Reused between events, so that a step allocates nothing once warm.
#[derive(Default)]
pub(crate) struct Scratch {
    open: OpenMoves,
    /// Partial matches that have not met the event yet.
    old: Vec<PartialMatch>,
    /// What one became.
    next: Vec<PartialMatch>,
}

/// What an event does to one section.
pub(crate) struct Step<'a> {
    pub(crate) group: &'a Group,
    /// The first of the group's patterns: its automaton is that of all.
    pub(crate) pattern: &'a CompiledPattern,
    pub(crate) automaton: &'a Automaton,
    pub(crate) event: &'a EventAt<'a>,
    pub(crate) buffer: &'a mut Buffer,
    pub(crate) scratch: &'a mut Scratch,
    /// The event in the buffer, once any partial match of the key has taken it.
    pub(crate) captured: &'a mut Option<EventId>,
}

/// The first partial match that an event moves.
#[derive(Clone, Copy)]
pub(crate) struct First {
    place: usize,
    opened: Opened,
}

impl Step<'_> {
    /// The first partial match that the event does not leave as it is; none where it moves none.
    pub(crate) fn first_to_move(&mut self, section: Option<&Section>) -> Option<First> {
        self.scratch.open.begin(self.group, self.automaton, self.event);
        match section {
            Some(section) if self.all_stay(section) => self.start_moves(section),
            Some(section) => self.first_in(section.alive(), section.gone()),
            None if holds_start(self.pattern) => self.first_in(&[self.start()], 0),
            None => self.first_in(&[], 0),
        }
    }

    /// Moves every partial match from the first that moves on; those that became complete are added to others.
    pub(crate) fn process(&mut self, section: &mut Section, first: First, complete: &mut Vec<PartialMatch>) {
        section.changed = true;
        if holds_start(self.pattern) {
            self.process_in::<AsHeap>(section, first, complete);
        } else {
            self.process_in::<ByStart>(section, first, complete);
        }
        section.mind_crowd();
    }

    /// Whether all of many partial matches are in states that the event leaves as they are.
    fn all_stay(&mut self, section: &Section) -> bool {
        let Some(crowd) = section.crowd() else { return false };
        let Some(any) = section.alive().iter().find(|run| run.node.is_some()) else { return false };
        let all = self.group.all();
        crowd.states().all(|state| {
            let asks = self.automaton.state(state).asks_partial_match;
            !asks && all.without(self.find(&PartialMatch { state, ..*any }).stays).is_empty()
        })
    }

    /// The start state, if the event moves it.
    fn start_moves(&mut self, section: &Section) -> Option<First> {
        let start = self.start();
        let opened = self.moves(&start)?;
        // In a heap it is last, or nearly so; by start it is not there at all.
        let held = holds_start(self.pattern).then(|| section.runs.iter().rposition(|run| run.node.is_none()));
        let place = held.flatten().unwrap_or(section.runs.len());
        Some(First { place, opened })
    }

    /// What becomes of a partial match takes its place as long as there is room: by start, where it is no more than
    /// have gone so far; in a heap, where it is one, whose start is the same.
    fn process_in<O: Order>(
        &mut self,
        section: &mut Section,
        first: First,
        complete: &mut Vec<PartialMatch>,
    ) {
        let mut next = std::mem::take(&mut self.scratch.next);
        let First { place, opened } = first;
        let (mut read, mut write, mut opened) = (place, place, Some(opened));
        let (runs, mut tally) = section.parts();
        let line = runs.as_mut_slice();
        while let Some(run) = line.get(read).copied() {
            read += 1;
            let Some(opened) = opened.take().or_else(|| self.moves(&run)) else {
                line[write] = run;
                write += 1;
                continue;
            };
            self.become_next::<O>(&run, opened, &mut next, complete, &mut tally);
            let fits = if O::HOLDS_START { next.len() == 1 } else { write + next.len() <= read };
            if !fits {
                self.rest::<O>(runs, (read, write), &mut next, complete, &mut tally);
                write = runs.len();
                break;
            }
            for run in &next {
                line[write] = *run;
                write += 1;
            }
        }
        if write < runs.len() {
            runs.truncate(write);
        }
        if !O::HOLDS_START {
            let start = self.start();
            if let Some(opened) = opened.or_else(|| self.moves(&start)) {
                self.become_next::<O>(&start, opened, &mut next, complete, &mut tally);
                next.iter().for_each(|run| O::add(runs, *run));
            }
        }
        self.scratch.next = next;
    }

    /// Those from `read` on meet the event, and all that comes of them goes behind the first `write`, which are in order
    /// already, and `next`.
    #[inline(never)]
    fn rest<O: Order>(
        &mut self,
        runs: &mut Runs,
        (read, write): (usize, usize),
        next: &mut Vec<PartialMatch>,
        complete: &mut Vec<PartialMatch>,
        tally: &mut Tally<'_>,
    ) {
        let mut old = std::mem::take(&mut self.scratch.old);
        old.clear();
        old.extend_from_slice(&runs[read..]);
        runs.truncate(write);
        next.iter().for_each(|run| O::add(runs, *run));
        for run in &old {
            match self.moves(run) {
                None => O::add(runs, *run),
                Some(opened) => {
                    self.become_next::<O>(run, opened, next, complete, tally);
                    next.iter().for_each(|run| O::add(runs, *run));
                }
            }
        }
        self.scratch.old = old;
    }

    /// What becomes of a partial match that moves, in `next`. The start state is there again.
    #[inline(never)]
    fn become_next<O: Order>(
        &mut self,
        run: &PartialMatch,
        opened: Opened,
        next: &mut Vec<PartialMatch>,
        complete: &mut Vec<PartialMatch>,
        tally: &mut Tally<'_>,
    ) {
        next.clear();
        self.succeed::<O>(run, opened, next, complete);
        if run.node.is_none() {
            *tally.new_start |= self.event.batch.time(self.event.row).0 > 0;
            if O::HOLDS_START {
                next.push(*run);
            }
        }
        tally.moved(run, next);
    }

    fn start(&self) -> PartialMatch {
        PartialMatch::waiting(self.automaton.start, self.group.all())
    }

    fn first_in(&mut self, runs: &[PartialMatch], gone: usize) -> Option<First> {
        for (place, run) in (gone..).zip(runs) {
            if let Some(opened) = self.moves(run) {
                return Some(First { place, opened });
            }
        }
        if holds_start(self.pattern) {
            return None;
        }
        let start = self.start();
        self.moves(&start).map(|opened| First { place: gone + runs.len(), opened })
    }

    /// What the event opens to a partial match.
    #[inline(always)]
    fn find(&mut self, run: &PartialMatch) -> Opened {
        let (group, automaton) = (self.group, self.automaton);
        let ground = Ground { group, automaton, event: self.event, buffer: self.buffer };
        self.scratch.open.find(run, ground)
    }

    /// The same, unless the event leaves the partial match as it is.
    #[inline(never)]
    fn moves(&mut self, run: &PartialMatch) -> Option<Opened> {
        let opened = self.find(run);
        (!run.members.without(opened.stays).is_empty()).then_some(opened)
    }

    /// What becomes of a partial match. Where any way leads to a forbidden event, it ends: only what the same event
    /// completes on another way is kept (Flink).
    #[inline(always)]
    fn succeed<O: Order>(
        &mut self,
        run: &PartialMatch,
        opened: Opened,
        next: &mut Vec<PartialMatch>,
        complete: &mut Vec<PartialMatch>,
    ) {
        let Self { group, event, buffer, scratch, captured, pattern, .. } = self;
        for open in scratch.open.moves(group, opened) {
            let members = open.members.and(run.members);
            let alive = members.without(opened.stops);
            let completes = if open.finishes { members } else { open.completes.and(members) };
            let lives = !open.finishes && !alive.is_empty();
            if completes.is_empty() && !lives {
                continue;
            }
            let (state, node, start) = match open.effect {
                Effect::Take { stage, target } => {
                    let (node, start) = take(run, stage, event, buffer, captured);
                    if let Some(plan) = &pattern.running {
                        buffer.keep(node, plan);
                    }
                    (target, Some(node), start)
                }
                Effect::Wait { target } => (target, run.node, run.start),
                Effect::Stop => continue,
            };
            if lives {
                next.push(PartialMatch { start, members: alive, state, node });
            }
            if !completes.is_empty() {
                let state = end(self.automaton);
                O::add(complete, PartialMatch { start, members: completes, state, node });
            }
        }
    }
}

/// The event joins a partial match.
#[inline(always)]
fn take(
    run: &PartialMatch,
    stage: StageId,
    event: &EventAt<'_>,
    buffer: &mut Buffer,
    captured: &mut Option<EventId>,
) -> (NodeId, Start) {
    let event = match *captured {
        Some(event) => event,
        None => capture(event, buffer, captured),
    };
    let node = buffer.append(run.node, event, stage);
    if run.node.is_some() {
        return (node, run.start);
    }
    let event = buffer.event(event);
    (node, Start { time: event.time(), sequence: event.sequence() })
}

/// The event in the buffer, with the columns the family keeps.
pub(super) fn capture(event: &EventAt<'_>, buffer: &mut Buffer, captured: &mut Option<EventId>) -> EventId {
    let EventAt { family, input, batch, row, .. } = *event;
    *captured.get_or_insert_with(|| {
        let (kept, node_words) = (&family.inputs[input].kept[..], family.node_words);
        buffer.capture(&Arrived { batch, row, input, kept, node_words })
    })
}

/// The final state is the first that compilation makes.
fn end(automaton: &Automaton) -> StateId {
    debug_assert_eq!(automaton.states[0].kind, StateKind::Final);
    StateId(0)
}
