//! The file behind a look-up table, whole: CSV or JSON lines into rows. What a key finds is the matcher's business.

use std::io::Read;
use std::sync::Arc;

use cep_core::event::{BatchBuilder, Value};
use cep_core::ids::{ColumnId, StreamId};
use cep_core::pattern::TableDef;

use super::bad_rows::BadRows;
use super::buffer::Wait;
use super::error::InputError;
use super::origin::Origin;
use super::rows::{Rows, Step};

/// The rows of a table's file.
#[derive(Debug)]
pub struct TableFile {
    /// One value a column, in schema order.
    pub rows: Vec<Vec<Value>>,
    /// The rows that were skipped.
    pub bad_rows: BadRows,
}

/// Reads the file behind a table to its end.
///
/// # Errors
/// Where the file cannot be read, or a row is bad.
pub fn read_table(
    input: impl Read + 'static,
    origin: &Origin,
    definition: &TableDef,
) -> Result<TableFile, InputError> {
    let schema = Arc::new(definition.schema.clone());
    let mut rows = Rows::open(Box::new(input), Arc::clone(&origin.file), origin.format, &schema)?;
    // Only ever holds the row being read, and no stream's.
    let mut row = BatchBuilder::new(StreamId::new(0), schema, 0);
    let mut table = TableFile { rows: Vec::new(), bad_rows: BadRows::new(origin.on_bad_row.clone()) };
    loop {
        match rows.read_row(&mut row, Wait::ForMore) {
            Ok(Step::Row) => table.rows.push(values(&mut row)),
            Ok(Step::End | Step::NotYet) => {
                table.bad_rows.sync()?;
                return Ok(table);
            }
            Err(error) => table.bad_rows.admit(error, || rows.raw())?,
        }
        row.abandon_row();
    }
}

fn values(row: &mut BatchBuilder) -> Vec<Value> {
    let columns = row.schema().fields().len();
    (0..columns).map(|column| row.column_mut(ColumnId::new(column)).get(0).into_value()).collect()
}
