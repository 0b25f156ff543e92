//! `cep check`: mistakes in pattern files, all of a file at once.

use cep_dsl::diagnostic::to_json;

use super::program::{load, show};
use crate::args::{Check, MessageFormat};
use crate::outcome::Outcome;

pub(super) fn check(args: &Check) -> Outcome {
    let mut outcome = Outcome::Done;
    for path in &args.patterns {
        match load(path) {
            Ok(compiled) => {
                match args.message_format {
                    MessageFormat::Text => show(&compiled),
                    MessageFormat::Json => print!("{}", to_json(&compiled.sources, &compiled.diagnostics)),
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
