//! What the matcher does with time, streams, keys and limits under `TimerPolicy::Exact`.
#![expect(missing_docs, reason = "tests say what they show in their names")]

mod limits;
mod memory;
mod seams;
mod strata;
mod streams;
mod support;
mod time;
