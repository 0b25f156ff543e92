//! The arguments of commands that help with writing patterns: tests, declarations of streams, starter folders, syntax trees,
//! completions and manual pages.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::parse_param;
use crate::input::Format;

/// `cep test`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
#[command(after_help = TEST_HELP)]
pub struct Test {
    /// Folders, pattern files or their tests
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Expect from now on what is found
    #[arg(long)]
    pub accept: bool,
    /// Tell which stages, ways, repetitions, timeouts and emits no test takes
    #[arg(long)]
    pub coverage: bool,
    /// Write the result as JUnit's XML as well
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Set a parameter of the patterns
    #[arg(short, long = "param", value_name = "NAME=VALUE", value_parser = parse_param)]
    pub params: Vec<(String, String)>,
}

const TEST_HELP: &str = "\
Tests of NAME.cep are, beside it:
  NAME.events.jsonl, NAME.events.csv, NAME.STREAM.events.jsonl, …   with NAME.snap
  NAME.test, with lines such as: a1 c a2 b1 -> {a1 b1} {a2 b1}

Exits with 3 where something else is found than expected.";

/// `cep infer`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct Infer {
    /// The file of events, CSV or JSON lines
    pub file: PathBuf,
    /// The name of the stream [default: that of the file]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The format [default: by extension, else by the first byte]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Look at the first rows only
    #[arg(long, value_name = "N")]
    pub rows: Option<u64>,
}

/// `cep new`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct New {
    /// The folder; the pattern file is called as it
    pub folder: PathBuf,
}

/// `cep ast`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct Ast {
    /// The pattern file; `-` reads standard input
    pub patterns: PathBuf,
}

/// `cep completions`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct Completions {
    /// The shell
    pub shell: Shell,
}

/// The shells that the command can be completed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Shell {
    /// Bash.
    Bash,
    /// Zsh.
    Zsh,
    /// Fish.
    Fish,
}

/// `cep man`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct Man {
    /// The folder that gets a page a command
    #[arg(default_value = ".")]
    pub folder: PathBuf,
}
