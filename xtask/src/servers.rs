//! What tests need and this workspace does not build: installed where it is missing, and no server is left running.

use std::process::{Command, Stdio};

/// A program that tests run.
struct Tool {
    /// What tells that it is there.
    check: &'static [&'static str],
    /// What has it, on Debian.
    package: &'static str,
    /// What needs it.
    needed_by: &'static str,
}

const TOOLS: [Tool; 4] = [
    Tool {
        check: &["redis-server", "--version"],
        package: "redis-server",
        needed_by: "the tests of stores/redis, version 7 or newer",
    },
    Tool {
        check: &["javac", "-version"],
        package: "openjdk-17-jdk-headless",
        needed_by: "Hazelcast's members, version 17 or newer",
    },
    Tool { check: &["mvn", "--version"], package: "maven", needed_by: "fetching Hazelcast" },
    Tool {
        check: &["python3", "-m", "ensurepip", "--version"],
        package: "python3-venv",
        needed_by: "Hazelcast's client for Python",
    },
];

/// Installs what is missing.
pub(crate) fn prepare() -> Result<(), String> {
    for tool in &TOOLS {
        tool.prepare()?;
    }
    hazelcast_kit::prepare()
}

impl Tool {
    fn is_there(&self) -> bool {
        runs(self.check[0], &self.check[1..])
    }

    fn prepare(&self) -> Result<(), String> {
        if self.is_there() {
            return Ok(());
        }
        let Self { package, needed_by, .. } = self;
        println!("{package} is missing: installing it");
        let is_root = runs("sh", &["-c", "test \"$(id -u)\" = 0"]);
        let script = install(package);
        let (program, args): (_, &[&str]) =
            if is_root { ("sh", &["-c", &script]) } else { ("sudo", &["-n", "sh", "-c", &script]) };
        if runs(program, args) && self.is_there() {
            return Ok(());
        }
        Err(format!(
            "{needed_by}: `{}` is needed, and cannot be installed from here: run `apt-get install {package}` as root, or \
             install it as your system does",
            self.check[0]
        ))
    }
}

/// Debian's packages start servers at once; a `policy-rc.d` that forbids that stands there meanwhile, unless there is one.
fn install(package: &str) -> String {
    format!(
        "set -e; policy=/usr/sbin/policy-rc.d; \
         if [ ! -e $policy ]; then printf '#!/bin/sh\\nexit 101\\n' > $policy; chmod +x $policy; made=yes; fi; \
         trap 'test -z \"$made\" || rm -f $policy' EXIT; export DEBIAN_FRONTEND=noninteractive; \
         apt-get update -qq; apt-get install -y -qq --no-install-recommends {package}"
    )
}

fn runs(program: &str, args: &[&str]) -> bool {
    let status = Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
