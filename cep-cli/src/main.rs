//! The command `cep`: finds patterns in streams of events. All it does lives in the library of this crate.

use std::process::ExitCode;

use cep_cli::args::Cep;
use cep_cli::commands;
use clap::Parser as _;

fn main() -> ExitCode {
    commands::execute(&Cep::parse()).into()
}
