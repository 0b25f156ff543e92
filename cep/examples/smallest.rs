//! The smallest program: a pattern in text, events as JSON, matches as they are found.
//!
//! `cargo run -p cep --example smallest`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let program = cep::Program::parse(
        "smallest.cep",
        "stream door { name: string  open: bool  ts: timestamp } key name time ts
         pattern left_open on door by name {
           begin opened where open
           not followed by closed where not open
           within 30s
         }",
    )?;
    let mut matcher = program.matcher();
    let events = [("front", true, 0), ("back", true, 5_000), ("back", false, 9_000), ("back", true, 60_000)];
    for (name, open, ts) in events {
        for found in matcher.push("door", &json!({ "name": name, "open": open, "ts": ts }))? {
            println!("{found:?}");
        }
    }
    // The input is over: whatever waits only for time is decided.
    for found in matcher.finish()? {
        println!("{found:?}");
    }
    Ok(())
}
