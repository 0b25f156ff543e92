//! The real binary, run as a user runs it.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// `cep ARGS` in a folder.
pub(crate) fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cep"));
    command.args(args).current_dir(folder).env("NO_COLOR", "1");
    command
}

/// Runs `cep ARGS` in a folder, without any input.
pub(crate) fn cep(folder: &Path, args: &[&str]) -> Ran {
    command(folder, args).stdin(Stdio::null()).output().unwrap().into()
}

/// Runs `cep ARGS` in a folder with a text on its standard input.
pub(crate) fn cep_reading(folder: &Path, args: &[&str], input: &[u8]) -> Ran {
    let piped = Stdio::piped;
    let mut child = command(folder, args).stdin(piped()).stdout(piped()).stderr(piped()).spawn().unwrap();
    // A command that does not read its input to the end is the caller's business.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap().into()
}

/// An empty folder of the test's own.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The lines of a text, in order.
pub(crate) fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

/// Compares a text with the file it is pinned in; `UPDATE=1` writes the file anew.
pub(crate) fn check_pinned(path: &Path, found: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, found).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    if found == expected {
        return Ok(());
    }
    Err(format!("{}\n--- expected\n{expected}--- found\n{found}", path.display()))
}
