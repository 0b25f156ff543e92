//! What an event does in the states of a pattern, by the truth of the pattern's conditions: found out once for each
//! state and truth that occur, whatever the key.

use std::ops::Range;

use hashbrown::HashMap;

use crate::ids::{PatternId, StageId, StateId};
use crate::program::{Automaton, CompiledPattern, Effect, Guard, StateKind};
use crate::runtime::truth::EventAt;

/// What becomes of the partial matches of a state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reply {
    /// They go on as they are.
    Wait(StateId),
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
#[derive(Clone, Debug)]
enum Answer {
    Unknown,
    /// All stay where they are.
    Stay,
    /// Replies, those that wait in front.
    Move(Range<u32>),
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
    replies: Vec<Reply>,
    truth: Truth,
    /// Where the answers for the event at hand begin.
    here: usize,
}

/// Truths remembered for a pattern; when there are more, it begins anew.
const MOST_TRUTHS: usize = 1024;

impl Replies {
    /// The replies to an event.
    pub(super) fn to(
        &mut self,
        id: PatternId,
        pattern: &CompiledPattern,
        event: &EventAt<'_>,
    ) -> &mut OfPattern {
        if self.patterns.len() <= id.index() {
            self.patterns.resize_with(id.index() + 1, OfPattern::default);
        }
        let of_pattern = &mut self.patterns[id.index()];
        of_pattern.begin(&pattern.automaton, truth(&pattern.automaton, event));
        of_pattern
    }

    /// The replies to the event last asked about.
    pub(super) fn of(&mut self, id: PatternId) -> &mut OfPattern {
        &mut self.patterns[id.index()]
    }
}

fn truth(automaton: &Automaton, event: &EventAt<'_>) -> Truth {
    let holds = |predicate| event.masks.holds(predicate, event.row).unwrap_or_default();
    let atoms = automaton.atoms.iter().rev();
    Truth(atoms.fold(0, |bits, predicate| bits << 1 | u64::from(holds(*predicate))))
}

impl OfPattern {
    fn begin(&mut self, automaton: &Automaton, truth: Truth) {
        if truth == self.truth && !self.answers.is_empty() {
            return;
        }
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
        self.answers.resize(self.here + automaton.states.len() + 1, Answer::Unknown);
    }

    /// What becomes of the partial matches of a state; none where they stay as they are.
    pub(super) fn of(&mut self, automaton: &Automaton, state: StateId) -> Option<Range<u32>> {
        self.answer(automaton, state, self.here + state.index(), false)
    }

    /// What begins; none where nothing does.
    pub(super) fn of_start(&mut self, automaton: &Automaton) -> Option<Range<u32>> {
        self.answer(automaton, automaton.start, self.here + automaton.states.len(), true)
    }

    pub(super) fn reply(&self, at: u32) -> Reply {
        self.replies[at as usize]
    }

    fn answer(
        &mut self,
        automaton: &Automaton,
        state: StateId,
        at: usize,
        starts: bool,
    ) -> Option<Range<u32>> {
        if matches!(self.answers[at], Answer::Unknown) {
            self.answers[at] = self.find(automaton, state, starts);
        }
        match &self.answers[at] {
            Answer::Move(replies) => Some(replies.clone()),
            Answer::Stay | Answer::Unknown => None,
        }
    }

    fn find(&mut self, automaton: &Automaton, state: StateId, starts: bool) -> Answer {
        let truth = self.truth.0;
        let moves = &automaton.state(state).moves;
        let open = |guard: &Guard| guard.open(&mut |atom| truth >> atom.index() & 1 == 1);
        let effects: Vec<_> =
            moves.iter().filter(|found| open(&found.guard)).map(|found| found.effect).collect();
        let stops = effects.contains(&Effect::Stop);
        let is_final = |state: StateId| automaton.state(state).kind == StateKind::Final;
        let mut replies: Vec<Reply> = Vec::new();
        for effect in effects {
            replies.extend(match effect {
                Effect::Wait { .. } if starts => None,
                Effect::Wait { target } if is_final(target) => Some(Reply::Complete),
                Effect::Wait { target } => (!stops).then_some(Reply::Wait(target)),
                Effect::Take { stage, target } => {
                    let completes = is_final(target) || open(&automaton.state(target).completes);
                    let target = Some(target).filter(|target| !stops && !is_final(*target));
                    (completes || target.is_some()).then_some(Reply::Take { stage, target, completes })
                }
                Effect::Stop => None,
            });
        }
        replies.sort_by_key(|reply| !matches!(reply, Reply::Wait(_)));
        let stays = if starts { replies.is_empty() } else { replies == [Reply::Wait(state)] };
        if stays {
            return Answer::Stay;
        }
        let first = self.replies.len();
        self.replies.extend(replies);
        let number = |at: usize| u32::try_from(at).expect("an automaton has fewer than 2^32 moves");
        Answer::Move(number(first)..number(self.replies.len()))
    }
}
