//! A stream much longer than memory: the first events of a workload again and again, each time later, as batches made
//! when they are asked for. Only the columns repeated are held.

use std::sync::Arc;

use cep_core::event::{BatchBuilder, Column, DataType, EventBatch, Watermarks};
use cep_core::ids::ColumnId;
use cep_core::program::Program;
use cep_core::time::{Duration, Timestamp};

use crate::workload::Workload;

/// The batches of such a stream: times, positions and watermarks go on over the repetitions, other values come again.
#[derive(Debug)]
pub struct Repeated {
    builder: BatchBuilder,
    watermarks: Watermarks,
    parts: Vec<Part>,
    next: usize,
    /// How much later the current repetition is than the first, and each than the one before.
    shift: Duration,
    period: Duration,
    /// Events still to come.
    left: u64,
    /// The times of the batch being made: room that is used again.
    times: Vec<Timestamp>,
}

/// What a batch is made of.
#[derive(Debug)]
struct Part {
    times: Vec<Timestamp>,
    columns: Vec<Values>,
}

/// The values of a column. Texts stand end to end, as they are copied.
#[derive(Debug)]
enum Values {
    Times(Vec<i64>),
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Texts { text: Vec<u8>, ends: Vec<u32> },
}

impl Repeated {
    /// So many events in all, of which the first `rows` of the workload are repeated.
    ///
    /// # Panics
    /// If there are no rows to repeat.
    #[must_use]
    pub fn new(workload: Workload, program: &Program, rows: u64, events: u64) -> Self {
        let batches = workload.batches(rows);
        let last = batches.iter().rfind(|batch| !batch.is_empty()).expect("there are rows to repeat");
        let (stream, end) = (last.stream(), last.time(last.len() - 1));
        let schema = Arc::clone(&program.streams().get(stream).schema);
        let types: Vec<_> = schema.fields().iter().map(|field| field.ty.data.clone()).collect();
        let batches = batches.into_iter().filter(|batch| !batch.is_empty());
        Self {
            builder: BatchBuilder::new(stream, schema, 0),
            watermarks: Watermarks::bounded(Duration(0)),
            parts: batches.map(|batch| Part::of(&batch, &types)).collect(),
            next: 0,
            shift: Duration(0),
            // The streams begin at 0 and have an event a millisecond.
            period: Duration(end.0 + 1),
            left: events,
            times: Vec::new(),
        }
    }
}

impl Iterator for Repeated {
    type Item = EventBatch;

    fn next(&mut self) -> Option<EventBatch> {
        let part = &self.parts[self.next];
        let rows = part.times.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if rows == 0 {
            return None;
        }
        for (index, values) in part.columns.iter().enumerate() {
            values.copy(rows, self.shift, self.builder.column_mut(ColumnId::new(index)));
        }
        self.times.clear();
        self.times.extend(part.times[..rows].iter().map(|time| time.saturating_add(self.shift)));
        self.builder.finish_rows(&self.times, |time| self.watermarks.observe(time));
        self.left -= rows as u64;
        self.next += 1;
        if self.next == self.parts.len() {
            self.next = 0;
            self.shift = Duration(self.shift.0 + self.period.0);
        }
        Some(self.builder.take())
    }
}

impl Part {
    fn of(batch: &EventBatch, types: &[DataType]) -> Self {
        let columns = batch.columns().iter().zip(types).map(|(column, data)| Values::of(column, data));
        Self { times: batch.times().to_vec(), columns: columns.collect() }
    }
}

impl Values {
    fn of(column: &Column, data: &DataType) -> Self {
        let values = match data {
            DataType::Timestamp => column.millis().map(|values| Self::Times(values.to_vec())),
            DataType::Int => column.ints().map(|values| Self::Ints(values.to_vec())),
            DataType::Float => column.floats().map(|values| Self::Floats(values.to_vec())),
            _ => column.strs().map(|texts| {
                let (mut text, mut ends) = (Vec::new(), Vec::with_capacity(column.len()));
                for row in 0..column.len() {
                    text.extend_from_slice(texts.get(row).as_bytes());
                    ends.push(u32::try_from(text.len()).expect("a batch has little text"));
                }
                text.shrink_to_fit();
                Self::Texts { text, ends }
            }),
        };
        values.expect("workloads have times, numbers and texts only")
    }

    /// Appends the first rows to a column, times that much later.
    fn copy(&self, rows: usize, later: Duration, to: &mut Column) {
        match self {
            Self::Times(values) => to.extend_ints(0..rows, |row| Some(values[row] + later.0)),
            Self::Ints(values) => to.extend_ints(0..rows, |row| Some(values[row])),
            Self::Floats(values) => to.extend_floats(0..rows, |row| Some(values[row])),
            Self::Texts { text, ends } => {
                let ends = &ends[..rows];
                let length = ends.last().map_or(0, |end| *end as usize);
                assert!(to.extend_strs(&text[..length], ends), "texts are UTF-8");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use cep_core::event::Datum;
    use cep_core::time::Watermark;

    use super::*;

    /// Not a multiple of the rows of a batch.
    const ROWS: u64 = 5_000;
    const EVENTS: u64 = 3 * ROWS - 7;

    #[test]
    fn time_goes_on_and_other_values_come_again() {
        for workload in [Workload::W1, Workload::W2, Workload::W3, Workload::W6] {
            let program = workload.program();
            let first: Vec<_> = workload.batches(ROWS).iter().flat_map(rows).collect();
            let repeated = Repeated::new(workload, &program, ROWS, EVENTS);
            let mut number = 0;
            for batch in repeated {
                for (row, values) in rows(&batch).into_iter().enumerate() {
                    let time = Timestamp(i64::try_from(number).unwrap());
                    assert_eq!((batch.time(row), batch.position(row)), (time, number));
                    assert_eq!(values[0], format!("{:?}", Datum::Timestamp(time)));
                    assert_eq!(values[1..], first[(number % ROWS) as usize][1..]);
                    let before = if number == 0 { Watermark::MIN } else { Watermark(time.0 - 2) };
                    assert_eq!(batch.watermark_before(row), before);
                    number += 1;
                }
            }
            assert_eq!(number, EVENTS);
        }
    }

    #[test]
    fn the_first_repetition_is_the_workload() {
        let (workload, program) = (Workload::W4, Workload::W4.program());
        let first: Vec<_> = Repeated::new(workload, &program, ROWS, ROWS).collect();
        let second = Repeated::new(workload, &program, ROWS, 2 * ROWS).skip(first.len()).collect();
        let run = |batches| crate::run::run(&program, batches);
        let found = run(first);
        assert_eq!(found, run(workload.batches(ROWS)));
        // The same, at other times.
        let later = run(second);
        assert!(found.matches > 0 && found.matches == later.matches && found.checksum != later.checksum);
    }

    fn rows(batch: &EventBatch) -> Vec<Vec<String>> {
        let row = |row| batch.columns().iter().map(|column| format!("{:?}", column.get(row))).collect();
        (0..batch.len()).map(row).collect()
    }
}
