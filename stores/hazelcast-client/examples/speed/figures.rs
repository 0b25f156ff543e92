//! What was measured, round by round.

use std::fmt;

/// Values by who was measured, and what.
#[derive(Debug, Default)]
pub(super) struct Figures {
    all: Vec<(String, String, Vec<f64>)>,
}

impl Figures {
    /// Takes lines of a name and a value each, and shows them.
    pub(super) fn add(&mut self, who: &str, lines: &str) {
        println!("## {who}\n{lines}");
        for (what, value) in lines.lines().filter_map(|line| line.split_once(' ')) {
            let value = value.parse().unwrap();
            let is_same = |(one, other, _): &&mut (String, String, _)| one == who && other == what;
            match self.all.iter_mut().find(is_same) {
                Some((_, _, values)) => values.push(value),
                None => self.all.push((who.to_owned(), what.to_owned(), vec![value])),
            }
        }
    }
}

/// The median of each, and the least and the most: machines that have neighbours waver.
impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = "";
        for (who, what, values) in &self.all {
            if who != last {
                writeln!(f, "# {who}")?;
                last = who;
            }
            let mut values = values.clone();
            values.sort_by(f64::total_cmp);
            let (least, most) = (values[0], values[values.len() - 1]);
            let median = f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2]);
            writeln!(f, "{what} {median:.1} ({least:.1} to {most:.1})")?;
        }
        Ok(())
    }
}
