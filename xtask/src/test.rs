//! `cargo xtask test`: every test there is, in the order in which a failure is cheapest to find.

use std::path::Path;
use std::process::Command;

use crate::{kill, servers, tidy};

/// Runs all tests; true where all passed.
pub(crate) fn run(root: &Path) -> Result<bool, String> {
    println!("== tidy");
    if !tidy::run(root)? {
        return Ok(false);
    }
    println!("== the servers that tests need");
    servers::redis()?;
    hazelcast_kit::prepare()?;
    println!("== unit, fixture, example and doc tests");
    if !cargo(root, &["test", "--workspace", "--locked"])? {
        return Ok(false);
    }
    println!("== conformance, as optimised as users run it");
    if !cargo(root, &["run", "--release", "--locked", "--quiet", "--package", "xtask", "--", "conformance"])?
    {
        return Ok(false);
    }
    for store in ["disk", "redis"] {
        println!("== two minutes of kills, state in {store}");
        let args = ["--store", store, "--kills", "1000000", "--seconds", "120"].map(str::to_owned);
        if !kill::run(root, &args)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn cargo(root: &Path, args: &[&str]) -> Result<bool, String> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(program).args(args).current_dir(root).status();
    status.map(|status| status.success()).map_err(|error| format!("cannot run cargo: {error}"))
}
