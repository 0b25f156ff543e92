//! The database in the folder: made in one step, opened with a check of its whole file, and opened again where it failed.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use cep_engine::store::{StoreError, StoreErrorKind};
use redb::backends::FileBackend;
use redb::{Builder, ReadableDatabase, WriteTransaction};

use crate::backend::Disk;
use crate::error::{Failed, corrupt, io_error, unopened};
use crate::keys;
use crate::options::Options;
use crate::tables::{Snapshot, Tables};
use crate::writer::last_batch;

/// The version of what stands in the tables, and the newest that is read.
const FORMAT: u32 = 1;

/// The file in the folder.
pub(crate) const FILE: &str = "state.redb";

/// The database of a folder.
pub(crate) struct Database {
    folder: PathBuf,
    options: Options,
    state: RwLock<State>,
}

enum State {
    Up(redb::Database),
    /// It failed, and could not be opened again.
    Down(Arc<StoreError>),
}

/// What became of a batch whose commit failed.
pub(crate) enum After {
    Done,
    NotDone,
    Unknown,
}

impl Database {
    /// Opens the database of a folder that is locked; makes it if there is none.
    pub(crate) fn open(folder: &Path, options: Options) -> Result<Self, StoreError> {
        let file = folder.join(FILE);
        let is_there = file.try_exists().map_err(|error| io_error("cannot read", folder, error))?;
        if !is_there {
            make(folder, options)?;
        }
        let state = RwLock::new(State::Up(open(folder, options)?));
        Ok(Self { folder: folder.to_owned(), options, state })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A snapshot of everything that is committed.
    pub(crate) fn read(&self) -> Result<Snapshot, StoreError> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let database = match &*state {
            State::Up(database) => database,
            State::Down(why) => return Err(down(&self.folder, why)),
        };
        let snapshot = database.begin_read().map_err(Failed::from).and_then(|transaction| {
            // The tables keep what they read alive.
            Ok(Snapshot::open(&transaction)?)
        });
        snapshot.map_err(|failed| failed.alone(&self.folder))
    }

    /// Begins a batch; a database that failed is opened again first.
    pub(crate) fn begin_write(&self) -> Result<WriteTransaction, StoreError> {
        match self.try_begin_write() {
            Some(transaction) => Ok(transaction),
            None => {
                self.reopen();
                match self.try_begin_write() {
                    Some(transaction) => Ok(transaction),
                    None => Err(self.why_down()),
                }
            }
        }
    }

    fn try_begin_write(&self) -> Option<WriteTransaction> {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Up(database) => database.begin_write().ok(),
            State::Down(_) => None,
        }
    }

    fn why_down(&self) -> StoreError {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Down(why) => down(&self.folder, why),
            State::Up(_) => {
                let message = format!("the state in folder `{}` takes no writes", self.folder.display());
                StoreError::new(StoreErrorKind::Unavailable, message)
                    .with_help("try again; if it stays, check the disk")
            }
        }
    }

    /// Opens it again: after an error of input or output the database takes nothing any more until then. Where that fails,
    /// each later batch tries anew.
    pub(crate) fn reopen(&self) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let failed = StoreError::new(StoreErrorKind::Unavailable, "it is being opened again");
        // Closed before it is opened.
        drop(std::mem::replace(&mut *state, State::Down(Arc::new(failed))));
        *state = match open(&self.folder, self.options) {
            Ok(database) => State::Up(database),
            Err(error) => State::Down(Arc::new(error)),
        };
    }

    /// Whether a batch was written whose commit said that it failed.
    pub(crate) fn after(&self, batch: u64) -> After {
        self.reopen();
        let last = self.read().and_then(|snapshot| {
            last_batch(&snapshot.meta).map_err(|error| Failed::from(error).alone(&self.folder))
        });
        match last {
            Ok(last) if last == batch => After::Done,
            Ok(last) if last < batch => After::NotDone,
            Ok(_) | Err(_) => After::Unknown,
        }
    }
}

/// An error that stays until the database can be opened again.
pub(crate) fn down(folder: &Path, why: &Arc<StoreError>) -> StoreError {
    let message = format!("the state in folder `{}` is not to be had now: {why}", folder.display());
    let error = StoreError::new(why.kind(), message).with_source(Arc::clone(why));
    match why.help() {
        Some(help) => error.with_help(help),
        None => error,
    }
}

/// Makes the database beside its place and puts it there when it is whole: a process that ends in between leaves no half of
/// one.
fn make(folder: &Path, options: Options) -> Result<(), StoreError> {
    let failed = |error| io_error("cannot make the state", folder, error);
    let beside = folder.join("state.new");
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&beside);
    let database = builder(options)
        .create_with_backend(backend(file.map_err(failed)?, folder, options)?)
        .map_err(|error| unopened(folder, error))?;
    fill(&database).map_err(|error| error.alone(folder))?;
    database.close().map_err(|error| unopened(folder, error))?;
    fs::rename(&beside, folder.join(FILE)).map_err(failed)?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

fn fill(database: &redb::Database) -> Result<(), Failed> {
    let transaction = database.begin_write()?;
    Tables::open(&transaction)?.meta.insert(keys::FORMAT, &FORMAT.to_be_bytes()[..])?;
    transaction.commit().map_err(|error| Failed::Broken(error.into()))
}

fn open(folder: &Path, options: Options) -> Result<redb::Database, StoreError> {
    let failed = |error| io_error("cannot open the state", folder, error);
    let file = OpenOptions::new().read(true).write(true).open(folder.join(FILE)).map_err(failed)?;
    // An empty file would be taken for a new database.
    if file.metadata().map_err(failed)?.len() == 0 {
        return Err(corrupt(folder, &format!("`{FILE}` is empty")));
    }
    let database = builder(options).create_with_backend(backend(file, folder, options)?);
    let database = database.map_err(|error| unopened(folder, error))?;
    check_format(&database, folder)?;
    Ok(database)
}

fn check_format(database: &redb::Database, folder: &Path) -> Result<(), StoreError> {
    let transaction = database.begin_read().map_err(|error| Failed::from(error).alone(folder))?;
    let snapshot = Snapshot::open(&transaction).map_err(|error| Failed::from(error).alone(folder))?;
    let found = snapshot.meta.get(keys::FORMAT).map_err(|error| Failed::from(error).alone(folder))?;
    match found.and_then(|found| found.value().try_into().ok()).map(u32::from_be_bytes) {
        Some(FORMAT) => Ok(()),
        Some(format) => {
            let message = format!(
                "folder `{}` is of format {format}, this version knows format {FORMAT}",
                folder.display()
            );
            Err(StoreError::new(StoreErrorKind::Incompatible, message)
                .with_help("use the version that wrote the folder"))
        }
        None => Err(corrupt(folder, "the number of its format is lost")),
    }
}

fn builder(options: Options) -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(options.cache_bytes);
    builder.set_check_integrity_on_open(options.check_on_open);
    builder
}

fn backend(file: File, folder: &Path, options: Options) -> Result<Disk, StoreError> {
    let file = FileBackend::new(file).map_err(|error| unopened(folder, error))?;
    Ok(Disk::new(file, options.durability))
}
