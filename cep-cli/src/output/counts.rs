//! How much came out of each shape, told at the end.

use std::io::{self, Write};
use std::sync::Arc;

use super::item::Item;
use super::lines::Lines;
use super::shape::Shapes;
use super::writer::Writer;

pub(super) struct CountWriter<W> {
    shapes: Arc<Shapes>,
    counts: Vec<u64>,
    out: W,
}

impl<W: Write> CountWriter<W> {
    pub(super) fn new(shapes: Arc<Shapes>, out: W) -> Self {
        Self { counts: vec![0; shapes.all().len()], shapes, out }
    }
}

impl<W: Write> Writer for CountWriter<W> {
    fn write(&mut self, item: &Item<'_>) -> io::Result<()> {
        if let Some(shape) = self.shapes.of(item.origin()) {
            self.counts[shape] += 1;
        }
        Ok(())
    }

    fn put(&mut self, lines: Lines) -> io::Result<()> {
        let Lines::Shapes(shapes) = lines else { unreachable!("lines are of the writer's format") };
        shapes.into_iter().for_each(|shape| self.counts[shape] += 1);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let widest = self.shapes.all().iter().map(|shape| shape.name.chars().count()).max().unwrap_or(0);
        for (shape, count) in self.shapes.all().iter().zip(&self.counts) {
            writeln!(self.out, "{:widest$}  {count}", shape.name)?;
        }
        self.out.flush()
    }
}
