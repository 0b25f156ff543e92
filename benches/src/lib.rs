//! Benchmark workloads: deterministic event streams, the same bytes in any language, and the patterns run over them.
//!
//! Streams come from splitmix64 and integers only. Each row draws in the order written in its function.

pub mod data;
pub mod memory;
pub mod repeated;
pub mod run;
pub mod streams;
pub mod workload;
