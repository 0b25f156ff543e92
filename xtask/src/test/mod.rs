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
    servers::prepare()?;
    println!("== unit, fixture, example and doc tests");
    if !cargo(root, &["test", "--workspace", "--locked"])? {
        return Ok(false);
    }
    println!("== conformance, as optimised as users run it");
    for more in [&[][..], &["--store", "disk"], &["--store", "redis"]] {
        let args =
            [&["run", "--release", "--locked", "--quiet", "--package", "xtask", "--", "conformance"], more];
        if !cargo(root, &args.concat())? {
            return Ok(false);
        }
    }
    println!("== two minutes of kills each: state on disk, in Redis, and on disk with streams of Redis");
    kills(root)
}

/// Side by side: they wait for processes and disks most of the time.
fn kills(root: &Path) -> Result<bool, String> {
    let places = ["--store disk", "--store redis", "--store disk --source redis --sink redis"];
    let all = std::thread::scope(|scope| {
        let run = |places: &'static str| {
            let args = places.split(' ').chain(["--kills", "1000000", "--seconds", "120"]);
            let args: Vec<_> = args.map(str::to_owned).collect();
            scope.spawn(move || kill::run(root, &args))
        };
        let running = places.map(run);
        running.map(|kills| kills.join().unwrap_or_else(|_| Err("the kill test panicked".to_owned())))
    });
    let all = all.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().all(|is_good| is_good))
}

fn cargo(root: &Path, args: &[&str]) -> Result<bool, String> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(program).args(args).current_dir(root).status();
    status.map(|status| status.success()).map_err(|error| format!("cannot run cargo: {error}"))
}
