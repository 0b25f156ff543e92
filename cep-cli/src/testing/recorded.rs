//! Recorded events: what is found in them, as the lines that `cep run -o jsonl` writes.

use std::path::Path;
use std::sync::Arc;

use cep_core::matcher::Matcher;
use cep_core::pattern::Definitions;
use cep_core::program::Program;

use super::run::run;
use super::{Coverage, Suite, TestFailure};
use crate::input::{Bindings, Inputs, ReadOptions, bind, open_streams};
use crate::output::{Lines, OutputFormat, Renderer, Shapes};

/// Where the events of a suite are.
///
/// # Errors
/// Where files and streams do not come together.
pub fn bindings(suite: &Suite, definitions: &Definitions) -> Result<Bindings, TestFailure> {
    let named = suite.events.iter().map(|(stream, path)| match stream {
        Some(stream) => format!("{stream}={}", path.display()),
        None => match definitions.streams.as_slice() {
            [only] => format!("{}={}", only.name, path.display()),
            _ => path.display().to_string(),
        },
    });
    let folder = suite.patterns.parent().unwrap_or(Path::new(""));
    Ok(bind(&named.collect::<Vec<_>>(), definitions, folder)?)
}

/// What is found in recorded events, as JSON lines.
///
/// # Errors
/// Where events cannot be read, or a pattern asks to stop.
pub fn recorded(
    program: &Arc<Program>,
    mut matcher: Matcher,
    bindings: &Bindings,
    coverage: &mut Coverage,
) -> Result<String, TestFailure> {
    let shapes = Arc::new(Shapes::of_program(program));
    let renderer = Renderer::new(OutputFormat::Jsonl, Arc::clone(program), shapes);
    let options = ReadOptions { until_end: true, ..ReadOptions::default() };
    let mut inputs = open_streams(bindings, program, &options)?;
    debug_assert!(!inputs.is_live() || bindings.reads_stdin(), "files are read in full batches");
    let mut found = Vec::new();
    run(&mut matcher, &mut inputs, |output| {
        if let Some(one) = output.as_match() {
            coverage.see(&one.to_owned());
        }
        if let Lines::Text(text) = renderer.lines(output) {
            found.extend_from_slice(&text);
        }
    })?;
    Ok(String::from_utf8_lossy(&found).into_owned())
}
