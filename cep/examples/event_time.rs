//! Event time: events out of order, windows that time out, events that come too late, and a silent stream.
//!
//! `cargo run -p cep --example event_time`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use cep::{MatchKind, Timestamp};
use serde_json::json;

const PATTERN: &str = "
stream orders { id: int  ts: timestamp } key id time ts lateness 5s
stream payments { order: int  ts: timestamp } key order time ts lateness 5s

pattern paid on orders by id, payments by order {
  begin ordered: orders
  followed by payment: payments
  within 1m
  emit paid { id: ordered.id }
  on timeout emit unpaid { id: ordered.id }
}";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut matcher = cep::Program::parse("paid.cep", PATTERN)?.matcher();
    matcher.keep_late(true);
    let show = |found: cep::Match| {
        let record = found.records().next();
        let what = if found.kind() == MatchKind::TimedOut { "timed out" } else { "found" };
        println!("{what}: {record:?}");
    };
    matcher.push("orders", &json!({ "id": 1, "ts": 10_000 }))?.for_each(show);
    // It was made before the order that has been read already: that is what the lateness is for.
    matcher.push("orders", &json!({ "id": 2, "ts": 7_000 }))?.for_each(show);
    matcher.push("payments", &json!({ "order": 1, "ts": 20_000 }))?.for_each(show);
    matcher.push("orders", &json!({ "id": 3, "ts": 90_000 }))?.for_each(show);
    // No payments come for now: without this their watermark would hold back that of the orders.
    matcher.set_idle("payments", true)?.for_each(show);
    // Too late for any lateness.
    matcher.push("orders", &json!({ "id": 4, "ts": 9_000 }))?.for_each(show);
    println!("late: {:?}", matcher.take_late());
    // Time also goes on by itself.
    matcher.advance_to(Timestamp(200_000))?.for_each(show);
    matcher.finish()?.for_each(show);
    Ok(())
}
