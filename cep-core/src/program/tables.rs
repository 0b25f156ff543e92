//! The look-up tables of a program: their columns and keys. Their rows come from the host.

use super::error::{CompileError, CompileErrorKind as Kind, at};
use crate::event::{DataType, Schema};
use crate::ids::{ColumnId, TableId};
use crate::pattern::TableDef;

/// A look-up table.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub schema: Schema,
    /// The columns a row is found by.
    pub key: Vec<ColumnId>,
    pub(super) key_types: Vec<DataType>,
    /// Where its rows come from, for the host.
    pub source: String,
}

/// The tables by id and name.
#[derive(Debug, Default)]
pub struct Tables {
    all: Vec<Table>,
}

impl Table {
    pub(super) fn column(&self, name: &str) -> Result<ColumnId, Kind> {
        let unknown = || Kind::Unknown { what: "column", name: format!("{}.{name}", self.name) };
        self.schema.column(name).ok_or_else(unknown)
    }
}

impl Tables {
    pub(super) fn new(defs: &[TableDef]) -> Result<Self, CompileError> {
        let mut tables = Self::default();
        for def in defs {
            let place = || format!("table `{}`", def.name);
            if tables.get(&def.name).is_ok() {
                return Err(at(place(), Kind::Duplicate(def.name.clone())));
            }
            let mut table = Table {
                name: def.name.clone(),
                schema: def.schema.clone(),
                key: Vec::new(),
                key_types: Vec::new(),
                source: def.source.clone(),
            };
            for name in &def.key {
                let column = table.column(name).map_err(|kind| at(place(), kind))?;
                table.key_types.push(table.schema.fields()[column.index()].ty.data.clone());
                table.key.push(column);
            }
            tables.all.push(table);
        }
        Ok(tables)
    }

    /// The table of that name.
    ///
    /// # Errors
    /// Where there is none.
    pub(super) fn get(&self, name: &str) -> Result<(TableId, &Table), Kind> {
        let unknown = || Kind::Unknown { what: "table", name: name.to_owned() };
        let index = self.all.iter().position(|table| table.name == name).ok_or_else(unknown)?;
        Ok((TableId::new(index), &self.all[index]))
    }

    /// All tables with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (TableId, &Table)> {
        self.all.iter().enumerate().map(|(index, table)| (TableId::new(index), table))
    }
}
