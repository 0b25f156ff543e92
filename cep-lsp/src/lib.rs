//! A language server for `.cep` files, on the front end that checks and runs them: what it says of a file is what `cep check`
//! says, with the edits that mend it. It speaks the [Language Server Protocol] 3.17 over any connection; the command `cep lsp`
//! serves standard input and output.
//!
//! Positions are counted in UTF-8 where the editor can, else in UTF-16. Files that an open one uses are read from the disk,
//! unless they are open too. Nothing is written anywhere.
//!
//! [Language Server Protocol]: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/

mod actions;
mod completion;
mod diagnostics;
mod documents;
mod hover;
mod navigation;
mod phrases;
mod position;
mod server;
mod words;

pub use server::{Error, Prose, serve, serve_stdio};
