//! A batch with what has been found out about its rows: shared between the script of a step and the rows that wait.

use std::ops::Range;
use std::sync::Arc;

use super::interest::Interest;
use super::keys::Keys;
use super::sheet::Sheet;
use super::tables::NoRows;
use crate::event::EventBatch;
use crate::ids::{ColumnId, FamilyId};
use crate::program::{Misses, Program};
use crate::runtime::{Masks, bit};

/// A batch, the truth of conditions over it, and which rows matter to which family.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) batch: EventBatch,
    /// The stream's tie-break fields, and whether greater values come first.
    pub(super) ties: Box<[(ColumnId, bool)]>,
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
    pub(super) masks: Masks,
    /// The hashes of the keys of rows that matter.
    pub(super) hashes: Box<[u64]>,
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
            let hashes = Box::default();
            families.push(FamilyRows { family, input, masks, hashes, misses });
        }
        for rows in &mut families {
            let columns = &program.families()[rows.family.index()].inputs[rows.input].key;
            let mut hashes = vec![0; batch.len()].into_boxed_slice();
            // One after the other, as each waits for memory that the next need not wait for.
            let interesting = set(0..batch.len(), |word| rows.interesting_word(word));
            keys[rows.family.index()].hash_rows(&batch, interesting, columns, &mut hashes);
            rows.hashes = hashes;
        }
        let ties = program.streams().get(batch.stream()).tie_break.clone().into();
        let hits =
            |rows: &FamilyRows| rows.masks.hits.iter().map(|word| word.count_ones() as usize).sum::<usize>();
        let is_sparse = 4 * families.iter().map(hits).max().unwrap_or(0) < batch.len();
        Arc::new(Self { batch, ties, families, is_sparse })
    }

    /// Whether a row matters to any family.
    pub(super) fn interesting(&self, row: usize) -> bool {
        self.families.iter().any(|family| family.interesting(row))
    }

    /// The rows of a span that matter to any family, in order.
    pub(super) fn interesting_in(&self, span: Range<usize>) -> impl Iterator<Item = usize> {
        set(span, |word| {
            let of_families = self.families.iter().map(move |family| family.interesting_word(word));
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

impl FamilyRows {
    /// Whether a row can change anything.
    pub(super) fn interesting(&self, row: usize) -> bool {
        self.misses != Misses::Nothing || self.hits(row)
    }

    fn interesting_word(&self, word: usize) -> u64 {
        if self.misses == Misses::Nothing { self.masks.hits[word] } else { u64::MAX }
    }

    /// Whether a row satisfies any condition, or may.
    pub(super) fn hits(&self, row: usize) -> bool {
        bit(&self.masks.hits, row)
    }

    /// Whether a row starts a partial match, or may.
    pub(super) fn may_start(&self, row: usize) -> bool {
        bit(&self.masks.starts, row)
    }
}
