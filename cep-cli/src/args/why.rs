//! The arguments of `cep why`.

use std::path::PathBuf;

use cep_core::time::Timestamp;
use clap::{Args, ValueEnum};

use super::parse_param;
use crate::input::{BadRowPolicy, Format};

/// `cep why`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
#[command(after_help = WHY_HELP)]
pub struct Why {
    /// The pattern file
    pub patterns: PathBuf,
    /// Event files, as `cep run` has them: `STREAM=FILE`, or a FILE named like its stream; `-` is standard input
    pub files: Vec<String>,
    /// The pattern [default: the only one]
    #[arg(long, value_name = "NAME")]
    pub pattern: Option<String>,
    /// The key; the fields of one of several are separated by commas [default: tell which keys came nearest]
    #[arg(short, long, value_name = "KEY")]
    pub key: Option<String>,
    /// Only attempts that began then or later: RFC 3339 or milliseconds
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub from: Option<Timestamp>,
    /// Only attempts that began then or earlier
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub to: Option<Timestamp>,
    /// Tell of so many attempts, those that came furthest
    #[arg(long, value_name = "N", default_value = "10")]
    pub most: usize,
    /// As if the inputs went on: time stands where their watermarks are
    #[arg(long)]
    pub live: bool,
    /// Set a parameter of the patterns
    #[arg(short, long = "param", value_name = "NAME=VALUE", value_parser = parse_param)]
    pub params: Vec<(String, String)>,
    /// How to tell it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: WhyFormat,
    /// The format of all event files [default: by extension, else by the first byte]
    #[arg(long, value_name = "FORMAT")]
    pub input_format: Option<Format>,
    /// What to do with rows that cannot be read; what a run puts aside is left out here
    #[arg(long, value_name = "POLICY", default_value = "fail")]
    pub on_bad_row: BadRowPolicy,
}

/// How it is told why.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum WhyFormat {
    /// For people.
    Text,
    /// For programs: one JSON object.
    Json,
}

const WHY_HELP: &str = "\
Examples:
  cep why fraud.cep txn.csv
  cep why fraud.cep txn.csv --key 4111-2
  cep why fraud.cep txn.csv --key 4111-2 --pattern card_testing --from 2026-03-01T09:00:00Z
  cep why fraud.cep txn.csv --key 4111-2 --live --format json";

fn parse_time(text: &str) -> Result<Timestamp, String> {
    let millis = || text.parse().ok().map(Timestamp);
    Timestamp::parse(text)
        .or_else(millis)
        .ok_or_else(|| "write RFC 3339, as 2018-01-31T01:49:59Z, or milliseconds".to_owned())
}
