//! CSV (RFC 4180) rows into columns. The header is matched to the schema by name; columns the schema does not name are
//! split off but never parsed.
//!
//! Splitting is our own: a parser made for tables neither says where in the line a field stands, nor that the file
//! ended inside a quoted field, nor bounds a record.

mod index;
mod split;
mod values;

use std::cmp::Ordering;
use std::io::Read;
use std::sync::Arc;

use cep_core::event::{BatchBuilder, Field, Schema, Type};
use cep_core::ids::ColumnId;

use memchr::memchr_iter;

use self::index::Index;
use self::split::{Next, Records};
use self::values::{DressedValues, PlainValues};
use super::block::fill::{Scratch, fill};
use super::block::{self, BLOCK, Room, Taken};
use super::buffer::{RecordBuffer, Wait};
use super::error::{HeaderProblem, InputError};
use super::problem::Problem;
use super::rows::Step;
use super::scalar;
use crate::suggest;

/// A field of the schema that is read, and the column of the file that holds it.
#[derive(Debug)]
struct Wanted {
    name: String,
    ty: Type,
    into: ColumnId,
    column: Option<usize>,
}

#[derive(Debug)]
pub(super) struct CsvRows {
    records: Records,
    wanted: Vec<Wanted>,
    columns: usize,
    index: Index,
    scratch: Scratch,
}

impl CsvRows {
    /// Reads the header and matches it to the schema.
    pub(super) fn open(buffer: RecordBuffer, schema: &Schema) -> Result<Self, InputError> {
        let mut records = Records::new(buffer);
        let columns = read_header(&mut records)?;
        let wanted =
            match_columns(&columns, schema).map_err(|problem| records.buffer().bad_header(problem))?;
        let (columns, index) = (columns.len(), Index::new(columns.len()));
        Ok(Self { records, wanted, columns, index, scratch: Scratch::default() })
    }

    /// Reads no values but those of some fields. All fields must have their columns still.
    pub(super) fn only(&mut self, read: &[ColumnId]) {
        self.wanted.retain(|wanted| read.contains(&wanted.into));
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.records.bytes_read()
    }

    /// The current record, without its line end.
    pub(super) fn raw(&self) -> &[u8] {
        self.records.raw()
    }

    pub(super) fn lines_read(&self) -> u64 {
        self.records.lines_read()
    }

    pub(super) fn stand_behind(&mut self, bytes: u64, lines: u64) {
        self.records.stand_behind(bytes, lines);
    }

    /// Appends the next row's values to the batch, one a column; the caller ends or abandons the row.
    pub(super) fn read_row(&mut self, row: &mut BatchBuilder, wait: Wait) -> Result<Step, InputError> {
        match self.records.next(wait)? {
            Next::NotYet => return Ok(Step::NotYet),
            Next::End => return Ok(Step::End),
            Next::Record => {}
        }
        self.check_count()?;
        for wanted in &self.wanted {
            let column = row.column_mut(wanted.into);
            let Some(at) = wanted.column else {
                column.push_null();
                continue;
            };
            if let Err(problem) = scalar::push_text(column, &wanted.ty, &self.records.text(at)) {
                return Err(self.bad_field(at, &wanted.name, problem));
            }
        }
        Ok(Step::Row)
    }

    /// Appends the values of the indexed records, up to the first of which one is no value of its type.
    fn fill(&mut self, batch: &mut BatchBuilder) -> usize {
        let Self { records, wanted, index, scratch, .. } = self;
        let block = records.rest();
        let mut rows = index.rows();
        for Wanted { ty, into, column, .. } in &*wanted {
            let into = batch.column_mut(*into);
            let values = column.map(|column| PlainValues { block, index, column });
            rows = match values {
                None => (0..rows).map(|_| into.push_null()).count(),
                Some(plain) if index.is_dressed() => fill(into, ty, &DressedValues(plain), rows, scratch),
                Some(plain) => fill(into, ty, &plain, rows, scratch),
            };
        }
        rows
    }

    fn bad_field(&self, at: usize, name: &str, problem: Problem) -> InputError {
        self.records.buffer().bad_row(self.records.offset(at), Some(name), problem)
    }

    fn check_count(&self) -> Result<(), InputError> {
        let (found, expected) = (self.records.len(), self.columns);
        let (offset, problem) = match found.cmp(&expected) {
            Ordering::Equal => return Ok(()),
            Ordering::Less if self.records.is_cut_off() => (0, Problem::EndsInRow { found, expected }),
            Ordering::Less => (0, Problem::FieldCount { found, expected }),
            Ordering::Greater => (self.records.offset(expected), Problem::FieldCount { found, expected }),
        };
        Err(self.records.buffer().bad_row(offset, None, problem))
    }
}

impl block::Records for CsvRows {
    fn take(&mut self, batch: &mut BatchBuilder, before: usize, room: Room) -> Taken {
        let block = self.records.rest();
        self.index.find(&block[..block.len().min(BLOCK)], room.rows, room.bytes);
        let rows = self.fill(batch);
        batch.abandon_beyond(before + rows);
        let odd = self.index.is_odd() || rows < self.index.rows();
        let bytes = self.index.end(rows);
        let lines = match self.index.is_dressed() {
            // Line ends in quotes are none of a record.
            true => memchr_iter(b'\n', &self.records.rest()[..bytes]).count(),
            false => rows,
        };
        self.records.step_over(bytes, lines as u64);
        Taken { rows, bytes, odd }
    }
}

/// The names in the header of a file, whatever they are.
pub(crate) fn csv_header(input: Box<dyn Read>, file: Arc<str>) -> Result<Vec<String>, InputError> {
    read_header(&mut Records::new(RecordBuffer::open(input, file)?))
}

fn read_header(records: &mut Records) -> Result<Vec<String>, InputError> {
    loop {
        match records.next(Wait::ForMore) {
            Ok(Next::Record) => break,
            Ok(Next::NotYet) => {}
            Ok(Next::End) => return Err(records.buffer().bad_header(HeaderProblem::Empty)),
            Err(error) => return Err(as_header(error)),
        }
    }
    let name = |at: usize| match String::from_utf8(records.text(at).into_owned()) {
        Ok(name) => Ok(name),
        Err(_) => Err(as_header(records.buffer().bad_row(records.offset(at), None, Problem::NotUtf8))),
    };
    (0..records.len()).map(name).collect()
}

/// A header is never skipped, so its being bad is no bad row.
fn as_header(error: InputError) -> InputError {
    match error {
        InputError::BadRow(row) => {
            InputError::Header { at: row.at, problem: HeaderProblem::Unreadable(row.problem) }
        }
        error => error,
    }
}

fn match_columns(columns: &[String], schema: &Schema) -> Result<Vec<Wanted>, HeaderProblem> {
    let wanted = |(index, field): (usize, &Field)| {
        let mut places = columns.iter().enumerate().filter(|(_, column)| **column == field.name);
        let column = places.next().map(|(at, _)| at);
        if places.next().is_some() {
            return Err(HeaderProblem::Twice { field: field.name.clone() });
        }
        if column.is_none() && !field.ty.nullable {
            return Err(missing(&field.name, columns, schema));
        }
        Ok(Wanted { name: field.name.clone(), ty: field.ty.clone(), into: ColumnId::new(index), column })
    };
    schema.fields().iter().enumerate().map(wanted).collect()
}

fn missing(field: &str, columns: &[String], schema: &Schema) -> HeaderProblem {
    let free = columns.iter().map(String::as_str).filter(|column| schema.column(column).is_none());
    let meant = suggest::closest(field, free).map(str::to_owned);
    HeaderProblem::Missing { field: field.to_owned(), columns: columns.to_vec(), meant }
}
