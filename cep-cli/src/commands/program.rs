//! From a pattern file to a program: reading it and all it uses, showing its diagnostics, compiling it.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::path::Path;

use cep_core::pattern::Definitions;
use cep_core::program::{ParamValues, Program};
use cep_dsl::Compiled;
use cep_dsl::diagnostic::{Diagnostics, render, render_linked, render_styled};
use cep_dsl::source::SourceMap;
use cep_engine::{ProgramText, TextFile};

use super::{complain, links, params, tell};
use crate::outcome::Outcome;

/// Reads and checks a pattern file.
pub(super) fn load(path: &Path) -> Result<Compiled, Outcome> {
    cep_dsl::load(path, &mut |path| std::fs::read(path)).map_err(|error| unreadable(path, &error))
}

/// Shows what there is to say about a file.
pub(super) fn show(compiled: &Compiled) {
    if compiled.diagnostics.iter().next().is_none() {
        return;
    }
    tell(&rendered(&compiled.sources, &compiled.diagnostics));
}

/// Diagnostics as they are shown on standard error: in colours, and with links, on a terminal, unless `NO_COLOR` asks for none.
pub(super) fn rendered(sources: &SourceMap, diagnostics: &Diagnostics) -> String {
    match in_colours(std::io::stderr().is_terminal(), std::env::var_os("NO_COLOR").as_deref()) {
        true if links::are_shown(|name| std::env::var_os(name)) => {
            render_linked(sources, diagnostics, &links::page)
        }
        true => render_styled(sources, diagnostics),
        false => render(sources, diagnostics),
    }
}

/// <https://no-color.org>: set to anything but nothing, the variable means no colours.
pub(super) fn in_colours(terminal: bool, no_color: Option<&OsStr>) -> bool {
    terminal && no_color.is_none_or(OsStr::is_empty)
}

/// The definitions of a file without errors.
pub(super) fn definitions(path: &Path) -> Result<Definitions, Outcome> {
    source(path).map(|source| source.definitions)
}

/// Definitions, and the text they were made from.
pub(super) struct Source {
    pub(super) definitions: Definitions,
    pub(super) files: Vec<TextFile>,
}

/// The definitions of a file without errors, with the text of all its files.
pub(super) fn source(path: &Path) -> Result<Source, Outcome> {
    let mut files = Vec::new();
    let loaded = cep_dsl::load(path, &mut |path| {
        let text = std::fs::read(path)?;
        files.push(TextFile { path: path.display().to_string(), text: text.clone() });
        Ok(text)
    });
    let definitions = defined(path, loaded)?;
    Ok(Source { definitions, files })
}

/// The program of a text that is kept with state.
pub(super) fn of_text(text: &ProgramText) -> Result<Program, String> {
    let first = text.files.first().ok_or("it is empty")?;
    let loaded = cep_dsl::load(Path::new(&first.path), &mut |path| {
        let file = text.files.iter().find(|file| Path::new(&file.path) == path);
        file.map(|file| file.text.clone()).ok_or_else(|| std::io::ErrorKind::NotFound.into())
    });
    let compiled = loaded.map_err(|error| format!("{}: {error}", first.path))?;
    let definitions =
        compiled.definitions.ok_or_else(|| render(&compiled.sources, &compiled.diagnostics).to_string())?;
    let values = params::values(&text.params, &definitions).map_err(|error| error.to_string())?;
    Program::compile(definitions, &values).map_err(|errors| errors[0].to_string())
}

fn defined(path: &Path, loaded: std::io::Result<Compiled>) -> Result<Definitions, Outcome> {
    let mut compiled = loaded.map_err(|error| unreadable(path, &error))?;
    show(&compiled);
    compiled.definitions.take().ok_or(Outcome::Rejected)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Outcome {
    complain(&format_args!("{}: {error}", path.display()), None);
    Outcome::Rejected
}

/// The program of definitions.
pub(super) fn compile(definitions: &Definitions, params: &ParamValues) -> Result<Program, Outcome> {
    Program::compile(definitions.clone(), params).map_err(|errors| {
        errors.iter().for_each(|error| complain(error, None));
        Outcome::Rejected
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals_where_nobody_asks_for_none() {
        assert!(in_colours(true, None));
        assert!(in_colours(true, Some(OsStr::new(""))));
        assert!(!in_colours(true, Some(OsStr::new("1"))));
        assert!(!in_colours(false, None));
    }
}
