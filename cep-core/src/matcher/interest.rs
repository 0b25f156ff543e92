//! Which rows of a batch matter: those that satisfy any condition of a group of patterns, and those that can start a
//! partial match.

use super::masks::{comparison, constant};
use crate::event::EventBatch;
use crate::program::{Atom, Effect, Family, Group, GroupAtom, Guard, Program};
use crate::runtime::{Bits, Masks, Words};

/// A family's conditions over a batch of one of its inputs.
pub(super) struct Interest<'a> {
    pub(super) program: &'a Program,
    pub(super) family: &'a Family,
    pub(super) input: usize,
    pub(super) batch: &'a EventBatch,
}

/// The rows that matter, a bit each.
pub(super) struct Interesting {
    /// By group: the rows that satisfy any of its conditions, or may.
    pub(super) hits: Vec<Words>,
    /// The rows that start a partial match of some pattern, or may, for a key that holds none.
    pub(super) starts: Words,
}

impl Interest<'_> {
    pub(super) fn find(&self, masks: &Masks) -> Interesting {
        let mut interesting = Interesting { hits: Vec::new(), starts: self.all(false) };
        for group in &self.family.groups {
            let atoms: Vec<Option<Words>> = group.atoms.iter().map(|atom| self.any(atom, masks)).collect();
            let mut hits = self.all(false);
            for words in &atoms {
                match words {
                    Some(words) => or(&mut hits, words),
                    None => hits = self.all(true),
                }
            }
            interesting.hits.push(hits);
            or(&mut interesting.starts, &self.starts(group, &atoms));
        }
        interesting
    }

    /// The rows for which an atom holds for any pattern of its group; none where that cannot be told in advance.
    fn any(&self, atom: &GroupAtom, masks: &Masks) -> Option<Words> {
        let rows = |predicate: &crate::ids::PredicateId| match &masks.bits[predicate.index()] {
            Bits::Rows(words) => Some(words),
            Bits::Asked | Bits::Indexed => None,
        };
        match atom {
            GroupAtom::Same(predicate) => rows(predicate).cloned(),
            GroupAtom::Each { predicates, index } => match &index[self.input] {
                Some(index) => {
                    let (op, bound) = index.weakest();
                    comparison(op, self.batch.column(index.column()), &bound)
                }
                None => {
                    let mut any = self.all(false);
                    for predicate in predicates {
                        or(&mut any, rows(predicate)?);
                    }
                    Some(any)
                }
            },
        }
    }

    fn starts(&self, group: &Group, atoms: &[Option<Words>]) -> Words {
        let automaton = &self.program.pattern(group.patterns[0]).automaton;
        let moves = automaton.state(automaton.start).moves.iter();
        let mut any = self.all(false);
        for found in moves.filter(|found| !matches!(found.effect, Effect::Wait { .. })) {
            or(&mut any, &self.guard(&found.guard, group, atoms));
        }
        any
    }

    /// The rows for which a guard is open for any pattern, or may be.
    fn guard(&self, guard: &Guard, group: &Group, atoms: &[Option<Words>]) -> Words {
        let parts = |parts: &[Guard], first: bool, join: fn(u64, u64) -> u64| {
            let parts = parts.iter().map(|part| self.guard(part, group, atoms));
            parts.fold(self.all(first), |mut all, part| {
                all.iter_mut().zip(&part).for_each(|(left, right)| *left = join(*left, *right));
                all
            })
        };
        match guard {
            Guard::Always => self.all(true),
            Guard::Never => self.all(false),
            Guard::Is(atom) => atoms[atom.index()].clone().unwrap_or_else(|| self.all(true)),
            Guard::Not(atom) => match &atoms[atom.index()] {
                Some(words) if is_one(group, *atom) => words.iter().map(|word| !word).collect(),
                _ => self.all(true),
            },
            Guard::All(all) => parts(all, true, |l, r| l & r),
            Guard::Any(any) => parts(any, false, |l, r| l | r),
        }
    }

    fn all(&self, value: bool) -> Words {
        constant(self.batch.len(), value)
    }
}

/// Whether an atom is the same condition for all patterns of a group.
fn is_one(group: &Group, atom: Atom) -> bool {
    matches!(group.atoms[atom.index()], GroupAtom::Same(_))
}

pub(super) fn or(into: &mut Words, words: &Words) {
    into.iter_mut().zip(words).for_each(|(into, word)| *into |= word);
}
