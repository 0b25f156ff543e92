//! What a run came to, told on standard error at its end.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cep_core::matcher::PatternStats;
use cep_core::program::{CompiledPattern, Program};

use crate::input::{BadRow, Tally};

/// What a run came to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Summary {
    /// The good rows of all inputs.
    pub rows: u64,
    /// How long it took.
    pub elapsed: Duration,
    /// The patterns, in text order.
    pub patterns: Vec<(String, PatternStats)>,
    /// The records of keys that are set aside as they cannot be read, and the events of those keys that were diverted.
    pub quarantine: (u64, u64),
    /// The inputs with bad rows that were skipped.
    pub bad_rows: Vec<Skipped>,
}

/// The bad rows of an input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Skipped {
    /// How many.
    pub count: u64,
    /// The first few.
    pub first: Vec<BadRow>,
    /// The file they were put in, if they were.
    pub put_aside: Option<PathBuf>,
}

impl Summary {
    /// What a run came to.
    #[must_use]
    pub fn of(program: &Program, stats: &[PatternStats], inputs: &Tally, elapsed: Duration) -> Self {
        let patterns = program.patterns().zip(stats);
        let bad = inputs.bad_rows.iter();
        Self {
            rows: inputs.rows,
            elapsed,
            patterns: patterns
                .map(|((_, pattern), stats)| (pattern.name.clone(), told(pattern, *stats)))
                .collect(),
            quarantine: (0, 0),
            bad_rows: bad
                .filter(|bad| bad.count() > 0)
                .map(|bad| Skipped {
                    count: bad.count(),
                    first: bad.first().to_vec(),
                    put_aside: bad.put_aside().map(Path::to_owned),
                })
                .collect(),
        }
    }

    /// With what is set aside, and the events diverted.
    #[must_use]
    pub fn with_quarantine(self, quarantine: (u64, u64)) -> Self {
        Self { quarantine, ..self }
    }
}

/// Timeouts are told only of patterns that ask for them.
fn told(pattern: &CompiledPattern, stats: PatternStats) -> PatternStats {
    let timeouts = if pattern.timeout_emits.is_empty() { 0 } else { stats.timeouts };
    PatternStats { timeouts, ..stats }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        writeln!(
            f,
            "{} in {seconds:.2} s, {}",
            counted(self.rows, "row", "rows"),
            rate(self.rows, self.elapsed)
        )?;
        for (name, stats) in &self.patterns {
            writeln!(f, "  {name}: {}", pattern_words(stats))?;
        }
        if let (keys @ 1.., diverted) = self.quarantine {
            let keys = counted(keys, "key in quarantine", "keys in quarantine");
            writeln!(f, "  {keys}, {} diverted", counted(diverted, "event", "events"))?;
        }
        self.bad_rows.iter().try_for_each(|skipped| write_bad_rows(f, skipped))
    }
}

/// What happened for a pattern; what did not happen is left out.
fn pattern_words(stats: &PatternStats) -> String {
    let further = [
        (stats.timeouts, "timeout", "timeouts"),
        (stats.late, "late event", "late events"),
        (stats.dropped, "partial match dropped by its limit", "partial matches dropped by its limit"),
    ];
    let mut words = counted(stats.matches, "match", "matches");
    for (count, one, many) in further.into_iter().filter(|(count, ..)| *count > 0) {
        words += &format!(", {}", counted(count, one, many));
    }
    words
}

fn write_bad_rows(f: &mut fmt::Formatter<'_>, skipped: &Skipped) -> fmt::Result {
    let Skipped { count, first, put_aside } = skipped;
    let rows = counted(*count, "bad row", "bad rows");
    match put_aside {
        Some(file) => writeln!(f, "  {rows} put into {}", file.display())?,
        None => writeln!(f, "  {rows} skipped")?,
    }
    first.iter().try_for_each(|row| writeln!(f, "    {row}"))?;
    let rest = count - first.len() as u64;
    if rest > 0 { writeln!(f, "    and {}", counted(rest, "more", "more")) } else { Ok(()) }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// The number with commas between its thousands.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// So many rows a second, short.
pub(crate) fn rate(rows: u64, elapsed: Duration) -> String {
    let rate = rows as f64 / elapsed.as_secs_f64().max(1e-6);
    match rate {
        1e6.. => format!("{:.2} M rows/s", rate / 1e6),
        1e3.. => format!("{:.1} k rows/s", rate / 1e3),
        _ => format!("{rate:.0} rows/s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Position, Problem};

    #[test]
    fn the_summary_tells_what_happened_and_nothing_else() {
        let at = Position::Line { file: "txn.csv".into(), line: 17, column: 9 };
        let bad = BadRow { at, field: Some("amount".into()), problem: Problem::NoValue };
        let summary = Summary {
            rows: 1_234_567,
            elapsed: Duration::from_millis(500),
            patterns: vec![
                ("fraud".into(), PatternStats { matches: 1, ..PatternStats::default() }),
                ("open".into(), PatternStats { matches: 0, timeouts: 2, late: 1_000, dropped: 3 }),
            ],
            quarantine: (1, 7),
            bad_rows: vec![Skipped { count: 3, first: vec![bad], put_aside: None }],
        };
        let expected = "\
1,234,567 rows in 0.50 s, 2.47 M rows/s
  fraud: 1 match
  open: 0 matches, 2 timeouts, 1,000 late events, 3 partial matches dropped by its limit
  1 key in quarantine, 7 events diverted
  3 bad rows skipped
    txn.csv:17:9: field `amount`: no value for a field that may not be null
    and 2 more
";
        assert_eq!(summary.to_string(), expected);
    }

    #[test]
    fn rates_are_short_and_never_divide_by_zero() {
        assert_eq!(rate(0, Duration::ZERO), "0 rows/s");
        assert_eq!(rate(1_500, Duration::from_secs(1)), "1.5 k rows/s");
    }
}
