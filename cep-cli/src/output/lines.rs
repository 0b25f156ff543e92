//! Outputs made into lines apart from where these go, so that several threads can do it; a writer of the same format
//! takes the lines in order.

use std::sync::Arc;

use cep_core::matcher::Output;
use cep_core::program::Program;

use super::csv::{header, only_shape, write_cells};
use super::item::{Item, items};
use super::jsonl::write_item;
use super::shape::{ShapeError, Shapes};
use super::table::line;
use super::writer::OutputFormat;

/// Room for most lines, so that their memory is asked for once.
const USUAL_LINE: usize = 192;

/// The lines that an output becomes.
#[derive(Debug)]
pub enum Lines {
    /// As they are written.
    Text(Vec<u8>),
    /// The cells of each, and its shape: how wide columns are is known later.
    Cells(Vec<(usize, Vec<String>)>),
    /// The shape of each, to be counted.
    Shapes(Vec<usize>),
}

/// Makes outputs into lines.
#[derive(Clone, Debug)]
pub struct Renderer {
    format: OutputFormat,
    program: Arc<Program>,
    shapes: Arc<Shapes>,
}

impl Renderer {
    /// For a writer of that format, program and shapes.
    #[must_use]
    pub fn new(format: OutputFormat, program: Arc<Program>, shapes: Arc<Shapes>) -> Self {
        Self { format, program, shapes }
    }

    /// What a file of a format and shapes begins with.
    ///
    /// # Errors
    /// Where the format cannot hold all the shapes.
    pub fn header(format: OutputFormat, shapes: &Shapes) -> Result<Vec<u8>, ShapeError> {
        match format {
            OutputFormat::Csv => only_shape(shapes).map(header),
            OutputFormat::Jsonl | OutputFormat::Table | OutputFormat::Counts => Ok(Vec::new()),
        }
    }

    /// The lines of an output; none where its shape is not chosen.
    #[must_use]
    pub fn lines(&self, output: Output<'_>) -> Lines {
        let items = items(&self.program, &self.shapes, output);
        let placed = items.filter_map(|item| Some((self.shapes.of(item.origin())?, item)));
        match self.format {
            OutputFormat::Jsonl => self.text(placed, |text, place, item| {
                write_item(text, &self.program, &self.shapes.all()[place], item)
            }),
            OutputFormat::Csv => self.text(placed, |text, place, item| {
                write_cells(text, &self.program, &self.shapes.all()[place], item)
            }),
            OutputFormat::Table => Lines::Cells(
                placed
                    .map(|(place, item)| (place, line(&self.program, &self.shapes.all()[place], &item)))
                    .collect(),
            ),
            OutputFormat::Counts => Lines::Shapes(placed.map(|(place, _)| place).collect()),
        }
    }

    fn text<'a>(
        &self,
        items: impl Iterator<Item = (usize, Item<'a>)>,
        write: impl Fn(&mut Vec<u8>, usize, &Item<'_>) -> std::io::Result<()>,
    ) -> Lines {
        let mut text = Vec::new();
        for (place, item) in items {
            text.reserve(USUAL_LINE);
            write(&mut text, place, &item).expect("memory takes all");
        }
        Lines::Text(text)
    }
}
