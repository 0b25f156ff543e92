//! Groups: patterns of a family whose automata have one shape, run as one. A partial match that all of them hold stands
//! once, with the set of patterns that hold it.

use super::automaton::Automaton;
use super::conditions::Conditions;
use super::holding::Held;
use super::index::Index;
use super::moves::MoveTable;
use super::predicate::{Predicate, Test};
use super::{CompiledPattern, CompiledSkip};
use crate::ids::{PatternId, PredicateId};

/// A set of the patterns of a group, by their place in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Members(pub u64);

impl Members {
    /// The most patterns of a group.
    pub const MOST: usize = u64::BITS as usize;
    /// None of them.
    pub const NONE: Self = Self(0);

    /// The first `count` places.
    #[must_use]
    pub fn first(count: usize) -> Self {
        debug_assert!(count <= Self::MOST);
        Self(if count == Self::MOST { u64::MAX } else { (1 << count) - 1 })
    }

    /// One place.
    #[must_use]
    pub fn only(place: usize) -> Self {
        Self(1 << place)
    }

    /// Whether there is no pattern in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    #[must_use]
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether a place is in it.
    #[must_use]
    pub fn has(self, place: usize) -> bool {
        self.0 >> place & 1 == 1
    }

    /// Those in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those in either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that are not in the other.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The places, lowest first.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let place = left.trailing_zeros() as usize;
            left &= left.wrapping_sub(1);
            (place < Self::MOST).then_some(place)
        })
    }
}

impl std::fmt::Debug for Members {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// Patterns that run as one: their automata differ in nothing but the conditions that their atoms name. The automaton
/// of the first stands for all.
#[derive(Debug)]
pub struct Group {
    /// The patterns, in text order.
    pub patterns: Vec<PatternId>,
    /// For each atom of the automaton, where its truth comes from.
    pub atoms: Box<[GroupAtom]>,
    /// The atoms that depend on what the partial match has captured, for some input.
    pub asking: Box<[u16]>,
    /// What events open, worked out in advance, of a pattern that is alone.
    pub(crate) table: Option<MoveTable>,
    /// Whether an event that satisfies no condition of the group can do anything but wait.
    pub moves_on_miss: bool,
    /// Whether nobody can tell when a partial match leaves because its window is over, unless timeouts are asked for:
    /// there is no output for it, nothing waits for it, and it is none of a trailing absence.
    pub may_time_out_quietly: bool,
}

/// Where the truth of an atom comes from, for each pattern of a group.
#[derive(Debug)]
pub enum GroupAtom {
    /// One condition for all of them.
    Same(PredicateId),
    /// One condition each.
    Each {
        /// By the pattern's place in the group.
        predicates: Box<[PredicateId]>,
        /// By input of the family: the index over all of them, where they compare one field with constants.
        index: Box<[Option<Index>]>,
    },
}

impl Group {
    /// All its patterns.
    #[must_use]
    pub fn all(&self) -> Members {
        Members::first(self.patterns.len())
    }
}

/// Groups the patterns of a family.
pub(super) fn groups(
    ids: &[PatternId],
    compiled: &[Option<CompiledPattern>],
    predicates: &[Predicate],
    inputs: &[&Conditions],
) -> Vec<Group> {
    let mut groups: Vec<Vec<(PatternId, &CompiledPattern)>> = Vec::new();
    let known = ids.iter().filter_map(|id| Some((*id, compiled[id.index()].as_ref()?)));
    for (id, pattern) in known {
        let fits = |group: &&mut Vec<(PatternId, &CompiledPattern)>| {
            group.len() < Members::MOST && may_share(pattern, group[0].1)
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.push((id, pattern)),
            None => groups.push(vec![(id, pattern)]),
        }
    }
    groups.iter().map(|group| of_patterns(group, predicates, inputs)).collect()
}

/// Whether two patterns may run as one: not where their partial matches are held as sets. Under a skip strategy and under a limit what becomes of a partial match depends
/// on all others of its pattern; iterative conditions are asked for one partial match of one pattern.
fn may_share(left: &CompiledPattern, right: &CompiledPattern) -> bool {
    let apart = |pattern: &CompiledPattern| {
        pattern.skip != CompiledSkip::NoSkip
            || pattern.limit.is_some()
            || pattern.held == Held::Sets
            || pattern.automaton.states.iter().any(|state| state.asks_partial_match)
    };
    !apart(left)
        && !apart(right)
        && left.timeout_emits.is_empty() == right.timeout_emits.is_empty()
        && one_shape(&left.automaton, &right.automaton)
}

fn one_shape(left: &Automaton, right: &Automaton) -> bool {
    let state = |left: &super::State, right: &super::State| {
        left.kind == right.kind
            && left.gap == right.gap
            && left.moves == right.moves
            && left.completes == right.completes
    };
    left.start == right.start
        && left.draining == right.draining
        && left.window == right.window
        && left.atoms.len() == right.atoms.len()
        && left.states.len() == right.states.len()
        && left.states.iter().zip(&right.states).all(|(left, right)| state(left, right))
}

fn of_patterns(
    patterns: &[(PatternId, &CompiledPattern)],
    predicates: &[Predicate],
    inputs: &[&Conditions],
) -> Group {
    let first = &patterns[0].1.automaton;
    let atoms: Box<[GroupAtom]> = (0..first.atoms.len())
        .map(|atom| {
            let each: Box<[_]> = patterns.iter().map(|(_, pattern)| pattern.automaton.atoms[atom]).collect();
            if each.iter().all(|predicate| *predicate == each[0]) {
                return GroupAtom::Same(each[0]);
            }
            let index = |(input, conditions): (usize, &&Conditions)| {
                Index::over(&each, predicates, conditions, input)
            };
            GroupAtom::Each { index: inputs.iter().enumerate().map(index).collect(), predicates: each }
        })
        .collect();
    let asks = |predicate: PredicateId| {
        predicates[predicate.index()].inputs.iter().any(|test| matches!(test, Test::Iterative(_)))
    };
    let asking = (0..).zip(&first.atoms).filter(|(_, predicate)| asks(**predicate)).map(|(atom, _)| atom);
    Group {
        patterns: patterns.iter().map(|(id, _)| *id).collect(),
        asking: asking.collect(),
        table: if patterns.len() == 1 { MoveTable::of(first) } else { None },
        moves_on_miss: first.states.iter().any(|state| state.moves_on_miss),
        may_time_out_quietly: patterns.iter().all(|(_, pattern)| {
            pattern.skip == CompiledSkip::NoSkip
                && pattern.timeout_emits.is_empty()
                && !pattern.automaton.has_gaps
                && !pattern.automaton.ends_in_absence()
        }),
        atoms,
    }
}

/// By input and predicate: whether a group asks it for itself.
pub(super) fn asked_alone(groups: &[Group], predicates: usize, inputs: usize) -> Vec<Vec<bool>> {
    let mut asked = vec![vec![false; predicates]; inputs];
    for atom in groups.iter().flat_map(|group| &group.atoms) {
        for (input, asked) in asked.iter_mut().enumerate() {
            match atom {
                GroupAtom::Same(predicate) => asked[predicate.index()] = true,
                GroupAtom::Each { index, .. } if index[input].is_some() => {}
                GroupAtom::Each { predicates, .. } => {
                    predicates.iter().for_each(|predicate| asked[predicate.index()] = true);
                }
            }
        }
    }
    asked
}
