//! Complex event processing with the semantics of Apache Flink CEP, embedded in your program.
//!
//! Patterns are written in `.cep` text or with a builder, compiled once into a [`Program`], and looked for by a [`Matcher`]:
//! events in, matches out. Nothing here needs a runtime, a clock or a thread.
//!
//! ```
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize)]
//! struct Payment { card: &'static str, amount: f64, ts: i64 }
//!
//! #[derive(Deserialize, PartialEq, Debug)]
//! struct Fraud { card: String, amount: f64 }
//!
//! let program = cep::Program::parse("fraud.cep", r#"
//!     stream payment { card: string  amount: float  ts: timestamp } key card time ts
//!     pattern small_then_large on payment by card {
//!       begin small where amount < 1
//!       followed by large where amount > 500
//!       within 10m
//!       emit fraud { card: small.card, amount: large.amount }
//!     }
//! "#)?;
//!
//! let mut matcher = program.matcher();
//! let mut frauds = Vec::new();
//! for (card, amount, ts) in [("c1", 0.5, 1_000), ("c2", 700.0, 2_000), ("c1", 900.0, 3_000)] {
//!     for found in matcher.push("payment", &Payment { card, amount, ts })? {
//!         frauds.push(found.read::<Fraud>()?);
//!     }
//! }
//! for found in matcher.finish()? {
//!     frauds.push(found.read()?);
//! }
//! assert_eq!(frauds, [Fraud { card: "c1".into(), amount: 900.0 }]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Time
//! A match is found once no earlier event can come any more: when the *watermark* has passed its last event. The watermark
//! of a stream trails the greatest time seen by the `lateness` that the stream declares, and by one millisecond, as in Flink; a
//! pattern over several streams waits for the slowest, unless that is said to be idle ([`Matcher::set_idle`]). So the last
//! events of an input are decided by [`Matcher::finish`], or by [`Matcher::advance_to`].
//!
//! # Further down
//! [`engine`] is what all this stands on: batches of columns, matches that are borrowed, shards on several threads. State that
//! outlives the process is the crate `cep-engine`'s.
#![deny(missing_docs)]

#[cfg(feature = "arrow")]
pub mod arrow;
mod found;
mod matcher;
mod metrics;
mod program;
mod serde;
#[cfg_attr(feature = "tracing", path = "trace/on.rs")]
#[cfg_attr(not(feature = "tracing"), path = "trace/off.rs")]
mod trace;

pub use cep_core as engine;
pub use cep_core::event::{DataType, Schema, Value};
pub use cep_core::expr::{HostClosure, HostFunction, Panicked};
pub use cep_core::matcher::{Config, PatternStats, TableRowsError, TimerPolicy};
pub use cep_core::pattern::{Pattern, PatternBuilder, StreamDef};
pub use cep_core::runtime::{MatchKind, RunError};
pub use cep_core::time::{Duration, Timestamp};
pub use cep_core::{expr, pattern};
pub use cep_dsl as language;
pub use found::{Event, Match, Record};
pub use matcher::{Late, Matcher, Matches, PushError, Watermarks};
pub use metrics::{Metrics, PatternMetrics, StreamMetrics};
pub use program::{CompileError, Program, ProgramBuilder};
pub use serde::{ReadError, RowError};
