//! Patterns over what other patterns emit, and each kind of record read into a type of its own.
//!
//! `cargo run -p cep --example emitted_streams`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use serde::Deserialize;
use serde_json::json;

const PATTERNS: &str = "
stream order { id: int  customer: string  ts: timestamp } key customer time ts
stream payment { order: int  ts: timestamp } key order time ts

// An order that nobody pays within a day is a breach ...
pattern unpaid on order by id, payment by order {
  begin placed: order
  not followed by paid: payment
  within 1d
  emit breach { customer: placed.customer, order: placed.id }
}

// ... and so many of one customer are a habit.
pattern habit on breach by customer {
  begin breaches times 3
  within 30d
  after match skip past last event
  emit habit { customer: breaches.customer, orders: collect(breaches.order) }
}";

#[derive(Deserialize)]
struct Breach {
    customer: String,
    order: i64,
}

#[derive(Deserialize)]
struct Habit {
    customer: String,
    orders: Vec<i64>,
}

fn show(found: &cep::Match) -> Result<(), cep::ReadError> {
    for record in found.records() {
        match record.stream() {
            "breach" => {
                let Breach { customer, order } = record.read()?;
                println!("{customer} has not paid {order}");
            }
            _ => {
                let Habit { customer, orders } = record.read()?;
                println!("{customer} does that often: {orders:?}");
            }
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    const HOUR: i64 = 3_600_000;
    let mut matcher = cep::Program::parse("breaches.cep", PATTERNS)?.matcher();
    for (id, customer) in [(1, "ann"), (2, "bo"), (3, "ann"), (4, "ann")] {
        let order = json!({ "id": id, "customer": customer, "ts": id * HOUR });
        matcher.push("order", &order)?.try_for_each(|found| show(&found))?;
    }
    matcher.push("payment", &json!({ "order": 2, "ts": 5 * HOUR }))?.try_for_each(|found| show(&found))?;
    // Both kinds come in one order: a habit right behind the breach that completes it.
    matcher.finish()?.try_for_each(|found| show(&found))?;
    Ok(())
}
