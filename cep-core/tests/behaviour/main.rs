//! What the matcher does with time, streams, keys and limits under `TimerPolicy::Exact`.
#![expect(clippy::unwrap_used, reason = "tests say what they show in their names, and panic where they fail")]

#[path = "../shared/emit.rs"]
mod emit;
mod groups;
mod ids;
mod limits;
mod memory;
mod running;
mod seams;
mod strata;
mod streams;
mod support;
mod time;
