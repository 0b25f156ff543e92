//! The text that a program was made from, kept beside its state: for people, and so that the program can be made again.

use std::collections::BTreeSet;
use std::sync::Arc;

use cep_core::matcher::TableRows;
use cep_core::program::Program;
use serde::{Deserialize, Serialize};

use crate::drain::Draining;

/// What a program was made from. To the engine these are bytes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ProgramText {
    /// Its files, the one asked for first.
    pub files: Vec<TextFile>,
    /// The values given to parameters, as they were written.
    pub params: Vec<(String, String)>,
}

/// A file of a program.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TextFile {
    /// Its path, as whoever read it named it.
    pub path: String,
    /// What was in it.
    #[serde(with = "serde_bytes")]
    pub text: Vec<u8>,
}

/// What an engine runs.
#[derive(Clone, Debug)]
pub struct Given {
    /// The program.
    pub program: Arc<Program>,
    /// The rows of its tables.
    pub tables: TableRows,
    /// What it was made from, where it was made from text.
    pub text: Option<ProgramText>,
    /// The patterns of it that are of earlier texts, and run out: [`with_draining`](crate::with_draining).
    pub draining: Vec<Draining>,
    /// Those of which nothing is in flight any more, by the names under which they ran out.
    pub ran_out: BTreeSet<String>,
}

impl Given {
    /// A program of which nothing runs out.
    #[must_use]
    pub fn new(program: Arc<Program>, tables: TableRows, text: Option<ProgramText>) -> Self {
        Self { program, tables, text, draining: Vec::new(), ran_out: BTreeSet::new() }
    }
}

/// A program without tables, and not made from text.
impl From<Arc<Program>> for Given {
    fn from(program: Arc<Program>) -> Self {
        Self::new(program, TableRows::default(), None)
    }
}
