//! CSV with a header: one shape, since a file has one set of columns. A match has a column for each field of each stage,
//! `stage.field`; where the stage is looping, it holds a JSON list. Null is an empty field, empty text a quoted one.

use std::io::{self, Write};
use std::sync::Arc;

use cep_core::program::Program;

use super::cells::cells;
use super::item::Item;
use super::lines::Lines;
use super::shape::{Shape, ShapeError, Shapes};
use super::value::{write_csv, write_csv_text};
use super::writer::Writer;

pub(super) struct CsvWriter<W> {
    program: Arc<Program>,
    shape: Shape,
    out: W,
    line: Vec<u8>,
    started: bool,
}

impl<W: Write> CsvWriter<W> {
    pub(super) fn new(program: Arc<Program>, shapes: &Shapes, out: W) -> Result<Self, ShapeError> {
        let shape = only_shape(shapes)?.clone();
        Ok(Self { program, shape, out, line: Vec::new(), started: false })
    }

    /// The header, even where no match follows.
    fn start(&mut self) -> io::Result<()> {
        if self.started {
            return Ok(());
        }
        self.started = true;
        self.out.write_all(&header(&self.shape))
    }

    fn put_line(&mut self) -> io::Result<()> {
        self.out.write_all(&self.line)?;
        self.line.clear();
        Ok(())
    }
}

impl<W: Write> Writer for CsvWriter<W> {
    fn write(&mut self, item: &Item<'_>) -> io::Result<()> {
        self.start()?;
        write_cells(&mut self.line, &self.program, &self.shape, item)?;
        self.put_line()
    }

    fn put(&mut self, lines: Lines) -> io::Result<()> {
        let Lines::Text(text) = lines else { unreachable!("lines are of the writer's format") };
        if text.is_empty() {
            return Ok(());
        }
        self.start()?;
        self.out.write_all(&text)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.start()?;
        self.out.flush()
    }
}

/// The one shape that a file can have.
pub(super) fn only_shape(shapes: &Shapes) -> Result<&Shape, ShapeError> {
    match shapes.all() {
        [shape] => Ok(shape),
        _ => Err(ShapeError::Several { names: shapes.names() }),
    }
}

/// The names of the columns, as a line.
pub(super) fn header(shape: &Shape) -> Vec<u8> {
    let mut line = Vec::new();
    for (index, column) in shape.columns.iter().enumerate() {
        line.extend(if index > 0 { b",".as_slice() } else { b"" });
        write_csv_text(&mut line, &column.name);
    }
    line.push(b'\n');
    line
}

/// Writes the line of an item.
pub(super) fn write_cells(
    out: &mut Vec<u8>,
    program: &Program,
    shape: &Shape,
    item: &Item<'_>,
) -> io::Result<()> {
    for (index, value) in cells(program, shape, item).iter().enumerate() {
        out.extend(if index > 0 { b",".as_slice() } else { b"" });
        write_csv(out, value)?;
    }
    out.push(b'\n');
    Ok(())
}
