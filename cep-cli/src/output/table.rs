//! A table for people: aligned columns, one table a shape. Lines are held back until some have come together, so that
//! widths fit; what is shown stays in order within its table.

use std::io::{self, Write};
use std::sync::Arc;

use cep_core::program::Program;

use super::cells::cells;
use super::item::Item;
use super::lines::Lines;
use super::shape::{Shape, Shapes};
use super::value::readable;
use super::writer::Writer;

/// How many lines are held back at most.
const HELD: usize = 1_000;

/// The widest a cell is shown.
const WIDEST: usize = 40;

pub(super) struct TableWriter<W> {
    program: Arc<Program>,
    shapes: Arc<Shapes>,
    /// By shape: the widths so far, and the lines held back.
    tables: Vec<(Vec<usize>, Vec<Vec<String>>)>,
    held: usize,
    /// The shape whose header was shown last, and stands.
    shown: Option<usize>,
    out: W,
}

impl<W: Write> TableWriter<W> {
    pub(super) fn new(program: Arc<Program>, shapes: Arc<Shapes>, out: W) -> Self {
        let widths = |shape: &Shape| shape.columns.iter().map(|column| width(&column.name)).collect();
        let tables = shapes.all().iter().map(|shape| (widths(shape), Vec::new())).collect();
        Self { program, shapes, tables, held: 0, shown: None, out }
    }

    fn hold(&mut self, place: usize, line: Vec<String>) -> io::Result<()> {
        self.tables[place].1.push(line);
        self.held += 1;
        if self.held >= HELD { self.show() } else { Ok(()) }
    }

    fn show(&mut self) -> io::Result<()> {
        for shape in 0..self.tables.len() {
            let lines = std::mem::take(&mut self.tables[shape].1);
            if lines.is_empty() {
                continue;
            }
            self.fit(shape, &lines);
            self.show_header(shape)?;
            lines.iter().try_for_each(|line| self.show_line(shape, line))?;
        }
        self.held = 0;
        self.out.flush()
    }

    /// Widens the columns to hold the lines; a header that no longer fits is shown again.
    fn fit(&mut self, shape: usize, lines: &[Vec<String>]) {
        let widths = &mut self.tables[shape].0;
        for line in lines {
            for (known, cell) in widths.iter_mut().zip(line) {
                if width(cell) > *known {
                    *known = width(cell);
                    self.shown = self.shown.filter(|shown| *shown != shape);
                }
            }
        }
    }

    fn show_header(&mut self, shape: usize) -> io::Result<()> {
        if self.shown == Some(shape) {
            return Ok(());
        }
        if self.shown.is_some() {
            writeln!(self.out)?;
        }
        self.shown = Some(shape);
        let shapes = Arc::clone(&self.shapes);
        if shapes.all().len() > 1 {
            writeln!(self.out, "{}", shapes.all()[shape].name)?;
        }
        let titles: Vec<String> =
            shapes.all()[shape].columns.iter().map(|column| column.name.clone()).collect();
        self.show_line(shape, &titles)?;
        let rule: Vec<String> = self.tables[shape].0.iter().map(|width| "─".repeat(*width)).collect();
        self.show_line(shape, &rule)
    }

    fn show_line(&mut self, shape: usize, cells: &[String]) -> io::Result<()> {
        let columns = self.shapes.all()[shape].columns.iter();
        let mut line = String::new();
        for ((cell, width), column) in cells.iter().zip(&self.tables[shape].0).zip(columns) {
            let gap = " ".repeat(width.saturating_sub(self::width(cell)));
            let (before, after) = if column.numeric { (gap.as_str(), "") } else { ("", gap.as_str()) };
            line += &format!("{before}{cell}{after}  ");
        }
        writeln!(self.out, "{}", line.trim_end())
    }
}

impl<W: Write> Writer for TableWriter<W> {
    fn write(&mut self, item: &Item<'_>) -> io::Result<()> {
        let Some(place) = self.shapes.of(item.origin()) else { return Ok(()) };
        let line = line(&self.program, &self.shapes.all()[place], item);
        self.hold(place, line)
    }

    fn put(&mut self, lines: Lines) -> io::Result<()> {
        let Lines::Cells(lines) = lines else { unreachable!("lines are of the writer's format") };
        lines.into_iter().try_for_each(|(place, line)| self.hold(place, line))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.show()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.show()
    }
}

/// The cells of an item's line.
pub(super) fn line(program: &Program, shape: &Shape, item: &Item<'_>) -> Vec<String> {
    cells(program, shape, item).iter().map(|value| clipped(readable(value))).collect()
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn clipped(text: String) -> String {
    if width(&text) <= WIDEST {
        return text;
    }
    text.chars().take(WIDEST - 1).chain(['…']).collect()
}
