//! A program: patterns, compiled once, shared by as many matchers as there are.

mod error;

pub use error::CompileError;

use std::path::Path;
use std::sync::Arc;

use cep_core::event::Value;
use cep_core::expr::{Aggregate, Function, HostClosure, HostFunction};
use cep_core::matcher::{Config, TableRows};
use cep_core::pattern::{Definitions, Pattern, StreamDef};
use cep_core::program::{self, ParamValues};
use cep_dsl::Compiled;

use crate::matcher::Matcher;
use crate::trace;

/// Patterns, compiled. A clone is the same program.
///
/// ```
/// let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
/// let (one, other) = (program.matcher(), program.clone().matcher());
/// # let _ = (one, other);
/// # Ok::<(), cep::CompileError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Program {
    inner: Arc<program::Program>,
    tables: TableRows,
}

impl Program {
    /// Compiles a text that uses no other file and whose parameters all have defaults. The name stands in messages.
    ///
    /// ```
    /// let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
    /// assert_eq!(program.patterns().collect::<Vec<_>>(), ["p"]);
    /// # Ok::<(), cep::CompileError>(())
    /// ```
    ///
    /// # Errors
    /// The text's mistakes, or a parameter without a value.
    pub fn parse(name: &str, text: &str) -> Result<Self, CompileError> {
        Self::builder().text(name, text)?.build()
    }

    /// Compiles a file and all files it uses.
    ///
    /// ```
    /// let error = cep::Program::from_path("no/such/file.cep").unwrap_err();
    /// assert!(error.to_string().starts_with("no/such/file.cep: "));
    /// ```
    ///
    /// # Errors
    /// As [`Program::parse`], and where a file cannot be read.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, CompileError> {
        Self::builder().file(path)?.build()
    }

    /// Makes a program of several things: texts or files, streams and patterns that are built, values of parameters.
    ///
    /// ```
    /// let text = "param least: int  stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > least }";
    /// let program = cep::Program::builder().text("p.cep", text)?.param("least", 5).build()?;
    /// # Ok::<(), cep::CompileError>(())
    /// ```
    #[must_use]
    pub fn builder() -> ProgramBuilder {
        ProgramBuilder::default()
    }

    /// A matcher with all keys in memory.
    ///
    /// ```
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
    /// let mut matcher = program.matcher();
    /// assert_eq!(matcher.metrics().keys, 0);
    /// # Ok::<(), cep::CompileError>(())
    /// ```
    #[must_use]
    pub fn matcher(&self) -> Matcher {
        self.matcher_with(Config::default())
    }

    /// The same, told how to run.
    ///
    /// ```
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
    /// // Timed-out partial matches of patterns without `on timeout emit` are handed out, too.
    /// let config = cep::Config { report_timeouts: true, ..cep::Config::default() };
    /// let matcher = program.matcher_with(config);
    /// # Ok::<(), cep::CompileError>(())
    /// ```
    #[must_use]
    pub fn matcher_with(&self, config: Config) -> Matcher {
        let mut inner = cep_core::matcher::Matcher::with_config(Arc::clone(&self.inner), config);
        inner.set_tables(self.tables.clone());
        Matcher::new(inner)
    }

    /// The names of its patterns, in text order.
    ///
    /// ```
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
    /// assert_eq!(program.patterns().collect::<Vec<_>>(), ["p"]);
    /// # Ok::<(), cep::CompileError>(())
    /// ```
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.inner.patterns().map(|(_, pattern)| pattern.name.as_str())
    }

    /// Adds a row to a look-up table: a value a column, in the order of its declaration. Matchers made from now on see it.
    ///
    /// ```
    /// let mut program = cep::Program::parse("p.cep", "
    ///     stream s { card: string  ts: timestamp } time ts
    ///     table risks { card: string  risk: float } key card from \"host:\"
    ///     stream rated = s with risk: risks[card].risk
    ///     pattern p on rated { begin a where risk > 0.5 }")?;
    /// program.add_row("risks", vec!["4111".into(), 0.9.into()])?;
    /// let mut matcher = program.matcher();
    /// matcher.push("s", &serde_json::json!({ "card": "4111", "ts": 1 }))?;
    /// assert_eq!(matcher.finish()?.count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where there is no such table, or a value does not fit.
    pub fn add_row(&mut self, table: &str, row: Vec<Value>) -> Result<(), cep_core::matcher::TableRowsError> {
        self.tables.insert(&self.inner, table, row)
    }

    /// The same as the engine has it: for stores, shards and batches of columns.
    ///
    /// ```
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
    /// assert_eq!(program.inner().families().len(), 1);
    /// # Ok::<(), cep::CompileError>(())
    /// ```
    #[must_use]
    pub fn inner(&self) -> &Arc<program::Program> {
        &self.inner
    }
}

/// Makes a program.
///
/// ```
/// let program = cep::Program::builder()
///     .text("streams.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a }")?
///     .build()?;
/// # Ok::<(), cep::CompileError>(())
/// ```
#[derive(Debug, Default)]
pub struct ProgramBuilder {
    definitions: Definitions,
    params: ParamValues,
    functions: Vec<HostFunction>,
    /// The first that has the name of another.
    taken: Option<String>,
}

impl ProgramBuilder {
    /// Adds all that a text defines. The name stands in messages.
    ///
    /// ```
    /// let builder = cep::Program::builder().text("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
    /// assert!(builder.build().is_ok());
    /// # Ok::<(), cep::CompileError>(())
    /// ```
    ///
    /// # Errors
    /// The text's mistakes.
    pub fn text(self, name: &str, text: &str) -> Result<Self, CompileError> {
        let compiled = trace::checking(name, || cep_dsl::check_with(name, text, &self.functions));
        self.add(compiled)
    }

    /// Adds all that a file defines, and all files it uses.
    ///
    /// ```
    /// let error = cep::Program::builder().file("no/such/file.cep").unwrap_err();
    /// assert!(matches!(error, cep::CompileError::File { .. }));
    /// ```
    ///
    /// # Errors
    /// Where a file cannot be read, and its mistakes.
    pub fn file(self, path: impl AsRef<Path>) -> Result<Self, CompileError> {
        let path = path.as_ref();
        let unreadable = |source| CompileError::File { path: path.display().to_string(), source };
        let mut read = |path: &Path| std::fs::read(path);
        let name = path.to_string_lossy();
        let load = || cep_dsl::load_with(path, &mut read, &self.functions);
        let compiled = trace::checking(&name, load).map_err(unreadable)?;
        self.add(compiled)
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

    /// Registers a function of yours, which the texts and files added from now on may call like any other: in conditions, in
    /// derived streams and in what they emit. Its closure says the types, of one to six arguments: `i64`, `f64`, `bool`, `&str`,
    /// [`Timestamp`](crate::Timestamp), [`Duration`](crate::Duration), or an `Option` of one of these, where null is
    /// taken; where it is not, a null argument makes the value null without a call.
    ///
    /// It has to be pure: the engine calls it at any time, any number of times, on any thread, and takes for granted that the
    /// same arguments give the same value. Where it panics, the matcher stops: [`PushError::Function`](crate::PushError::Function).
    ///
    /// ```
    /// # use serde_json::json;
    /// let program = cep::Program::builder()
    ///     .function("risk", |country: Option<&str>, amount: f64| match country {
    ///         Some("NZ") => amount / 2.0,
    ///         _ => amount,
    ///     })
    ///     .text("risk.cep", "
    ///         stream txn { country: string?  amount: float  ts: timestamp } time ts
    ///         pattern risky on txn { begin a where risk(country, amount) > 100  emit found { risk: risk(a.country, a.amount) } }
    ///     ")?
    ///     .build()?;
    /// let mut matcher = program.matcher();
    /// matcher.push("txn", &json!({ "country": "NZ", "amount": 150.0, "ts": 1 }))?;
    /// matcher.push("txn", &json!({ "country": null, "amount": 120.0, "ts": 2 }))?;
    /// assert_eq!(matcher.finish()?.count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn function<Signature>(self, name: &str, closure: impl HostClosure<Signature>) -> Self {
        self.host_function(HostFunction::new(name, closure))
    }

    /// The same of one that is made already: with a version, say, or for patterns that are built. Name, signature
    /// and version of the functions that a pattern's conditions call belong to what tells it from others, so state in a store
    /// that a pattern with another version has left is treated as that of a pattern whose conditions have changed.
    ///
    /// ```
    /// let risk = cep::HostFunction::new("risk", |amount: f64| amount * 3.0).version(2);
    /// let text = "stream txn { amount: float  ts: timestamp } time ts  pattern p on txn { begin a where risk(amount) > 100 }";
    /// let program = cep::Program::builder().host_function(risk).text("risk.cep", text)?.build()?;
    /// # Ok::<(), cep::CompileError>(())
    /// ```
    #[must_use]
    pub fn host_function(mut self, function: HostFunction) -> Self {
        let name = function.name();
        let of_language = Function::by_name(name).is_some()
            || Aggregate::by_name(name).is_some()
            || ["count", "exists"].contains(&name);
        if of_language || self.functions.iter().any(|known| known.name() == name) {
            self.taken.get_or_insert(name.to_owned());
        } else {
            self.functions.push(function);
        }
        self
    }

    /// Adds a stream.
    ///
    /// ```
    /// use cep::{DataType, Pattern, Program, Schema, StreamDef};
    ///
    /// let schema = Schema::new().with("n", DataType::Int).with("ts", DataType::Timestamp);
    /// let pattern = Pattern::begin("a").on("s").build("p").expect("it is sound");
    /// let program = Program::builder().stream(StreamDef::new("s", schema, "ts")).pattern(pattern).build()?;
    /// # Ok::<(), cep::CompileError>(())
    /// ```
    #[must_use]
    pub fn stream(mut self, stream: StreamDef) -> Self {
        self.definitions.streams.push(stream);
        self
    }

    /// Adds a pattern.
    ///
    /// ```
    /// use cep::{Pattern, Program, expr::field};
    ///
    /// let pattern = Pattern::begin("a").filter(field("n").gt(5)).on("s").build("large").expect("it is sound");
    /// let builder = Program::builder().text("s.cep", "stream s { n: int  ts: timestamp } time ts")?;
    /// assert_eq!(builder.pattern(pattern).build()?.patterns().count(), 1);
    /// # Ok::<(), cep::CompileError>(())
    /// ```
    #[must_use]
    pub fn pattern(mut self, pattern: Pattern) -> Self {
        self.definitions.patterns.push(pattern);
        self
    }

    /// Gives a parameter its value.
    ///
    /// ```
    /// let text = "param least: int = 5  stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > least }";
    /// let program = cep::Program::builder().text("p.cep", text)?.param("least", 7).build()?;
    /// assert!(cep::Program::builder().text("p.cep", text)?.param("least", "seven").build().is_err());
    /// # Ok::<(), cep::CompileError>(())
    /// ```
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.params.insert(name.into(), value.into());
        self
    }

    /// The program.
    ///
    /// ```
    /// let program = cep::Program::builder().text("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?.build()?;
    /// # Ok::<(), cep::CompileError>(())
    /// ```
    ///
    /// # Errors
    /// A parameter without a value or with one of another type, and mistakes in what was built.
    pub fn build(self) -> Result<Program, CompileError> {
        if let Some(name) = self.taken {
            return Err(CompileError::Function(name));
        }
        let inner = trace::compiling(|| program::Program::compile(self.definitions, &self.params))
            .map_err(CompileError::Definitions)?;
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
