//! A batch with what has been found out about its rows: shared between the script of a step and the rows that wait.

use std::ops::Range;
use std::sync::Arc;

use super::groups::shares;
use super::interest::Interest;
use super::keys::Keys;
use super::masks::constant;
use super::sheet::Sheet;
use super::tables::NoRows;
use crate::event::EventBatch;
use crate::ids::{ColumnId, FamilyId};
use crate::program::{Misses, Program};
use crate::runtime::{Masks, Words, bit};

/// A batch, the truth of conditions over it, and which rows matter to which family.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) batch: Arc<EventBatch>,
    /// The stream's tie-break fields, and whether greater values come first.
    pub(super) ties: Arc<[(ColumnId, bool)]>,
    /// One for each family that reads the stream.
    pub(super) families: Vec<FamilyRows>,
    /// Whether few rows matter: what is wanted of them does not lie side by side.
    pub(super) is_sparse: bool,
}

/// What one family knows of a batch.
#[derive(Debug)]
pub(super) struct FamilyRows {
    pub(super) family: FamilyId,
    /// The stream's place among the family's inputs.
    pub(super) input: usize,
    pub(super) masks: Arc<Masks>,
    /// The rows that can change anything, a bit each.
    matters: Words,
    /// The hashes of the keys of rows that matter.
    pub(super) hashes: Arc<[u64]>,
    /// What rows that satisfy none can change.
    pub(super) misses: Misses,
}

impl Rows {
    /// Evaluates the conditions of all families in a stratum that read the batch's stream.
    pub(super) fn new(program: &Program, keys: &[Keys], batch: EventBatch, keep_all: bool) -> Arc<Self> {
        let conditions = program.conditions(batch.stream());
        let mut sheet = Sheet::new(conditions, &batch, &NoRows);
        let mut families = Vec::new();
        for (index, family) in program.families().iter().enumerate() {
            let Some(input) = family.input_of(batch.stream()) else { continue };
            let masks = sheet.masks(family, input);
            let masks = Interest { program, family, input, batch: &batch, sheet: &sheet }.find(masks);
            let misses = if keep_all { Misses::Start } else { family.misses };
            let family = FamilyId::new(index);
            let rows = batch.len();
            let matters = if misses == Misses::Nothing { masks.hits.clone() } else { constant(rows, true) };
            let (masks, hashes) = (Arc::new(masks), Arc::default());
            families.push(FamilyRows { family, input, masks, matters, hashes, misses });
        }
        for rows in &mut families {
            let columns = &program.families()[rows.family.index()].inputs[rows.input].key;
            let mut hashes: Arc<[u64]> = std::iter::repeat_n(0, batch.len()).collect();
            let places = Arc::get_mut(&mut hashes).expect("nobody else has them yet");
            // One after the other, as each waits for memory that the next need not wait for.
            let keys = &keys[rows.family.index()];
            if rows.misses == Misses::Nothing {
                keys.hash_rows(&batch, set(0..batch.len(), |word| rows.matters[word]), columns, places);
            } else {
                keys.hash_rows(&batch, 0..batch.len(), columns, places);
            }
            rows.hashes = hashes;
        }
        let ties = program.streams().get(batch.stream()).tie_break.clone().into();
        let is_sparse = is_sparse(&families, batch.len());
        Arc::new(Self { batch: Arc::new(batch), ties, families, is_sparse })
    }

    /// The same batch as if the rows with other keys, as their hashes tell, did not matter.
    pub(super) fn only(&self, is_own: impl Fn(u64) -> bool) -> Arc<Self> {
        let own = |rows: &FamilyRows| {
            let mut own = constant(self.batch.len(), false);
            set(0..self.batch.len(), |word| rows.matters[word])
                .filter(|row| is_own(rows.hashes[*row]))
                .for_each(|row| own[row / 64] |= 1 << (row % 64));
            rows.only(own)
        };
        let families: Vec<_> = self.families.iter().map(own).collect();
        self.with(families)
    }

    /// The same batch for each of so many groups, as if rows with keys of other groups did not matter.
    pub(super) fn split(&self, program: &Program, groups: u16) -> Vec<Arc<Self>> {
        let mut split: Vec<Vec<FamilyRows>> = (0..groups).map(|_| Vec::new()).collect();
        for found in &self.families {
            let matters = set(0..self.batch.len(), |word| found.matters[word]);
            let shares = shares(program, self, found, matters, groups);
            split.iter_mut().zip(shares).for_each(|(families, own)| families.push(found.only(own)));
        }
        split.into_iter().map(|families| self.with(families)).collect()
    }

    /// The same batch as if nobody read it.
    pub(super) fn without_families(&self) -> Arc<Self> {
        self.with(Vec::new())
    }

    fn with(&self, families: Vec<FamilyRows>) -> Arc<Self> {
        let is_sparse = is_sparse(&families, self.batch.len());
        let (batch, ties) = (Arc::clone(&self.batch), Arc::clone(&self.ties));
        Arc::new(Self { batch, ties, families, is_sparse })
    }

    /// A row by which others of its moment can be told apart, where the stream has fields for that.
    pub(super) fn tied(self: &Arc<Self>, row: usize) -> Option<(Arc<Self>, u32)> {
        let row = u32::try_from(row).expect("a batch has fewer than 2^32 rows");
        (!self.ties.is_empty()).then(|| (Arc::clone(self), row))
    }

    /// Whether a row matters to any family.
    pub(super) fn interesting(&self, row: usize) -> bool {
        self.families.iter().any(|family| family.interesting(row))
    }

    /// The rows of a span that matter to any family, in order.
    pub(super) fn interesting_in(&self, span: Range<usize>) -> impl Iterator<Item = usize> {
        set(span, |word| {
            let of_families = self.families.iter().map(move |family| family.matters[word]);
            of_families.fold(0, |any, bits| any | bits)
        })
    }

    pub(super) fn of_family(&self, family: FamilyId) -> Option<&FamilyRows> {
        self.families.iter().find(|rows| rows.family == family)
    }
}

/// The rows of a span whose bits are set, in order.
pub(super) fn set(span: Range<usize>, word: impl Fn(usize) -> u64) -> impl Iterator<Item = usize> {
    (span.start / 64..span.end.div_ceil(64)).flat_map(move |at| {
        let mut left = word(at) & u64::MAX << span.start.saturating_sub(64 * at).min(63);
        if span.end < 64 * (at + 1) {
            left &= (1 << (span.end - 64 * at)) - 1;
        }
        std::iter::from_fn(move || {
            let bit = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            (bit < 64).then(|| 64 * at + bit as usize)
        })
    })
}

/// Whether few rows that matter satisfy anything.
fn is_sparse(families: &[FamilyRows], rows: usize) -> bool {
    let hits = |rows: &FamilyRows| {
        let both = rows.masks.hits.iter().zip(&rows.matters).map(|(hits, matters)| hits & matters);
        both.map(|word| word.count_ones() as usize).sum::<usize>()
    };
    4 * families.iter().map(hits).max().unwrap_or(0) < rows
}

impl FamilyRows {
    /// Whether a row can change anything.
    pub(super) fn interesting(&self, row: usize) -> bool {
        bit(&self.matters, row)
    }

    /// As if other rows than these did not matter.
    fn only(&self, own: Words) -> Self {
        let (masks, hashes) = (Arc::clone(&self.masks), Arc::clone(&self.hashes));
        Self { masks, hashes, matters: own, ..*self }
    }

    /// Whether a row satisfies any condition, or may.
    pub(super) fn hits(&self, row: usize) -> bool {
        bit(&self.masks.hits, row)
    }

    /// The rows that satisfy any condition, or may, a bit each.
    pub(super) fn hit_words(&self) -> &[u64] {
        &self.masks.hits
    }

    /// Whether a row starts a partial match, or may.
    pub(super) fn may_start(&self, row: usize) -> bool {
        bit(&self.masks.starts, row)
    }
}
