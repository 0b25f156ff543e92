//! The one thread that writes: it takes all requests that wait, carries them out in the order in which they came, makes them
//! durable with one commit of the database, and answers them.
//!
//! So commits may be pipelined, nobody's thread waits for the disk, and however many wait, they share one `fsync`.

mod apply;
mod garbage;
mod request;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};

use cep_engine::store::{StoreError, StoreErrorKind};

use crate::database::{After, Database, down};
use crate::error::{Failed, broken};
use crate::tables::Tables;

pub(crate) use apply::last_batch;
#[cfg(test)]
pub(crate) use garbage::clear_some;
pub(crate) use request::{Plain, Request, Work};

/// Bytes after which a batch is written although more waits: what is written at once is held in memory.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Runs until the last handle is gone and everything that was asked before is done.
pub(crate) fn run(database: &Database, requests: &Receiver<Request>) {
    let mut is_clear = false;
    loop {
        let first = match requests.try_recv() {
            Ok(request) => request,
            // What was dropped is cleared away while nobody waits.
            Err(TryRecvError::Empty) if !is_clear => {
                is_clear = garbage::clear_some(database);
                continue;
            }
            Err(TryRecvError::Empty) => match requests.recv() {
                Ok(request) => request,
                Err(_) => return,
            },
            Err(TryRecvError::Disconnected) => return,
        };
        let batch = gather(first, requests);
        is_clear &= !batch.iter().any(Request::makes_garbage);
        write(database, batch);
    }
}

/// All that waits, up to a limit.
fn gather(first: Request, requests: &Receiver<Request>) -> Vec<Request> {
    let mut bytes = first.bytes();
    let mut batch = vec![first];
    while bytes < MOST_BYTES {
        let Ok(request) = requests.try_recv() else { break };
        bytes += request.bytes();
        batch.push(request);
    }
    batch
}

/// Writes a batch, whole or not at all, and answers everyone in it.
fn write(database: &Database, mut batch: Vec<Request>) {
    let folder = database.folder();
    match attempt(database, &mut batch) {
        Ok(()) => batch.into_iter().for_each(Request::answer),
        Err(Stopped::Before(error)) => fail_all(batch, || broken(folder, &error)),
        Err(Stopped::Down(why)) => fail_all(batch, || down(folder, &why)),
        Err(Stopped::Committing(number, error)) => match database.after(number) {
            After::Done => batch.into_iter().for_each(Request::answer),
            After::NotDone => fail_all(batch, || broken(folder, &error)),
            After::Unknown => fail_all(batch, || unknown(folder, &error)),
        },
    }
}

fn fail_all(batch: Vec<Request>, error: impl Fn() -> StoreError) {
    batch.into_iter().for_each(|request| request.fail(error()));
}

/// Why a batch was not written.
enum Stopped {
    /// It could not begin: the database has failed and cannot be opened again.
    Down(Arc<StoreError>),
    /// Before it was committed: nothing was done.
    Before(Arc<redb::Error>),
    /// While it was committed: to be seen in the database, once it is open again.
    Committing(u64, Arc<redb::Error>),
}

impl Stopped {
    fn before(error: impl Into<redb::Error>) -> Self {
        Self::Before(Arc::new(error.into()))
    }
}

fn attempt(database: &Database, batch: &mut [Request]) -> Result<(), Stopped> {
    let transaction = database.begin_write().map_err(|error| Stopped::Down(Arc::new(error)))?;
    let mut tables = match Tables::open(&transaction) {
        Ok(tables) => tables,
        Err(error) => return Err(Stopped::before(error)),
    };
    let number = apply::number_batch(&mut tables).map_err(Stopped::before)?;
    for request in &mut *batch {
        if let Err(error) = request.apply(&mut tables, database.folder()) {
            // An error of input or output stays with the database until it is opened again.
            drop(tables);
            drop(transaction);
            database.reopen();
            return Err(Stopped::before(error));
        }
    }
    drop(tables);
    transaction.commit().map_err(|error| Stopped::Committing(number, Arc::new(error.into())))
}

fn unknown(folder: &Path, error: &Arc<redb::Error>) -> StoreError {
    let message = format!("a commit in folder `{}` has an unknown end: {error}", folder.display());
    StoreError::new(StoreErrorKind::Unknown, message)
        .with_help("open again, and look what is there")
        .with_source(Arc::clone(error))
}

/// What a request came to: refused ones are no failure of the batch.
fn settle<T>(result: Result<T, Failed>) -> Result<Result<T, StoreError>, redb::Error> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Failed::Refused(error)) => Ok(Err(error)),
        Err(Failed::Broken(error)) => Err(error),
    }
}
