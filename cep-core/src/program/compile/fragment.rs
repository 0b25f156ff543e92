//! The states of single stages and of chains of repetitions, and the walk from the last part to the first.

use std::collections::{HashMap, HashSet};

use super::parts::{Occurrence, Part, PartId, Parts};
use crate::ids::{StageId, StateId};
use crate::pattern::{Contiguity, Inner};
use crate::program::automaton::{Action, StateKind};
use crate::program::guard::Formula;
use crate::time::Duration;

/// More than any pattern that a person writes.
pub(super) const MOST_STATES: usize = 50_000;

/// A state under construction.
pub(super) struct DraftState {
    pub(super) name: String,
    pub(super) kind: StateKind,
    pub(super) stage: Option<StageId>,
    pub(super) gap: Option<Duration>,
    pub(super) edges: Vec<DraftEdge>,
}

#[derive(Clone)]
pub(super) struct DraftEdge {
    pub(super) action: Action,
    pub(super) target: StateId,
    pub(super) formula: Formula,
}

/// The finished draft of an automaton.
pub(super) struct Draft {
    pub(super) states: Vec<DraftState>,
    pub(super) start: StateId,
    pub(super) window: Option<Duration>,
}

/// The compiler's position in the pattern and the states so far.
pub(super) struct Fragments {
    pub(super) parts: Parts,
    pub(super) states: Vec<DraftState>,
    names: HashSet<String>,
    /// By base name: the first number that may be free.
    numbers: HashMap<String, usize>,
    pub(super) stops: HashMap<StageId, StateId>,
    window: Option<Duration>,
    pub(super) current: PartId,
    /// The part after the current one in walking order; inside a group it may still be the one after the group.
    pub(super) following: Option<PartId>,
    pub(super) group: Option<PartId>,
    /// Sinks as they were before a greedy loop restricted them, by the restricted sink.
    pub(super) unrestricted: HashMap<StateId, StateId>,
}

pub(super) fn build(parts: Parts) -> Draft {
    let last = parts.last.expect("a validated pattern has a last part");
    let window = parts.get(last).window;
    let mut fragments = Fragments {
        parts,
        states: Vec::new(),
        names: HashSet::new(),
        numbers: HashMap::new(),
        stops: HashMap::new(),
        window,
        current: last,
        following: None,
        group: None,
        unrestricted: HashMap::new(),
    };
    let end = fragments.state("$end", StateKind::Final, None);
    let sink = fragments.walk_to_first(end);
    let start = fragments.convert(sink);
    Draft { states: fragments.states, start, window: fragments.window }
}

impl Fragments {
    pub(super) fn part(&self) -> &Part {
        self.parts.get(self.current)
    }

    /// A new state; where the name is taken, it gets a number.
    pub(super) fn state(&mut self, base: &str, kind: StateKind, stage: Option<StageId>) -> StateId {
        let mut name = base.to_owned();
        let number = self.numbers.entry(base.to_owned()).or_default();
        while self.names.contains(&name) {
            name = format!("{base}:{number}");
            *number += 1;
        }
        self.names.insert(name.clone());
        self.states.push(DraftState { name, kind, stage, gap: None, edges: Vec::new() });
        StateId::new(self.states.len() - 1)
    }

    /// A new state of the current part. Only states that take carry its window, and of a part with a number of
    /// occurrences only those whose name got a number (docs/semantics.md: `at most … apart`).
    pub(super) fn state_of_part(&mut self, kind: StateKind, takes: bool) -> StateId {
        let part = self.part();
        let (name, stage, single) = (part.name.clone(), part.stage, part.occurrence == Occurrence::Single);
        let (gap, apart) = (part.gap, part.apart);
        let id = self.state(&name, kind, stage);
        let state = &mut self.states[id.index()];
        if takes && single {
            state.gap = gap;
        } else if takes && state.name != name {
            state.gap = apart;
        }
        id
    }

    pub(super) fn connect(&mut self, from: StateId, action: Action, target: StateId, formula: Formula) {
        self.states[from.index()].edges.push(DraftEdge { action, target, formula });
    }

    /// All parts from the current one back to the second, each on the fragment of the one after it.
    pub(super) fn walk_to_first(&mut self, sink: StateId) -> StateId {
        let mut last = sink;
        while let Some(previous) = self.part().previous {
            last = match self.part().contiguity {
                Contiguity::NotFollowedBy => self.not_followed_by(last),
                Contiguity::NotNext => self.not_next(last),
                _ => self.convert(last),
            };
            self.following = Some(self.current);
            self.current = previous;
            if let Some(window) = self.part().window {
                self.window = Some(self.window.map_or(window, |known| known.min(window)));
            }
        }
        last
    }

    /// The window found so far on the way back.
    pub(super) fn window_so_far(&self) -> Option<Duration> {
        self.window
    }

    /// The fragment of the current part in front of a sink.
    pub(super) fn convert(&mut self, sink: StateId) -> StateId {
        let entry = match self.part().occurrence {
            Occurrence::Loop(least) => {
                self.set_first_repetition(false);
                let after = self.without_nots(sink);
                let looping = self.looping(after);
                self.set_first_repetition(true);
                self.times(looping, sink, least, least)
            }
            Occurrence::Times(from, to) => self.times(sink, sink, from, to),
            Occurrence::Single => {
                let (take, ignore, optional) =
                    (self.take_formula(), self.ignore_formula(), self.part().optional);
                self.single(sink, sink, take, ignore, optional)
            }
        };
        self.add_stops(entry);
        entry
    }

    pub(super) fn set_first_repetition(&mut self, first: bool) {
        if self.part().body.is_some() {
            self.parts.get_mut(self.current).first_repetition = first;
        }
    }

    /// A chain of `from` mandatory and `to - from` optional occurrences. All but the first follow by the inner
    /// contiguity.
    fn times(&mut self, sink: StateId, proceed: StateId, from: u32, to: u32) -> StateId {
        self.set_first_repetition(false);
        let until = self.part().until.clone();
        let inner = guarded_ignore(self.inner_ignore_formula(), until.as_ref());
        let take = guarded_take(self.take_formula(), until.as_ref());
        if self.part().greedy && from != to {
            if until.is_some() {
                let copy = self.copy(sink);
                self.unrestricted.insert(sink, copy);
            }
            self.restrict(sink, &take);
        }
        let mut last = sink;
        for optional in std::iter::repeat_n(true, (to - from) as usize)
            .chain(std::iter::repeat_n(false, from.saturating_sub(1) as usize))
        {
            if self.states.len() > MOST_STATES {
                // Too many by now, however the rest turns out: compilation fails when it is back at the top.
                break;
            }
            last = self.single(last, proceed, take.clone(), inner.clone(), optional);
            self.stop_while_looping(last);
        }
        self.set_first_repetition(true);
        let (outer, optional) = (self.ignore_formula(), self.part().optional);
        self.single(last, proceed, take, outer, optional)
    }

    /// One occurrence of the current part.
    fn single(
        &mut self,
        sink: StateId,
        proceed: StateId,
        take: Formula,
        ignore: Option<Formula>,
        optional: bool,
    ) -> StateId {
        if let Some(body) = self.part().body {
            return self.group(body, sink, proceed, optional);
        }
        let entry = self.state_of_part(StateKind::Normal, true);
        let after = self.without_nots(sink);
        self.connect(entry, Action::Take, after, take.clone());
        if optional {
            self.leave_out(entry, proceed);
        }
        if let Some(ignore) = ignore {
            let waiting = if optional || self.heads_optional_group() {
                let waiting = self.state_of_part(StateKind::Normal, false);
                self.connect(waiting, Action::Take, after, take);
                self.connect(waiting, Action::Ignore, waiting, ignore.clone());
                self.add_stops(waiting);
                waiting
            } else {
                entry
            };
            self.connect(entry, Action::Ignore, waiting, ignore);
        }
        entry
    }

    /// PROCEED past an optional occurrence; of a greedy one with `until`, to the unrestricted sink once it holds.
    fn leave_out(&mut self, entry: StateId, proceed: StateId) {
        let open = self.open_formula();
        match self.part().until.clone().filter(|_| self.part().greedy) {
            Some(until) => {
                let unrestricted = self.unrestricted.get(&proceed).copied().unwrap_or(proceed);
                self.connect(entry, Action::Proceed, unrestricted, open.clone().and(until.clone()));
                self.connect(entry, Action::Proceed, proceed, open.and(until.negated()));
            }
            None => self.connect(entry, Action::Proceed, proceed, open),
        }
    }

    /// A state with the same transitions, its self-loops turned to itself.
    pub(super) fn copy(&mut self, of: StateId) -> StateId {
        let original = &self.states[of.index()];
        let base = original.name.split(':').next().unwrap_or_default().to_owned();
        let (kind, stage, edges) = (original.kind, original.stage, original.edges.clone());
        let copy = self.state(&base, kind, stage);
        for mut edge in edges {
            edge.target = if edge.target == of { copy } else { edge.target };
            self.states[copy.index()].edges.push(edge);
        }
        copy
    }

    /// Closes every transition of a state to events the greedy loop before it would take.
    pub(super) fn restrict(&mut self, sink: StateId, take: &Formula) {
        for edge in &mut self.states[sink.index()].edges {
            edge.formula = edge.formula.clone().and(take.clone().negated());
        }
    }

    fn group_until(&self) -> Option<Formula> {
        self.group.and_then(|group| self.parts.get(group).until.clone())
    }

    /// The current part's condition, as far as the group's `until` allows.
    pub(super) fn take_formula(&self) -> Formula {
        self.take_formula_of(self.current)
    }

    pub(super) fn take_formula_of(&self, part: PartId) -> Formula {
        guarded_take(self.parts.get(part).condition.clone(), self.group_until().as_ref())
    }

    /// True, as far as the group's `until` allows.
    pub(super) fn open_formula(&self) -> Formula {
        guarded_take(Formula::True, self.group_until().as_ref())
    }

    fn heads_group(&self) -> Option<&Part> {
        self.group.filter(|_| self.part().previous.is_none()).map(|group| self.parts.get(group))
    }

    fn heads_optional_group(&self) -> bool {
        self.heads_group().is_some_and(|group| group.first_repetition && group.optional)
    }

    /// When an event is passed over before the first occurrence.
    pub(super) fn ignore_formula(&self) -> Option<Formula> {
        let contiguity = match self.heads_group() {
            Some(group) if group.first_repetition => group.contiguity,
            Some(group) => inner_contiguity(group.inner),
            None => self.part().contiguity,
        };
        self.ignore_by(contiguity)
    }

    /// When an event is passed over between occurrences.
    pub(super) fn inner_ignore_formula(&self) -> Option<Formula> {
        let inner = self.heads_group().map_or(self.part().inner, |group| group.inner);
        self.ignore_by(inner_contiguity(inner))
    }

    fn ignore_by(&self, contiguity: Contiguity) -> Option<Formula> {
        let ignore = match contiguity {
            Contiguity::FollowedBy => Some(self.part().condition.clone().negated()),
            Contiguity::FollowedByAny => Some(Formula::True),
            _ => None,
        };
        guarded_ignore(ignore, self.group_until().as_ref())
    }
}

fn inner_contiguity(inner: Inner) -> Contiguity {
    match inner {
        Inner::Relaxed => Contiguity::FollowedBy,
        Inner::Consecutive => Contiguity::Next,
        Inner::Combinations => Contiguity::FollowedByAny,
    }
}

/// The formula where `until` does not hold.
pub(super) fn guarded_take(formula: Formula, until: Option<&Formula>) -> Formula {
    match until {
        Some(until) => until.clone().negated().and(formula),
        None => formula,
    }
}

pub(super) fn guarded_ignore(formula: Option<Formula>, until: Option<&Formula>) -> Option<Formula> {
    formula.map(|formula| guarded_take(formula, until))
}
