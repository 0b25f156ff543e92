//! Why an input could not be read, with the place and the way out. Rendering on a terminal is the command's business.

use std::fmt;
use std::io;
use std::sync::Arc;

use cep_engine::log::LogError;

use super::bookmark::Moved;
use super::dead_letters::DeadLettersError;
use super::problem::Problem;

/// A place in an input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Position {
    /// In a file.
    Line {
        /// The file as the user named it.
        file: Arc<str>,
        /// The line, from 1.
        line: u64,
        /// The column in characters, from 1.
        column: u64,
    },
    /// In a log.
    Entry {
        /// The log, as people know it.
        log: Arc<str>,
        /// What names the entry.
        id: String,
    },
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { file, line, column } => write!(f, "{file}:{line}:{column}"),
            Self::Entry { log, id } => write!(f, "{log}, entry {id}"),
        }
    }
}

/// A row that could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadRow {
    /// Where the offending text starts.
    pub at: Position,
    /// The field of the schema, where one is to blame.
    pub field: Option<String>,
    /// What is wrong.
    pub problem: Problem,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.at)?;
        if let Some(field) = &self.field {
            write!(f, "field `{field}`: ")?;
        }
        self.problem.fmt(f)
    }
}

/// Why an input could not be read, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The file system or the pipe failed.
    #[error("cannot read `{file}`: {source}")]
    Unreadable {
        /// The file as the user named it.
        file: Arc<str>,
        /// The system's reason.
        source: io::Error,
    },
    /// Reading cannot go on where it ended.
    #[error("cannot go on reading `{file}`: {why}")]
    Moved {
        /// The file as the user named it.
        file: Arc<str>,
        /// Why.
        why: Moved,
    },
    /// A log could not be read, or not go on being read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The file as a whole is not text of the expected kind.
    #[error("{at}: {problem}")]
    Header {
        /// Where the header stands.
        at: Position,
        /// What is wrong with it.
        problem: HeaderProblem,
    },
    /// A bad row could not be put aside.
    #[error(transparent)]
    DeadLetters(#[from] DeadLettersError),
    /// A row is bad and bad rows are not to be skipped.
    #[error("{0}")]
    BadRow(Box<BadRow>),
}

impl InputError {
    /// What the user can do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Unreadable { .. } | Self::DeadLetters(_) => None,
            Self::Moved { .. } => Some(
                "give the file that was read before, with what has been appended to it; to begin anew, drop the state \
                 (`cep state drop`)"
                    .to_owned(),
            ),
            Self::Log(error) => error.help(),
            Self::Header { problem, .. } => Some(problem.help()),
            Self::BadRow(row) => {
                Some(format!("{}; `--on-bad-row skip` leaves such rows out, `--on-bad-row dead-letter:FILE` puts them aside", row.problem.help()))
            }
        }
    }
}

/// What is wrong with the beginning of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HeaderProblem {
    /// A CSV file without even a header line.
    Empty,
    /// A field of the schema that may not be null has no column.
    Missing {
        /// The field.
        field: String,
        /// The columns there are.
        columns: Vec<String>,
        /// The column that was probably meant.
        meant: Option<String>,
    },
    /// Two columns carry the name of one field.
    Twice {
        /// The field.
        field: String,
    },
    /// The header line itself cannot be read.
    Unreadable(Problem),
    /// The bytes are those of a gzip file.
    Gzip,
    /// The bytes are those of UTF-16 text.
    Utf16,
}

impl HeaderProblem {
    fn help(&self) -> String {
        match self {
            Self::Empty => "the first line of a CSV file names its columns".to_owned(),
            Self::Missing { meant: Some(meant), field, .. } => {
                format!("did you mean `{meant}`? rename one of them, or declare `{field}` nullable with `?`")
            }
            Self::Missing { columns, .. } if is_other_separator(columns) => {
                "separate the columns by commas".to_owned()
            }
            Self::Missing { field, .. } => {
                format!("add the column, or declare `{field}` nullable with `?`")
            }
            Self::Twice { .. } => "rename one of the two columns".to_owned(),
            Self::Unreadable(problem) => problem.help().to_owned(),
            Self::Gzip => "unpack it on the way: `gunzip -c FILE | cep run … STREAM=-`".to_owned(),
            Self::Utf16 => "convert it: `iconv -f UTF-16 -t UTF-8`".to_owned(),
        }
    }
}

/// Whether the one column found is really several with another separator between them.
fn is_other_separator(columns: &[String]) -> bool {
    matches!(columns, [only] if only.contains([';', '\t', '|']))
}

impl fmt::Display for HeaderProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty"),
            Self::Missing { field, columns, .. } => {
                write!(f, "no column `{field}`; the columns are `{}`", columns.join("`, `"))
            }
            Self::Twice { field } => write!(f, "two columns are called `{field}`"),
            Self::Unreadable(problem) => problem.fmt(f),
            Self::Gzip => f.write_str("the file is compressed with gzip"),
            Self::Utf16 => f.write_str("the file is UTF-16"),
        }
    }
}
