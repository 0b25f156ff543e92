//! `cargo xtask test`: every test there is, in the order in which a failure is cheapest to find.

use std::path::Path;
use std::process::Command;

use crate::{servers, tidy};

/// Runs all tests; true where all passed.
pub(crate) fn run(root: &Path) -> Result<bool, String> {
    println!("== tidy");
    if !tidy::run(root)? {
        return Ok(false);
    }
    println!("== the servers that tests need");
    servers::redis()?;
    println!("== unit, fixture, example and doc tests");
    if !cargo(root, &["test", "--workspace", "--locked"])? {
        return Ok(false);
    }
    println!("== conformance, as optimised as users run it");
    cargo(root, &["run", "--release", "--locked", "--quiet", "--package", "xtask", "--", "conformance"])
}

fn cargo(root: &Path, args: &[&str]) -> Result<bool, String> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(program).args(args).current_dir(root).status();
    status.map(|status| status.success()).map_err(|error| format!("cannot run cargo: {error}"))
}
