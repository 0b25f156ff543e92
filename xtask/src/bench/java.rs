//! The rivals' Maven project: whether it can be built, building it, and running it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use cep_benches::workload::Workload;

use super::run::{Engine, Run};

/// The most heap a rival may use.
const HEAP: &str = "-Xmx6g";

/// What Flink reads by reflection, which later Javas refuse unless asked.
const OPENS: [&str; 2] =
    ["--add-opens=java.base/java.util=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED"];

/// The built project.
#[derive(Debug)]
pub(super) struct Java {
    folder: PathBuf,
}

impl Java {
    /// Builds the project where its sources are newer than what was built.
    pub(super) fn build(root: &Path) -> Result<Self, String> {
        let folder = root.join("benches").join("rivals");
        for (command, package) in [("java", "a JDK, 17 or later"), ("mvn", "Apache Maven, 3.8 or later")] {
            if !answers(command) {
                return Err(format!(
                    "rivals are Java programs: `{command}` is not there; install {package}\n\
                     (on Debian: apt-get install openjdk-17-jdk-headless maven)"
                ));
            }
        }
        let jar = folder.join("target").join("rivals.jar");
        if modified(&jar).is_none_or(|built| newest(&folder).is_some_and(|source| source > built)) {
            // What it says would stand between the results.
            let mut build = Command::new("mvn");
            build.args(["-q", "-B", "package"]).current_dir(&folder).stdout(Stdio::null());
            if !build.status().is_ok_and(|status| status.success()) {
                return Err("the rivals do not build: `mvn package` in benches/rivals says why".to_owned());
            }
        }
        Ok(Self { folder })
    }

    /// One run in a process of its own.
    pub(super) fn run(
        &self,
        engine: Engine,
        workload: Workload,
        file: &Path,
        events: u64,
    ) -> Result<Run, String> {
        let target = self.folder.join("target");
        let classes = format!("{}:{}", target.join("rivals.jar").display(), target.join("lib/*").display());
        let mut command = Command::new("java");
        command.arg(HEAP).args(OPENS).args(["-cp", &classes, "cep.rivals.Main"]);
        command.args([engine.name(), &format!("{workload:?}")]).arg(file).arg(events.to_string());
        Run::read(&super::rivals::line(&mut command)?, "peak_memory_bytes")
    }
}

fn answers(command: &str) -> bool {
    let mut command = Command::new(command);
    command.arg("-version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// When the description of the project or a source was last changed.
fn newest(folder: &Path) -> Option<SystemTime> {
    let mut newest = modified(&folder.join("pom.xml"));
    let mut folders = vec![folder.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).ok()?.flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path => newest = newest.max(modified(&path)),
            }
        }
    }
    newest
}
