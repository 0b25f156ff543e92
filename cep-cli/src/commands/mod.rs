//! What each command does. Here alone the process's own standard streams are written to.

mod ast;
mod check;
mod completions;
mod doctor;
mod explain;
mod fmt;
mod infer;
mod moving;
mod new;
mod params;
mod plan;
mod program;
mod run;
mod state;
mod stopped;
mod stored;
mod stores;
mod test;
mod watch;
mod why;

use std::fmt::Display;
use std::io::{self, Write as _};

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
        Command::Test(args) => test::test(args),
        Command::Infer(args) => infer::infer(args),
        Command::New(args) => new::new(args),
        Command::Ast(args) => ast::ast(args),
        Command::Completions(args) => completions::completions(args),
        Command::Man(args) => completions::man(args),
        Command::Plan(args) => plan::plan(args),
        Command::State(args) => state::state(args),
        Command::Doctor(args) => doctor::doctor(args),
        Command::Why(args) => why::why(args),
    }
}

/// Says what is wrong, and what to do about it.
fn complain(error: &dyn Display, help: Option<&dyn Display>) {
    match help {
        Some(help) => tell(&format_args!("error: {error}\n  = help: {help}\n")),
        None => tell(&format_args!("error: {error}\n")),
    }
}

/// Writes to standard error. Where nobody listens there, the exit code says the rest.
fn tell(text: &dyn Display) {
    let _ = write!(io::stderr().lock(), "{text}");
}

/// Writes to standard output.
fn print(text: &str) -> Outcome {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Outcome::Done,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Outcome::Done,
        Err(error) => {
            complain(&format_args!("cannot write: {error}"), None);
            Outcome::Failed
        }
    }
}
