//! `cep check`: mistakes in pattern files, all of a file at once.

use cep_dsl::Compiled;
use cep_dsl::diagnostic::to_json;

use super::print;
use super::program::{load, show};
use crate::args::{Check, MessageFormat};
use crate::outcome::Outcome;

pub(super) fn check(args: &Check) -> Outcome {
    let mut outcome = Outcome::Done;
    for path in &args.patterns {
        match load(path) {
            Ok(compiled) => {
                if tell_of(&compiled, args.message_format) == Outcome::Failed {
                    return Outcome::Failed;
                }
                if compiled.definitions.is_none() {
                    outcome = Outcome::Rejected;
                }
            }
            Err(rejected) => outcome = rejected,
        }
    }
    outcome
}

fn tell_of(compiled: &Compiled, format: MessageFormat) -> Outcome {
    match format {
        MessageFormat::Text => {
            show(compiled);
            Outcome::Done
        }
        MessageFormat::Json => {
            let all = to_json(&compiled.sources, &compiled.diagnostics);
            let lines = all.as_array().into_iter().flatten().map(|diagnostic| format!("{diagnostic}\n"));
            print(&lines.collect::<String>())
        }
    }
}
