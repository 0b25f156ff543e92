//! From a pattern file to a program: reading it and all it uses, showing its diagnostics, compiling it.

use std::io::IsTerminal;
use std::path::Path;

use cep_core::pattern::Definitions;
use cep_core::program::{ParamValues, Program};
use cep_dsl::Compiled;
use cep_dsl::diagnostic::{render, render_styled};

use super::{complain, tell};
use crate::outcome::Outcome;

/// Reads and checks a pattern file.
pub(super) fn load(path: &Path) -> Result<Compiled, Outcome> {
    cep_dsl::load(path, &mut |path| std::fs::read(path)).map_err(|error| {
        complain(&format_args!("{}: {error}", path.display()), None);
        Outcome::Rejected
    })
}

/// Shows what there is to say about a file.
pub(super) fn show(compiled: &Compiled) {
    if compiled.diagnostics.iter().next().is_none() {
        return;
    }
    let plain = !std::io::stderr().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    let rendered = if plain { render } else { render_styled };
    tell(&rendered(&compiled.sources, &compiled.diagnostics));
}

/// The definitions of a file without errors.
pub(super) fn definitions(path: &Path) -> Result<Definitions, Outcome> {
    let mut compiled = load(path)?;
    show(&compiled);
    compiled.definitions.take().ok_or(Outcome::Rejected)
}

/// The program of definitions.
pub(super) fn compile(definitions: &Definitions, params: &ParamValues) -> Result<Program, Outcome> {
    Program::compile(definitions.clone(), params).map_err(|errors| {
        errors.iter().for_each(|error| complain(error, None));
        Outcome::Rejected
    })
}
