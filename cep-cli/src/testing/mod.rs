//! Tests of pattern files: recorded events against a snapshot of what is found in them, and small streams in the notation
//! of Flink's documentation. Opens files and runs programs; prints nothing.

mod cases;
mod coverage;
mod diff;
mod junit;
mod mini;
mod notation;
mod recorded;
mod run;

pub use cases::{FindError, Suite, find};
pub use coverage::Coverage;
pub use diff::diff;
pub use junit::junit;
pub use mini::{Labelled, Mini, accepted};
pub use notation::{Case, Sheet, SheetError};
pub use recorded::{bindings, recorded};
pub use run::TestFailure;

/// How a test ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// As expected.
    Passed,
    /// Otherwise, and what was found is what is expected from now on.
    Accepted,
    /// Otherwise: how it differs.
    Failed(String),
    /// It could not be run: why.
    Broken(String),
}

/// A test that was run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tested {
    /// The pattern file.
    pub suite: String,
    /// The file it stands in, and its line where it is one of several.
    pub place: String,
    /// What it is called.
    pub name: String,
    /// How it ended.
    pub verdict: Verdict,
}

impl Tested {
    /// Whether it is as it should be.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self.verdict, Verdict::Passed | Verdict::Accepted)
    }
}
