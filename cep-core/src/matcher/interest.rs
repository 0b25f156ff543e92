//! Which rows of a batch matter: those that satisfy any condition of a family, and those that can start a partial match,
//! with the groups of patterns for which they can.

use std::borrow::Cow;

use super::masks::{comparison, constant};
use super::rows::set;
use crate::event::EventBatch;
use crate::program::{Atom, Effect, Family, Group, GroupAtom, Guard, Program};
use crate::runtime::{Bits, Masks, Starters, Words};

/// A family's conditions over a batch of one of its inputs.
pub(super) struct Interest<'a> {
    pub(super) program: &'a Program,
    pub(super) family: &'a Family,
    pub(super) input: usize,
    pub(super) batch: &'a EventBatch,
}

/// The rows of a batch for which something is so, or may be.
enum RowSet<'a> {
    Nothing,
    All,
    Words(Cow<'a, [u64]>),
}

/// A group, with what is known of its atoms.
struct Known<'a> {
    group: &'a Group,
    bits: &'a [Bits],
    /// By atom: where its patterns have a condition each, the rows for which any holds.
    any: Vec<Option<Words>>,
}

/// The rows that start something.
struct Starts {
    rows: Words,
    /// Each with the group; not for a family of one.
    pairs: Vec<(u32, u16)>,
}

impl Interest<'_> {
    /// Completes what is known of a batch once the conditions have been evaluated.
    pub(super) fn find(&self, mut masks: Masks) -> Masks {
        let mut hits = self.rows(false);
        for bits in &masks.bits {
            match bits {
                Bits::Rows(words) => or(&mut hits, words),
                Bits::Asked => hits = self.rows(true),
                Bits::Indexed => {}
            }
        }
        let mut starts = Starts { rows: self.rows(false), pairs: Vec::new() };
        let groups = &self.family.groups;
        for (place, group) in (0..).zip(groups) {
            let any = group.atoms.iter().map(|atom| self.any(atom, &masks.bits)).collect();
            let known = Known { group, bits: &masks.bits, any };
            self.starts(&known).add_to(&mut starts, (groups.len() > 1).then_some(place), self.batch.len());
            let of_group = self.of_group(&known);
            of_group.iter().for_each(|words| or(&mut hits, words));
            masks.of_groups.push(of_group);
        }
        if groups.len() > 1 {
            masks.starters = Starters::new(self.batch.len(), &starts.pairs);
        }
        Masks { hits, starts: starts.rows, ..masks }
    }

    /// Where the patterns of a group have a condition each, the rows for which any of them holds.
    fn any(&self, atom: &GroupAtom, bits: &[Bits]) -> Option<Words> {
        let GroupAtom::Each { predicates, index } = atom else { return None };
        if let Some(index) = &index[self.input] {
            let (op, bound) = index.weakest();
            return comparison(op, self.batch.column(index.column()), &bound);
        }
        let mut any = self.rows(false);
        for predicate in predicates {
            let Bits::Rows(words) = &bits[predicate.index()] else { return None };
            or(&mut any, words);
        }
        Some(any)
    }

    /// The rows that satisfy any condition of a group, where its conditions do not tell one by one.
    fn of_group(&self, known: &Known<'_>) -> Option<Words> {
        if known.group.atoms.iter().all(|atom| matches!(atom, GroupAtom::Same(_))) {
            return None;
        }
        let mut hits = self.rows(false);
        for atom in 0..known.group.atoms.len() {
            match known.holds(atom) {
                RowSet::Nothing => {}
                RowSet::All => return Some(self.rows(true)),
                RowSet::Words(words) => or(&mut hits, &words),
            }
        }
        Some(hits)
    }

    /// The rows that start something for a group.
    fn starts<'k>(&self, known: &'k Known<'_>) -> RowSet<'k> {
        let automaton = &self.program.pattern(known.group.patterns[0]).automaton;
        let moves = automaton.state(automaton.start).moves.iter();
        let starting = moves.filter(|found| !matches!(found.effect, Effect::Wait { .. }));
        starting.fold(RowSet::Nothing, |any, found| any.or(known.guard(&found.guard)))
    }

    fn rows(&self, value: bool) -> Words {
        constant(self.batch.len(), value)
    }
}

impl Known<'_> {
    /// The rows for which an atom holds for any pattern.
    fn holds(&self, atom: usize) -> RowSet<'_> {
        match &self.group.atoms[atom] {
            GroupAtom::Same(predicate) => match &self.bits[predicate.index()] {
                Bits::Rows(words) => RowSet::Words(words.as_ref().into()),
                Bits::Asked | Bits::Indexed => RowSet::All,
            },
            GroupAtom::Each { .. } => {
                self.any[atom].as_ref().map_or(RowSet::All, |words| RowSet::Words(words.as_ref().into()))
            }
        }
    }

    /// The rows for which it does not hold for some pattern.
    fn fails(&self, atom: Atom) -> RowSet<'_> {
        match (&self.group.atoms[atom.index()], self.holds(atom.index())) {
            (GroupAtom::Same(_), RowSet::Words(words)) => {
                RowSet::Words(words.iter().map(|word| !word).collect::<Vec<_>>().into())
            }
            _ => RowSet::All,
        }
    }

    /// The rows for which a guard is open for any pattern.
    fn guard(&self, guard: &Guard) -> RowSet<'_> {
        match guard {
            Guard::Always => RowSet::All,
            Guard::Never => RowSet::Nothing,
            Guard::Is(atom) => self.holds(atom.index()),
            Guard::Not(atom) => self.fails(*atom),
            Guard::All(parts) => parts.iter().fold(RowSet::All, |all, part| all.and(self.guard(part))),
            Guard::Any(parts) => parts.iter().fold(RowSet::Nothing, |any, part| any.or(self.guard(part))),
        }
    }
}

impl<'a> RowSet<'a> {
    fn or(self, other: RowSet<'a>) -> RowSet<'a> {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::Nothing, other) | (other, Self::Nothing) => other,
            (Self::Words(mut words), Self::Words(more)) => {
                or(words.to_mut(), &more);
                Self::Words(words)
            }
        }
    }

    fn and(self, other: RowSet<'a>) -> RowSet<'a> {
        match (self, other) {
            (Self::Nothing, _) | (_, Self::Nothing) => Self::Nothing,
            (Self::All, other) | (other, Self::All) => other,
            (Self::Words(mut words), Self::Words(more)) => {
                words.to_mut().iter_mut().zip(more.iter()).for_each(|(word, more)| *word &= more);
                Self::Words(words)
            }
        }
    }

    /// These rows start something for a group, which is not said where there is but one.
    fn add_to(&self, starts: &mut Starts, group: Option<u16>, rows: usize) {
        match self {
            Self::Nothing => return,
            Self::All => starts.rows.fill(u64::MAX),
            Self::Words(words) => or(&mut starts.rows, words),
        }
        let Some(group) = group else { return };
        let started = set(0..rows, |word| if let Self::Words(words) = self { words[word] } else { u64::MAX });
        starts.pairs.extend(started.map(|row| (row as u32, group)));
    }
}

fn or(into: &mut [u64], words: &[u64]) {
    into.iter_mut().zip(words).for_each(|(into, word)| *into |= word);
}
