//! `cep explain --cost`: patterns over sample data, and what each condition and stage costs.

use std::path::Path;
use std::sync::Arc;

use cep_core::matcher::Matcher;
use cep_core::pattern::Definitions;
use cep_core::program::Program;

use super::{complain, run};
use crate::args::Explain;
use crate::explain::{Cost, LOOK, Tables};
use crate::input::{ReadOptions, bind, open_streams};
use crate::outcome::Outcome;
use crate::testing::TestFailure;

/// The measurement in words.
pub(super) fn measured(
    args: &Explain,
    definitions: &Definitions,
    program: &Arc<Program>,
    tables: &Tables,
) -> Result<String, Outcome> {
    let folder = args.patterns.parent().unwrap_or(Path::new(""));
    let bindings = bind(&args.cost, definitions, folder).map_err(|error| {
        complain(&error, Some(&error.help()));
        Outcome::Rejected
    })?;
    let options = ReadOptions { batch_rows: Some(LOOK), until_end: true, ..ReadOptions::default() };
    let mut matcher = Matcher::new(Arc::clone(program));
    matcher.set_tables(run::tables(definitions, program, folder, &options)?);
    let mut inputs = open_streams(&bindings, program, &options).map_err(|error| run::failed_input(&error))?;
    let mut cost = Cost::new(program, tables);
    match cost.measure(matcher, &mut inputs) {
        Ok(()) => Ok(cost.to_string()),
        Err(TestFailure::Input(error)) => Err(run::failed_input(&error)),
        Err(TestFailure::Pattern(error)) => Err(run::failed_pattern(program, &error)),
        Err(failure) => {
            complain(&failure, None);
            Err(Outcome::Failed)
        }
    }
}
