//! From text to a program in one step.

use std::fmt;
use std::io;
use std::path::Path;

use cep_core::program::{CompileError as DefinitionError, ParamValues, Program};
use cep_dsl::Compiled;

/// Why a text did not become a program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The text has mistakes; prints as the language shows them.
    #[error("{}", Rendered(.0))]
    Text(Box<Compiled>),
    /// A parameter is missing or has the wrong type.
    #[error("{}", Lines(.0))]
    Definitions(Vec<DefinitionError>),
    /// The file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
}

struct Rendered<'a>(&'a Compiled);

impl fmt::Display for Rendered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&cep_dsl::diagnostic::render(&self.0.sources, &self.0.diagnostics))
    }
}

struct Lines<'a>(&'a [DefinitionError]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// Compiles a text that uses no other file and whose parameters all have defaults.
///
/// # Errors
/// The text's mistakes, or a parameter without a value.
pub fn compile(name: &str, text: &str) -> Result<Program, CompileError> {
    compile_with(name, text, &ParamValues::new())
}

/// Compiles a text with values for its parameters.
///
/// # Errors
/// As [`compile`].
pub fn compile_with(name: &str, text: &str, params: &ParamValues) -> Result<Program, CompileError> {
    program(cep_dsl::check(name, text), params)
}

/// Compiles a file and all files it uses.
///
/// # Errors
/// As [`compile`], and where the file cannot be read.
pub fn compile_file(path: impl AsRef<Path>, params: &ParamValues) -> Result<Program, CompileError> {
    let path = path.as_ref();
    let unreadable = |source| CompileError::File { path: path.display().to_string(), source };
    let compiled = cep_dsl::load(path, &mut |path| std::fs::read(path)).map_err(unreadable)?;
    program(compiled, params)
}

fn program(mut compiled: Compiled, params: &ParamValues) -> Result<Program, CompileError> {
    match compiled.definitions.take() {
        Some(definitions) => Program::compile(definitions, params).map_err(CompileError::Definitions),
        None => Err(CompileError::Text(Box::new(compiled))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_prints_as_the_language_shows_it() {
        let error = compile("p.cep", "pattern p on nothing { begin a }").unwrap_err();
        assert!(error.to_string().contains("p.cep:1:14"), "{error}");
    }

    #[test]
    fn a_parameter_without_a_value_is_an_error_that_names_it() {
        let text = "param n: int\nstream s { x: int  ts: timestamp } time ts\npattern p on s { begin a where x > n }";
        assert!(compile("p.cep", text).unwrap_err().to_string().contains("`n`"));
        let params = ParamValues::from([("n".to_owned(), 5.into())]);
        assert!(compile_with("p.cep", text, &params).is_ok());
    }
}
