//! Batches of Apache Arrow in, and a batch of records out; with the feature `arrow`.
//!
//! `cargo run -p cep --features arrow --example arrow`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use cep::arrow::Records;

const PATTERN: &str = "
stream quote { symbol: string  price: float  ts: timestamp } key symbol time ts

pattern doubled on quote by symbol {
  begin low
  followed by high where price >= 2 * low.price
  within 1h
  after match skip past last event
  emit doubled { symbol: high.symbol, low: low.price, high: high.price }
}";

/// A batch as it would come from a file or a server: columns by name.
fn quotes() -> Result<RecordBatch, Box<dyn std::error::Error>> {
    let symbols = StringArray::from(vec!["A", "B", "A", "B", "A"]);
    let prices = Float64Array::from(vec![10.0, 7.0, 12.0, 6.0, 21.0]);
    let times = TimestampMicrosecondArray::from_iter_values((0..5).map(|minute| minute * 60_000_000));
    let columns: [(&str, ArrayRef); 3] =
        [("symbol", Arc::new(symbols)), ("price", Arc::new(prices)), ("ts", Arc::new(times))];
    Ok(RecordBatch::try_from_iter(columns)?)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let program = cep::Program::parse("doubled.cep", PATTERN)?;
    let mut matcher = program.matcher();
    let mut records = Records::of(&program, "doubled").ok_or("no pattern emits it")?;
    matcher.push_batch("quote", &quotes()?)?.for_each(|found| records.add(&found));
    matcher.finish()?.for_each(|found| records.add(&found));
    let batch = records.take();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        println!("{}: {column:?}", field.name());
    }
    Ok(())
}
