//! The values of one column in the records of an index, as text.

use cep_core::event::{Column, Type};

use super::super::block::fill::Values;
use super::super::problem::Problem;
use super::super::scalar;
use super::index::Index;
use super::split::undouble;

/// Values in records without quotes and carriage returns.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlainValues<'a> {
    pub(super) block: &'a [u8],
    pub(super) index: &'a Index,
    pub(super) column: usize,
}

impl Values for PlainValues<'_> {
    #[inline]
    fn block(&self) -> &[u8] {
        self.block
    }

    #[inline]
    fn plain(&self, row: usize) -> Option<(usize, usize)> {
        let (start, end) = self.index.field(row, self.column);
        // Nothing may stand for null or for an empty text.
        (start < end).then_some((start, end))
    }

    fn push(&self, row: usize, column: &mut Column, ty: &Type) -> Result<(), Problem> {
        let (start, end) = self.index.field(row, self.column);
        scalar::push_text(column, ty, &self.block[start..end])
    }
}

/// Values in any records of an index.
#[derive(Clone, Copy, Debug)]
pub(super) struct DressedValues<'a>(pub(super) PlainValues<'a>);

impl DressedValues<'_> {
    /// Where a value stands without its quotes, and whether quotes in it are doubled.
    fn undressed(&self, row: usize) -> (usize, usize, bool) {
        let PlainValues { block, index, column } = self.0;
        let (start, mut end) = index.field(row, column);
        if index.is_last(column) && block[start..end].ends_with(b"\r") {
            end -= 1;
        }
        if start == end || block[start] != b'"' {
            return (start, end, false);
        }
        let (start, end) = (start + 1, end - 1);
        (start, end, block[start..end].contains(&b'"'))
    }
}

impl Values for DressedValues<'_> {
    fn block(&self) -> &[u8] {
        self.0.block
    }

    fn plain(&self, row: usize) -> Option<(usize, usize)> {
        let (start, end, doubled) = self.undressed(row);
        (start < end && !doubled).then_some((start, end))
    }

    fn push(&self, row: usize, column: &mut Column, ty: &Type) -> Result<(), Problem> {
        let (start, end, doubled) = self.undressed(row);
        let text = &self.0.block[start..end];
        if doubled {
            scalar::push_text(column, ty, &undouble(text))
        } else {
            scalar::push_text(column, ty, text)
        }
    }
}
