//! Classes of tests, compiled for the members' class path.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::jars::{self, Part, alone};
use crate::tools;

/// The folder of the compiled classes; sources that were compiled before are not compiled again.
pub(crate) fn compile(jar: &Path, sources: &[PathBuf]) -> Result<PathBuf, String> {
    let mut hash = DefaultHasher::new();
    for source in sources {
        fs::read(source).map_err(|error| format!("{}: {error}", source.display()))?.hash(&mut hash);
    }
    let folder = crate::folder().join("classes").join(format!("{:016x}", hash.finish()));
    let _alone = alone("classes")?;
    let done = folder.join("done");
    if done.exists() {
        return Ok(folder);
    }
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(told)?;
    let mut javac = Command::new(tools::javac()?);
    javac.args(["-proc:none", "--release", "17", "-cp"]).arg(jar).arg("-d").arg(&folder).args(sources);
    tools::run(&mut javac)?;
    fs::write(&done, "").map_err(told)?;
    Ok(folder)
}

/// A jar of a class that submits jobs, with what Hazelcast has on the class path.
pub(crate) fn job_jar(source: &Path, main: &str) -> Result<PathBuf, String> {
    let classes = compile(&jars::fetch(Part::Core)?, &[source.to_owned()])?;
    let jar = classes.with_extension("jar");
    let _alone = alone("classes")?;
    if !jar.exists() {
        // Moved to its place when it is whole.
        let partial = classes.with_extension("partial");
        let mut pack = Command::new(tools::jar()?);
        pack.arg("--create").arg("--file").arg(&partial).args(["--main-class", main]);
        tools::run(pack.arg("-C").arg(&classes).arg("."))?;
        fs::rename(&partial, &jar).map_err(|error| format!("{}: {error}", partial.display()))?;
    }
    Ok(jar)
}
