//! A declared stream on its way in: events become rows of a batch, and raise the stream's watermark.

use std::collections::HashMap;

#[cfg(feature = "arrow")]
use cep_core::event::Column;
use cep_core::event::{BatchBuilder, Datum, Value, Watermarks};
use cep_core::ids::{ColumnId, StreamId};
use cep_core::pattern::StreamDef;
use cep_core::program::Stream;
use cep_core::time::{Duration, Timestamp, Watermark};
use serde::Serialize;

use super::PushError;
use super::silence::Silence;
use crate::serde::{RowError, write_row};

/// A declared stream.
pub(crate) struct Input {
    pub(crate) stream: StreamId,
    pub(crate) time: Option<ColumnId>,
    pub(crate) watermarks: Watermarks,
    pub(crate) builder: BatchBuilder,
    row: Vec<Value>,
    /// How many events were taken.
    pub(crate) events: u64,
    /// The greatest event time taken.
    pub(crate) newest: Option<Timestamp>,
    pub(super) silence: Silence,
}

/// The declared stream of a name.
pub(crate) fn input<'a>(
    inputs: &'a mut HashMap<String, Input>,
    stream: &str,
) -> Result<&'a mut Input, PushError> {
    inputs.get_mut(stream).ok_or_else(|| PushError::NoStream(stream.to_owned()))
}

impl Input {
    pub(super) fn new(id: StreamId, stream: &Stream, definition: Option<&StreamDef>) -> Self {
        let time = definition.and_then(|known| known.time.as_ref());
        Self {
            stream: id,
            time: time.and_then(|time| stream.schema.column(&time.field)),
            watermarks: Watermarks::bounded(time.map_or(Duration(0), |time| time.lateness)),
            builder: BatchBuilder::new(id, stream.schema.clone(), 0),
            row: Vec::new(),
            events: 0,
            newest: None,
            silence: Silence::after(definition.and_then(|known| known.idle_after)),
        }
    }

    /// Events may come so far behind from now on. The watermark does not fall.
    pub(super) fn set_lateness(&mut self, lateness: Duration) {
        self.watermarks = self.watermarks.with_lateness(lateness);
    }

    /// Adds an event to the batch.
    pub(super) fn add(
        &mut self,
        stream: &str,
        event: &(impl Serialize + ?Sized),
        time: Option<Timestamp>,
    ) -> Result<(), PushError> {
        let of_event = |error| PushError::Event { stream: stream.to_owned(), error };
        let schema = self.builder.schema().clone();
        write_row(event, &schema, &mut self.row).map_err(of_event)?;
        let time = match (time, self.time) {
            (Some(time), _) => time,
            (None, None) => return Err(PushError::NoTime(stream.to_owned())),
            (None, Some(column)) => match self.row[column.index()] {
                Value::Timestamp(time) => time,
                _ => return Err(of_event(RowError::Missing(schema.fields()[column.index()].name.clone()))),
            },
        };
        let row: Vec<Datum<'_>> = self.row.iter().map(Value::as_datum).collect();
        let pushed = self.builder.push_row(time, self.watermarks.current(), &row);
        pushed.map_err(|error| {
            let field = schema.fields()[error.column.index()].name.clone();
            of_event(RowError::Missing(field))
        })?;
        self.took(time);
        Ok(())
    }

    /// Adds whole columns to the batch, which is empty: rows of such times.
    #[cfg(feature = "arrow")]
    pub(crate) fn add_rows(&mut self, columns: Vec<Column>, times: &[Timestamp]) {
        for (index, column) in columns.into_iter().enumerate() {
            *self.builder.column_mut(ColumnId::new(index)) = column;
        }
        let before: Vec<_> = times.iter().map(|time| self.took(*time)).collect();
        let mut before = before.into_iter();
        self.builder.finish_rows(times, |_| before.next().expect("there is one for each row"));
    }

    /// An event of that time is in the batch; gives the watermark that was in force before it.
    pub(crate) fn took(&mut self, time: Timestamp) -> Watermark {
        self.events += 1;
        self.silence.spoke = true;
        self.newest = self.newest.max(Some(time));
        self.watermarks.observe(time)
    }
}
