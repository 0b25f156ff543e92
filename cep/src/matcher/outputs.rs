//! What was found and has not been taken, and the events that came too late.

use std::collections::VecDeque;
use std::sync::Arc;

use cep_core::matcher::{LateRef, Output};
use cep_core::program::Program;
use cep_core::time::Timestamp;

use crate::found::Match;

/// What was found and has not been taken.
pub(super) struct Outputs {
    program: Arc<Program>,
    found: VecDeque<Match>,
    pub(super) late: Vec<Late>,
    pub(super) keeps_late: bool,
}

/// An event that came behind the watermark of a pattern that reads it, and that the pattern has not seen.
///
/// ```
/// # use serde_json::json;
/// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
/// # let mut matcher = program.matcher();
/// matcher.keep_late(true);
/// for ts in [1_000, 500] {
///     matcher.push("s", &json!({ "n": 1, "ts": ts }))?;
/// }
/// for cep::Late { pattern, stream, time, position, .. } in matcher.take_late() {
///     assert_eq!((pattern.as_str(), stream.as_str(), time.0, position), ("p", "s", 500, 1));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Late {
    /// The pattern.
    pub pattern: String,
    /// The stream.
    pub stream: String,
    /// Its event time.
    pub time: Timestamp,
    /// How many events of its stream were pushed before it.
    pub position: u64,
    /// The number that it was pushed with.
    pub tag: u64,
}

/// What has been found, in order. What is not taken is there with the next call: no match is lost.
///
/// ```
/// # use serde_json::json;
/// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
/// # let mut matcher = program.matcher();
/// for ts in [1, 2, 3, 4] {
///     matcher.push("s", &json!({ "n": 1, "ts": ts }))?;
/// }
/// assert_eq!(matcher.finish()?.next().expect("there are several").time().0, 1);
/// assert_eq!(matcher.matches().len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Matches<'a>(&'a mut VecDeque<Match>);

impl Iterator for Matches<'_> {
    type Item = Match;

    fn next(&mut self) -> Option<Match> {
        self.0.pop_front()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.len(), Some(self.0.len()))
    }
}

impl ExactSizeIterator for Matches<'_> {}

impl Outputs {
    pub(super) fn new(program: Arc<Program>) -> Self {
        Self { program, found: VecDeque::new(), late: Vec::new(), keeps_late: false }
    }

    pub(super) fn matches(&mut self) -> Matches<'_> {
        Matches(&mut self.found)
    }

    pub(super) fn keep(&mut self, output: Output<'_>) {
        match (output.as_match(), output) {
            (Some(found), _) => self.found.push_back(Match::new(&self.program, found.to_owned())),
            (None, Output::Late(late)) if self.keeps_late => self.late.push(Late::new(&self.program, late)),
            (None, _) => {}
        }
    }
}

impl Late {
    fn new(program: &Program, late: LateRef<'_>) -> Self {
        Self {
            pattern: program.pattern(late.pattern_id()).name.clone(),
            stream: program.streams().get(late.stream()).name.clone(),
            time: late.time(),
            position: late.position(),
            tag: late.tag(),
        }
    }
}
