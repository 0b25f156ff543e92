//! The arguments of `cep state`.

use std::path::PathBuf;

use cep_engine::store::Namespace;
use clap::{Args, Subcommand};

use super::parse_param;

/// `cep state`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct StateCommand {
    /// What to do.
    #[command(subcommand)]
    pub command: StateAction,
}

/// What to do with state.
#[derive(Clone, PartialEq, Eq, Debug, Subcommand)]
pub enum StateAction {
    /// List what state there is in a store, by name
    Ls {
        /// Where it is: `disk:FOLDER` or a `redis://` address
        #[arg(long, value_name = "STORE")]
        store: String,
    },
    /// Show what keys hold: each with its partial matches, a JSON line
    Inspect(Inspect),
    /// Write state into a file, from which it can be imported into any store
    Export(ExportState),
    /// Make state from a file that was exported
    Import(ImportState),
    /// Copy state from one store to another
    Copy(CopyState),
    /// Remove state with all that is in it
    Drop {
        /// Where it is: `disk:FOLDER` or a `redis://` address
        #[arg(long, value_name = "STORE")]
        store: String,
        /// Its name
        namespace: Namespace,
    },
}

/// `cep state inspect`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct Inspect {
    /// The pattern file [default: the text that is kept with the state]
    #[arg(required_unless_present = "namespace")]
    pub patterns: Option<PathBuf>,
    /// Where the state is: `disk:FOLDER` or a `redis://` address
    #[arg(long, value_name = "STORE")]
    pub store: String,
    /// Its name [default: that of the pattern file]
    #[arg(long, value_name = "NAME")]
    pub namespace: Option<Namespace>,
    /// Set a parameter of the patterns
    #[arg(short, long = "param", value_name = "NAME=VALUE", value_parser = parse_param, requires = "patterns")]
    pub params: Vec<(String, String)>,
    /// Only this key; the fields of one of several are separated by commas
    #[arg(long)]
    pub key: Option<String>,
    /// At most so many partial matches a key
    #[arg(long, value_name = "N", default_value = "20")]
    pub most: usize,
}

/// `cep state export`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct ExportState {
    /// The state's name
    pub namespace: Namespace,
    /// The file
    pub file: PathBuf,
    /// Where the state is: `disk:FOLDER` or a `redis://` address
    #[arg(long, value_name = "STORE")]
    pub store: String,
    /// Put it in the place of a file that is there
    #[arg(long)]
    pub replace: bool,
}

/// `cep state import`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct ImportState {
    /// The name that the state gets
    pub namespace: Namespace,
    /// The file
    pub file: PathBuf,
    /// Where it goes: `disk:FOLDER` or a `redis://` address
    #[arg(long, value_name = "STORE")]
    pub store: String,
    /// Put it in the place of state of that name
    #[arg(long)]
    pub replace: bool,
}

/// `cep state copy`.
#[derive(Clone, PartialEq, Eq, Debug, Args)]
pub struct CopyState {
    /// The state's name
    pub namespace: Namespace,
    /// Where it is: `disk:FOLDER` or a `redis://` address
    #[arg(long, value_name = "STORE")]
    pub from: String,
    /// Where it goes: the same
    #[arg(long, value_name = "STORE")]
    pub to: String,
    /// The name of the copy [default: the same]
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<Namespace>,
    /// Put it in the place of state of that name
    #[arg(long)]
    pub replace: bool,
}
