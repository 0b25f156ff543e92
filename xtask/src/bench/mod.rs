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

/// Measures the engine over stores: W1 and W8 with commits every second and every 8,000 events, opening a namespace with many
/// keys, and the plot of commit intervals. Over Redis the server is one of ours, with an append-only file.
pub(crate) fn stored(root: &Path) -> Result<bool, String> {
    let (server, folder) = (cep_redis_testkit::Server::start(), cep_redis_testkit::Folder::new());
    let stores =
        ["memory".to_owned(), format!("disk:{}", folder.path().join("state").display()), server.url()];
    let plots = root.join("docs/plots").display().to_string();
    let runs: [&[&str]; 6] = [
        &["speed", "W1", "60000000", "1s", "none"],
        &["speed", "W8", "60000000", "1s", "none"],
        &["speed", "W1", "8000000", "8000", "none"],
        &["speed", "W8", "8000000", "8000", "none"],
        &["recovery", "2100000"],
        &["commits", "8000000", &plots],
    ];
    for run in runs {
        println!("{}", run.join(" "));
        // What is kept in memory alone is not recovered.
        let skipped = usize::from(run[0] == "recovery");
        let build =
            ["run", "--release", "--locked", "--quiet", "-p", "cep-benches", "--example", "stored", "--"];
        let mut command = cargo();
        command
            .args(build)
            .args(run)
            .args(&stores[skipped..])
            .arg("--server")
            .arg(server.process().to_string());
        let status =
            command.current_dir(root).status().map_err(|error| format!("cannot run cargo: {error}"))?;
        if !status.success() {
            return Ok(false);
        }
    }
    Ok(true)
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
