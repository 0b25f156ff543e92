//! Batches of Apache Arrow in, batches of records out; with the feature `arrow`.
//!
//! Columns are found by name and converted whole; what nothing in the program reads is only looked at for its type. Arrow's
//! types become those of the language where nothing is lost:
//!
//! | column of the stream | taken from |
//! |---|---|
//! | `int` | `Int8` to `Int64`, `UInt8` to `UInt64` as far as values fit 64 bits with sign |
//! | `float` | `Float16`, `Float32`, `Float64`, and all that an `int` is taken from; what is not finite is null |
//! | `bool` | `Boolean` |
//! | `string` | `Utf8`, `LargeUtf8`, `Utf8View` |
//! | `timestamp` | `Timestamp` of every unit, to the millisecond before; without a zone it is UTC; `Date32`, `Date64`; integers as milliseconds; texts as RFC 3339 |
//! | `duration` | `Duration` of every unit; integers as milliseconds |
//! | `list<T>`, `map<T>` | `List` and `LargeList`; `Map` with texts as keys |
//!
//! Any of these may come in a `Dictionary`, and nulls where the stream allows them.

mod read;
mod write;

pub use write::Records;

use arrow_array::{Array, RecordBatch};
use cep_core::event::{Column, Field};
use cep_core::ids::ColumnId;
use cep_core::time::Timestamp;

use crate::matcher::{Matcher, Matches, PushError};

/// How many rows are handed to the engine at once.
const ROWS: usize = 8192;

/// Why a batch was not taken.
///
/// ```
/// use arrow_array::{BooleanArray, Int64Array, RecordBatch};
/// use std::sync::Arc;
/// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a  emit out { n: a.n } }")?;
///
/// let batch = RecordBatch::try_from_iter([
///     ("n", Arc::new(BooleanArray::from(vec![true])) as _),
///     ("ts", Arc::new(Int64Array::from(vec![1])) as _),
/// ])?;
/// let error = program.matcher().push_batch("s", &batch).map(|_| ()).unwrap_err();
/// assert_eq!(error.to_string(), "column `n` of `s` is of type `int`, which is not made of Arrow's Boolean");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// There is no column for a field that may not be null.
    #[error("the batch has no column `{column}`, which `{stream}` needs")]
    Missing {
        /// The stream.
        stream: String,
        /// The column.
        column: String,
    },
    /// A column's type is none that the field is taken from.
    #[error("column `{column}` of `{stream}` is of type `{expected}`, which is not made of Arrow's {found}")]
    Type {
        /// The stream.
        stream: String,
        /// The column.
        column: String,
        /// What the stream declares.
        expected: String,
        /// What the batch has.
        found: String,
    },
    /// A value does not fit.
    #[error("column `{column}` of `{stream}`, row {row}: {problem}")]
    Value {
        /// The stream.
        stream: String,
        /// The column.
        column: String,
        /// The row of the batch, from 0.
        row: usize,
        /// What is wrong with the value there.
        problem: &'static str,
    },
    /// There is no such stream or it has no time, or the run has to stop: as with single events.
    #[error(transparent)]
    Push(#[from] PushError),
}

/// What is wrong with a column.
enum Problem {
    Missing,
    Type,
    Value(usize, &'static str),
}

impl Problem {
    /// As an error, of a part of a batch that begins at a row.
    fn of(self, stream: &str, field: &Field, from: usize, part: &RecordBatch) -> BatchError {
        let (stream, column) = (stream.to_owned(), field.name.clone());
        match self {
            Self::Missing => BatchError::Missing { stream, column },
            Self::Value(row, problem) => BatchError::Value { stream, column, row: from + row, problem },
            Self::Type => {
                let found = part.column_by_name(&column).map(|array| array.data_type().to_string());
                let (expected, found) = (field.ty.data.to_string(), found.unwrap_or_default());
                BatchError::Type { stream, column, expected, found }
            }
        }
    }
}

impl Matcher {
    /// Takes the rows of a batch of Arrow's as events of a stream, in their order, its columns by name; gives what they complete.
    /// It is as if they came one by one. Columns that the stream does not have are passed over, and those that may be
    /// null may be missing.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use arrow_array::{Float64Array, Int64Array, RecordBatch, StringArray};
    ///
    /// let program = cep::Program::parse("fraud.cep", "
    ///     stream payment { card: string  amount: float  ts: timestamp } key card time ts
    ///     pattern large on payment by card { begin a where amount > 500  emit fraud { card: a.card } }")?;
    /// let batch = RecordBatch::try_from_iter([
    ///     ("card", Arc::new(StringArray::from(vec!["x", "y"])) as _),
    ///     ("amount", Arc::new(Float64Array::from(vec![900.0, 5.0])) as _),
    ///     ("ts", Arc::new(Int64Array::from(vec![1, 2])) as _),
    /// ])?;
    /// let mut matcher = program.matcher();
    /// let mut found = matcher.push_batch("payment", &batch)?;
    /// assert_eq!(found.next().expect("time has passed the first row").key(), [cep::Value::from("x")]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where a column is missing or has another type, or a value does not fit; then no row of the batch has been taken. And as
    /// [`Matcher::push`].
    pub fn push_batch(&mut self, stream: &str, batch: &RecordBatch) -> Result<Matches<'_>, BatchError> {
        let read = self.columns_read(stream)?;
        let input = self.input(stream)?;
        let time = input.time.ok_or_else(|| PushError::NoTime(stream.to_owned()))?;
        let schema = input.builder.schema().clone();
        let mut parts = Vec::new();
        for from in (0..batch.num_rows()).step_by(ROWS) {
            let part = batch.slice(from, ROWS.min(batch.num_rows() - from));
            let columns = schema.fields().iter().zip(&read);
            let columns = columns.map(|(field, read)| {
                column(&part, field, *read).map_err(|problem| problem.of(stream, field, from, &part))
            });
            parts.push(columns.collect::<Result<Vec<_>, _>>()?);
        }
        for columns in parts {
            let times = columns[time.index()].millis().unwrap_or_default();
            let times: Vec<_> = times.iter().copied().map(Timestamp).collect();
            self.input(stream)?.add_rows(columns, &times);
            self.hand_over(stream)?;
        }
        Ok(self.matches())
    }

    /// By column of a stream: whether anything reads it.
    fn columns_read(&mut self, stream: &str) -> Result<Vec<bool>, PushError> {
        let input = self.input(stream)?;
        let (id, columns) = (input.stream, input.builder.schema().fields().len());
        let read = self.program().columns_read(id);
        Ok((0..columns).map(|column| read.contains(&ColumnId::new(column))).collect())
    }
}

/// A field's column; not filled where nothing reads it.
fn column(batch: &RecordBatch, field: &Field, is_read: bool) -> Result<Column, Problem> {
    let rows = batch.num_rows();
    let Some(array) = batch.column_by_name(&field.name) else {
        return if field.ty.nullable { Ok(read::nulls(&field.ty.data, rows)) } else { Err(Problem::Missing) };
    };
    // Of a column that is not filled the type is looked at, and the nulls.
    let filled = if is_read { array.slice(0, rows) } else { array.slice(0, 0) };
    let column = read::column(&filled, &field.ty.data)?;
    let mut rows = 0..rows;
    let null = match (field.ty.nullable, is_read) {
        (true, _) => None,
        (false, true) => rows.find(|row| column.is_null(*row)),
        (false, false) => array.logical_nulls().and_then(|nulls| rows.find(|row| nulls.is_null(*row))),
    };
    match null {
        Some(row) => Err(Problem::Value(row, "it is null, and may not be")),
        None if is_read => Ok(column),
        None => Ok(Column::absent()),
    }
}
