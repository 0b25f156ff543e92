//! The servers that tests need and this workspace does not build: installed where they are missing, and never left running.

use std::process::{Command, Stdio};

/// Installs `redis-server` where it is missing.
///
/// Debian's package starts a server at once; a `policy-rc.d` that forbids that stands there meanwhile, unless there is one.
pub(crate) fn redis() -> Result<(), String> {
    if runs("redis-server", &["--version"]) {
        return Ok(());
    }
    println!("redis-server is missing: installing it");
    let script = "\
        set -e; policy=/usr/sbin/policy-rc.d; \
        if [ ! -e $policy ]; then printf '#!/bin/sh\\nexit 101\\n' > $policy; chmod +x $policy; made=yes; fi; \
        trap 'test -z \"$made\" || rm -f $policy' EXIT; export DEBIAN_FRONTEND=noninteractive; \
        apt-get update -qq; apt-get install -y -qq --no-install-recommends redis-server";
    let is_root = runs("sh", &["-c", "test \"$(id -u)\" = 0"]);
    let (program, args): (_, &[&str]) =
        if is_root { ("sh", &["-c", script]) } else { ("sudo", &["-n", "sh", "-c", script]) };
    if runs(program, args) && runs("redis-server", &["--version"]) {
        return Ok(());
    }
    Err("the tests of stores/redis need redis-server, version 7 or newer, and it cannot be installed from here: \
         run `apt-get install redis-server` as root, or install it as your system does"
        .to_owned())
}

fn runs(program: &str, args: &[&str]) -> bool {
    let status = Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
