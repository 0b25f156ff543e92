//! The library behind the command `cep`: event files in, matches out, arguments and exit codes. Files, terminals, the
//! wall clock and the environment live in this crate only; what a match is lives in `cep-core`, the language in
//! `cep-dsl`.

pub mod args;
pub mod commands;
pub mod config;
pub mod explain;
pub mod finder;
pub mod infer;
pub mod input;
pub mod outcome;
pub mod output;
pub mod progress;
pub mod run;
pub mod sink;
pub mod starter;
pub mod statefile;
pub mod stop;
pub mod stored;
mod suggest;
pub mod summary;
pub mod testing;
pub mod why;
