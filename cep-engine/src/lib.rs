//! State that outlives the process: the contract that every state store keeps ([`store`]), and the engine that runs a
//! program over one.
//!
//! No runtime, no clock, no I/O of its own: futures are polled by the caller, and time is an argument.

pub mod store;
