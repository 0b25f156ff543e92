//! What an event does in the states of a pattern, by the truth of the pattern's conditions: found out once for each
//! state and truth that occur, whatever the key.

use hashbrown::HashMap;

use crate::ids::{PatternId, StageId, StateId};
use crate::program::{Automaton, Effect, Guard, StateKind};
use crate::runtime::truth::{EventAt, truth};

/// What becomes of the partial matches of a state, but for those that wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reply {
    /// They are complete as they are.
    Complete,
    /// Each gets the event.
    Take {
        stage: StageId,
        /// Where that goes on.
        target: Option<StateId>,
        /// Whether it is a match.
        completes: bool,
    },
}

/// What an event does in a state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub(super) waits: Waits,
    first_wait: u32,
    waiting: u32,
    first: u32,
    /// How many replies there are besides.
    pub(super) replies: u32,
}

/// Where partial matches wait over an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Waits {
    /// Not found out yet.
    Unknown,
    /// In the state they are in, once.
    Here,
    /// Nowhere, or elsewhere.
    Else,
}

/// The replies of all patterns.
#[derive(Default)]
pub(super) struct Replies {
    patterns: Vec<OfPattern>,
}

/// The truth of a pattern's conditions for an event, a bit each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Truth(u64);

/// The replies of one pattern.
#[derive(Default)]
pub(super) struct OfPattern {
    known: HashMap<Truth, usize, foldhash::fast::FixedState>,
    /// By truth, then by state; those of the start state to who has captured nothing yet come last.
    answers: Vec<Answer>,
    waits: Vec<StateId>,
    replies: Vec<Reply>,
    truth: Truth,
    /// Where the answers for the event at hand begin.
    here: usize,
}

/// Truths remembered for a pattern; when there are more, it begins anew.
const MOST_TRUTHS: usize = 1024;

impl Replies {
    /// The replies to an event.
    pub(super) fn to(&mut self, id: PatternId, automaton: &Automaton, event: &EventAt<'_>) -> &mut OfPattern {
        if self.patterns.len() <= id.index() {
            self.patterns.resize_with(id.index() + 1, OfPattern::default);
        }
        let of_pattern = &mut self.patterns[id.index()];
        let truth = Truth(truth(&automaton.atoms, event));
        if truth != of_pattern.truth || of_pattern.answers.is_empty() {
            of_pattern.begin(automaton, truth);
        }
        of_pattern
    }

    /// All that is known of a pattern.
    pub(super) fn of(&self, id: PatternId) -> &OfPattern {
        &self.patterns[id.index()]
    }
}

impl OfPattern {
    fn begin(&mut self, automaton: &Automaton, truth: Truth) {
        self.truth = truth;
        if let Some(here) = self.known.get(&truth) {
            self.here = *here;
            return;
        }
        if self.known.len() == MOST_TRUTHS {
            *self = Self { truth, ..Self::default() };
        }
        self.here = self.answers.len();
        self.known.insert(truth, self.here);
        let unknown = Answer { waits: Waits::Unknown, first_wait: 0, waiting: 0, first: 0, replies: 0 };
        self.answers.resize(self.here + automaton.states.len() + 1, unknown);
    }

    /// What becomes of the partial matches of a state.
    pub(super) fn in_state(&mut self, automaton: &Automaton, state: StateId) -> Answer {
        let answer = self.answers[self.here + state.index()];
        if answer.waits == Waits::Unknown { self.find(automaton, state, false) } else { answer }
    }

    /// What begins.
    pub(super) fn at_start(&mut self, automaton: &Automaton) -> Answer {
        let answer = self.answers[self.here + automaton.states.len()];
        if answer.waits == Waits::Unknown { self.find(automaton, automaton.start, true) } else { answer }
    }

    /// Where partial matches wait.
    pub(super) fn waits(&self, answer: Answer) -> &[StateId] {
        &self.waits[answer.first_wait as usize..][..answer.waiting as usize]
    }

    /// What becomes of the others.
    pub(super) fn replies(&self, answer: Answer) -> &[Reply] {
        &self.replies[answer.first as usize..][..answer.replies as usize]
    }

    #[cold]
    fn find(&mut self, automaton: &Automaton, state: StateId, starts: bool) -> Answer {
        let truth = self.truth.0;
        let open = |guard: &Guard| guard.open(&mut |atom| truth >> atom.index() & 1 == 1);
        let moves = automaton.state(state).moves.iter().filter(|_| !(starts && automaton.draining));
        let effects: Vec<_> = moves.filter(|found| open(&found.guard)).map(|found| found.effect).collect();
        let stops = effects.contains(&Effect::Stop);
        let is_final = |state: StateId| automaton.state(state).kind == StateKind::Final;
        let (first_wait, first) = (self.waits.len(), self.replies.len());
        for effect in effects {
            match effect {
                Effect::Wait { target } if is_final(target) => {
                    self.replies.extend((!starts).then_some(Reply::Complete));
                }
                Effect::Wait { target } => self.waits.extend((!stops && !starts).then_some(target)),
                Effect::Take { stage, target } => {
                    let completes = is_final(target) || open(&automaton.state(target).completes);
                    let target = Some(target).filter(|target| !stops && !is_final(*target));
                    let takes = completes || target.is_some();
                    self.replies.extend(takes.then_some(Reply::Take { stage, target, completes }));
                }
                Effect::Stop => {}
            }
        }
        let here = starts || self.waits[first_wait..] == [state];
        let number = |at: usize| u32::try_from(at).expect("an automaton has fewer than 2^32 moves");
        let answer = Answer {
            waits: if here { Waits::Here } else { Waits::Else },
            first_wait: number(first_wait),
            waiting: number(self.waits.len() - first_wait),
            first: number(first),
            replies: number(self.replies.len() - first),
        };
        let place = if starts { automaton.states.len() } else { state.index() };
        self.answers[self.here + place] = answer;
        answer
    }
}

impl Answer {
    /// Whether nothing changes.
    pub(super) fn is_nothing(&self) -> bool {
        self.waits == Waits::Here && self.replies == 0
    }
}
