//! Complex event processing with the semantics of Apache Flink CEP, embedded in your program.
//!
//! Patterns are written in `.cep` text or with a builder, compiled once into a [`Program`], and run by a [`Matcher`]:
//! batches of events in, matches out. Nothing here needs a runtime, a clock or a thread; [`ShardedMatcher`] uses several
//! threads where they are there, and hands out the same in the same order.
//!
//! ```
//! use std::sync::Arc;
//! use cep::event::{BatchBuilder, Datum, Watermarks};
//! use cep::time::{Duration, Timestamp, Watermark};
//! use cep::{Matcher, Output, compile};
//!
//! let program = Arc::new(compile("fraud.cep", r#"
//!     stream txn { card: string  amount: float  ts: timestamp } key card time ts
//!     pattern small_then_large on txn by card {
//!       begin small where amount < 1
//!       followed by large where amount > 500
//!       within 10m
//!       emit fraud { card: small.card, amount: large.amount }
//!     }
//! "#)?);
//!
//! let txn = program.streams().id("txn").expect("the text declares it");
//! let mut watermarks = Watermarks::bounded(Duration::from_secs(0));
//! let mut batch = BatchBuilder::new(txn, program.streams().get(txn).schema.clone(), 0);
//! for (card, amount, ms) in [("c1", 0.5, 1_000), ("c2", 700.0, 2_000), ("c1", 900.0, 3_000)] {
//!     let time = Timestamp(ms);
//!     let row = [Datum::Str(card.into()), Datum::Float(amount), Datum::Timestamp(time)];
//!     batch.push_row(time, watermarks.observe(time), &row)?;
//! }
//!
//! let mut found = Vec::new();
//! let mut matcher = Matcher::new(program);
//! let mut keep = |output: Output<'_>| found.extend(output.as_match().map(|found| found.to_owned()));
//! matcher.push(batch.finish(), &mut keep)?;
//! matcher.advance(Watermark::MAX, &mut keep)?;
//! assert_eq!(found.len(), 1);
//! assert_eq!(found[0].records[0].values[0], cep::event::Value::from("c1"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use cep_core::matcher::{self, Config, Matcher, Output, ShardedMatcher, TimerPolicy};
pub use cep_core::program::{self, Program};
pub use cep_core::{event, expr, ids, pattern, runtime, time};
pub use cep_dsl as language;

mod compile;

pub use compile::{CompileError, compile, compile_file, compile_with};
