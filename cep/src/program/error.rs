//! Why there is no program.

use std::fmt;
use std::io;

use cep_core::program;
use cep_dsl::Compiled;

/// Why there is no program.
///
/// ```
/// let error = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where m > 0 }").unwrap_err();
/// assert!(matches!(error, cep::CompileError::Text(_)));
/// assert!(error.to_string().starts_with("error[E0204]: `m` is not a field of `s`"));
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The text has mistakes; prints as the language shows them.
    #[error("{}", Rendered(.0))]
    Text(Box<Compiled>),
    /// A parameter is missing or has the wrong type, or what was built is not right.
    #[error("{}", Lines(.0))]
    Definitions(Vec<program::CompileError>),
    /// A function cannot be registered: the language or an earlier one has its name.
    #[error("there is a function `{0}` already")]
    Function(String),
    /// The file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// The same as for people: this is what `unwrap` shows.
impl fmt::Debug for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

struct Rendered<'a>(&'a Compiled);

impl fmt::Display for Rendered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&cep_dsl::diagnostic::render(&self.0.sources, &self.0.diagnostics))
    }
}

struct Lines<'a>(&'a [program::CompileError]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}
