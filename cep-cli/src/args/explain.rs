//! The arguments of `cep explain`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::parse_param;

/// `cep explain`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct Explain {
    /// The pattern file; or the code of a diagnostic, such as E0113
    #[arg(value_name = "PATTERNS|CODE")]
    pub patterns: PathBuf,
    /// Only these patterns [default: all]; or more codes
    pub names: Vec<String>,
    /// How to tell it
    #[arg(long, alias = "as", value_name = "FORM", default_value = "prose")]
    pub format: Form,
    /// Only this pattern; may be repeated
    #[arg(long = "pattern", value_name = "NAME")]
    pub only: Vec<String>,
    /// Tell what the patterns cost on these data, given as to `cep run`
    #[arg(long, value_name = "DATA", num_args = 1.., conflicts_with = "names")]
    pub cost: Vec<String>,
    /// Set a parameter of the patterns
    #[arg(short, long = "param", value_name = "NAME=VALUE", value_parser = parse_param)]
    pub params: Vec<(String, String)>,
    /// Write to this file [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
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
    /// A picture of the stages, as SVG.
    Svg,
}
