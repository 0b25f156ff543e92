//! The one seam between what is found and how it is written.

use std::io::{self, Write};
use std::sync::Arc;

use cep_core::program::Program;

use super::counts::CountWriter;
use super::csv::CsvWriter;
use super::item::Item;
use super::jsonl::JsonWriter;
use super::lines::Lines;
use super::shape::{ShapeError, Shapes};
use super::table::TableWriter;

/// How what is found is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum OutputFormat {
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values with a header; for one kind of record or match.
    Csv,
    /// A table for people.
    Table,
    /// Only how many.
    Counts,
}

/// Writes what is found, line by line.
pub trait Writer {
    /// Writes a line, now or later.
    ///
    /// # Errors
    /// Where the output cannot be written to.
    fn write(&mut self, item: &Item<'_>) -> io::Result<()>;

    /// Writes lines that were made by a [`super::Renderer`] of the same format, now or later.
    ///
    /// # Errors
    /// As [`Writer::write`].
    fn put(&mut self, lines: Lines) -> io::Result<()>;

    /// Brings all lines so far to where the reader sees them.
    ///
    /// # Errors
    /// As [`Writer::write`].
    fn flush(&mut self) -> io::Result<()>;

    /// Ends the output.
    ///
    /// # Errors
    /// As [`Writer::write`].
    fn finish(&mut self) -> io::Result<()>;
}

/// A writer of that format. `out` should be buffered.
///
/// # Errors
/// Where the format cannot hold all the shapes.
pub fn writer<'w>(
    format: OutputFormat,
    program: Arc<Program>,
    shapes: Arc<Shapes>,
    out: impl Write + 'w,
) -> Result<Box<dyn Writer + 'w>, ShapeError> {
    Ok(match format {
        OutputFormat::Jsonl => Box::new(JsonWriter { program, shapes, out }),
        OutputFormat::Csv => Box::new(CsvWriter::new(program, &shapes, out)?),
        OutputFormat::Table => Box::new(TableWriter::new(program, shapes, out)),
        OutputFormat::Counts => Box::new(CountWriter::new(shapes, out)),
    })
}
