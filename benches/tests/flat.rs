//! A short run of `flat`: a process of its own, as the memory of this one is that of all tests.
#![cfg(target_os = "linux")]

use std::process::Command;

#[test]
fn memory_stays_flat_over_some_million_events() {
    for threads in ["1", "2"] {
        let output =
            Command::new(env!("CARGO_BIN_EXE_flat")).args(["W1", "4000000", threads]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
