//! `cargo xtask test`: every test there is, in the order in which a failure is cheapest to find.

mod binaries;

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Instant;

use self::binaries::Binary;
use crate::bench::release;
use crate::{api, kill, servers, tidy};

/// True where all is well.
type Outcome = Result<bool, String>;

/// Runs all tests; true where all passed.
pub(crate) fn run(root: &Path) -> Outcome {
    let started = Instant::now();
    let step = |what: &str| println!("== {what} ({} s)", started.elapsed().as_secs());
    step("tidy");
    if !tidy::run(root)? {
        return Ok(false);
    }
    step("what is public");
    if !api::run(root, &[])? {
        return Ok(false);
    }
    step("the servers that tests need");
    servers::prepare()?;
    step("unit, fixture and example tests");
    let binaries = binaries::build(root)?;
    step("they run, and beside them a build as optimised as users have it is made");
    let (passed, built) = both(|| every_test(root, &binaries), || optimised(root));
    if !(passed? & built?) {
        return Ok(false);
    }
    step("the library without its features");
    // Tests and their crates select all of them.
    let alone = ["clippy", "-p", "cep", "--lib", "--locked", "--quiet", "--", "-D", "warnings"];
    if !cargo(root, &alone)? {
        return Ok(false);
    }
    step("conformance, and two minutes of kills: state on disk, in Redis, and on disk with streams of Redis");
    let are_good = conformance_and_kills(root)?;
    step("all is through");
    Ok(are_good)
}

fn every_test(root: &Path, binaries: &[Binary]) -> Outcome {
    Ok(binaries::run(binaries)? && cargo(root, &["test", "--workspace", "--locked", "--quiet", "--doc"])?)
}

/// Builds what conformance and the kill tests run, out of what tests leave of the processor: they wait for servers most of the
/// time.
fn optimised(root: &Path) -> Outcome {
    // Both at once, so that what they share is built once.
    let both = ["-p", "xtask", "-p", "cep-cli", "--bin", "xtask", "--bin", "cep"];
    let mut command = Command::new("nice");
    command.args(["-n", "19"]).arg(cargo_name()).args(["build", "--release", "--locked", "--quiet"]);
    succeeds(command.args(both).current_dir(root))
}

/// Killed processes, and those who kill them, wait for disks most of the time, so that conformance runs beside them; not more,
/// else processes would be killed before they have got anywhere.
fn conformance_and_kills(root: &Path) -> Outcome {
    let (conform, survive) = both(|| conformance_over(root, &[]), || kills(root));
    let over = |store: &'static str| move || conformance_over(root, &["--store", store]);
    let (on_disk, in_redis) = both(over("disk"), over("redis"));
    Ok(conform? & survive? & on_disk? & in_redis?)
}

/// Side by side.
fn both(one: impl FnOnce() -> Outcome, other: impl FnOnce() -> Outcome + Send) -> (Outcome, Outcome) {
    thread::scope(|scope| {
        let other = scope.spawn(other);
        (one(), other.join().unwrap_or_else(|_| Err("a check panicked".to_owned())))
    })
}

fn conformance_over(root: &Path, store: &[&str]) -> Outcome {
    let xtask = release(root).join("xtask");
    let output = Command::new(&xtask).arg("conformance").args(store).current_dir(root).output();
    let output = output.map_err(|error| format!("cannot run {}: {error}", xtask.display()))?;
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    println!("conformance {}:\n{}{}", store.join(" "), text(&output.stdout), text(&output.stderr));
    Ok(output.status.success())
}

/// Side by side as well.
fn kills(root: &Path) -> Outcome {
    let places = ["--store disk", "--store redis", "--store disk --source redis --sink redis"];
    let all = thread::scope(|scope| {
        let run = |places: &'static str| {
            let args = places.split(' ').chain(["--kills", "1000000", "--seconds", "120"]);
            let args: Vec<_> = args.map(str::to_owned).collect();
            scope.spawn(move || kill::run_built(root, &args))
        };
        let running = places.map(run);
        running.map(|kills| kills.join().unwrap_or_else(|_| Err("the kill test panicked".to_owned())))
    });
    let all = all.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().all(|is_good| is_good))
}

fn cargo(root: &Path, args: &[&str]) -> Outcome {
    succeeds(command().args(args).current_dir(root))
}

fn succeeds(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|error| format!("cannot run {command:?}: {error}"))?;
    Ok(status.success())
}

fn command() -> Command {
    Command::new(cargo_name())
}

fn cargo_name() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
