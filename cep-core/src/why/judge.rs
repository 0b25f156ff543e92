//! What ended a partial match, and which event came nearest to what it waited for.

use std::ops::Range;

use super::follow::{End, Followed, Tried};
use super::parts::{Tester, parts};
use super::people::People;
use super::report::{Cause, Near, Part, Seen, Window, WindowKind};
use super::solo::Case;
use crate::expr::Expr;
use crate::ids::StageId;
use crate::pattern::{Body, Element, Pattern};
use crate::program::{Action, Automaton, Effect, Probe, StateKind};
use crate::runtime::{Left, PartialMatch, RunErrorKind};
use crate::time::Timestamp;

/// Of so many events the nearest is looked for: a wait of more is long enough to be told of by these.
const MOST_LOOKED_AT: usize = 20_000;

/// Judges what was followed.
pub(super) struct Judge<'a> {
    pub(super) followed: &'a Followed<'a>,
    pub(super) automaton: &'a Automaton,
    pub(super) probe: &'a Probe<'a>,
    pub(super) case: &'a Case<'a>,
    pub(super) pattern: &'a Pattern,
    pub(super) people: &'a People<'a>,
}

impl<'a> Judge<'a> {
    /// What became of an attempt. Whether a window was all that was in the way is found out by others.
    pub(super) fn cause(&self, tried: &Tried, window_is_all: impl FnOnce() -> bool) -> Cause {
        if let Some((_, at)) = tried.matches.first() {
            return Cause::Matched { at: *at, matches: tried.matches.len() };
        }
        let run = &tried.last.run;
        match tried.last.end {
            End::At(place, Left::NoMove) => self.no_move(run, place),
            End::At(place, left) | End::Before(place, left) => {
                let event = || self.case.rows.get(place).map(|row| self.people.event(row));
                match left {
                    Left::TimedOut(closed) => {
                        let nearest = self.nearest(run, self.after(run)..place);
                        let window = self.window(run, closed);
                        match window_is_all() {
                            true => Cause::Window { window, nearest },
                            false => Cause::Condition { window, nearest },
                        }
                    }
                    Left::Skipped { by } => {
                        let last = self.case.rows.get(place).or(self.case.rows.last());
                        let at = last.map_or(Timestamp(i64::MAX), |row| self.case.time(row));
                        Cause::Skipped { by: self.people.path(&self.followed.trace, &by), at }
                    }
                    Left::Limited => Cause::Limit { event: event() },
                    Left::NoMove | Left::Matched(_) | Left::Lost => Cause::Stopped,
                }
            }
            End::Alive => self.alive(run),
            End::HeldBack => {
                let older = self.followed.trace.alive().min_by_key(|older| older.start);
                let by =
                    older.and_then(|older| self.people.path(&self.followed.trace, &older).into_iter().next());
                Cause::HeldBack { by: by.map(|first| first.event) }
            }
        }
    }

    fn alive(&self, run: &PartialMatch) -> Cause {
        match &self.followed.stopped {
            Some((RunErrorKind::LimitExceeded { .. }, place)) => {
                Cause::Limit { event: self.case.rows.get(*place).map(|row| self.people.event(row)) }
            }
            Some(_) => Cause::Stopped,
            None => Cause::Open {
                deadline: self.deadline(run),
                nearest: self.nearest(run, self.after(run)..self.case.rows.len()),
            },
        }
    }

    /// When the window of a partial match closes.
    pub(super) fn deadline(&self, run: &PartialMatch) -> Option<Timestamp> {
        let (start, last) = self.ends(run)?;
        let whole = self.automaton.window.map(|window| start.saturating_add(window));
        let gap = self.followed.trace.state(run).gap.map(|gap| last.saturating_add(gap));
        whole.into_iter().chain(gap).min()
    }

    /// The times of the first and the last event of a partial match.
    fn ends(&self, run: &PartialMatch) -> Option<(Timestamp, Timestamp)> {
        let path = self.followed.trace.path(run);
        let time = |taken: &crate::runtime::Taken| {
            let row = usize::try_from(taken.position).ok()?;
            Some(self.case.inputs[taken.input].time(row))
        };
        Some((time(path.first()?)?, time(path.last()?)?))
    }

    fn window(&self, run: &PartialMatch, closed: Timestamp) -> Window {
        let state = self.followed.trace.state(run);
        let gap = state
            .gap
            .filter(|gap| self.ends(run).is_some_and(|(_, last)| last.saturating_add(*gap) == closed));
        let whole = self.automaton.window;
        match (gap, whole) {
            (Some(length), _) => {
                let stage = state.stage.or_else(|| self.awaited(run).first().copied());
                let name = stage.map_or_else(String::new, |stage| self.name(stage).to_owned());
                Window { which: WindowKind::Gap(name), length, closed }
            }
            (None, whole) => {
                let length = whole.unwrap_or(crate::time::Duration(0));
                Window { which: WindowKind::Whole, length, closed }
            }
        }
    }

    /// The place behind the last captured event.
    fn after(&self, run: &PartialMatch) -> usize {
        let path = self.followed.trace.path(run);
        let last = path.last().and_then(|taken| {
            let row = usize::try_from(taken.position).ok()?;
            self.case.place(taken.input, row)
        });
        last.map_or(0, |place| place + 1)
    }

    /// The stages that a partial match waits for: those after what it has, where there are any.
    pub(super) fn awaited(&self, run: &PartialMatch) -> Vec<StageId> {
        let state = self.followed.trace.state(run);
        let takes = state.moves.iter().filter_map(|found| match found.effect {
            Effect::Take { stage, .. } => Some(stage),
            Effect::Wait { .. } | Effect::Stop => None,
        });
        let mut all: Vec<_> = takes.collect();
        all.sort_unstable();
        all.dedup();
        let last = self.followed.trace.path(run).iter().map(|taken| taken.stage).max();
        let later: Vec<_> =
            all.iter().copied().filter(|stage| last.is_none_or(|last| *stage > last)).collect();
        if later.is_empty() { all } else { later }
    }

    /// The names of what a partial match waits for.
    pub(super) fn awaited_names(&self, run: &PartialMatch) -> Vec<String> {
        if self.followed.trace.state(run).kind == StateKind::Pending {
            return Vec::new();
        }
        self.awaited(run).into_iter().map(|stage| self.name(stage).to_owned()).collect()
    }

    fn name(&self, stage: StageId) -> &'a str {
        self.stage(stage).and_then(Element::name).unwrap_or_default()
    }

    fn stage(&self, stage: StageId) -> Option<&'a Element> {
        self.pattern.stages().get(stage.index()).copied()
    }

    fn no_move(&self, run: &PartialMatch, place: usize) -> Cause {
        let seen = || self.people.event(&self.case.rows[place]);
        let tester = self.tester(run, place);
        if let Some(stage) = self.stops(run, place) {
            let parts = self.near(run, place, stage).map_or_else(Vec::new, |(near, _)| near.parts);
            return Cause::Negation { stage: self.name(stage).to_owned(), event: seen(), parts };
        }
        if let Some((stage, part)) = self.until(run, &tester) {
            return Cause::Until { stage, event: seen(), part };
        }
        if let Some(stage) = self.greedy(run, &tester) {
            return Cause::Greedy { stage, event: seen() };
        }
        let nears = self.awaited(run).into_iter().filter_map(|stage| self.near(run, place, stage));
        match nears.reduce(|best, next| if next.1 >= best.1 { next } else { best }) {
            Some((between, _)) => Cause::StrictContiguity { between },
            None => Cause::Stopped,
        }
    }

    /// The stage that forbids an event, where one does.
    fn stops(&self, run: &PartialMatch, place: usize) -> Option<StageId> {
        let event = self.followed.event(self.case, place);
        let (mut open, mut seen) = (vec![run.state], Vec::new());
        while let Some(id) = open.pop() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            for edge in &self.automaton.state(id).edges {
                if edge.action != Action::Proceed || !self.followed.trace.opens(&edge.guard, &event, run) {
                    continue;
                }
                let target = self.automaton.state(edge.target);
                if target.kind == StateKind::Stop {
                    return target.stage;
                }
                open.push(edge.target);
            }
        }
        None
    }

    /// The loop that an event ends, of those a partial match is in.
    fn until(&self, run: &PartialMatch, tester: &Tester<'_>) -> Option<(String, Part)> {
        let state = self.followed.trace.state(run);
        let stages = state.moves.iter().filter_map(|found| match found.effect {
            Effect::Take { stage, .. } => Some(stage),
            Effect::Wait { .. } | Effect::Stop => None,
        });
        let mut ends = stages.flat_map(|stage| {
            let name = self.name(stage);
            untils(&self.pattern.sequence, name).into_iter().map(move |until| (name, until))
        });
        ends.find_map(|(name, until)| {
            let part = tester.part(until);
            part.holds.then(|| (name.to_owned(), part))
        })
    }

    /// The greedy loop that would have had an event.
    fn greedy(&self, run: &PartialMatch, tester: &Tester<'_>) -> Option<String> {
        let awaited = self.awaited(run);
        let stages = (0..self.pattern.stages().len()).map(StageId::new);
        let mut before = stages.filter(|stage| awaited.iter().all(|awaited| stage < awaited));
        before.find_map(|stage| {
            let element = self.stage(stage)?;
            let holds = match &element.body {
                Body::Stage { condition: Some(condition), .. } => tester.part(condition).holds,
                _ => true,
            };
            (element.quantifier.greedy && holds).then(|| self.name(stage).to_owned())
        })
    }

    fn tester(&self, run: &PartialMatch, place: usize) -> Tester<'_> {
        let event = self.followed.event(self.case, place);
        Tester { trace: &self.followed.trace, probe: self.probe, event, run: *run }
    }

    /// The event that satisfies most of what a partial match waits for.
    fn nearest(&self, run: &PartialMatch, places: Range<usize>) -> Option<Near> {
        let awaited = self.awaited(run);
        let mut best: Option<(Near, f64)> = None;
        for place in places.take(MOST_LOOKED_AT) {
            for stage in &awaited {
                let Some((near, score)) = self.near(run, place, *stage) else { continue };
                if near.other_stream.is_none() && best.as_ref().is_none_or(|(_, best)| score > *best) {
                    best = Some((near, score));
                }
            }
        }
        best.map(|(near, _)| near)
    }

    /// How an event does for the first stage, the best way there is; and how well.
    pub(super) fn for_start(&self, place: usize) -> Option<(Near, f64)> {
        let start = self.followed.trace.start();
        let ways = self.awaited(&start).into_iter().filter_map(|stage| self.near(&start, place, stage));
        ways.reduce(|best, next| if next.1 > best.1 { next } else { best })
    }

    /// How an event does for a stage, and how well: the whole number says how far, the fraction how near the next part is.
    fn near(&self, run: &PartialMatch, place: usize, stage: StageId) -> Option<(Near, f64)> {
        let element = self.stage(stage)?;
        let row = &self.case.rows[place];
        let Body::Stage { stream, condition, .. } = &element.body else { return None };
        let tester = self.tester(run, place);
        let other_stream = stream.clone().filter(|stream| *stream != self.people.stream(row.input));
        let conditions: Vec<&Expr> = match (condition, &other_stream) {
            (Some(condition), None) => parts(condition),
            _ => Vec::new(),
        };
        let told: Vec<_> = conditions.iter().map(|part| tester.part(part)).collect();
        let satisfied = told.iter().filter(|part| part.holds).count();
        let failed = conditions.iter().zip(&told).find(|(_, part)| !part.holds);
        let rest = failed.map_or(0.0, |(part, _)| tester.distance(part));
        let score = if other_stream.is_some() { -1.0 } else { satisfied as f64 + (1.0 - rest) / 2.0 };
        let event: Seen = self.people.event(row);
        let stage = self.name(stage).to_owned();
        Some((Near { event, stage, other_stream, parts: told, remedies: Vec::new() }, score))
    }
}

/// The `until` conditions in force at a stage: its own, and those of the groups around it.
fn untils<'e>(sequence: &'e [Element], stage: &str) -> Vec<&'e Expr> {
    let mut found = Vec::new();
    for element in sequence {
        let mut has = false;
        element.visit_stages(&mut |inner| has |= inner.name() == Some(stage));
        if !has {
            continue;
        }
        found.extend(&element.until);
        found.extend(element.group().into_iter().flat_map(|inner| untils(inner, stage)));
    }
    found
}
