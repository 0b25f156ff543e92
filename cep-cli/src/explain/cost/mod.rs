//! What patterns cost on sample data: conditions are asked of every row once more, beside the engine, and what the engine
//! holds is looked at between batches. Nothing of it is in the engine's way.

mod conditions;
mod held;
mod told;

use std::collections::BTreeMap;
use std::sync::Arc;

use cep_core::event::EventBatch;
use cep_core::matcher::{Matcher, Output};
use cep_core::program::Program;
use cep_core::runtime::Record;
use cep_core::time::Watermark;

use super::example::{Row, Tables};
use crate::input::{Delivered, Inputs, Pulled};
use crate::testing::TestFailure;
use conditions::Conditions;
use held::Held;

/// So many rows between two looks at what is held.
pub const LOOK: usize = 64;

/// A count, and how many of it something is true of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Share {
    of: u64,
    held: u64,
}

impl Share {
    fn add(&mut self, holds: bool) {
        self.of += 1;
        self.held += u64::from(holds);
    }
}

/// A measurement.
pub struct Cost<'a> {
    program: &'a Arc<Program>,
    conditions: Conditions<'a>,
    held: Held<'a>,
    rows: u64,
}

impl<'a> Cost<'a> {
    /// Nothing has been measured yet.
    #[must_use]
    pub fn new(program: &'a Arc<Program>, tables: &'a Tables) -> Self {
        Self { program, conditions: Conditions::new(program, tables), held: Held::new(program), rows: 0 }
    }

    /// Runs a matcher over all inputs, and measures.
    ///
    /// # Errors
    /// Where an input cannot be read, or a pattern asks to stop.
    pub fn measure(&mut self, mut matcher: Matcher, inputs: &mut impl Inputs) -> Result<(), TestFailure> {
        loop {
            let mut records = Vec::new();
            let mut keep = |output: Output<'_>| {
                if let Some(found) = output.as_match() {
                    records.extend(found.to_owned().records);
                }
            };
            match inputs.deliver().what {
                Delivered::Pulled(Pulled::Rows { batch, watermark, .. }) => {
                    let stream = batch.stream();
                    self.rows += batch.len() as u64;
                    self.ask(&batch);
                    matcher.push(batch, &mut keep)?;
                    matcher.advance_stream(stream, watermark, &mut keep)?;
                }
                Delivered::Pulled(Pulled::Silent(stream)) => matcher.set_idle(stream, true, &mut keep)?,
                Delivered::Pulled(Pulled::Reached(stream, to)) => {
                    matcher.advance_stream(stream, to, &mut keep)?
                }
                Delivered::Pulled(Pulled::Ended(stream)) => {
                    matcher.advance_stream(stream, Watermark::MAX, &mut keep)?;
                }
                Delivered::Failed { error, .. } => return Err(error.into()),
                Delivered::Over | Delivered::Stopped => break,
            }
            self.emitted(&records);
            self.held.look(&matcher);
        }
        let mut records = Vec::new();
        matcher.advance(Watermark::MAX, |output| {
            if let Some(found) = output.as_match() {
                records.extend(found.to_owned().records);
            }
        })?;
        self.emitted(&records);
        self.held.stats = matcher.stats().to_vec();
        Ok(())
    }

    /// Asks the conditions of all patterns of the events of a batch.
    fn ask(&mut self, batch: &EventBatch) {
        let stream = self.program.streams().get(batch.stream());
        let columns = batch.columns();
        for index in 0..batch.len() {
            let values = columns.iter().map(|column| column.get(index).into_value());
            let fields = stream.schema.fields().iter().map(|field| field.name.clone());
            let row: Row = fields.zip(values).collect();
            self.conditions.ask(&stream.name, &row, &self.held.waiting);
        }
    }

    fn emitted(&mut self, records: &[Record]) {
        for record in records {
            let stream = self.program.streams().get(record.stream);
            let fields = stream.schema.fields().iter().map(|field| field.name.clone());
            let row: BTreeMap<_, _> = fields.zip(record.values.iter().cloned()).collect();
            self.conditions.ask(&stream.name, &row, &self.held.waiting);
        }
    }
}

impl std::fmt::Debug for Cost<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cost").field("rows", &self.rows).finish_non_exhaustive()
    }
}
