//! `cargo xtask test`: every test there is, in the order in which a failure is cheapest to find.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tidy;

/// Runs all tests; true where all passed.
pub(crate) fn run(root: &Path) -> Result<bool, String> {
    println!("== tidy");
    if !tidy::run(root)? {
        return Ok(false);
    }
    println!("== unit, fixture, example and doc tests");
    if !cargo(root, &["test", "--workspace", "--locked"])? {
        return Ok(false);
    }
    println!("== conformance, as optimised as users run it");
    let cases = corpus(root)?;
    let mut args = vec!["run", "--release", "--locked", "--quiet", "--package", "xtask", "--", "conformance"];
    args.extend(cases.iter().filter_map(|path| path.to_str()));
    cargo(root, &args)
}

/// The corpus files that ship with the project.
pub(crate) fn corpus(root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for folder in ["flink-tests", "generated"] {
        let folder = root.join("fixtures/conformance").join(folder);
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        files.extend(entries.flatten().map(|entry| entry.path()));
    }
    files.sort();
    Ok(files)
}

fn cargo(root: &Path, args: &[&str]) -> Result<bool, String> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(program).args(args).current_dir(root).status();
    status.map(|status| status.success()).map_err(|error| format!("cannot run cargo: {error}"))
}
