//! Many patterns over one stream, and patterns over what others emit: one pass, one order of what is found.
//!
//! `cargo run -p cep --example many_patterns`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::fmt::Write as _;

use cep::Program;
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text =
        "stream quote { symbol: string  price: float  ts: timestamp } key symbol time ts\n".to_owned();
    for limit in [101, 102, 105, 110] {
        write!(
            text,
            "pattern above_{limit} on quote by symbol {{
               begin below where price < {limit}
               next above where price >= {limit}
               emit crossed {{ symbol: above.symbol, limit: {limit} }}
             }}\n"
        )?;
    }
    // Another pattern reads what those emit.
    text += "pattern run on crossed by symbol {
               begin first where limit == 101
               followed by last where limit == 110
               within 1m
               emit run { symbol: first.symbol }
             }";
    let program = Program::parse("quotes.cep", &text)?;
    println!("{} patterns", program.patterns().count());
    let mut matcher = program.matcher();
    let quotes = [99.0, 101.5, 103.0, 99.5, 106.0, 111.0];
    let events =
        (0..).zip(quotes).map(|(i, price)| json!({ "symbol": "X", "price": price, "ts": i * 1_000 }));
    for found in matcher.push_all("quote", events)? {
        println!("{} {:?}", found.pattern(), found.records().next());
    }
    for found in matcher.finish()? {
        println!("{} {:?}", found.pattern(), found.records().next());
    }
    for (pattern, stats) in matcher.stats() {
        println!("{pattern}: {} matches", stats.matches);
    }
    Ok(())
}
