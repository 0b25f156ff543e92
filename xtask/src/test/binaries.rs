//! The test binaries of the workspace, some at a time: many wait for servers and processes most of the time, which cargo
//! would let all others wait for.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::command;
use crate::child::end_within;

/// How many run at once, each with as many threads as it likes.
const AT_ONCE: usize = 2;

/// Several times as long as any of them takes: one that hangs is ended and named, instead of all that follows.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// A binary with tests.
pub(super) struct Binary {
    /// What it is called in cargo's words: a package, and the target's name.
    name: String,
    file: PathBuf,
    /// Where tests expect to be run.
    folder: PathBuf,
}

/// Builds all test binaries.
pub(super) fn build(root: &Path) -> Result<Vec<Binary>, String> {
    let args = ["test", "--workspace", "--locked", "--no-run", "--message-format", "json-render-diagnostics"];
    let output = command().args(args).current_dir(root).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err("the tests do not build".to_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut found: Vec<_> = text.lines().filter_map(binary).collect();
    // Members start, freeze and go for minutes: whoever begins first is not waited for in the end.
    found.sort_by_key(|binary| !binary.name.starts_with("hazelcast"));
    if found.is_empty() { Err("cargo built no tests".to_owned()) } else { Ok(found) }
}

/// The test binary that a line of cargo's output tells of.
fn binary(line: &str) -> Option<Binary> {
    let line: Value = serde_json::from_str(line).ok()?;
    let is_test = line["reason"] == "compiler-artifact" && line["profile"]["test"] == true;
    let file = line["executable"].as_str().filter(|_| is_test)?;
    let folder = Path::new(line["manifest_path"].as_str()?).parent()?.to_owned();
    let package = folder.file_name()?.to_string_lossy().into_owned();
    let name = format!("{package} {}", line["target"]["name"].as_str()?);
    Some(Binary { name, file: file.into(), folder })
}

/// Runs them all, and shows what each printed once it is through; true where all passed.
pub(super) fn run(binaries: &[Binary]) -> Result<bool, String> {
    let left = Mutex::new(binaries.iter().collect::<VecDeque<_>>());
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let worker = || {
        let mut failed = Vec::new();
        while let Some(binary) = next() {
            if !binary.run()? {
                failed.push(binary.name.as_str());
            }
        }
        Ok::<_, String>(failed)
    };
    let all = thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(worker)).collect();
        let joined = workers.into_iter().map(|worker| worker.join());
        joined
            .map(|failed| failed.unwrap_or_else(|_| Err("a worker panicked".to_owned())))
            .collect::<Vec<_>>()
    });
    let failed: Vec<_> = all.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    failed.iter().for_each(|name| println!("FAILED: {name}"));
    Ok(failed.is_empty())
}

impl Binary {
    fn run(&self) -> Result<bool, String> {
        let told = |error: io::Error| format!("cannot run {}: {error}", self.file.display());
        let started = Instant::now();
        // Into a file: a process that a test has started and left would keep a pipe open.
        let printed = self.file.with_extension("printed");
        let file = File::create(&printed).map_err(told)?;
        let mut command = Command::new(&self.file);
        command.current_dir(&self.folder).stdin(Stdio::null()).stderr(file.try_clone().map_err(told)?);
        let ended = command.stdout(file).spawn().and_then(|mut child| end_within(&mut child, LONGEST));
        let status = ended.map_err(told)?;
        let text = fs::read(&printed).map_err(told)?;
        // In one piece, as others print as well.
        println!("{}", self.told(&String::from_utf8_lossy(&text), status, started.elapsed()));
        Ok(status.is_some_and(|status| status.success()))
    }

    /// One line where all passed; else all that was printed.
    fn told(&self, printed: &str, status: Option<ExitStatus>, took: Duration) -> String {
        let result = printed.lines().rev().find(|line| line.starts_with("test result"));
        let line = format!("{} ({:.1} s): {}", self.name, took.as_secs_f64(), result.unwrap_or("no result"));
        match status {
            Some(status) if status.success() => line,
            Some(status) => format!("{printed}{line} {status}"),
            None => format!("{printed}{line}, ended as it hangs: whatever is not told of above"),
        }
    }
}
