//! One run of one engine over one workload, and the median of several.

use serde_json::Value;

/// Who ran.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Engine {
    Cep,
    FlinkNfa,
    FlinkJob,
    Esper,
}

impl Engine {
    pub(super) const RIVALS: [Self; 3] = [Self::FlinkNfa, Self::FlinkJob, Self::Esper];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Cep => "cep",
            Self::FlinkNfa => "flink-nfa",
            Self::FlinkJob => "flink-job",
            Self::Esper => "esper",
        }
    }
}

/// Some events of a file, one after the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Slice {
    pub(super) first: u64,
    pub(super) events: u64,
}

/// What a run found and what it took.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// Which events of the file.
    pub(super) slice: Slice,
    pub(super) events_per_s: f64,
    pub(super) matches: u64,
    pub(super) checksum: String,
    /// Of the whole process, its input included.
    pub(super) process_peak_bytes: u64,
}

impl Run {
    /// From the line a process printed; `memory` names the field with its peak.
    pub(super) fn read(line: &str, memory: &str) -> Result<Self, String> {
        let fields: Value = serde_json::from_str(line).map_err(|_| format!("not a result: {line}"))?;
        let number = |name: &str| fields[name].as_u64().ok_or_else(|| format!("no `{name}` in: {line}"));
        Ok(Self {
            slice: Slice { first: fields["first"].as_u64().unwrap_or(0), events: number("events")? },
            events_per_s: fields["events_per_s"].as_f64().unwrap_or_default(),
            matches: number("matches")?,
            checksum: fields["checksum"].as_str().unwrap_or_default().to_owned(),
            process_peak_bytes: number(memory)?,
        })
    }

    /// Whether both, over the same events, found the same matches.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        (self.matches, &self.checksum) == (other.matches, &other.checksum)
    }

    /// The run in the middle by speed; that all found the same is checked.
    pub(super) fn median(mut runs: Vec<Self>) -> Result<Self, String> {
        runs.sort_by(|a, b| a.events_per_s.total_cmp(&b.events_per_s));
        let middle = runs.get(runs.len() / 2).ok_or("no run")?.clone();
        match runs.iter().find(|run| !run.agrees(&middle)) {
            Some(other) => Err(format!("two runs found {} and {} matches", other.matches, middle.matches)),
            None => Ok(middle),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(rate: u64, matches: u64) -> Run {
        let line =
            format!(r#"{{"events":10,"events_per_s":{rate},"matches":{matches},"checksum":"ab","peak":7}}"#);
        Run::read(&line, "peak").unwrap()
    }

    #[test]
    fn the_median_is_by_speed() {
        let median = Run::median(vec![run(30, 4), run(10, 4), run(20, 4)]).unwrap();
        assert_eq!((median.events_per_s, median.process_peak_bytes), (20.0, 7));
    }

    #[test]
    fn runs_that_differ_have_no_median() {
        assert!(Run::median(vec![run(30, 4), run(10, 5)]).is_err());
    }
}
