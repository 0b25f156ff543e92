//! Where an input comes from and how it is to be read.

use std::sync::Arc;

use super::bad_rows::OnBadRow;
use super::format::Format;

/// Whether events are waited for in full batches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pace {
    /// Batches are as large as they may be: a file.
    Full,
    /// What has arrived is handed on before reading blocks: a pipe or terminal.
    Live,
}

/// Where an input comes from and how it is to be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    /// The file as the user named it, for messages.
    pub file: Arc<str>,
    /// Its format; without one, its first bytes tell.
    pub format: Option<Format>,
    /// Whether batches are filled.
    pub pace: Pace,
    /// What to do with bad rows.
    pub on_bad_row: OnBadRow,
}
