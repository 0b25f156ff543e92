//! One event meets the partial matches of one key and group of patterns.

use super::buffer::{Buffer, Event, EventId, NodeId};
use super::completed::Completed;
use super::open::{Ground, OpenMoves};
use super::order::{AsHeap, ByStart, Order, replace};
use super::partial_match::{PartialMatch, Start};
use super::section::{Section, holds_start};
use super::truth::EventAt;
use crate::event::{PackedRow, Packing};
use crate::ids::{StageId, StateId};
use crate::program::{Automaton, CompiledPattern, Effect, Group, Opened, StateKind};

/// Reused between events, so that a step allocates nothing once warm.
#[derive(Default)]
pub(crate) struct Scratch {
    open: OpenMoves,
    /// The partial matches before the event, and after it.
    old: Vec<PartialMatch>,
    next: Vec<PartialMatch>,
    /// Room for the values of an event.
    packing: Packing,
}

/// What an event does to one section.
pub(crate) struct Step<'a> {
    pub(crate) group: &'a Group,
    /// The first of the group's patterns: its automaton is that of all.
    pub(crate) pattern: &'a CompiledPattern,
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

/// The partial matches that have not met the event yet.
struct Rest {
    /// How many are in order already, in front.
    kept: usize,
    /// The place of the first that has not met it.
    place: usize,
    /// What the event opens to that one, if it was looked for.
    opened: Option<Opened>,
}

impl Step<'_> {
    /// The first partial match that the event does not leave as it is; none where it moves none.
    pub(crate) fn first_to_move(&mut self, section: Option<&Section>) -> Option<First> {
        self.scratch.open.begin(self.group, &self.pattern.automaton, self.event);
        match section {
            Some(section) if self.all_stay(section) => self.start_moves(section),
            Some(section) => self.first_in(section.alive(), section.gone()),
            None => self.first_in(&Section::initial(self.group, self.pattern), 0),
        }
    }

    /// Moves every partial match from the first that moves on; gives those that became complete.
    pub(crate) fn process(&mut self, section: &mut Section, first: First) -> Completed {
        if holds_start(self.pattern) {
            self.process_in::<AsHeap>(section, first)
        } else {
            self.process_in::<ByStart>(section, first)
        }
    }

    /// Whether all of many partial matches are in states that the event leaves as they are.
    fn all_stay(&mut self, section: &Section) -> bool {
        let Some(crowd) = section.crowd() else { return false };
        let Some(any) = section.alive().iter().find(|run| run.node.is_some()) else { return false };
        let all = self.group.all();
        crowd.states().all(|state| {
            let asks = self.pattern.automaton.state(state).asks_partial_match;
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

    fn process_in<O: Order>(&mut self, section: &mut Section, first: First) -> Completed {
        let mut completed = Completed::default();
        let mut next = std::mem::take(&mut self.scratch.next);
        section.changed = true;
        let mut rest = Rest { kept: first.place, place: first.place, opened: Some(first.opened) };
        if section.crowd().is_none() {
            rest = self.in_place::<O>(section, rest, &mut next, &mut completed);
        }
        if !O::HOLDS_START || rest.place < section.runs.len() {
            self.rebuild::<O>(section, rest, &mut next, &mut completed);
        }
        self.scratch.next = next;
        completed
    }

    /// As long as what becomes of a partial match is one other, it takes its place: in a heap, too, as their starts are
    /// equal. By start, it may also be none.
    fn in_place<O: Order>(
        &mut self,
        section: &mut Section,
        mut rest: Rest,
        next: &mut Vec<PartialMatch>,
        completed: &mut Completed,
    ) -> Rest {
        while let Some(run) = section.runs.get(rest.place).copied() {
            if let Some(opened) = rest.opened.take().or_else(|| self.moves(&run)) {
                let survivors = self.survivors(&run, opened);
                if survivors > 1 || run.node.is_none() || (survivors == 0 && O::HOLDS_START) {
                    rest.opened = Some(opened);
                    return rest;
                }
                next.clear();
                self.succeed::<O>(&run, opened, next, &mut completed.matches);
                run.node.into_iter().for_each(|node| self.buffer.release(node));
                if let [only] = next[..] {
                    section.runs[rest.kept] = only;
                    rest.kept += 1;
                }
            } else {
                section.runs[rest.kept] = run;
                rest.kept += 1;
            }
            rest.place += 1;
        }
        rest
    }

    /// How many partial matches one becomes that are not complete.
    fn survivors(&self, run: &PartialMatch, opened: Opened) -> usize {
        let lives = |place: &usize| {
            let open = self.scratch.open.get(self.group, *place);
            !open.finishes && !open.members.and(run.members).without(opened.stops).is_empty()
        };
        opened.moves().filter(lives).count()
    }

    /// All partial matches from a place on meet the event, one by one, and what becomes of them is put in order.
    fn rebuild<O: Order>(
        &mut self,
        section: &mut Section,
        rest: Rest,
        next: &mut Vec<PartialMatch>,
        completed: &mut Completed,
    ) {
        let mut old = std::mem::take(&mut self.scratch.old);
        // Appending needs none of those that are in order already, a heap all.
        let kept = if O::HOLDS_START { 0 } else { rest.kept };
        old.clear();
        old.extend_from_slice(&section.runs[rest.place..]);
        next.clear();
        next.extend_from_slice(&section.runs[kept..rest.kept]);
        let mut opened = rest.opened;
        for run in &old {
            match opened.take().or_else(|| self.moves(run)) {
                Some(opened) => {
                    self.succeed::<O>(run, opened, next, &mut completed.matches);
                    match run.node {
                        Some(node) => self.buffer.release(node),
                        None => self.start_moved::<O>(section, run, next),
                    }
                }
                None => O::add(next, *run),
            }
        }
        if !O::HOLDS_START {
            let start = self.start();
            if let Some(opened) = opened.or_else(|| self.moves(&start)) {
                self.succeed::<O>(&start, opened, next, &mut completed.matches);
                self.start_moved::<O>(section, &start, next);
            }
        }
        section.count_again(kept, next);
        replace(&mut section.runs, kept, next);
        self.scratch.old = old;
    }

    /// The start state is there again.
    fn start_moved<O: Order>(
        &self,
        section: &mut Section,
        start: &PartialMatch,
        next: &mut Vec<PartialMatch>,
    ) {
        section.new_start |= self.event.batch.time(self.event.row).0 > 0;
        if O::HOLDS_START {
            O::add(next, *start);
        }
    }

    fn start(&self) -> PartialMatch {
        PartialMatch::waiting(self.pattern.automaton.start, self.group.all())
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
    fn find(&mut self, run: &PartialMatch) -> Opened {
        let (group, automaton) = (self.group, &self.pattern.automaton);
        let ground = Ground { group, automaton, event: self.event, buffer: self.buffer };
        self.scratch.open.find(run, ground)
    }

    /// The same, unless the event leaves the partial match as it is.
    fn moves(&mut self, run: &PartialMatch) -> Option<Opened> {
        let opened = self.find(run);
        (!run.members.without(opened.stays).is_empty()).then_some(opened)
    }

    /// What becomes of a partial match. Where any way leads to a forbidden event, it ends: only what the same event
    /// completes on another way is kept (Flink).
    fn succeed<O: Order>(
        &mut self,
        run: &PartialMatch,
        opened: Opened,
        next: &mut Vec<PartialMatch>,
        complete: &mut Vec<PartialMatch>,
    ) {
        for place in opened.moves() {
            let open = self.scratch.open.get(self.group, place);
            let members = open.members.and(run.members);
            let alive = members.without(opened.stops);
            let completes = if open.finishes { members } else { open.completes.and(members) };
            let lives = !open.finishes && !alive.is_empty();
            if completes.is_empty() && !lives {
                continue;
            }
            let (state, node, start) = match open.effect {
                Effect::Take { stage, target } => {
                    let (node, start) = self.take(run, stage);
                    (target, Some(node), start)
                }
                Effect::Wait { target } => {
                    run.node.into_iter().for_each(|node| self.buffer.retain(node));
                    (target, run.node, run.start)
                }
                Effect::Stop => continue,
            };
            if lives {
                O::add(next, PartialMatch { start, members: alive, state, node });
            }
            if !completes.is_empty() {
                if lives {
                    node.into_iter().for_each(|node| self.buffer.retain(node));
                }
                let state = end(&self.pattern.automaton);
                O::add(complete, PartialMatch { start, members: completes, state, node });
            }
        }
    }

    /// The event joins a partial match.
    fn take(&mut self, run: &PartialMatch, stage: StageId) -> (NodeId, Start) {
        let event = self.capture();
        let node = self.buffer.append(run.node, event, stage);
        if let Some(plan) = &self.pattern.running {
            self.buffer.keep(node, plan);
        }
        if run.node.is_some() {
            return (node, run.start);
        }
        let event = self.buffer.event(event);
        (node, Start { time: event.time, sequence: event.sequence })
    }

    fn capture(&mut self) -> EventId {
        capture(self.event, self.buffer, &mut self.scratch.packing, self.captured)
    }
}

/// The event in the buffer, with the columns the family keeps.
pub(super) fn capture(
    event: &EventAt<'_>,
    buffer: &mut Buffer,
    packing: &mut Packing,
    captured: &mut Option<EventId>,
) -> EventId {
    let EventAt { family, input, batch, row, .. } = *event;
    *captured.get_or_insert_with(|| {
        let values = PackedRow::copy(batch, row, &family.inputs[input].kept, packing);
        let input = u16::try_from(input).expect("a family has fewer than 65,536 inputs");
        buffer.capture(Event::new(batch.time(row), batch.position(row), batch.tag(row), input, values))
    })
}

/// The final state is the first that compilation makes.
fn end(automaton: &Automaton) -> StateId {
    debug_assert_eq!(automaton.states[0].kind, StateKind::Final);
    StateId(0)
}
