//! One member: a process of its own, ended by its id, and never left behind.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::settings::Settings;
use crate::tools;

/// Small, and quick to start.
const SMALL_FLAGS: [&str; 7] = [
    "-Xms64m",
    "-Xmx128m",
    "-Xss256k",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:ReservedCodeCacheSize=48m",
    "-XX:MaxMetaspaceSize=96m",
];

/// As large as one that is measured.
const LARGE_FLAGS: [&str; 2] = ["-Xms1g", "-Xmx1g"];

/// What SQL needs more, which counts as it comes later.
const JET_FLAGS: [&str; 4] =
    ["-Xmx384m", "-Xss1m", "-XX:MaxMetaspaceSize=256m", "-XX:ReservedCodeCacheSize=96m"];

const MAIN: &str = "com.hazelcast.core.server.HazelcastMemberStarter";

/// What a member writes when it serves.
const STARTED: &str = "is STARTED";

/// How long anything that a member does may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Ends the member where the test cannot any more: reading ends when the test's process does, however it ends.
const GUARD: &str = "read _; kill -9 \"$1\" 2> /dev/null";

/// A running member.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) port: u16,
    child: Child,
    guard: Child,
    log: PathBuf,
}

impl Member {
    /// Starts a member; `classes` is the class path.
    pub(crate) fn start(settings: &Settings<'_>, folder: &Path, classes: &str) -> Result<Self, String> {
        let port = settings.port;
        let told = |error: std::io::Error| format!("{}: {error}", folder.display());
        fs::create_dir_all(folder).map_err(told)?;
        let (config, log) = (folder.join(format!("{port}.yaml")), folder.join(format!("{port}.log")));
        fs::write(&config, settings.text()).map_err(told)?;
        let file = File::create(&log).map_err(told)?;
        let mut command = Command::new(tools::java()?);
        let flags = if settings.is_large { &LARGE_FLAGS[..] } else { &SMALL_FLAGS };
        let jet = if settings.has_jet && !settings.is_large { &JET_FLAGS[..] } else { &[] };
        command
            .arg("-Djava.net.preferIPv4Stack=true")
            .args(flags)
            .args(jet)
            .arg(format!("-Dhazelcast.config={}", config.display()));
        command.args(["-cp", classes, MAIN]).current_dir(folder).stdin(Stdio::null());
        command.stdout(file.try_clone().map_err(told)?).stderr(file);
        let child = command.spawn().map_err(told)?;
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD, "guard", &child.id().to_string()]);
        guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let guard = guard.spawn().map_err(told)?;
        Ok(Self { port, child, guard, log })
    }

    /// Waits until it serves.
    pub(crate) fn wait(&mut self) -> Result<(), String> {
        let started = Instant::now();
        while !self.has_logged(STARTED) {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("a member ended before it served: {status}\n{}", self.log()));
            }
            if started.elapsed() > PATIENCE {
                return Err(format!("a member does not serve after {PATIENCE:?}\n{}", self.log()));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn has_logged(&self, text: &str) -> bool {
        self.log().contains(text)
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "kill {name} {}", self.child.id());
    }

    /// Asks it to leave, and waits until it has.
    pub(crate) fn leave(mut self) {
        self.signal("-TERM");
        let started = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && started.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        // The guard first: a process id is used again once the process is gone.
        drop((self.guard.kill(), self.guard.wait()));
        drop((self.child.kill(), self.child.wait()));
    }
}
