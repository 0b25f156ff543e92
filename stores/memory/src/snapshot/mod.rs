//! Snapshots of all namespaces to and from one file.
//!
//! A file is a head and records. The head: `CEPSTATE`, the format's version (u32), the CRC-32 of both. A record: its length
//! (u32), the CRC-32 of its bytes, its bytes: a kind, then what the kind has. All numbers little-endian, bytes behind their
//! length (u32). A namespace comes before its groups, a group before its entries and its outbox; the last record tells how
//! many there were, so that a file cut off between two is seen to be one.

mod decode;
mod encode;

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use cep_engine::store::{StoreError, StoreErrorKind};

use crate::Spaces;

/// What every snapshot begins with.
const MAGIC: [u8; 8] = *b"CEPSTATE";

/// The format that is written, and the newest that is read.
const FORMAT: u32 = 1;

/// The kinds of records.
mod kind {
    pub(super) const SPACE: u8 = 1;
    pub(super) const GROUP: u8 = 2;
    pub(super) const ENTRY: u8 = 3;
    pub(super) const OUTBOX: u8 = 4;
    pub(super) const END: u8 = 5;
}

/// Writes a file beside it, makes that durable, and puts it in the place of the old one.
pub(crate) fn save(spaces: &Spaces, file: &Path) -> Result<(), StoreError> {
    let beside = beside(file)?;
    let written =
        write(spaces, &beside).and_then(|()| fs::rename(&beside, file)).and_then(|()| sync_folder(file));
    written.map_err(|error| {
        // What is left of it is of no use; that it may not go either changes nothing about the first error.
        drop(fs::remove_file(&beside));
        io_error("cannot write", file, error)
    })
}

pub(crate) fn restore(file: &Path) -> Result<Spaces, StoreError> {
    let length = fs::metadata(file).map_err(|error| io_error("cannot read", file, error))?.len();
    let opened = File::open(file).map_err(|error| io_error("cannot read", file, error))?;
    decode::spaces(BufReader::new(opened), length).map_err(|broken| broken.at(file))
}

fn write(spaces: &Spaces, beside: &Path) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(beside)?);
    encode::spaces(&mut out, spaces)?;
    out.flush()?;
    out.get_ref().sync_all()
}

/// A name in the same folder, so that a rename is one step.
fn beside(file: &Path) -> Result<PathBuf, StoreError> {
    let Some(name) = file.file_name() else {
        let message = format!("`{}` is no name of a file", file.display());
        return Err(StoreError::new(StoreErrorKind::Setup, message));
    };
    let mut beside = name.to_owned();
    beside.push(".new");
    Ok(file.with_file_name(beside))
}

/// A rename is durable once its folder is.
fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn io_error(what: &str, file: &Path, error: io::Error) -> StoreError {
    use io::ErrorKind as Io;
    let (kind, help) = match error.kind() {
        Io::StorageFull | Io::QuotaExceeded | Io::FileTooLarge => {
            (StoreErrorKind::Full, "make room on the disk")
        }
        Io::NotFound => (StoreErrorKind::Setup, "check the path: the folder has to be there"),
        Io::PermissionDenied | Io::ReadOnlyFilesystem => {
            (StoreErrorKind::Setup, "check the owner and the permissions of the folder")
        }
        Io::IsADirectory | Io::NotADirectory => (StoreErrorKind::Setup, "name a file in a folder"),
        _ => (StoreErrorKind::Unavailable, "try again; if it stays, check the disk"),
    };
    StoreError::new(kind, format!("{what} snapshot `{}`", file.display())).with_help(help).with_source(error)
}
