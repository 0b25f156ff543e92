//! The real binary, run as a user runs it.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

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

/// A server of this test's own, ended with it.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
}

impl Server {
    pub(crate) fn start(folder: &Path) -> Self {
        Self::with(folder, &[])
    }

    /// With more options.
    pub(crate) fn with(folder: &Path, options: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Command::new("redis-server");
        server.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--dir"]).arg(folder);
        // A value of several words is several arguments.
        server.args(options.iter().flat_map(|option| option.split(' ')));
        let child = server.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.expect("redis-server has to be installed: apt-get install redis-server");
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "redis-server does not come up");
            thread::sleep(Duration::from_millis(5));
        }
        Self { child, port }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
