//! Entries of a log into columns. A field of the schema is what the entry has under its name, as text in the way of CSV; or,
//! where an entry has a field `json` and the schema has none, what the JSON object in it has under its name.

use std::sync::Arc;

use cep_core::event::{BatchBuilder, Field, Schema};
use cep_core::ids::ColumnId;
use cep_engine::log::{LogEntry, LogError, LogMark};

use super::buffer::Wait;
use super::error::{BadRow, InputError, Position};
use super::fetch::{Fetch, Piece};
use super::jsonl::{self, Fault};
use super::problem::Problem;
use super::rows::Step;
use super::scalar;

/// The field of an entry that holds a whole event.
const JSON: &[u8] = b"json";

#[derive(Debug)]
pub(super) struct EntryRows {
    log: Arc<str>,
    fetch: Fetch,
    piece: std::vec::IntoIter<LogEntry>,
    /// The fields that are read, and their columns.
    fields: Vec<Field>,
    columns: Vec<ColumnId>,
    /// Whether the schema leaves `json` for whole events.
    takes_json: bool,
    /// Whether there are no more once there are no more now.
    until_end: bool,
    last: Option<LogEntry>,
    /// What was read before this run, if nothing has been read in it.
    before: Option<LogMark>,
    bytes: u64,
}

impl EntryRows {
    /// Reads what is fetched from a log, behind a mark.
    pub(super) fn new(
        log: Arc<str>,
        fetch: Fetch,
        schema: &Schema,
        before: Option<LogMark>,
        until_end: bool,
    ) -> Self {
        let fields = schema.fields().to_vec();
        let columns = (0..fields.len()).map(ColumnId::new).collect();
        let takes_json = !fields.iter().any(|field| field.name.as_bytes() == JSON);
        let piece = Vec::new().into_iter();
        Self { log, fetch, piece, fields, columns, takes_json, until_end, last: None, before, bytes: 0 }
    }

    /// Reads no values but those of some fields.
    pub(super) fn only(&mut self, read: &[ColumnId]) {
        let fields = self.columns.iter().zip(&self.fields).filter(|(column, _)| read.contains(column));
        (self.columns, self.fields) = fields.map(|(column, field)| (*column, field.clone())).unzip();
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes
    }

    /// The fields of the last entry that was read.
    pub(super) fn raw(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.last.as_ref().map(|entry| entry.fields.clone()).unwrap_or_default()
    }

    /// The last entry that was read.
    pub(super) fn mark(&self) -> Option<LogMark> {
        match &self.last {
            Some(entry) => Some(mark(entry)),
            None => self.before.clone(),
        }
    }

    /// Appends the next entry's values to the batch, one a column; the caller ends or abandons the row.
    pub(super) fn read_row(&mut self, row: &mut BatchBuilder, wait: Wait) -> Result<Step, InputError> {
        loop {
            if let Some(entry) = self.piece.next() {
                self.bytes += size(&entry);
                let pushed = self.push(&entry, row);
                let id = entry.id.clone();
                self.last = Some(entry);
                return pushed.map(|()| Step::Row).map_err(|(field, problem)| {
                    let at = Position::Entry { log: Arc::clone(&self.log), id };
                    InputError::BadRow(Box::new(BadRow { at, field, problem }))
                });
            }
            match self.fetch.next(wait) {
                Some(Piece::Entries(entries)) => self.piece = entries.into_iter(),
                Some(Piece::Nothing) if self.until_end => return Ok(Step::End),
                Some(Piece::Nothing) | None => return Ok(Step::NotYet),
                Some(Piece::Failed(error)) => return Err(error.into()),
            }
        }
    }

    fn push(&self, entry: &LogEntry, row: &mut BatchBuilder) -> Result<(), (Option<String>, Problem)> {
        let json = entry.fields.iter().find(|(name, _)| self.takes_json && name == JSON);
        if let Some((_, text)) = json {
            let name = |field: usize| self.fields[field].name.clone();
            let told = |(_, field, problem): Fault| (field.map(name), problem);
            return jsonl::push_object(text, &self.fields, &self.columns, row).map_err(told);
        }
        for (place, (field, column)) in self.fields.iter().zip(&self.columns).enumerate() {
            let is_it = |(name, _): &&(Vec<u8>, Vec<u8>)| name == field.name.as_bytes();
            // Most entries have their fields in the order of the schema.
            let near = entry.fields.get(column.index()).or_else(|| entry.fields.get(place)).filter(is_it);
            let value = near.or_else(|| entry.fields.iter().find(is_it));
            let text = value.map_or(&[][..], |(_, text)| text);
            let there = if value.is_none() && !field.ty.nullable { Err(Problem::NoValue) } else { Ok(()) };
            there
                .and_then(|()| scalar::push_text(row.column_mut(*column), &field.ty, text))
                .map_err(|problem| (Some(field.name.clone()), problem))?;
        }
        Ok(())
    }
}

/// What tells how far a log has been read.
pub(super) fn mark(entry: &LogEntry) -> LogMark {
    let mut sum = crc32fast::Hasher::new();
    for part in entry.fields.iter().flat_map(|(name, value)| [name, value]) {
        sum.update(&(part.len() as u64).to_le_bytes());
        sum.update(part);
    }
    LogMark { id: entry.id.clone(), number: entry.number, sum: sum.finalize() }
}

/// Whether the entry of a mark, if it is still there, is the one that was read.
pub(super) fn check(log: &str, found: Option<&LogEntry>, known: &LogMark) -> Result<(), LogError> {
    match found {
        Some(entry) if mark(entry).sum != known.sum => Err(LogError::Replaced {
            log: log.to_owned(),
            why: format!("entry {} has other fields than it had", known.id),
        }),
        _ => Ok(()),
    }
}

fn size(entry: &LogEntry) -> u64 {
    entry.fields.iter().map(|(name, value)| (name.len() + value.len()) as u64).sum()
}
