//! Batches: some rows of one stream, as columns, with the watermark that was in force before each row.

use std::sync::Arc;

use super::column::Column;
use super::schema::Schema;
use super::value::Datum;
use crate::ids::{ColumnId, StreamId};
use crate::time::{Timestamp, Watermark};

/// The watermark in force before each row of a batch. A batch is not a step of time: 4,096 rows in one batch mean the
/// same as 4,096 batches of one.
#[derive(Clone, Debug)]
pub enum WatermarkColumn {
    /// The same before every row.
    Constant(Watermark),
    /// One a row, never falling.
    PerRow(Vec<Watermark>),
}

impl WatermarkColumn {
    /// The watermark in force before a row.
    #[must_use]
    pub fn before(&self, row: usize) -> Watermark {
        match self {
            Self::Constant(watermark) => *watermark,
            Self::PerRow(watermarks) => watermarks[row],
        }
    }
}

/// Rows of one stream in arrival order. Immutable once built; share it by [`Arc`].
#[derive(Clone, Debug)]
pub struct EventBatch {
    stream: StreamId,
    columns: Vec<Column>,
    times: Vec<Timestamp>,
    watermarks: WatermarkColumn,
    positions: Positions,
    tags: Option<Vec<u64>>,
}

/// The positions of rows in their stream.
#[derive(Clone, Debug)]
enum Positions {
    /// One after the other, from the first row's on.
    From(u64),
    /// One a row: of rows that once were in one batch with others.
    Each(Vec<u64>),
}

impl EventBatch {
    /// The stream the rows belong to.
    #[must_use]
    pub fn stream(&self) -> StreamId {
        self.stream
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The values of a field.
    #[must_use]
    pub fn column(&self, column: ColumnId) -> &Column {
        &self.columns[column.index()]
    }

    /// All columns, in schema order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Reads some values of a row, so that they are near when they are wanted.
    pub(crate) fn fetch(&self, row: usize, columns: &[ColumnId]) {
        for column in columns {
            std::hint::black_box(self.column(*column).fetch(row));
        }
    }

    /// The event time of a row.
    #[must_use]
    pub fn time(&self, row: usize) -> Timestamp {
        self.times[row]
    }

    /// The event times in arrival order.
    #[must_use]
    pub fn times(&self) -> &[Timestamp] {
        &self.times
    }

    /// The watermark in force before a row.
    #[must_use]
    pub fn watermark_before(&self, row: usize) -> Watermark {
        self.watermarks.before(row)
    }

    /// The watermarks in force before the rows.
    pub(crate) fn watermarks(&self) -> &WatermarkColumn {
        &self.watermarks
    }

    /// The position of a row in its stream: what tells two equal events apart in a match id.
    #[must_use]
    pub fn position(&self, row: usize) -> u64 {
        match &self.positions {
            Positions::From(first) => first + row as u64,
            Positions::Each(positions) => positions[row],
        }
    }

    /// The same rows, each at a position of its own.
    pub(crate) fn at_positions(self, positions: Vec<u64>) -> Self {
        assert_eq!(positions.len(), self.len(), "a position for each row");
        Self { positions: Positions::Each(positions), ..self }
    }

    /// The same rows, each at a position of its own, with the caller's numbers for them where there are any.
    pub(crate) fn at(self, positions: Vec<u64>, tags: Option<Vec<u64>>) -> Self {
        assert!(tags.as_ref().is_none_or(|tags| tags.len() == self.len()), "a number for each row");
        Self { tags, ..self.at_positions(positions) }
    }

    /// The rows from a place on, each as it was.
    ///
    /// # Panics
    /// If there are fewer rows.
    #[must_use]
    pub fn tail(&self, from: usize) -> Self {
        assert!(from <= self.len(), "the rows begin within the batch");
        let columns = self.columns.iter().map(|column| column.tail(from)).collect();
        let watermarks = match &self.watermarks {
            WatermarkColumn::Constant(watermark) => WatermarkColumn::Constant(*watermark),
            WatermarkColumn::PerRow(watermarks) => WatermarkColumn::PerRow(watermarks[from..].to_vec()),
        };
        Self {
            stream: self.stream,
            columns,
            times: self.times[from..].to_vec(),
            watermarks,
            positions: match &self.positions {
                Positions::From(first) => Positions::From(first + from as u64),
                Positions::Each(positions) => Positions::Each(positions[from..].to_vec()),
            },
            tags: self.tags.as_ref().map(|tags| tags[from..].to_vec()),
        }
    }

    /// The caller's own number for a row, handed back with every match that captured it; 0 where none was given.
    #[must_use]
    pub fn tag(&self, row: usize) -> u64 {
        self.tags.as_ref().map_or(0, |tags| tags[row])
    }
}

/// A row that a [`BatchBuilder`] could not take.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("column {} does not take the value", .column.0)]
pub struct RowError {
    /// The first column whose value has the wrong type or is missing.
    pub column: ColumnId,
}

/// Fills a batch row by row: a value into every column, then [`BatchBuilder::finish_row`].
#[derive(Debug)]
pub struct BatchBuilder {
    stream: StreamId,
    schema: Arc<Schema>,
    columns: Vec<Column>,
    times: Vec<Timestamp>,
    watermarks: Vec<Watermark>,
    first_position: u64,
    tags: Option<Vec<u64>>,
}

impl BatchBuilder {
    /// An empty batch of a stream; its first row gets `first_position`.
    #[must_use]
    pub fn new(stream: StreamId, schema: Arc<Schema>, first_position: u64) -> Self {
        let columns = schema.fields().iter().map(|field| Column::new(&field.ty.data)).collect();
        Self {
            stream,
            schema,
            columns,
            times: Vec::new(),
            watermarks: Vec::new(),
            first_position,
            tags: None,
        }
    }

    /// The stream's schema.
    #[must_use]
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// The number of finished rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether no row is finished.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Leaves a column out: nobody reads it, so it takes no values and is null in every row.
    ///
    /// # Panics
    /// If the column holds values already.
    pub fn leave_out(&mut self, column: ColumnId) {
        let column = &mut self.columns[column.index()];
        assert!(column.is_empty(), "a column is left out before there are rows");
        *column = Column::absent();
    }

    /// The column to append the current row's value to.
    pub fn column_mut(&mut self, column: ColumnId) -> &mut Column {
        &mut self.columns[column.index()]
    }

    /// Ends the current row: every column must hold one value more than there are finished rows.
    ///
    /// # Panics
    /// If a column was forgotten or filled twice.
    pub fn finish_row(&mut self, time: Timestamp, before: Watermark) {
        self.finish_rows(&[time], |_| before);
    }

    /// Ends many rows of the given times; `before` tells the watermark in force before each, and is asked in their order.
    /// Every column must hold a value for each.
    ///
    /// # Panics
    /// If a column was forgotten or filled twice.
    pub fn finish_rows(&mut self, times: &[Timestamp], mut before: impl FnMut(Timestamp) -> Watermark) {
        self.times.extend_from_slice(times);
        self.watermarks.extend(times.iter().map(|time| before(*time)));
        let rows = self.times.len();
        let full = |column: &Column| column.len() == rows || column.is_absent();
        assert!(self.columns.iter().all(full), "every column takes one value a row");
        if let Some(tags) = &mut self.tags {
            tags.resize(rows, 0);
        }
    }

    /// Takes back what was appended since the last finished row.
    pub fn abandon_row(&mut self) {
        self.abandon_beyond(self.times.len());
    }

    /// Takes back what was appended beyond so many rows.
    ///
    /// # Panics
    /// If more rows are finished.
    pub fn abandon_beyond(&mut self, rows: usize) {
        assert!(rows >= self.times.len(), "finished rows stay");
        for column in &mut self.columns {
            column.truncate(rows);
        }
    }

    /// Appends a whole row; on an error nothing is appended.
    ///
    /// # Errors
    /// Where a value is missing, has the wrong type, or is null in a column that may not be.
    pub fn push_row(
        &mut self,
        time: Timestamp,
        before: Watermark,
        row: &[Datum<'_>],
    ) -> Result<(), RowError> {
        for index in 0..self.columns.len() {
            let nullable = self.schema.fields()[index].ty.nullable;
            let taken = match row.get(index) {
                Some(Datum::Null) | None if !nullable => false,
                None => self.columns[index].push(&Datum::Null),
                Some(value) => self.columns[index].push(value),
            };
            if !taken {
                self.abandon_row();
                return Err(RowError { column: ColumnId::new(index) });
            }
        }
        self.finish_row(time, before);
        Ok(())
    }

    /// Gives the last finished row the caller's own number.
    pub fn tag_last(&mut self, tag: u64) {
        let rows = self.times.len();
        let tags = self.tags.get_or_insert_with(|| vec![0; rows]);
        if let Some(last) = tags.last_mut() {
            *last = tag;
        }
    }

    /// The batch of all finished rows.
    #[must_use]
    pub fn finish(mut self) -> EventBatch {
        self.abandon_row();
        let rows = self.times.len();
        self.columns.iter_mut().for_each(|column| column.stretch(rows));
        EventBatch {
            stream: self.stream,
            columns: self.columns,
            times: self.times,
            watermarks: WatermarkColumn::PerRow(self.watermarks),
            positions: Positions::From(self.first_position),
            tags: self.tags,
        }
    }

    /// The batch of all finished rows, leaving the builder empty and ready for the rows that follow.
    #[must_use]
    pub fn take(&mut self) -> EventBatch {
        let next = Self {
            stream: self.stream,
            schema: Arc::clone(&self.schema),
            columns: self.columns.iter().map(Column::emptied).collect(),
            times: Vec::new(),
            watermarks: Vec::new(),
            first_position: self.first_position + self.times.len() as u64,
            tags: None,
        };
        std::mem::replace(self, next).finish()
    }
}
