//! The rows of look-up tables, in memory.

use std::collections::HashMap;

use crate::event::Value;
use crate::expr::LookUp;
use crate::ids::{ColumnId, TableId};
use crate::program::{Program, Table};

/// The rows of a program's tables, found by key. A later row of a key replaces an earlier one.
#[derive(Clone, Debug, Default)]
pub struct TableRows {
    /// By table, by the key's text: keys are of few types, and two values of one type differ in their text.
    rows: Vec<HashMap<String, Box<[Value]>>>,
}

/// Rows that do not fit their table.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TableRowsError {
    /// No such table.
    #[error("there is no table `{0}`")]
    Unknown(String),
    /// A value that does not fit its column.
    #[error("table `{table}`: the value of `{column}` does not fit")]
    Value {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
}

impl TableRows {
    /// Adds a row to a table: one value a column.
    ///
    /// # Errors
    /// Where there is no such table, or a value does not fit.
    pub fn insert(&mut self, program: &Program, table: &str, row: Vec<Value>) -> Result<(), TableRowsError> {
        let found = program.tables().iter().find(|(_, known)| known.name == table);
        let (id, def) = found.ok_or_else(|| TableRowsError::Unknown(table.to_owned()))?;
        for (index, field) in def.schema.fields().iter().enumerate() {
            let fits = row.get(index).is_some_and(|value| {
                value.fits(&field.ty.data) && (field.ty.nullable || *value != Value::Null)
            });
            if !fits {
                return Err(TableRowsError::Value { table: table.to_owned(), column: field.name.clone() });
            }
        }
        if self.rows.len() <= id.index() {
            self.rows.resize_with(id.index() + 1, HashMap::new);
        }
        self.rows[id.index()].insert(key_of(def, &row), row.into());
        Ok(())
    }
}

fn key_of(table: &Table, row: &[Value]) -> String {
    let key: Vec<Value> = table.key.iter().map(|column| row[column.index()].clone()).collect();
    format!("{key:?}")
}

impl LookUp for TableRows {
    fn find(&self, table: TableId, key: &[Value], column: ColumnId) -> Value {
        let row = self.rows.get(table.index()).and_then(|rows| rows.get(&format!("{key:?}")));
        row.map_or(Value::Null, |row| row[column.index()].clone())
    }
}

/// No rows: for conditions, which look nothing up.
pub(super) struct NoRows;

impl LookUp for NoRows {
    fn find(&self, _: TableId, _: &[Value], _: ColumnId) -> Value {
        Value::Null
    }
}
