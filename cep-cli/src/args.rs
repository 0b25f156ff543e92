//! The arguments of the command, and their help. What they mean for a run is decided where they are used.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::input::{Format, OnBadRow};
use crate::outcome::Outcome;
use crate::output::OutputFormat;

/// Finds patterns in streams of events.
#[derive(Clone, PartialEq, Eq, Debug, Parser)]
#[command(name = "cep", version, after_help = Outcome::HELP)]
pub struct Cep {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Clone, PartialEq, Eq, Debug, Subcommand)]
pub enum Command {
    /// Find the matches of patterns in files or standard input
    Run(Run),
    /// Look for mistakes in pattern files
    Check(Check),
    /// Bring pattern files into their canonical form
    Fmt(Fmt),
    /// Tell what patterns mean, in prose or as automata
    Explain(Explain),
}

/// `cep run`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
#[command(after_help = RUN_HELP)]
pub struct Run {
    /// The pattern file
    pub patterns: PathBuf,
    /// Event files: `STREAM=FILE`, or a FILE named like its stream; `-` is standard input
    pub files: Vec<String>,
    /// Set a parameter of the patterns
    #[arg(short, long = "param", value_name = "NAME=VALUE", value_parser = parse_param)]
    pub params: Vec<(String, String)>,
    /// The format of all event files [default: by extension, else by the first byte]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// What to do with rows that cannot be read
    #[arg(long, value_name = "POLICY", default_value = "fail")]
    pub on_bad_row: OnBadRow,
    /// How to write what is found [default: table on a terminal, else jsonl]
    #[arg(short, long, value_name = "FORMAT")]
    pub output: Option<OutputFormat>,
    /// Write only this emitted stream, or the matches of this pattern; may be repeated
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,
    /// Find on so many threads; what is written is the same for any number
    #[arg(long, value_name = "N", default_value = "1", value_parser = parse_threads)]
    pub threads: NonZeroUsize,
    /// Show neither progress nor summary
    #[arg(short, long)]
    pub quiet: bool,
}

/// More than any machine has cores.
const MOST_THREADS: usize = 1024;

const RUN_HELP: &str = "\
Examples:
  cep run fraud.cep txn.csv
  cep run fraud.cep txn=monday.csv txn=tuesday.csv -o counts
  tail -f txn.jsonl | cep run fraud.cep txn=- -p big=900
  cep run fraud.cep txn.csv --only fraud -o csv > fraud.csv

Several files of one stream are merged by time. Records go to standard output; progress and
summary go to standard error.";

/// `cep check`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct Check {
    /// The pattern files
    #[arg(required = true)]
    pub patterns: Vec<PathBuf>,
    /// How to write the mistakes
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub message_format: MessageFormat,
}

/// How mistakes in pattern files are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum MessageFormat {
    /// For people.
    Text,
    /// For editors: one JSON object a line.
    Json,
}

/// `cep fmt`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct Fmt {
    /// The pattern files; `-` formats standard input to standard output
    #[arg(required = true)]
    pub patterns: Vec<PathBuf>,
    /// Change nothing; say which files would change, and exit with 3 if any would
    #[arg(long)]
    pub check: bool,
}

/// `cep explain`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct Explain {
    /// The pattern file
    pub patterns: PathBuf,
    /// Only these patterns [default: all]
    pub names: Vec<String>,
    /// How to tell it
    #[arg(long = "as", value_name = "FORM", default_value = "prose")]
    pub form: Form,
}

/// How a pattern is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Form {
    /// In words.
    Prose,
    /// The states and transitions of the automaton.
    Automaton,
    /// The automaton as a graph, for Graphviz.
    Dot,
}

fn parse_threads(text: &str) -> Result<NonZeroUsize, String> {
    match text.parse() {
        Ok(0) => Err("someone has to do the work: 1 is the least".to_owned()),
        Ok(threads) if threads <= MOST_THREADS => NonZeroUsize::new(threads).ok_or_else(String::new),
        _ => Err(format!("write a number of threads from 1 to {MOST_THREADS}")),
    }
}

fn parse_param(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cep::command().debug_assert();
    }

    #[test]
    fn a_run_takes_files_and_parameters() {
        let line = ["cep", "run", "f.cep", "a.csv", "b=-", "-p", "x=1=2", "--param", "y=", "-o", "counts"];
        let Command::Run(run) = Cep::try_parse_from(line).unwrap().command else { panic!("a run") };
        assert_eq!(run.files, ["a.csv", "b=-"]);
        assert_eq!(run.params, [("x".into(), "1=2".into()), ("y".into(), String::new())]);
        assert_eq!((run.output, run.on_bad_row), (Some(OutputFormat::Counts), OnBadRow::Fail));
        assert_eq!(run.threads.get(), 1);
        let Command::Run(run) =
            Cep::try_parse_from(["cep", "run", "f.cep", "--threads", "3"]).unwrap().command
        else {
            panic!("a run")
        };
        assert_eq!(run.threads.get(), 3);
        let usage = Cep::try_parse_from(["cep", "run", "f.cep", "-p", "x"]).unwrap_err();
        assert_eq!(usage.exit_code(), i32::from(Outcome::Rejected.code()));
    }
}
