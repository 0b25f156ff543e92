//! Where committed outputs go. A sink takes each once, in the order of its group, and knows across processes how far it
//! is.

mod file;
mod place;
mod stdout;
mod stream;

use std::io;
use std::path::PathBuf;
use std::pin::Pin;

use cep_engine::Released;
use cep_engine::store::{GroupId, StoreError};

pub use file::FileSink;
pub use place::{SinkPlace, open};
pub use stdout::StdoutSink;

/// What a sink does in its own time, while it may have to wait for a server.
pub type Done<'s, T> = Pin<Box<dyn Future<Output = Result<T, SinkError>> + 's>>;

/// Takes committed outputs.
pub trait Sink {
    /// As it is told, without passwords.
    fn name(&self) -> String;

    /// The number of the next output of a group that the sink lacks; none where it does not know.
    fn next(&self, group: GroupId) -> Option<u64>;

    /// Takes outputs; those it has already are left out. They are as durable as the sink makes them when this returns.
    ///
    /// # Errors
    /// Where they cannot be written. What was written of them is taken back when the sink is opened again, if it can be.
    fn put<'s>(&'s mut self, outputs: &'s [Released]) -> Done<'s, ()>;
}

/// Opens a sink for the outputs of some state: what names that is the argument.
pub type OpenSink = Box<dyn for<'s> FnMut(&'s str) -> Done<'s, Box<dyn Sink>>>;

/// Why a sink cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// The file system failed.
    #[error("cannot write to `{file}`: {source}", file = file.display())]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Another process writes to it.
    #[error("another process is writing to `{file}`", file = .0.display())]
    Locked(PathBuf),
    /// There is something in it that no such run has written.
    #[error("`{file}` is there already, and no run with a store has written it", file = .0.display())]
    Foreign(PathBuf),
    /// It belongs to other state.
    #[error("`{file}` has the matches of other state than this", file = .0.display())]
    OtherState(PathBuf),
    /// It is not as it was left.
    #[error("`{file}` has {found} bytes, and {written} had been written to it", file = file.display())]
    Shorter {
        /// The file.
        file: PathBuf,
        /// Its length.
        found: u64,
        /// What it should have, or more.
        written: u64,
    },
    /// Standard output could not be written to.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
    /// A stream in a server.
    #[error(transparent)]
    Stream(#[from] StoreError),
    /// It lacks outputs that it had, and that the store has forgotten since.
    #[error("{sink} has lost {lost} matches that had been written there")]
    Behind {
        /// The sink.
        sink: String,
        /// How many.
        lost: u64,
    },
    /// The file beside it cannot be read.
    #[error("`{file}` says nothing that can be read: {why}", file = file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

impl SinkError {
    /// What the user can do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Output(_) => return None,
            Self::Stream(error) => return error.help().map(str::to_owned),
            Self::Behind { .. } => {
                "it was put back to an earlier moment, or its server lost what it had acknowledged (`appendfsync always` keeps \
                 it): write to another sink, which gets what comes from now on"
                    .to_owned()
            }
            Self::Unwritable { .. } => "see to it that the folder is there and may be written to".to_owned(),
            Self::Locked(_) => "end that process, or write to another file".to_owned(),
            Self::Foreign(_) => "write to another file, or move this one away".to_owned(),
            Self::OtherState(file) => format!(
                "write to another file, or move `{}` and the `.sink` file beside it away",
                file.display()
            ),
            Self::Shorter { file, .. } => format!(
                "something else has changed `{}`: put it back as it was, or move it and the `.sink` file beside it away",
                file.display()
            ),
            Self::Unreadable { .. } => {
                "put it back as it was, or move it and the file it belongs to away".to_owned()
            }
        })
    }
}
