//! Project tasks: `cargo xtask test`, `cargo xtask conformance FILE…`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command for developers writes to their terminal"
)]

mod conformance;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask conformance FILE[.gz]…";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (task, rest) = match args.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    let result = match task {
        "conformance" => conformance::run(&rest.iter().map(PathBuf::from).collect::<Vec<_>>()),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}
