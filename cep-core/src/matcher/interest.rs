//! Which rows of a batch matter: those that satisfy any condition of a family, and those that can start a partial match,
//! with the groups of patterns for which they can.

use std::borrow::Cow;

use super::masks::{comparison, constant, pack};
use super::rows::set;
use super::sheet::Sheet;
use super::tables::NoRows;
use crate::event::EventBatch;
use crate::ids::PredicateId;
use crate::program::{Atom, Effect, Family, Group, GroupAtom, Guard, Index, Program, ValueId};
use crate::runtime::{Bits, Masks, Starters, Words, are_few, bit};

/// A family's conditions over a batch of one of its inputs.
pub(super) struct Interest<'a> {
    pub(super) program: &'a Program,
    pub(super) family: &'a Family,
    pub(super) input: usize,
    pub(super) batch: &'a EventBatch,
    pub(super) sheet: &'a Sheet<'a, NoRows>,
}

/// The rows of a batch for which something is so, or may be.
enum RowSet<'a> {
    Nothing,
    All,
    /// A bit a row.
    Words(Cow<'a, [u64]>),
    /// Ascending.
    Few(Cow<'a, [u32]>),
}

/// A group, with what is known of its atoms.
struct Known<'a> {
    group: &'a Group,
    bits: &'a [Bits],
    interest: &'a Interest<'a>,
    /// By atom, of those that are a condition for each pattern: the rows for which any holds.
    each: Vec<(usize, RowSet<'a>)>,
}

/// The rows that start something.
struct Starts {
    rows: Words,
    /// Each with the group; not of a family with few.
    pairs: Vec<(u32, u16)>,
}

impl Interest<'_> {
    /// Completes what is known of a batch once the conditions have been evaluated.
    pub(super) fn find(&self, mut masks: Masks) -> Masks {
        let mut hits = self.hits(&masks);
        let mut starts = Starts { rows: self.rows(false), pairs: Vec::new() };
        let groups = &self.family.groups;
        for (place, group) in (0..).zip(groups) {
            let known = Known::new(group, &masks.bits, self);
            self.starts(&known).add_to(&mut starts, (!are_few(groups)).then_some(place), self.batch.len());
            let of_group = self.of_group(&known);
            of_group.iter().for_each(|words| or(&mut hits, words));
            masks.of_groups.push(of_group);
        }
        if !are_few(groups) {
            masks.starters = Starters::new(self.batch.len(), &starts.pairs);
        }
        Masks { hits, starts: starts.rows, ..masks }
    }

    /// The rows that satisfy any condition that is asked for itself.
    fn hits(&self, masks: &Masks) -> Words {
        let mut hits = self.rows(false);
        // By column whose values are looked up: the values that some condition asks for.
        let mut sought: Vec<Vec<bool>> = vec![Vec::new(); masks.values.len()];
        for bits in &masks.bits {
            let known = if let Bits::Asked(Some(own)) = bits { own } else { bits };
            match known {
                Bits::Rows(words) => or(&mut hits, words),
                Bits::Few(rows) => insert(&mut hits, rows),
                Bits::Among(among) => {
                    let sought = &mut sought[among.constants];
                    sought.resize(self.sheet.ids(among.constants), false);
                    match among.only() {
                        Some(ids) => ids.iter().for_each(|id| sought[*id as usize] = true),
                        None => (0..).zip(sought).for_each(|(id, sought)| *sought |= among.has(id)),
                    }
                }
                Bits::Asked(_) => hits = self.rows(true),
                Bits::Indexed => {}
            }
        }
        for (values, sought) in masks.values.iter().zip(sought).filter(|(_, sought)| !sought.is_empty()) {
            or(&mut hits, &pack(values.len(), |row| sought[values[row] as usize]));
        }
        hits
    }

    /// The rows that satisfy any condition of a group, where its conditions do not tell one by one.
    fn of_group(&self, known: &Known<'_>) -> Option<Words> {
        if known.each.is_empty() && !are_few(&self.family.groups) {
            return None;
        }
        let mut hits = self.rows(false);
        for atom in 0..known.group.atoms.len() {
            match known.holds(atom) {
                RowSet::Nothing => {}
                RowSet::All => return Some(self.rows(true)),
                RowSet::Words(words) => or(&mut hits, &words),
                RowSet::Few(rows) => insert(&mut hits, &rows),
            }
        }
        Some(hits)
    }

    /// The rows that start something for a group.
    fn starts<'k>(&self, known: &'k Known<'_>) -> RowSet<'k> {
        let automaton = &self.program.pattern(known.group.patterns[0]).automaton;
        let moves = automaton.state(automaton.start).moves.iter();
        let starting =
            moves.filter(|found| !automaton.draining && !matches!(found.effect, Effect::Wait { .. }));
        starting.fold(RowSet::Nothing, |any, found| any.or(known.guard(&found.guard), self.batch.len()))
    }

    fn rows(&self, value: bool) -> Words {
        constant(self.batch.len(), value)
    }
}

impl<'a> Known<'a> {
    fn new(group: &'a Group, bits: &'a [Bits], interest: &'a Interest<'a>) -> Self {
        let mut known = Self { group, bits, interest, each: Vec::new() };
        for (atom, found) in group.atoms.iter().enumerate() {
            if let GroupAtom::Each { predicates, index } = found {
                let rows = match &index[interest.input] {
                    Some(index) => known.indexed(index),
                    None => predicates
                        .iter()
                        .fold(RowSet::Nothing, |any, predicate| any.or(known.of(*predicate), known.rows())),
                };
                known.each.push((atom, rows));
            }
        }
        known
    }

    /// The rows for which an index finds any pattern.
    fn indexed(&self, index: &Index) -> RowSet<'a> {
        match index {
            Index::Thresholds(index) => {
                let (op, bound) = index.weakest();
                let found = comparison(op, self.interest.batch.column(index.column()), &bound);
                found.map_or(RowSet::All, |words| RowSet::Words(words.into_vec().into()))
            }
            Index::Equals(index) => {
                self.of_values(index.constants, index.only(), |id| !index.holds(id).is_empty())
            }
        }
    }

    /// The rows for which an atom holds for any pattern.
    fn holds(&self, atom: usize) -> RowSet<'_> {
        match &self.group.atoms[atom] {
            GroupAtom::Same(predicate) => self.of(*predicate),
            GroupAtom::Each { .. } => {
                let known = self.each.iter().find(|(known, _)| *known == atom);
                known.map_or(RowSet::All, |(_, rows)| rows.as_ref())
            }
        }
    }

    /// The rows for which a condition holds.
    fn of(&self, predicate: PredicateId) -> RowSet<'a> {
        let bits = &self.bits[predicate.index()];
        match if let Bits::Asked(Some(own)) = bits { own } else { bits } {
            Bits::Rows(words) => RowSet::Words((&**words).into()),
            Bits::Few(rows) => RowSet::Few((&**rows).into()),
            Bits::Among(among) => self.of_values(among.constants, among.only(), |id| among.has(id)),
            Bits::Asked(_) | Bits::Indexed => RowSet::All,
        }
    }

    /// The rows in which a column has certain values: only some, or whatever is among them.
    fn of_values(
        &self,
        constants: usize,
        only: Option<&[ValueId]>,
        has: impl Fn(ValueId) -> bool,
    ) -> RowSet<'a> {
        if let Some(ids) = only {
            return RowSet::Few(self.interest.sheet.buckets(constants).rows(ids).into());
        }
        let values = self.interest.sheet.values(constants);
        RowSet::Words(pack(values.len(), |row| has(values[row])).into_vec().into())
    }

    /// The rows for which it does not hold for some pattern.
    fn fails(&self, atom: Atom) -> RowSet<'_> {
        let GroupAtom::Same(predicate) = &self.group.atoms[atom.index()] else { return RowSet::All };
        if let Bits::Asked(_) = self.bits[predicate.index()] {
            return RowSet::All;
        }
        let mut words = match self.holds(atom.index()) {
            RowSet::Nothing | RowSet::All => return RowSet::All,
            RowSet::Words(words) => words.into_owned(),
            RowSet::Few(rows) => {
                let mut words = self.interest.rows(false).into_vec();
                insert(&mut words, &rows);
                words
            }
        };
        words.iter_mut().for_each(|word| *word = !*word);
        RowSet::Words(words.into())
    }

    fn rows(&self) -> usize {
        self.interest.batch.len()
    }

    /// The rows for which a guard is open for any pattern.
    fn guard(&self, guard: &Guard) -> RowSet<'_> {
        match guard {
            Guard::Always => RowSet::All,
            Guard::Never => RowSet::Nothing,
            Guard::Is(atom) => self.holds(atom.index()),
            Guard::Not(atom) => self.fails(*atom),
            Guard::All(parts) => parts.iter().fold(RowSet::All, |all, part| all.and(self.guard(part))),
            Guard::Any(parts) => {
                parts.iter().fold(RowSet::Nothing, |any, part| any.or(self.guard(part), self.rows()))
            }
        }
    }
}

impl<'a> RowSet<'a> {
    fn as_ref(&self) -> RowSet<'_> {
        match self {
            Self::Nothing => RowSet::Nothing,
            Self::All => RowSet::All,
            Self::Words(words) => RowSet::Words((&**words).into()),
            Self::Few(rows) => RowSet::Few((&**rows).into()),
        }
    }

    fn or(self, other: RowSet<'a>, rows: usize) -> RowSet<'a> {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::Nothing, other) | (other, Self::Nothing) => other,
            (Self::Few(few), Self::Few(more)) => {
                let mut words = constant(rows, false).into_vec();
                insert(&mut words, &few);
                insert(&mut words, &more);
                Self::Words(words.into())
            }
            (Self::Few(few), Self::Words(mut words)) | (Self::Words(mut words), Self::Few(few)) => {
                insert(words.to_mut(), &few);
                Self::Words(words)
            }
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
            (Self::Few(few), Self::Words(words)) | (Self::Words(words), Self::Few(few)) => {
                Self::Few(few.iter().copied().filter(|row| bit(&words, *row as usize)).collect())
            }
            (Self::Few(few), Self::Few(more)) => {
                Self::Few(few.iter().copied().filter(|row| more.binary_search(row).is_ok()).collect())
            }
            (Self::Words(mut words), Self::Words(more)) => {
                words.to_mut().iter_mut().zip(more.iter()).for_each(|(word, more)| *word &= more);
                Self::Words(words)
            }
        }
    }

    /// These rows start something, for a certain group where that matters.
    fn add_to(&self, starts: &mut Starts, group: Option<u16>, rows: usize) {
        match self {
            Self::Nothing => {}
            Self::All => starts.rows.fill(u64::MAX),
            Self::Words(words) => or(&mut starts.rows, words),
            Self::Few(few) => insert(&mut starts.rows, few),
        }
        let Some(group) = group else { return };
        let pairs = &mut starts.pairs;
        match self {
            Self::Nothing => {}
            Self::All => pairs.extend((0..rows).map(|row| (row as u32, group))),
            Self::Words(words) => {
                pairs.extend(set(0..rows, |word| words[word]).map(|row| (row as u32, group)))
            }
            Self::Few(few) => pairs.extend(few.iter().map(|row| (*row, group))),
        }
    }
}

/// Some rows join a set that has a bit for each.
fn insert(into: &mut [u64], rows: &[u32]) {
    rows.iter().for_each(|row| into[*row as usize / 64] |= 1 << (row % 64));
}

fn or(into: &mut [u64], words: &[u64]) {
    into.iter_mut().zip(words).for_each(|(into, word)| *into |= word);
}
