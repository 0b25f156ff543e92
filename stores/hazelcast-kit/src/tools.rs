//! The programs that members need, and what to say where they are missing.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// The oldest Java that members run on.
const OLDEST: u32 = 17;

const HELP: &str = "on Debian: apt-get install openjdk-17-jdk-headless maven";

/// The folder of a JDK's programs, or nothing where they are found by their names.
fn home() -> Option<PathBuf> {
    std::env::var_os("JAVA_HOME").map(|home| PathBuf::from(home).join("bin"))
}

fn program(name: &str) -> PathBuf {
    let at_home = home().map(|folder| folder.join(name)).filter(|path| path.exists());
    at_home.unwrap_or_else(|| name.into())
}

/// `java`, which is new enough.
pub(crate) fn java() -> Result<PathBuf, String> {
    let java = program("java");
    let version = output(Command::new(&java).arg("-version")).map(|output| {
        // Java tells its version on its error output.
        String::from_utf8_lossy(&output.stderr).into_owned()
    });
    let text =
        version.ok_or_else(|| format!("Hazelcast members are Java programs: `java` is not there; {HELP}"))?;
    match major(&text) {
        Some(version) if version >= OLDEST => Ok(java),
        _ => Err(format!("Hazelcast members need Java {OLDEST} or newer, this is {}; {HELP}", first(&text))),
    }
}

/// `javac`, for classes of tests.
pub(crate) fn javac() -> Result<PathBuf, String> {
    let javac = program("javac");
    match output(Command::new(&javac).arg("-version")) {
        Some(_) => Ok(javac),
        None => Err(format!("tests compile a class for members: `javac` is not there; {HELP}")),
    }
}

/// `jar`, for jobs of tests.
pub(crate) fn jar() -> Result<PathBuf, String> {
    let jar = program("jar");
    match output(Command::new(&jar).arg("--version")) {
        Some(_) => Ok(jar),
        None => Err(format!("tests make jars for members: `jar` is not there; {HELP}")),
    }
}

/// `mvn`.
pub(crate) fn maven() -> Result<PathBuf, String> {
    match output(Command::new("mvn").arg("-version")) {
        Some(_) => Ok("mvn".into()),
        None => Err(format!("Hazelcast is fetched with Maven: `mvn` is not there; {HELP}")),
    }
}

/// What a program writes, if it runs and ends well.
pub(crate) fn output(command: &mut Command) -> Option<Output> {
    command.stdin(Stdio::null()).output().ok().filter(|output| output.status.success())
}

/// Runs a program to its end; what it wrote is told where it fails.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let told = format!("{command:?}");
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{told}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("{told}: {}\n{out}{err}", output.status))
}

fn first(text: &str) -> &str {
    text.lines().next().unwrap_or("of no version")
}

/// `17` of `openjdk version "17.0.15" …`; `8` of `"1.8.0"`.
fn major(text: &str) -> Option<u32> {
    let version = text.split('"').nth(1)?;
    let mut parts = version.split(['.', '-', '+']).map(str::parse);
    match (parts.next()?.ok()?, parts.next()) {
        (1, Some(Ok(second))) => Some(second),
        (first, _) => Some(first),
    }
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn versions_of_java_are_read() {
        assert_eq!(major("openjdk version \"17.0.15\" 2025-04-15\n"), Some(17));
        assert_eq!(major("java version \"1.8.0_392\"\n"), Some(8));
        assert_eq!(major("openjdk version \"25-ea\" 2026-03-17\n"), Some(25));
        assert_eq!(major("nothing"), None);
    }
}
