//! A Python with the official Hazelcast client, in a virtual environment that is made once and kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::jars::alone;
use crate::tools;

/// The version that is installed.
const CLIENT: &str = "hazelcast-python-client==5.7.0";

const HELP: &str = "on Debian: apt-get install python3 python3-venv";

/// A Python that can import `hazelcast`.
#[derive(Debug)]
pub struct Python {
    program: PathBuf,
}

impl Python {
    /// Makes the environment where it is missing.
    ///
    /// # Panics
    /// Where that cannot be done, with what to install.
    pub fn new() -> Self {
        ready().unwrap_or_else(|error| panic!("{error}"));
        Self { program: program() }
    }

    /// Runs a script to its end and gives what it printed.
    ///
    /// # Panics
    /// Where it fails, with what it wrote.
    pub fn run(&self, script: &Path, args: &[&str]) -> String {
        let output = Command::new(&self.program).arg(script).args(args).output();
        let output = output.unwrap_or_else(|error| panic!("{}: {error}", self.program.display()));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }
}

impl Default for Python {
    fn default() -> Self {
        Self::new()
    }
}

fn environment() -> PathBuf {
    crate::folder().join("python")
}

fn program() -> PathBuf {
    environment().join("bin").join("python")
}

pub(crate) fn ready() -> Result<(), String> {
    let _alone = alone("python")?;
    let done = environment().join("done");
    if fs::read_to_string(&done).is_ok_and(|version| version == CLIENT) {
        return Ok(());
    }
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(environment());
    tools::run(&mut make)
        .map_err(|error| format!("tests need Python with virtual environments: {error}\n{HELP}"))?;
    let mut install = Command::new(program());
    install.args(["-m", "pip", "install", "--quiet", CLIENT]);
    tools::run(&mut install)?;
    fs::write(&done, CLIENT).map_err(|error| format!("{}: {error}", done.display()))
}
