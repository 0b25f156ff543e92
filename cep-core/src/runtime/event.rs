//! A captured event, read where it lies in the shared buffer.

use super::record::Head;
use crate::event::{Datum, EventBatch, Nested, PackedRow, Slot, pack, pack_slots, words_of, words_of_slots};
use crate::expr::CapturedEvent;
use crate::ids::ColumnId;
use crate::time::Timestamp;

/// A captured event: the columns that conditions or outputs read, and where it came from.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// From its first word on.
    words: &'a [u64],
    nested: &'a [crate::event::Value],
}

/// What an event begins with.
const HEAD: usize = 0;
/// The order of capture within the key, before sixteen bits with the input.
const ORDER: usize = 1;
const TIME: usize = 2;
const POSITION: usize = 3;
/// Where its values begin, after the tag if it has one.
const ROW: usize = 4;

/// Where the values of an event begin.
#[inline]
pub(super) fn row_of(head: Head) -> usize {
    ROW + usize::from(head.is_tagged())
}

/// Bits of the input.
const INPUT_BITS: u32 = 16;

impl<'a> Event<'a> {
    pub(super) fn at(words: &'a [u64], nested: &'a Nested) -> Self {
        Self { words, nested: nested.as_ref().map_or(&[], |nested| nested) }
    }

    /// The order of capture within the key.
    #[inline]
    pub(crate) fn sequence(self) -> u64 {
        self.words[ORDER] >> INPUT_BITS
    }

    #[inline]
    pub(crate) fn time(self) -> Timestamp {
        Timestamp(self.words[TIME].cast_signed())
    }

    pub(crate) fn position(self) -> u64 {
        self.words[POSITION]
    }

    pub(crate) fn tag(self) -> u64 {
        if Head(self.words[HEAD]).is_tagged() { self.words[ROW] } else { 0 }
    }

    #[inline]
    pub(crate) fn row(self) -> PackedRow<'a> {
        PackedRow::new(&self.words[row_of(Head(self.words[HEAD]))..], self.nested)
    }
}

impl<'a> CapturedEvent<'a> for Event<'a> {
    #[inline]
    fn input(self) -> usize {
        (self.words[ORDER] & ((1 << INPUT_BITS) - 1)) as usize
    }

    fn slot(self, slot: u16) -> Datum<'a> {
        self.row().get(slot.into())
    }

    #[inline(always)]
    fn float(self, slot: u16) -> Option<f64> {
        self.row().float(slot.into())
    }
}

/// An event that is about to be captured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrived<'a> {
    pub(crate) batch: &'a EventBatch,
    pub(crate) row: usize,
    /// The input of the key family it comes from.
    pub(crate) input: usize,
    /// The columns to keep.
    pub(crate) kept: &'a [ColumnId],
    /// Words that each node keeps of the path it ends.
    pub(crate) node_words: usize,
}

impl Arrived<'_> {
    /// The words it takes.
    #[inline]
    pub(super) fn words(&self) -> usize {
        let tag = usize::from(self.batch.tag(self.row) != 0);
        ROW + tag + words_of(self.batch, self.row, self.kept)
    }

    /// Writes it.
    pub(super) fn write(&self, sequence: u64, words: &mut [u64], nested: &mut Nested) {
        let Self { batch, row, input, kept, .. } = *self;
        let input = u16::try_from(input).expect("a family has fewer than 65,536 inputs");
        let tag = batch.tag(row);
        let head = Head::event(words.len(), kept.len(), tag != 0);
        words[HEAD] = head.0;
        words[ORDER] = sequence << INPUT_BITS | u64::from(input);
        words[TIME] = batch.time(row).0.cast_unsigned();
        words[POSITION] = batch.position(row);
        if tag != 0 {
            words[ROW] = tag;
        }
        let lists = nested.as_ref().map_or(0, |nested| nested.len());
        pack(batch, row, kept, &mut words[row_of(head)..], nested);
        if nested.as_ref().is_some_and(|nested| nested.len() > lists) {
            words[HEAD] = head.with_nested().0;
        }
    }
}

/// A captured event as it was read from bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Saved<'a> {
    pub(super) input: usize,
    pub(super) time: Timestamp,
    pub(super) position: u64,
    pub(super) tag: u64,
    /// In slot order.
    pub(super) values: &'a [Slot<'a>],
}

impl Saved<'_> {
    /// The words it takes.
    pub(super) fn words(&self) -> usize {
        ROW + usize::from(self.tag != 0) + words_of_slots(self.values)
    }

    /// Writes it.
    pub(super) fn write(&self, sequence: u64, words: &mut [u64], nested: &mut Nested) {
        let mut head = Head::event(words.len(), self.values.len(), self.tag != 0);
        if self.values.iter().any(|value| matches!(value, Slot::Nested(_))) {
            head = head.with_nested();
        }
        words[HEAD] = head.0;
        words[ORDER] = sequence << INPUT_BITS | self.input as u64;
        words[TIME] = self.time.0.cast_unsigned();
        words[POSITION] = self.position;
        if self.tag != 0 {
            words[ROW] = self.tag;
        }
        pack_slots(self.values, &mut words[row_of(head)..], nested);
    }
}
