//! The `.cep` pattern language: from text to the definitions the engine compiles, with diagnostics that carry the edit
//! that mends a mistake.
//!
//! [`load`] reads a file and all it uses through a function the caller gives; [`check`] takes one text. Both always give a
//! [`Compiled`]: the sources, everything there is to say about them, and the definitions if nothing is wrong.
//! [`format()`] prints the one canonical form of a text. The stages are open to tools: [`parse`], [`syntax`],
//! [`diagnostic`], [`mod@fmt`], [`symbols`].
//!
//! Nothing here reads files, prints, or panics, whatever the text. Layers, each seeing only those before it:
//! `source, diagnostic ← syntax ← parse ← fmt`, `parse ← check ← lower`, `syntax ← symbols`.
//!
//! ```
//! let compiled = cep_dsl::check("fraud.cep", r#"
//!     stream txn { card: string  amount: float  ts: timestamp } key card time ts
//!     pattern small_then_large on txn by card {
//!       begin small where amount < 1
//!       followed by large where amuont > 500
//!       within 10m
//!     }
//! "#);
//! let first = compiled.diagnostics.iter().next().expect("a field is misspelt");
//! assert_eq!((first.code.as_str(), first.message.as_str()), ("E0204", "`amuont` is not a field of `txn`"));
//! assert!(compiled.definitions.is_none());
//! ```
#![deny(missing_docs)]

mod allow;
mod catalog;
mod check;
pub mod diagnostic;
pub mod fmt;
mod load;
mod lower;
pub mod parse;
pub mod source;
pub mod symbols;
pub mod syntax;
mod text;

use std::io;
use std::path::Path;

use cep_core::expr::HostFunction;
use cep_core::pattern::Definitions;

use diagnostic::Diagnostics;
pub use load::Read;
use source::SourceMap;

/// What becomes of a program.
#[derive(Debug)]
pub struct Compiled {
    /// All files, to render diagnostics with.
    pub sources: SourceMap,
    /// Their trees, those that are used before those that use them.
    pub files: Vec<syntax::File>,
    /// Everything there is to say, from top to bottom; used files come after those that use them.
    pub diagnostics: Diagnostics,
    /// The definitions; none where there is an error.
    pub definitions: Option<Definitions>,
}

/// Reads, checks and lowers a file and all it uses.
///
/// # Errors
/// The error of reading the first file. A used file that cannot be read is a diagnostic.
pub fn load(path: &Path, read: &mut Read<'_>) -> io::Result<Compiled> {
    load_with(path, read, &[])
}

/// The same of a file that may call functions which the host registers, or of one that it uses.
///
/// # Errors
/// As [`load`].
pub fn load_with(path: &Path, read: &mut Read<'_>, functions: &[HostFunction]) -> io::Result<Compiled> {
    load::load(path, read).map(|loaded| compile(loaded, functions))
}

/// Checks and lowers one text that uses no other.
#[must_use]
pub fn check(name: &str, text: &str) -> Compiled {
    check_with(name, text, &[])
}

/// The same of a text that may call functions which the host registers.
///
/// ```
/// use cep_core::expr::HostFunction;
///
/// let risk = HostFunction::new("risk", |card: &str, amount: f64| card.len() as f64 * amount);
/// let text = "stream txn { card: string  amount: float  ts: timestamp } time ts
///             pattern p on txn { begin a where risk(amount) > 100 }";
/// let compiled = cep_dsl::check_with("p.cep", text, &[risk]);
/// let first = compiled.diagnostics.iter().next().expect("an argument is missing");
/// assert_eq!(first.message, "`risk` takes 2 arguments, found 1");
/// assert_eq!(first.notes, ["the host registers it as `risk(string, float) -> float`"]);
/// ```
#[must_use]
pub fn check_with(name: &str, text: &str, functions: &[HostFunction]) -> Compiled {
    compile(load::text(name, text), functions)
}

/// The canonical form of a text.
///
/// # Errors
/// The sources and their syntax errors, where there are some.
pub fn format(name: &str, text: &str) -> Result<String, (SourceMap, Diagnostics)> {
    let (sources, id) = SourceMap::of(name, text);
    fmt::format(&sources, id).map_err(|diagnostics| (sources, diagnostics))
}

fn compile(loaded: load::Loaded, functions: &[HostFunction]) -> Compiled {
    let files: Vec<_> = loaded.files.iter().collect();
    let mut diagnostics = loaded.diagnostics;
    let (program, more) = check::check(&loaded.sources, &files, loaded.incomplete, functions);
    diagnostics.append(more);
    diagnostics.sort();
    let diagnostics = allow::without_allowed(&loaded.sources, &loaded.files, diagnostics);
    let definitions = (!diagnostics.has_errors()).then(|| lower::lower(program));
    Compiled { sources: loaded.sources, files: loaded.files, diagnostics, definitions }
}
