//! `cargo xtask simulate`: the protocol of state under every kind of trouble, as optimised as it may be while it checks
//! itself.

use std::path::Path;
use std::process::Command;

/// Passes its arguments on to the simulator.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<bool, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["run", "--quiet", "--locked", "--package", "cep-simulator", "--"]).args(args);
    let status = command.current_dir(root).status();
    status.map(|status| status.success()).map_err(|error| format!("cannot run cargo: {error}"))
}
