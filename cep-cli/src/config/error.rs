//! What can be wrong with a configuration, and what to do about it.

use std::fmt;
use std::io;
use std::path::Path;

use super::Source;

/// A configuration that cannot be used.
#[derive(Debug)]
pub struct ConfigError {
    source: Option<Source>,
    what: String,
    help: Option<String>,
}

impl ConfigError {
    pub(super) fn at(source: Source, what: String, help: Option<String>) -> Self {
        Self { source: Some(source), what, help }
    }

    /// A value that its option does not take.
    pub(super) fn value(source: Source, option: &str, help: String) -> Self {
        Self::at(source, format!("that is no value for `{option}`"), Some(help))
    }

    pub(super) fn unreadable(file: &Path, error: &io::Error) -> Self {
        let help = "`--config none` goes without".to_owned();
        Self { source: None, what: format!("cannot read `{}`: {error}", file.display()), help: Some(help) }
    }

    /// What the user can do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(Source::File { file, line, column }) => write!(f, "{}:{line}:{column}: ", shown(file))?,
            Some(Source::Variable(name)) => write!(f, "{name}: ")?,
            None => {}
        }
        f.write_str(&self.what)
    }
}

fn shown(file: &Path) -> impl fmt::Display + '_ {
    file.display()
}
