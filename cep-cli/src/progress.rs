//! How far a run is, on a terminal.

use std::time::Instant;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use crate::summary::rate;

/// A line on standard error that tells how far a run is; where that is no terminal, nothing is shown.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    started: Instant,
}

impl Progress {
    /// Shows how much of `total` bytes is read; without a total, only how much.
    #[must_use]
    pub fn new(total: Option<u64>) -> Self {
        let bar = total.map_or_else(ProgressBar::no_length, ProgressBar::new);
        let template = match total {
            Some(_) => "{bar:30} {percent:>3} %  {msg}  {eta} left",
            None => "{spinner} {msg}",
        };
        let style = ProgressStyle::with_template(template).expect("the template is sound");
        Self { bar: bar.with_style(style), started: Instant::now() }
    }

    /// Shows nothing.
    #[must_use]
    pub fn hidden() -> Self {
        Self { bar: ProgressBar::hidden(), started: Instant::now() }
    }

    /// Tells how far the run is.
    pub fn update(&self, rows: u64, bytes: u64) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.set_position(bytes);
        self.bar.set_message(format!("{} rows, {}", HumanCount(rows), rate(rows, self.started.elapsed())));
    }

    /// Takes the line away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
