//! A measurement in words: a table a pattern, and what costs most.

use std::fmt::{self, Write as _};

use super::conditions::Stage;
use super::{Cost, Share};
use crate::summary::grouped;

/// A table of texts, columns aligned.
struct Table(Vec<Vec<String>>);

impl Table {
    fn write(&self, text: &mut String, indent: &str) {
        let columns = self.0.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.0
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<_> = (0..columns).map(width).collect();
        for row in &self.0 {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
                // Names to the left, numbers to the right.
                if column < 2 { format!("{cell:width$}") } else { format!("{cell:>width$}") }
            });
            let _ = writeln!(text, "{indent}{}", cells.collect::<Vec<_>>().join("  ").trim_end());
        }
    }
}

impl fmt::Display for Cost<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("{} rows\n", grouped(self.rows));
        for (index, pattern) in self.program.definitions().patterns.iter().enumerate() {
            let stages: Vec<_> =
                self.conditions.stages.iter().filter(|stage| stage.pattern.name == pattern.name).collect();
            text.push_str(&self.pattern(index, &pattern.name, &stages));
        }
        let (keys, bytes) = (self.held.keys.peak, self.held.bytes.peak);
        let _ = writeln!(
            text,
            "\nstate of all patterns: at most {} keys and {} bytes, about {} bytes a key",
            grouped(keys),
            grouped(bytes),
            grouped(bytes / keys.max(1))
        );
        f.write_str(&text)
    }
}

impl Cost<'_> {
    fn pattern(&self, index: usize, name: &str, stages: &[&Stage<'_>]) -> String {
        let stats = self.held.stats.get(index).copied().unwrap_or_default();
        let starts = stages.first().map_or(Share::default(), |first| first.rows);
        let per = |share: u64, of: u64| share as f64 / of.max(1) as f64;
        let mut text = format!(
            "\npattern {name}\n  {} starts, {:.1} in 1,000 events; {} matches, {:.2} a start\n\n",
            grouped(starts.held),
            1_000.0 * per(starts.held, starts.of),
            grouped(stats.matches),
            per(stats.matches, starts.held),
        );
        let head = ["stage", "condition", "asked", "held", "share"].map(str::to_owned).to_vec();
        let mut rows = vec![head];
        for stage in stages {
            rows.push(line(stage.name, "(the event by itself)", stage.rows));
            rows.extend(stage.parts.iter().map(|part| {
                let of = if part.iterative { "  of partial matches: " } else { "  " };
                line("", &format!("{of}{}", part.condition), part.share)
            }));
        }
        Table(rows).write(&mut text, "  ");
        self.waiting(name, &mut text);
        text.push_str(&self.advice(name, stages));
        text
    }

    fn waiting(&self, pattern: &str, text: &mut String) {
        let head = ["partial matches that wait for", "", "mean", "peak"].map(str::to_owned).to_vec();
        let mut rows = vec![head];
        for ((_, what), level) in self.held.levels.iter().filter(|((own, _), _)| own == pattern) {
            let mean = format!("{:.1}", level.mean(self.held.looks));
            rows.push(vec![format!("  {what}"), String::new(), mean, grouped(level.peak)]);
        }
        text.push('\n');
        if rows.len() == 1 {
            text.push_str("  no partial matches were held between batches\n");
            return;
        }
        Table(rows).write(text, "  ");
    }

    /// What costs most, and what to do.
    fn advice(&self, pattern: &str, stages: &[&Stage<'_>]) -> String {
        let own = self.held.levels.iter().filter(|((own, _), _)| own == pattern);
        let most = own.max_by_key(|(_, level)| level.peak).map(|((_, what), level)| (what, level.peak));
        let asked = stages.iter().flat_map(|stage| stage.parts.iter().map(move |part| (stage, part)));
        let asked = asked.max_by_key(|(_, part)| part.share.of);
        let mut text = String::new();
        if let Some((stage, part)) = asked.filter(|(_, part)| part.iterative) {
            let _ = write!(
                text,
                "\n  costs most: `{}` of `{}` is asked of every partial match that waits. What of it the event decides by \
                 itself, written as a part of its own, is tested once an event.\n",
                part.condition, stage.name
            );
        }
        if let Some((what, peak)) = most.filter(|(_, peak)| *peak > 1) {
            let _ = write!(
                text,
                "\n  holds most: up to {} partial matches wait for {what}. A shorter window, a `where` that fewer first events \
                 fit, a skip strategy, or `limit … partial matches per key` makes them fewer.\n",
                grouped(peak)
            );
        }
        text
    }
}

fn line(stage: &str, condition: &str, share: Share) -> Vec<String> {
    let percent = match share.of {
        0 => "-".to_owned(),
        of => format!("{:.1} %", 100.0 * share.held as f64 / of as f64),
    };
    vec![stage.to_owned(), condition.to_owned(), grouped(share.of), grouped(share.held), percent]
}
