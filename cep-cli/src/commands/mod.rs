//! What each command does. Here alone the process's own standard streams are written to.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command speaks through its standard streams"
)]

mod check;
mod explain;
mod fmt;
mod params;
mod program;
mod run;

use std::fmt::Display;

use crate::args::{Cep, Command};
use crate::outcome::Outcome;

/// Does what the arguments ask for.
#[must_use]
pub fn execute(cep: &Cep) -> Outcome {
    match &cep.command {
        Command::Run(args) => run::run(args),
        Command::Check(args) => check::check(args),
        Command::Fmt(args) => fmt::fmt(args),
        Command::Explain(args) => explain::explain(args),
    }
}

/// Says what is wrong, and what to do about it.
fn complain(error: &dyn Display, help: Option<&dyn Display>) {
    eprintln!("error: {error}");
    if let Some(help) = help {
        eprintln!("  = help: {help}");
    }
}
