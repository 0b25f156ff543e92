//! Fills a column with the values of one field from many records at once: numbers and times as they usually stand in loops
//! of their own, texts copied end to end; each other value by itself. Ends at the first value that is none.

use std::ops::Range;

use cep_core::event::{Column, DataType, Type};

use super::super::problem::Problem;
use super::{BLOCK, number, time};

// Places in a block are kept in 32 bits.
const _: () = assert!(BLOCK <= u32::MAX as usize);

/// The values of one field in some records of a block.
pub(in crate::input) trait Values {
    /// The bytes that the records are in.
    fn block(&self) -> &[u8];

    /// Where the value of a record stands, if it is not null and its characters stand for themselves; without quotes
    /// where text in quotes is what the type wants.
    fn plain(&self, row: usize) -> Option<(usize, usize)>;

    /// Appends the value of a record, whatever it is. On an error nothing is appended.
    fn push(&self, row: usize, column: &mut Column, ty: &Type) -> Result<(), Problem>;
}

/// Room to work in.
#[derive(Debug, Default)]
pub(in crate::input) struct Scratch {
    texts: Vec<u8>,
    ends: Vec<u32>,
}

/// Appends the values of the first `rows` records, up to the first that is no value of the type; gives their number.
pub(in crate::input) fn fill(
    column: &mut Column,
    ty: &Type,
    values: &impl Values,
    rows: usize,
    scratch: &mut Scratch,
) -> usize {
    let block = values.block();
    match ty.data {
        DataType::Int | DataType::Duration => in_runs(column, ty, values, rows, |column, from| {
            column.extend_ints(from..rows, |row| {
                values.plain(row).and_then(|(start, end)| number::int(block, start, end))
            });
        }),
        DataType::Timestamp => in_runs(column, ty, values, rows, |column, from| {
            column.extend_ints(from..rows, |row| millis(block, values.plain(row)?));
        }),
        DataType::Float => in_runs(column, ty, values, rows, |column, from| {
            column.extend_floats(from..rows, |row| {
                values.plain(row).and_then(|(start, end)| number::float(block, start, end))
            });
        }),
        DataType::String => in_runs(column, ty, values, rows, |column, from| {
            texts(column, values, from..rows, scratch);
        }),
        DataType::Bool | DataType::Null | DataType::List(_) | DataType::Map(_) => {
            in_runs(column, ty, values, rows, |_, _| {})
        }
    }
}

/// Takes runs of usual values with one unusual value between each two.
fn in_runs(
    column: &mut Column,
    ty: &Type,
    values: &impl Values,
    rows: usize,
    mut run: impl FnMut(&mut Column, usize),
) -> usize {
    let before = column.len();
    loop {
        run(column, column.len() - before);
        let row = column.len() - before;
        if row == rows || values.push(row, column, ty).is_err() {
            return row;
        }
    }
}

#[inline]
fn millis(block: &[u8], (start, end): (usize, usize)) -> Option<i64> {
    number::int(block, start, end).or_else(|| time::rfc_3339(&block[start..end]))
}

/// Appends the texts of some records, up to one that does not stand for itself or is not UTF-8.
fn texts(column: &mut Column, values: &impl Values, rows: Range<usize>, scratch: &mut Scratch) {
    let block = values.block();
    let Scratch { texts, ends } = scratch;
    // All the texts of a block are no longer than the block.
    if texts.len() < block.len() + COPIED {
        texts.resize(block.len() + COPIED, 0);
    }
    ends.resize(ends.len().max(rows.len()), 0);
    let (mut length, mut found) = (0, 0);
    for (slot, row) in ends.iter_mut().zip(rows) {
        let Some((start, end)) = values.plain(row) else { break };
        copy(block, start, end, &mut texts[length..]);
        length += end - start;
        *slot = length as u32;
        found += 1;
    }
    if !column.extend_strs(&texts[..length], &ends[..found]) {
        one_by_one(column, &texts[..length], &ends[..found]);
    }
}

/// Appends texts up to the first that is not UTF-8.
fn one_by_one(column: &mut Column, texts: &[u8], ends: &[u32]) {
    let mut start = 0;
    for end in ends.iter().map(|end| *end as usize) {
        let Ok(text) = std::str::from_utf8(&texts[start..end]) else { return };
        column.push_str(text);
        start = end;
    }
}

/// The bytes that are copied whether or not a text is so long: an instruction, not a call.
const COPIED: usize = 16;

/// Copies `block[start..end]` to the beginning of `to`; what stands behind it there may be anything.
#[inline]
fn copy(block: &[u8], start: usize, end: usize, to: &mut [u8]) {
    match (block[start..].first_chunk::<COPIED>(), to.first_chunk_mut::<COPIED>()) {
        (Some(from), Some(to)) if end - start <= COPIED => *to = *from,
        _ => to[..end - start].copy_from_slice(&block[start..end]),
    }
}
