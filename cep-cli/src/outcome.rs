//! How a command ended, as exit codes. They are part of what scripts rely on.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Everything was done: 0. Also where the reader of the output has had enough.
    Done,
    /// The run failed: 1. Bad input, a failing file or pipe, a pattern that asked to stop. Also warnings that `cep check` is
    /// told to deny.
    Failed,
    /// Nothing was run: 2. Wrong usage, or pattern files with errors.
    Rejected,
    /// `cep fmt --check` found files that are not in canonical form, or `cep test` found something else than expected: 3.
    Differs,
    /// `cep plan` found that partial matches would be lost, or the run be refused: 4.
    Loses,
}

impl Outcome {
    /// The exit codes, for the help text.
    pub const HELP: &str = "\
Exit codes:
  0  done
  1  the run failed: bad input, a failing file or pipe, a pattern that asked to stop; or `cep check` was told to deny
     the warnings there are
  2  nothing was run: wrong usage, or errors in a pattern file
  3  `cep fmt --check` found files that are not in canonical form, or `cep test` something else than expected
  4  `cep plan` found that partial matches would be lost, or the run be refused";

    /// The exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Rejected => 2,
            Self::Differs => 3,
            Self::Loses => 4,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(outcome.code())
    }
}
