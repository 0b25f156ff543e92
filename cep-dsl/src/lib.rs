//! The `.cep` pattern language: text to tree, tree to canonical text, and diagnostics with the edit that mends a mistake.
//!
//! Nothing here reads files, prints or panics, whatever the text. Layers, each seeing only those before it:
//! `source, diagnostic ← syntax ← parse ← fmt`.
//!
//! ```
//! use cep_dsl::{diagnostic, fmt, parse, source::SourceMap};
//!
//! let (sources, id) = SourceMap::of("fraud.cep", "const burst=60 s");
//! let parsed = parse::parse(&sources, id);
//! assert_eq!(parsed.diagnostics.iter().next().map(|it| it.code.as_str()), Some("E0115"));
//! println!("{}", diagnostic::render(&sources, &parsed.diagnostics));
//!
//! let (sources, id) = SourceMap::of("fraud.cep", "const burst=60s");
//! assert_eq!(fmt::format(&sources, id).as_deref(), Ok("const burst = 60s\n"));
//! ```

pub mod diagnostic;
pub mod fmt;
pub mod parse;
pub mod source;
pub mod syntax;
mod text;
