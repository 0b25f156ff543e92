//! What somebody finds who looks at a store's set-up step by step, for people.

use std::fmt;

use super::StoreError;

/// Something that was looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What was looked at.
    pub step: String,
    /// How it stands.
    pub verdict: Verdict,
    /// What was found. Never a password.
    pub words: String,
    /// What a person can do about it.
    pub help: Option<String>,
}

/// How something stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It works, and may not be what was meant.
    Doubtful,
    /// It does not work.
    Wrong,
}

impl Finding {
    /// It is as it should be.
    #[must_use]
    pub fn good(step: impl Into<String>, words: impl Into<String>) -> Self {
        Self { step: step.into(), verdict: Verdict::Good, words: words.into(), help: None }
    }

    /// It works, and may not be what was meant.
    #[must_use]
    pub fn doubtful(step: impl Into<String>, words: impl Into<String>, help: impl Into<String>) -> Self {
        Self { verdict: Verdict::Doubtful, help: Some(help.into()), ..Self::good(step, words) }
    }

    /// It does not work.
    #[must_use]
    pub fn wrong(step: impl Into<String>, words: impl Into<String>, help: impl Into<String>) -> Self {
        Self { verdict: Verdict::Wrong, help: Some(help.into()), ..Self::good(step, words) }
    }

    /// It does not work, as an error says.
    #[must_use]
    pub fn failed(step: impl Into<String>, error: &StoreError) -> Self {
        let help = error.help().map(str::to_owned);
        Self { verdict: Verdict::Wrong, help, ..Self::good(step, error.to_string()) }
    }

    /// What an attempt came to: what it says of itself where it went well.
    #[must_use]
    pub fn of(step: impl Into<String>, result: Result<String, StoreError>) -> Self {
        match result {
            Ok(words) => Self::good(step, words),
            Err(error) => Self::failed(step, &error),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Good => "good    ",
            Verdict::Doubtful => "doubtful",
            Verdict::Wrong => "wrong   ",
        };
        write!(f, "{verdict} {}: {}", self.step, self.words)?;
        match &self.help {
            Some(help) => write!(f, "\n  = help: {help}"),
            None => Ok(()),
        }
    }
}
