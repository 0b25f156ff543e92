//! The examples run, and say what they should.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

use std::process::Command;

/// Cargo builds examples with the tests, and puts them beside the folder of test binaries.
fn run(example: &str) -> String {
    let test = std::env::current_exe().unwrap();
    let built = test.ancestors().nth(2).unwrap().join("examples").join(example);
    let output = Command::new(built).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{example}: {}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn they_say_what_they_should() {
    let cases = [
        ("smallest", "pattern: \"left_open\""),
        ("typed", "last seen rising: Reading { sensor: \"oven\""),
        ("event_time", "timed out: Some(unpaid { id: 2"),
        ("many_patterns", "run Some(run { symbol: \"X\""),
        ("builder", "pattern: \"two_countries\""),
        ("emitted_streams", "ann does that often: [1, 3, 4]"),
        ("host_function", "takeover { user: \"ann\", worst: 0.9, from: \"203.0\""),
        ("arrow", "high: PrimitiveArray<Float64>"),
    ];
    for (example, expected) in cases {
        let said = run(example);
        assert!(said.contains(expected), "{example}: {said}");
    }
}
