//! What the database and the file system say, as errors of a store: by what the caller can do, with the folder and with help.

use std::io;
use std::path::Path;
use std::sync::Arc;

use cep_engine::store::{StoreError, StoreErrorKind};
use redb::{DatabaseError, StorageError};

/// Why a request was not done.
#[derive(Debug)]
pub(crate) enum Failed {
    /// For a reason of its own, before it wrote anything: those around it go on.
    Refused(StoreError),
    /// The database failed: nobody in the batch goes on.
    Broken(redb::Error),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl From<StorageError> for Failed {
    fn from(error: StorageError) -> Self {
        Self::Broken(error.into())
    }
}

impl From<redb::TableError> for Failed {
    fn from(error: redb::TableError) -> Self {
        Self::Broken(error.into())
    }
}

impl From<redb::TransactionError> for Failed {
    fn from(error: redb::TransactionError) -> Self {
        Self::Broken(error.into())
    }
}

impl Failed {
    /// For one request alone: a reader's.
    pub(crate) fn alone(self, folder: &Path) -> StoreError {
        match self {
            Self::Refused(error) => error,
            Self::Broken(error) => broken(folder, &Arc::new(error)),
        }
    }
}

/// What is stored is not what was written.
pub(crate) fn corrupt(folder: &Path, what: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Corrupt, format!("folder `{}`: {what}", folder.display()))
        .with_help("restore the folder from a copy, or remove it and replay")
}

/// An error of the database while a request was at work; nothing of it was done.
pub(crate) fn broken(folder: &Path, error: &Arc<redb::Error>) -> StoreError {
    let told = match &**error {
        redb::Error::Io(io) => told_by_io(io.kind()),
        redb::Error::Corrupted(_) | redb::Error::TableDoesNotExist(_) => Told::CORRUPT,
        redb::Error::TableTypeMismatch { .. } | redb::Error::TypeDefinitionChanged { .. } => Told::CORRUPT,
        redb::Error::DatabaseAlreadyOpen => Told::HELD,
        redb::Error::UpgradeRequired(_) | redb::Error::LockProtocolMismatch => Told::OTHER_VERSION,
        _ => Told::FAILING,
    };
    told.error("the state", folder, Arc::clone(error))
}

/// An error of the database while it was opened.
pub(crate) fn unopened(folder: &Path, error: DatabaseError) -> StoreError {
    let is_foreign = matches!(
        &error,
        DatabaseError::Storage(StorageError::Io(io)) if matches!(io.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
    );
    let error = Arc::new(redb::Error::from(error));
    if is_foreign { Told::CORRUPT.error("the state", folder, error) } else { broken(folder, &error) }
}

pub(crate) fn io_error(what: &str, folder: &Path, error: io::Error) -> StoreError {
    told_by_io(error.kind()).error(what, folder, error)
}

/// A kind of error, and what a person can do about it.
#[derive(Clone, Copy)]
struct Told {
    kind: StoreErrorKind,
    help: &'static str,
}

impl Told {
    const CORRUPT: Self = Self {
        kind: StoreErrorKind::Corrupt,
        help: "the file is not as it was written: restore the folder from a copy, or remove it and replay",
    };
    const HELD: Self = Self {
        kind: StoreErrorKind::Setup,
        help: "one process at a time has a folder: end the other one, or give this one a folder of its own",
    };
    const OTHER_VERSION: Self = Self {
        kind: StoreErrorKind::Incompatible,
        help: "use the version that wrote the folder, or a later one",
    };
    const FAILING: Self =
        Self { kind: StoreErrorKind::Unavailable, help: "try again; if it stays, check the disk" };

    fn error(
        self,
        what: &str,
        folder: &Path,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> StoreError {
        let source = source.into();
        let message = format!("{what} in folder `{}`: {source}", folder.display());
        StoreError::new(self.kind, message).with_help(self.help).with_source(source)
    }
}

fn told_by_io(kind: io::ErrorKind) -> Told {
    use io::ErrorKind as Io;
    let setup = |help| Told { kind: StoreErrorKind::Setup, help };
    match kind {
        Io::StorageFull | Io::QuotaExceeded | Io::FileTooLarge => {
            Told { kind: StoreErrorKind::Full, help: "make room on the disk, then go on" }
        }
        Io::PermissionDenied | Io::ReadOnlyFilesystem => {
            setup("check the owner and the permissions of the folder: this process has to read and write it")
        }
        Io::NotFound => setup("check the path"),
        Io::NotADirectory | Io::AlreadyExists | Io::IsADirectory => {
            setup("name a folder, not a file: one that is there, or that can be made")
        }
        _ => Told::FAILING,
    }
}

/// The thread that writes is gone, which only a mistake in it can bring about.
pub(crate) fn stopped(kind: StoreErrorKind, folder: &Path) -> StoreError {
    StoreError::new(kind, format!("the writer of folder `{}` has stopped", folder.display()))
        .with_help("start the process again, and report what it printed before")
}
