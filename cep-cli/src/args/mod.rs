//! The arguments of the command, and their help. What they mean for a run is decided where they are used.

mod explain;
mod state;
mod tools;
mod why;

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use cep_dsl::diagnostic::{Code, Severity};
use cep_engine::store::Namespace;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

use crate::input::{BadRowPolicy, Format};
use crate::outcome::Outcome;
use crate::output::OutputFormat;
pub use explain::{Explain, Form};
pub use state::{CopyState, ExportState, ImportState, Inspect, StateAction, StateCommand};
pub use tools::{Ast, Completions, Infer, Man, New, Shell, Test};
pub use why::{Why, WhyFormat};

/// Finds patterns in streams of events.
#[derive(Clone, PartialEq, Eq, Debug, Parser)]
#[command(name = "cep", version, after_help = Outcome::HELP)]
pub struct Cep {
    /// Read options from this file; `none` goes without [default: the first `cep.toml` from here upwards]
    #[arg(long, global = true, value_name = "FILE|none", help_heading = "Configuration")]
    pub config: Option<String>,
    /// Print each option with where its value comes from, and do nothing else
    #[arg(long, global = true, help_heading = "Configuration")]
    pub show_config: bool,
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
    /// Tell what patterns mean, in prose or as automata, or what a diagnostic is about
    Explain(Explain),
    /// Test pattern files: recorded events against snapshots, and small streams
    Test(Test),
    /// Declare the stream that a file of events is
    Infer(Infer),
    /// Make a folder with a pattern, events and a test to start from
    New(New),
    /// Print the syntax tree of a pattern file as JSON
    Ast(Ast),
    /// Tell what would become of partial matches if patterns changed
    Plan(Plan),
    /// Look at the state of runs, move it, or remove it
    State(StateCommand),
    /// Tell what is right and wrong with a store
    Doctor(Doctor),
    /// Serve editors over standard input and output (Language Server Protocol)
    Lsp,
    /// Tell why a pattern did or did not match the events of a key
    Why(Why),
    /// Print what completes the command in a shell
    Completions(Completions),
    /// Write the manual's pages
    Man(Man),
}

/// `cep run`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
#[command(after_help = RUN_HELP, group = ArgGroup::new("lasting").multiple(true))]
pub struct Run {
    /// The pattern file
    pub patterns: PathBuf,
    /// Event files: `STREAM=FILE`, or a FILE named like its stream; `-` is standard input; or streams of Redis,
    /// `STREAM=redis://HOST/STREAM`
    pub files: Vec<String>,
    /// Set a parameter of the patterns
    #[arg(short, long = "param", value_name = "NAME=VALUE", value_parser = parse_param)]
    pub params: Vec<(String, String)>,
    /// The format of all event files [default: by extension, else by the first byte]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// What to do with rows that cannot be read: `fail`, `skip` them, or `dead-letter:FILE`, which also puts them aside
    #[arg(long, value_name = "POLICY", default_value = "fail")]
    pub on_bad_row: BadRowPolicy,
    /// How to write what is found [default: table on a terminal, else jsonl]
    #[arg(short, long, value_name = "FORMAT")]
    pub output: Option<OutputFormat>,
    /// Write only this emitted stream, or the matches of this pattern; may be repeated
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,
    /// Find on so many threads; what is written is the same for any number
    #[arg(long, value_name = "N", default_value = "1", value_parser = parse_threads)]
    pub threads: NonZeroUsize,
    /// Read streams in servers up to where they end now, as if they were files
    #[arg(long)]
    pub until_end: bool,
    /// Show neither progress nor summary
    #[arg(short, long)]
    pub quiet: bool,
    /// When a pattern file changes, go on with the new patterns; `--on-change` says what becomes of partial matches
    #[arg(long, group = "lasting")]
    pub watch: bool,
    /// Where and how state is kept.
    #[command(flatten)]
    pub state: State,
}

/// The state of a run, kept in a store.
#[derive(Clone, PartialEq, Eq, Debug, Default, Args)]
#[command(next_help_heading = "State")]
pub struct State {
    /// Keep the state here, so that the run can be ended at any moment and go on: `memory`, `disk:FOLDER` or a
    /// `redis://` address
    #[arg(long, value_name = "STORE", group = "lasting")]
    pub store: Option<String>,
    /// The name of the state in the store [default: that of the pattern file]
    #[arg(long, value_name = "NAME", requires = "store")]
    pub namespace: Option<Namespace>,
    /// Go on from the state that is there, if any
    #[arg(long, requires = "store")]
    pub resume: bool,
    /// Make state and matches durable so often: a length of time (`500ms`, `1s`) or a number of events
    #[arg(long, value_name = "INTERVAL", default_value = "1s", value_parser = parse_interval)]
    pub commit_every: Interval,
    /// Keep about so much state in memory and the rest in the store alone, such as `100MB`
    #[arg(long, value_name = "SIZE", requires = "store", value_parser = parse_size)]
    pub memory: Option<usize>,
    /// What becomes of partial matches of patterns that have changed since they were stored
    #[arg(long, value_name = "POLICY", default_value = "refuse", requires = "lasting")]
    pub on_change: OnChange,
    /// Set records aside that cannot be read, and divert the events of their keys, instead of stopping
    #[arg(long, requires = "lasting")]
    pub quarantine: bool,
    /// Write what is found to this file or stream of Redis (`redis://HOST/STREAM`), each line exactly once whatever
    /// happens [default: standard output, at least once]
    #[arg(long, value_name = "SINK", requires = "lasting")]
    pub sink: Option<String>,
    /// Keep about so many entries of the stream that is written to, the newest [default: all]
    #[arg(long, value_name = "N", requires = "sink")]
    pub sink_keep: Option<NonZeroU64>,
    /// At the end of the input leave windows open, for a later run that goes on with what has been appended
    #[arg(long, requires = "store")]
    pub pause: bool,
}

/// What becomes of partial matches of patterns that have changed since they were stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum OnChange {
    /// The run is refused if there may be any.
    #[default]
    Refuse,
    /// They go on where conditions alone have changed; the run is refused if there may be others.
    Keep,
    /// They come to their end by the rules under which they began; what is new begins by the new ones.
    Drain,
    /// They are dropped.
    Reset,
}

/// When to commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interval {
    /// After so much time.
    Time(Duration),
    /// After so many events.
    Events(u64),
}

impl Default for Interval {
    fn default() -> Self {
        Self::Time(Duration::from_secs(1))
    }
}

fn parse_interval(text: &str) -> Result<Interval, String> {
    let wrong = || "write a length of time such as `500ms` or `1s`, or a number of events".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().map_err(|_| wrong())?;
    match &text[digits..] {
        "" if number > 0 => Ok(Interval::Events(number)),
        "ms" => Ok(Interval::Time(Duration::from_millis(number))),
        "s" => Ok(Interval::Time(Duration::from_secs(number))),
        "m" => Ok(Interval::Time(Duration::from_secs(number.saturating_mul(60)))),
        _ => Err(wrong()),
    }
}

fn parse_size(text: &str) -> Result<usize, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let units = [("", 1), ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000)];
    let unit = units.iter().find(|(unit, _)| unit.eq_ignore_ascii_case(text[digits..].trim()));
    let size = text[..digits]
        .parse::<usize>()
        .ok()
        .zip(unit)
        .and_then(|(number, (_, unit))| number.checked_mul(*unit));
    size.filter(|size| *size > 0).ok_or_else(|| "write a size such as `100MB`".to_owned())
}

/// More than any machine has cores.
const MOST_THREADS: usize = 1024;

const RUN_HELP: &str = "\
Examples:
  cep run fraud.cep txn.csv
  cep run fraud.cep txn=monday.csv txn=tuesday.csv -o counts
  tail -f txn.jsonl | cep run fraud.cep txn=- -p big=900
  cep run fraud.cep txn.csv --only fraud -o csv > fraud.csv

Several files of one stream are merged by time. A stream in a server has no end: SIGINT or SIGTERM ends such a
run in order, with all windows left open. Records go to standard output; progress and
summary go to standard error.";

/// `cep check`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct Check {
    /// The pattern files
    #[arg(required = true)]
    pub patterns: Vec<PathBuf>,
    /// How to write the mistakes
    #[arg(long, alias = "message-format", value_name = "FORMAT", default_value = "text")]
    pub format: MessageFormat,
    /// Exit with 1 where there are such warnings: `warnings` for all, or a code such as W0412; may be repeated
    #[arg(long, value_name = "WHAT", value_parser = parse_denied)]
    pub deny: Vec<Denied>,
    /// Mend in the files what can be mended in one way only, then tell what is left
    #[arg(long)]
    pub fix: bool,
}

/// Warnings that are not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Denied {
    /// None of them is.
    Warnings,
    /// Those of a code are not.
    Code(Code),
}

fn parse_denied(text: &str) -> Result<Denied, String> {
    if text == "warnings" {
        return Ok(Denied::Warnings);
    }
    let code = Code::by_str(&text.to_uppercase()).filter(|code| code.severity() == Severity::Warning);
    code.map(Denied::Code)
        .ok_or_else(|| "write `warnings`, or the code of a warning such as W0412".to_owned())
}

/// How mistakes in pattern files are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum MessageFormat {
    /// For people.
    Text,
    /// For editors: one JSON object a line.
    Json,
    /// For code scanners: one SARIF 2.1.0 log.
    Sarif,
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

/// `cep plan`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
#[command(after_help = PLAN_HELP)]
pub struct Plan {
    /// The pattern file as it was and as it is to be; with `--store` the second alone does
    #[arg(required = true, num_args = 1..=2, value_name = "PATTERNS")]
    pub patterns: Vec<PathBuf>,
    /// Ask the state that is here: `disk:FOLDER` or a `redis://` address
    #[arg(long, value_name = "STORE")]
    pub store: Option<String>,
    /// The name of the state in the store [default: that of the first pattern file]
    #[arg(long, value_name = "NAME", requires = "store")]
    pub namespace: Option<Namespace>,
    /// Set a parameter of the patterns
    #[arg(short, long = "param", value_name = "NAME=VALUE", value_parser = parse_param)]
    pub params: Vec<(String, String)>,
    /// What is to become of partial matches of patterns that have changed
    #[arg(long, value_name = "POLICY", default_value = "refuse")]
    pub on_change: OnChange,
    /// Write a JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `cep doctor`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct Doctor {
    /// The store: `disk:FOLDER` or a `redis://` address
    #[arg(long, value_name = "STORE")]
    pub store: String,
    /// State is made for a moment under a name that begins with this
    #[arg(long, value_name = "NAME")]
    pub namespace: Option<Namespace>,
}

const PLAN_HELP: &str = "\
Examples:
  cep plan fraud.cep fraud-new.cep
  cep plan fraud.cep --store disk:state --on-change keep

Exits with 4 where partial matches would be lost, or the run be refused.";

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
        assert_eq!((run.output, run.on_bad_row), (Some(OutputFormat::Counts), BadRowPolicy::Fail));
        assert_eq!((run.threads.get(), run.state), (1, State::default()));
        let Command::Run(run) =
            Cep::try_parse_from(["cep", "run", "f.cep", "--threads", "3"]).unwrap().command
        else {
            panic!("a run")
        };
        assert_eq!(run.threads.get(), 3);
        let line = ["cep", "run", "f.cep", "--store", "disk:s", "--commit-every", "500ms", "--memory", "2MB"];
        let Command::Run(run) = Cep::try_parse_from(line).unwrap().command else { panic!("a run") };
        assert_eq!(run.state.commit_every, Interval::Time(Duration::from_millis(500)));
        assert_eq!(run.state.memory, Some(2_000_000));
        assert_eq!(parse_interval("8000"), Ok(Interval::Events(8000)));
        for wrong in ["", "s", "0", "1h", "-1s"] {
            assert!(parse_interval(wrong).is_err(), "{wrong}");
        }
        assert!(Cep::try_parse_from(["cep", "run", "f.cep", "--resume"]).is_err(), "without a store");
        let usage = Cep::try_parse_from(["cep", "run", "f.cep", "-p", "x"]).unwrap_err();
        assert_eq!(usage.exit_code(), i32::from(Outcome::Rejected.code()));
    }
}
