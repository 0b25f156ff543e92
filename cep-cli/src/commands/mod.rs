//! What each command does. Here alone the process's own standard streams are written to.

mod ast;
mod check;
mod completions;
mod cost;
mod doctor;
mod explain;
mod fmt;
mod infer;
mod links;
mod lsp;
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

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::args::{Cep, Command};
use crate::config::{self, Asked, Refused, Surroundings};
use crate::outcome::Outcome;

/// Does what the arguments ask for, with what the configuration adds to them.
#[must_use]
pub fn run(args: &[OsString]) -> ExitCode {
    let surroundings = Surroundings {
        folder: std::env::current_dir().unwrap_or_default(),
        variables: std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .collect(),
        files: &|path| std::fs::read_to_string(path),
    };
    match config::read(args, &surroundings) {
        Ok(Asked::Run(cep)) => execute(&cep).into(),
        Ok(Asked::Show(text)) => print(&text).into(),
        Err(Refused::Usage(error)) => error.exit(),
        Err(Refused::Config(error)) => {
            complain(&error, error.help().as_ref().map(|help| help as &dyn Display));
            Outcome::Rejected.into()
        }
    }
}

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
        Command::Lsp => lsp::lsp(),
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
