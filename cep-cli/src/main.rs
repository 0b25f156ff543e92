//! The command `cep`: finds patterns in streams of events. All it does lives in the library of this crate.

use std::process::ExitCode;

fn main() -> ExitCode {
    cep_cli::commands::run(&std::env::args_os().collect::<Vec<_>>())
}
