//! Why an engine stopped, by what its caller can do.

use cep_core::program::CannotDrain;
use cep_core::runtime::RunError;

use crate::change::Plan;
use crate::store::{StoreError, StoreErrorKind};

/// Why an engine stopped. Its memory is no longer what the store has: it is to be thrown away.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The store: [`EngineError::is_passing`] says whether opening again may help.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A pattern asks for the run to stop. What was found before is committed.
    #[error(transparent)]
    Pattern(#[from] RunError),
    /// What the store has cannot be what an engine wrote.
    #[error("the state {place} cannot be read: {why}")]
    Corrupt {
        /// Which.
        place: String,
        /// What is wrong with it.
        why: String,
    },
    /// The program is not the one that the state is of, and what the plan says was not asked for.
    #[error("{0}")]
    OtherProgram(Box<Plan>),
    /// Patterns cannot run out beside the program.
    #[error("what is in flight cannot run out beside the program: {0}")]
    CannotDrain(Box<CannotDrain>),
    /// The text of the state's program is needed, and not kept with it.
    #[error("what is in flight cannot run out: the text of its program is not kept with the state")]
    NoText,
    /// The text that is kept with the state makes no program.
    #[error("the text that is kept with the state makes no program: {0}")]
    Text(String),
    /// Somebody writes to the state while it is read.
    #[error("the state was written to while it was read")]
    Busy,
    /// State is to be made where some is.
    #[error("there is state of that name already")]
    IsThere,
    /// State is to be copied onto itself.
    #[error("the state is to be copied onto itself")]
    SamePlace,
    /// Copying the state to where it is did not come to its end.
    #[error("not all of the state is there: copying it was not finished")]
    Arriving,
    /// The record of a key cannot be what an engine wrote: with [`Options::quarantine`](crate::Options) it is set aside.
    #[error("the state of key {key} cannot be read: {why}")]
    CorruptRecord {
        /// The key's values.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// The record of a key was written by a later version of the engine, or for a program that the state does not know.
    #[error("the state of key {key} cannot be read by this version: {why}")]
    Incompatible {
        /// The key's values.
        key: String,
        /// Why.
        why: String,
    },
    /// The engine has stopped before.
    #[error("the engine has stopped: open it again")]
    Stopped,
}

impl EngineError {
    /// Whether opening again, and replaying from where the store is, may help.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        let Self::Store(error) = self else { return false };
        Self::is_passing_store(error)
    }

    /// The same of a store's error.
    #[must_use]
    pub fn is_passing_store(error: &StoreError) -> bool {
        matches!(
            error.kind(),
            StoreErrorKind::Unavailable
                | StoreErrorKind::Unknown
                | StoreErrorKind::RolledBack { .. }
                | StoreErrorKind::Ahead { .. }
                | StoreErrorKind::Full
        )
    }
}

impl From<CannotDrain> for EngineError {
    fn from(error: CannotDrain) -> Self {
        Self::CannotDrain(Box::new(error))
    }
}
