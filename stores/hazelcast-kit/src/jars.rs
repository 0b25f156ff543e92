//! The jars of Hazelcast, fetched once with Maven and kept.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use crate::tools;

/// The version that tests run against.
const VERSION: &str = "5.7.0";

/// The plugin that copies an artifact; a version, so that it is the same everywhere.
const COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

/// What members consist of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    /// All but SQL.
    Core,
    /// SQL, which needs the other.
    Sql,
}

/// The path of a jar, which is there afterwards.
pub(crate) fn fetch(part: Part) -> Result<PathBuf, String> {
    let artifact = match part {
        Part::Core => "hazelcast",
        Part::Sql => "hazelcast-sql",
    };
    let folder = crate::folder().join("jars");
    let jar = folder.join(format!("{artifact}-{VERSION}.jar"));
    let _alone = alone("jars")?;
    if jar.exists() {
        return Ok(jar);
    }
    let maven = tools::maven()?;
    // Moved to its place when it is whole: a fetch that was cut off leaves nothing that looks like a jar.
    let partial = folder.join("partial");
    fs::create_dir_all(&partial).map_err(|error| format!("{}: {error}", partial.display()))?;
    let mut copy = Command::new(maven);
    copy.args(["-q", "-B", COPY, &format!("-Dartifact=com.hazelcast:{artifact}:{VERSION}")]);
    copy.arg(format!("-DoutputDirectory={}", partial.display())).current_dir(&partial);
    tools::run(&mut copy).map_err(|error| format!("cannot fetch {artifact} {VERSION}: {error}"))?;
    let fetched = partial.join(format!("{artifact}-{VERSION}.jar"));
    fs::rename(&fetched, &jar).map_err(|error| format!("{}: {error}", fetched.display()))?;
    Ok(jar)
}

/// Holds a lock that one process on this machine has at a time, until it is dropped.
pub(crate) fn alone(name: &str) -> Result<File, String> {
    let file = lock_file(name)?;
    file.lock().map_err(|error| format!("lock `{name}`: {error}"))?;
    Ok(file)
}

/// A file to be locked, by whoever wants not to wait for it.
pub(crate) fn lock_file(name: &str) -> Result<File, String> {
    let folder = crate::folder().join("locks");
    let path = folder.join(name);
    let file = fs::create_dir_all(&folder).and_then(|()| File::create(&path));
    file.map_err(|error| format!("{}: {error}", path.display()))
}
