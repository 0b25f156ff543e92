//! The rows of a file, whatever its format, or of a log.

use std::io::Read;
use std::sync::Arc;

use cep_core::event::{BatchBuilder, Schema};
use cep_core::ids::ColumnId;
use cep_core::time::Timestamp;
use cep_engine::log::LogMark;

use super::block::stride::Stride;
use super::block::{Room, take_all};
use super::buffer::{RecordBuffer, Wait};
use super::csv::CsvRows;
use super::dead_letters::Raw;
use super::entries::EntryRows;
use super::error::InputError;
use super::format::Format;
use super::jsonl::JsonRows;

/// What reading a row came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// A row's values are in the columns.
    Row,
    /// There are no more rows.
    End,
    /// The next row is not there yet.
    NotYet,
}

#[derive(Debug)]
pub(super) enum Rows {
    Csv(CsvRows),
    Jsonl(JsonRows),
    Entries(EntryRows),
}

impl Rows {
    /// Begins to read a file; without a format, its first bytes tell.
    pub(super) fn open(
        input: Box<dyn Read>,
        file: Arc<str>,
        format: Option<Format>,
        schema: &Schema,
    ) -> Result<Self, InputError> {
        let mut buffer = RecordBuffer::open(input, file)?;
        let format = match format {
            Some(format) => format,
            None => Format::of_first_byte(buffer.first_visible()?),
        };
        Ok(match format {
            Format::Csv => Self::Csv(CsvRows::open(buffer, schema)?),
            Format::Jsonl => Self::Jsonl(JsonRows::new(buffer, schema)),
        })
    }

    /// Reads no values but those of some fields.
    pub(super) fn only(&mut self, read: &[ColumnId]) {
        match self {
            Self::Csv(rows) => rows.only(read),
            Self::Jsonl(rows) => rows.only(read),
            Self::Entries(rows) => rows.only(read),
        }
    }

    /// Appends the values of all rows that are there and as usual, as long as there is room; gives their number. The caller
    /// ends the rows. Whatever the next row is, [`Self::read_row`] reads it, or says what is wrong with it.
    pub(super) fn take_rows(&mut self, batch: &mut BatchBuilder, room: Room, stride: &mut Stride) -> usize {
        match self {
            Self::Csv(rows) => take_all(rows, batch, room, stride),
            Self::Jsonl(rows) => take_all(rows, batch, room, stride),
            Self::Entries(_) => 0,
        }
    }

    /// Appends the next row's values to the batch, one a column; the caller ends the row, or abandons it on an error.
    /// After a bad row, reading goes on behind it.
    pub(super) fn read_row(&mut self, row: &mut BatchBuilder, wait: Wait) -> Result<Step, InputError> {
        match self {
            Self::Csv(rows) => rows.read_row(row, wait),
            Self::Jsonl(rows) => rows.read_row(row, wait),
            Self::Entries(rows) => rows.read_row(row, wait),
        }
    }

    /// The row that was found bad last, as it came.
    pub(super) fn raw(&self) -> Raw {
        match self {
            Self::Csv(rows) => Raw::Line { bytes: rows.raw().to_vec(), end: rows.bytes_read() },
            Self::Jsonl(rows) => Raw::Line { bytes: rows.raw().to_vec(), end: rows.bytes_read() },
            Self::Entries(rows) => Raw::Entry(rows.raw()),
        }
    }

    /// How many bytes have been read up to the end of the current row.
    pub(super) fn bytes_read(&self) -> u64 {
        match self {
            Self::Csv(rows) => rows.bytes_read(),
            Self::Jsonl(rows) => rows.bytes_read(),
            Self::Entries(rows) => rows.bytes_read(),
        }
    }

    /// How many lines have been read up to the end of the current row.
    pub(super) fn lines_read(&self) -> u64 {
        match self {
            Self::Csv(rows) => rows.lines_read(),
            Self::Jsonl(rows) => rows.lines_read(),
            Self::Entries(_) => 0,
        }
    }

    /// As if the next row stood behind so many bytes and lines.
    pub(super) fn stand_behind(&mut self, bytes: u64, lines: u64) {
        match self {
            Self::Csv(rows) => rows.stand_behind(bytes, lines),
            Self::Jsonl(rows) => rows.stand_behind(bytes, lines),
            // Where it stands was decided when it was opened.
            Self::Entries(_) => {}
        }
    }

    /// The last entry that was read of a log.
    pub(super) fn mark(&self) -> Option<LogMark> {
        match self {
            Self::Csv(_) | Self::Jsonl(_) => None,
            Self::Entries(rows) => rows.mark(),
        }
    }
}

/// The event times in the rows that are not finished.
pub(super) fn times_of(batch: &mut BatchBuilder, column: ColumnId) -> impl Iterator<Item = Timestamp> {
    let finished = batch.len();
    let millis = batch.column_mut(column).millis().expect("a time field is a timestamp that is never null");
    millis[finished..].iter().map(|millis| Timestamp(*millis))
}
