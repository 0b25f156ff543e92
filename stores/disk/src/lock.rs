//! One process at a time in a folder: a locked file that says who holds it.
//!
//! The lock is the file system's: it goes with the process however that ends, so there is never a stale one.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use cep_engine::store::{StoreError, StoreErrorKind};

use crate::error::io_error;

/// Held as long as this lives.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "the lock goes with the open file")] File);

/// Locks a file in a folder that is there.
pub(crate) fn lock(folder: &Path) -> Result<Lock, StoreError> {
    let path = folder.join("LOCK");
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = opened.map_err(|error| io_error("cannot lock", folder, error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(held(folder, file)),
        Err(TryLockError::Error(error)) => return Err(io_error("cannot lock", folder, error)),
    }
    // For people alone: that it cannot be written hinders nobody.
    let told =
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
    drop(told);
    Ok(Lock(file))
}

fn held(folder: &Path, file: File) -> StoreError {
    let mut text = String::new();
    let read = file.take(20).read_to_string(&mut text);
    let holder = read.ok().and_then(|_| text.trim().parse::<u32>().ok());
    let by = match holder {
        Some(pid) if pid == std::process::id() => "this process".to_owned(),
        Some(pid) => format!("process {pid}"),
        None => "another process".to_owned(),
    };
    let message = format!("folder `{}` is in use by {by}", folder.display());
    StoreError::new(StoreErrorKind::Setup, message).with_help(
        "one process at a time has a folder: end the other one, or give this one a folder of its own; in one process, take \
         `beside`",
    )
}
