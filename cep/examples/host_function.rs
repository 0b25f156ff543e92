//! A function of the program's own, which patterns call like any other.
//!
//! `cargo run -p cep --example host_function`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::HashMap;

use serde_json::json;

const PATTERN: &str = "
stream login { user: string  ip: string  country: string?  ts: timestamp } key user time ts
stream rated = login with risk: risk(ip, country)

pattern takeover on rated by user {
  begin probe one or more where risk > 0.4
  next entry where risk <= 0.4
  within 10m
  emit takeover { user: entry.user, worst: max(probe.risk), from: network(probe.first.ip) }
}";

/// The first two numbers of an address. Pure: the same address, the same network.
fn network(ip: &str) -> String {
    ip.split('.').take(2).collect::<Vec<_>>().join(".")
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // What is looked up never changes while the program runs, or a replay would find something else.
    let known = HashMap::from([("10.0".to_owned(), 0.1), ("203.0".to_owned(), 0.8)]);
    let risk = move |ip: &str, country: Option<&str>| {
        let of_network = known.get(&network(ip)).copied().unwrap_or(0.5);
        if country.is_none() { of_network + 0.1 } else { of_network }
    };
    let program = cep::Program::builder()
        .function("risk", risk)
        .function("network", network)
        .text("takeover.cep", PATTERN)?
        .build()?;
    let mut matcher = program.matcher();
    let login = |ip: &str, country: Option<&str>, ts: i64| json!({ "user": "ann", "ip": ip, "country": country, "ts": ts });
    let logins = [
        login("203.0.113.7", None, 1_000),
        login("203.0.113.9", Some("NZ"), 2_000),
        login("10.0.0.4", Some("NZ"), 60_000),
    ];
    matcher.push_all("login", logins)?.for_each(|found| println!("{found:?}"));
    matcher.finish()?.for_each(|found| println!("{:?}", found.records().next()));
    Ok(())
}
