//! Your own types in and out: events are structs, a match is read into one, and a tag leads back to the event you had.
//!
//! `cargo run -p cep --example typed`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, Debug)]
struct Reading {
    sensor: String,
    celsius: f64,
    ts: i64,
}

/// A field a stage: all events of a loop, the one event of `calm`, and perhaps one of `alarm`.
#[derive(Deserialize, Debug)]
struct Overheated {
    calm: Reading,
    rising: Vec<Reading>,
    alarm: Option<Reading>,
}

const PATTERN: &str = "
stream reading { sensor: string  celsius: float  ts: timestamp } key sensor time ts

pattern overheated on reading by sensor {
  begin calm where celsius < 50
  next rising one or more consecutive where celsius >= 50 and celsius > (rising.celsius ?? 0.0)
  next alarm optional where celsius > 100
  within 1m
  after match skip past last event
}";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut matcher = cep::Program::parse("overheated.cep", PATTERN)?.matcher();
    let reading = |celsius: f64, ts| Reading { sensor: "oven".into(), celsius, ts };
    let readings = [
        reading(20.0, 0),
        reading(55.0, 1_000),
        reading(80.0, 2_000),
        reading(120.0, 3_000),
        reading(30.0, 4_000),
    ];
    for (tag, reading) in (0..).zip(&readings) {
        matcher.push_tagged("reading", reading, tag)?;
    }
    // What was found meanwhile and has not been taken comes with the last call.
    for found in matcher.finish()? {
        let last = found.stage("rising").last().ok_or("a loop has an event")?;
        println!("last seen rising: {:?}", readings[usize::try_from(last.tag())?]);
        let Overheated { calm, rising, alarm } = found.read()?;
        println!("from {} over {} readings to {alarm:?}", calm.celsius, rising.len());
    }
    Ok(())
}
