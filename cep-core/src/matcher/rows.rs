//! A batch with what has been found out about its rows: shared between the script of a step and the rows that wait.

use std::ops::Range;
use std::sync::Arc;

use super::interest::Interest;
use crate::event::EventBatch;
use crate::ids::{ColumnId, FamilyId};
use crate::program::{Misses, Program};
use crate::runtime::{Masks, Words, bit};

/// A batch, the truth of conditions over it, and which rows matter to which family.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) batch: EventBatch,
    /// The stream's tie-break fields, and whether greater values come first.
    pub(super) ties: Box<[(ColumnId, bool)]>,
    /// One for each family that reads the stream.
    pub(super) families: Vec<FamilyRows>,
}

/// What one family knows of a batch.
#[derive(Debug)]
pub(super) struct FamilyRows {
    pub(super) family: FamilyId,
    /// The stream's place among the family's inputs.
    pub(super) input: usize,
    pub(super) masks: Masks,
    /// The rows that satisfy any condition, or may, a bit each.
    pub(super) hits: Words,
    /// The rows that start a partial match, or may, for a key that holds none.
    pub(super) starts: Words,
    /// Whether rows that satisfy none can change anything.
    pub(super) misses_matter: bool,
}

impl Rows {
    /// Evaluates the conditions of all families in a stratum that read the batch's stream.
    pub(super) fn new(program: &Program, batch: EventBatch, keep_all: bool) -> Arc<Self> {
        let mut families = Vec::new();
        for (index, family) in program.families().iter().enumerate() {
            let Some(input) = family.input_of(batch.stream()) else { continue };
            let mut masks = super::masks::masks(family, input, &batch);
            let interesting = Interest { program, family, input, batch: &batch }.find(&masks);
            masks.hits = interesting.hits;
            let starts = interesting.starts;
            let hits = any(&masks.hits);
            let misses_matter = keep_all || family.misses != Misses::Nothing;
            families.push(FamilyRows {
                family: FamilyId::new(index),
                input,
                masks,
                hits,
                starts,
                misses_matter,
            });
        }
        let ties = program.streams().get(batch.stream()).tie_break.clone().into();
        Arc::new(Self { batch, ties, families })
    }

    /// Whether a row matters to any family.
    pub(super) fn interesting(&self, row: usize) -> bool {
        self.families.iter().any(|family| family.interesting(row))
    }

    /// The rows of a span that matter to any family, in order.
    pub(super) fn interesting_in(&self, span: Range<usize>) -> impl Iterator<Item = usize> {
        let words = span.start / 64..span.end.div_ceil(64);
        words.flat_map(move |word| {
            let of_families = self.families.iter().map(|family| family.interesting_word(word));
            let mut left = of_families.fold(0, |any, bits| any | bits);
            left &= u64::MAX << span.start.saturating_sub(64 * word).min(63);
            if span.end < 64 * (word + 1) {
                left &= (1 << (span.end - 64 * word)) - 1;
            }
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left &= left.wrapping_sub(1);
                (bit < 64).then(|| 64 * word + bit as usize)
            })
        })
    }

    pub(super) fn of_family(&self, family: FamilyId) -> Option<&FamilyRows> {
        self.families.iter().find(|rows| rows.family == family)
    }
}

/// The rows that are in any of some sets, of which there is at least one.
fn any(sets: &[Words]) -> Words {
    let mut any = sets.first().cloned().unwrap_or_default();
    for words in sets.iter().skip(1) {
        any.iter_mut().zip(words).for_each(|(any, word)| *any |= word);
    }
    any
}

impl FamilyRows {
    /// Whether a row can change anything.
    pub(super) fn interesting(&self, row: usize) -> bool {
        self.misses_matter || self.hits(row)
    }

    fn interesting_word(&self, word: usize) -> u64 {
        if self.misses_matter { u64::MAX } else { self.hits[word] }
    }

    /// Whether a row satisfies any condition, or may.
    pub(super) fn hits(&self, row: usize) -> bool {
        bit(&self.hits, row)
    }

    /// Whether a row starts a partial match, or may.
    pub(super) fn may_start(&self, row: usize) -> bool {
        bit(&self.starts, row)
    }
}
