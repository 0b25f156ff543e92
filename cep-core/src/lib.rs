//! Pattern IR, NFA compiler, runtime and matcher of the cep engine.
//!
//! Synchronous and pure: events and watermarks are arguments, matches go to a closure. There is no I/O, no clock,
//! no lock and no global in this crate. Layers, each seeing only those before it:
//! `ids, time, bytes ← event ← expr ← pattern ← program ← runtime ← matcher ← why`.
#![deny(missing_docs)]

pub mod bytes;
pub mod event;
pub mod expr;
pub mod ids;
pub mod matcher;
pub mod pattern;
pub mod program;
pub mod runtime;
pub mod time;
pub mod why;
