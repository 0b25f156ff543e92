//! `cargo xtask bench | rivals | flat | curves`: measuring by workload, ours alone or in turn with other engines. Each
//! run is a process of its own; what is measured there is with the process (`benches/src/bin`, `benches/rivals`).

mod alone;
mod files;
mod flat;
mod java;
mod numbers;
mod options;
mod ours;
mod report;
mod rivals;
mod run;

use std::path::Path;
use std::process::Command;

use options::Options;

/// Measures ours alone.
pub(crate) fn alone(root: &Path, args: &[String]) -> Result<bool, String> {
    alone::measure(root, &Options::parse(args)?).map(|()| true)
}

/// Measures ours and the rivals in turn; true where all agree on the matches.
pub(crate) fn rivals(root: &Path, args: &[String]) -> Result<bool, String> {
    rivals::measure(root, &Options::parse(args)?)
}

/// Runs ours over a very long stream; true where memory stayed flat.
pub(crate) fn flat(root: &Path, args: &[String]) -> Result<bool, String> {
    flat::measure(root, args)
}

/// Measures and draws the curves.
pub(crate) fn curves(root: &Path, args: &[String]) -> Result<bool, String> {
    let build = ["run", "--release", "--locked", "--quiet", "-p", "cep-benches", "--example", "curves", "--"];
    let status = cargo().args(build).args(args).current_dir(root).status();
    status.map(|status| status.success()).map_err(|error| format!("cannot run cargo: {error}"))
}

/// The cargo that runs this task.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Builds a binary of a package as users run it; gives nothing where that worked.
pub(crate) fn build(root: &Path, package: &str, binary: &str) -> Result<(), String> {
    let args = ["build", "--release", "--locked", "--quiet", "-p", package, "--bin", binary];
    match cargo().args(args).current_dir(root).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("`{binary}` does not build")),
        Err(error) => Err(format!("cannot run cargo: {error}")),
    }
}

/// Where cargo puts release binaries.
pub(crate) fn release(root: &Path) -> std::path::PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    target.join("release")
}
