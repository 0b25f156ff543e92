//! A program: patterns, compiled once, shared by as many matchers as there are.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use cep_core::event::Value;
use cep_core::matcher::{Config, TableRows};
use cep_core::pattern::{Definitions, Pattern, StreamDef};
use cep_core::program::{self, ParamValues};
use cep_dsl::Compiled;

use crate::matcher::Matcher;

/// Why there is no program.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The text has mistakes; prints as the language shows them.
    #[error("{}", Rendered(.0))]
    Text(Box<Compiled>),
    /// A parameter is missing or has the wrong type, or what was built is not right.
    #[error("{}", Lines(.0))]
    Definitions(Vec<program::CompileError>),
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

/// Patterns, compiled. A clone is the same program.
#[derive(Clone, Debug)]
pub struct Program {
    inner: Arc<program::Program>,
    tables: TableRows,
}

impl Program {
    /// Compiles a text that uses no other file and whose parameters all have defaults. The name stands in messages.
    ///
    /// # Errors
    /// The text's mistakes, or a parameter without a value.
    pub fn parse(name: &str, text: &str) -> Result<Self, CompileError> {
        Self::builder().text(name, text)?.build()
    }

    /// Compiles a file and all files it uses.
    ///
    /// # Errors
    /// As [`Program::parse`], and where a file cannot be read.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, CompileError> {
        Self::builder().file(path)?.build()
    }

    /// Makes a program of several things: texts or files, streams and patterns that are built, values of parameters.
    #[must_use]
    pub fn builder() -> ProgramBuilder {
        ProgramBuilder::default()
    }

    /// A matcher with all keys in memory.
    #[must_use]
    pub fn matcher(&self) -> Matcher {
        self.matcher_with(Config::default())
    }

    /// The same, told how to run.
    #[must_use]
    pub fn matcher_with(&self, config: Config) -> Matcher {
        let mut inner = cep_core::matcher::Matcher::with_config(Arc::clone(&self.inner), config);
        inner.set_tables(self.tables.clone());
        Matcher::new(inner)
    }

    /// The names of its patterns, in text order.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.inner.patterns().map(|(_, pattern)| pattern.name.as_str())
    }

    /// Adds a row to a look-up table: a value a column, in the order of its declaration. Matchers made from now on see it.
    ///
    /// # Errors
    /// Where there is no such table, or a value does not fit.
    pub fn add_row(&mut self, table: &str, row: Vec<Value>) -> Result<(), cep_core::matcher::TableRowsError> {
        self.tables.insert(&self.inner, table, row)
    }

    /// The same as the engine has it: for stores, shards and batches of columns.
    #[must_use]
    pub fn inner(&self) -> &Arc<program::Program> {
        &self.inner
    }
}

/// Makes a program.
#[derive(Debug, Default)]
pub struct ProgramBuilder {
    definitions: Definitions,
    params: ParamValues,
}

impl ProgramBuilder {
    /// Adds all that a text defines. The name stands in messages.
    ///
    /// # Errors
    /// The text's mistakes.
    pub fn text(self, name: &str, text: &str) -> Result<Self, CompileError> {
        self.add(cep_dsl::check(name, text))
    }

    /// Adds all that a file defines, and all files it uses.
    ///
    /// # Errors
    /// Where a file cannot be read, and its mistakes.
    pub fn file(self, path: impl AsRef<Path>) -> Result<Self, CompileError> {
        let path = path.as_ref();
        let unreadable = |source| CompileError::File { path: path.display().to_string(), source };
        self.add(cep_dsl::load(path, &mut |path| std::fs::read(path)).map_err(unreadable)?)
    }

    fn add(mut self, mut compiled: Compiled) -> Result<Self, CompileError> {
        let Some(more) = compiled.definitions.take() else {
            return Err(CompileError::Text(Box::new(compiled)));
        };
        let Definitions { params, streams, derived, tables, patterns } = &mut self.definitions;
        params.extend(more.params);
        streams.extend(more.streams);
        derived.extend(more.derived);
        tables.extend(more.tables);
        patterns.extend(more.patterns);
        Ok(self)
    }

    /// Adds a stream.
    #[must_use]
    pub fn stream(mut self, stream: StreamDef) -> Self {
        self.definitions.streams.push(stream);
        self
    }

    /// Adds a pattern.
    #[must_use]
    pub fn pattern(mut self, pattern: Pattern) -> Self {
        self.definitions.patterns.push(pattern);
        self
    }

    /// Gives a parameter its value.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.params.insert(name.into(), value.into());
        self
    }

    /// The program.
    ///
    /// # Errors
    /// A parameter without a value or with one of another type, and mistakes in what was built.
    pub fn build(self) -> Result<Program, CompileError> {
        let inner =
            program::Program::compile(self.definitions, &self.params).map_err(CompileError::Definitions)?;
        Ok(Program { inner: Arc::new(inner), tables: TableRows::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_prints_as_the_language_shows_it() {
        let error = Program::parse("p.cep", "pattern p on nothing { begin a }").unwrap_err();
        assert!(error.to_string().contains("p.cep:1:14"), "{error}");
    }

    #[test]
    fn a_parameter_without_a_value_is_an_error_that_names_it() {
        let text = "param n: int\nstream s { x: int  ts: timestamp } time ts\npattern p on s { begin a where x > n }";
        assert!(Program::parse("p.cep", text).unwrap_err().to_string().contains("`n`"));
        let builder = Program::builder().text("p.cep", text).unwrap();
        assert!(builder.param("n", 5).build().is_ok());
    }
}
