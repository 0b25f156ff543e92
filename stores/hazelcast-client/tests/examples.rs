//! The examples run, and say what they should.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::PathBuf;
use std::process::Command;

use hazelcast_kit::Options;

/// Where cargo puts examples, which it builds with the tests: beside the folder of test binaries.
fn built(example: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().join("examples").join(example)
}

fn run(example: &str, args: &[&str]) -> String {
    let output = Command::new(built(example)).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn the_examples_run() {
    let cluster = Options::new("examples").start();
    let address = &cluster.addresses()[0];
    let stock = run("stock", &[address, cluster.name()]);
    assert!(stock.ends_with("left: Some(3)\n"), "{stock}");
    let payments = run("payments", &[address, cluster.name()]);
    assert!(payments.contains("the amount of payment 7: Some(Float64(7.0))"), "{payments}");
    assert!(payments.contains("(92, Payment { card: \"card-1\""), "{payments}");
}
