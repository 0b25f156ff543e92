//! A pattern without a file: streams and patterns are built, with the same checks as those of a text.
//!
//! `cargo run -p cep --example builder`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use cep::expr::{field, stage};
use cep::{DataType, Duration, Pattern, Program, Schema, StreamDef};
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let schema = Schema::new()
        .with("user", DataType::String)
        .with("kind", DataType::String)
        .with("country", DataType::String)
        .with("ts", DataType::Timestamp);
    let pattern = Pattern::begin("first")
        .filter(field("kind").eq("login"))
        .followed_by("second")
        .filter(field("kind").eq("login").and(field("country").ne(stage("first").last("country"))))
        .within(Duration::from_mins(30))
        .on_keyed("events", ["user"])
        .build("two_countries")
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let program =
        Program::builder().stream(StreamDef::new("events", schema, "ts")).pattern(pattern).build()?;
    let mut matcher = program.matcher();
    let event =
        |country: &str, ts: i64| json!({ "user": "ann", "kind": "login", "country": country, "ts": ts });
    let events = [event("NZ", 0), event("NZ", 60_000), event("IS", 120_000)];
    matcher.push_all("events", events)?.for_each(|found| println!("{found:?}"));
    matcher.finish()?.for_each(|found| println!("{found:?}"));
    Ok(())
}
