//! A folder in use: its lock, its database, and the thread that writes.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

use cep_engine::store::{Namespace, StoreError, StoreErrorKind};

use crate::database::Database;
use crate::error::{io_error, stopped};
use crate::lock::{Lock, lock};
use crate::options::Options;
use crate::read::Reader;
use crate::writer::{self, Request, Work};

/// A folder in use; given back when the last handle is gone and everything that was asked before is done.
pub(crate) struct Folder {
    database: Arc<Database>,
    /// None once the folder is being given back.
    requests: Option<Sender<Request>>,
    writer: Option<JoinHandle<()>>,
    // Dropped last: nobody else comes in before all is closed.
    _lock: Lock,
}

impl Folder {
    pub(crate) fn open(path: &Path, options: Options) -> Result<Self, StoreError> {
        fs::create_dir_all(path).map_err(|error| io_error("cannot make the folder", path, error))?;
        let lock = lock(path)?;
        let database = Arc::new(Database::open(path, options)?);
        let (requests, waiting) = channel();
        let writers = Arc::clone(&database);
        let writer = thread::Builder::new()
            .name("cep-store-disk".to_owned())
            .spawn(move || writer::run(&writers, &waiting))
            .map_err(|error| io_error("cannot start the writer", path, error))?;
        Ok(Self { database, requests: Some(requests), writer: Some(writer), _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        self.database.folder()
    }

    /// What is committed, as one namespace's reader sees it.
    pub(crate) fn reader<'f>(&'f self, namespace: &'f Namespace) -> Result<Reader<'f>, StoreError> {
        Ok(Reader { tables: self.database.read()?, folder: self.path(), namespace })
    }

    /// Hands work to the writer at the first poll, in order with all other work, and waits for its end.
    pub(crate) async fn write<T>(&self, namespace: &Namespace, work: impl Work<T>) -> Result<T, StoreError> {
        let (request, end) = Request::new(namespace.clone(), work);
        let is_sent = self.requests.as_ref().is_some_and(|requests| requests.send(request).is_ok());
        if !is_sent {
            return Err(stopped(StoreErrorKind::Unavailable, self.path()));
        }
        end.await.unwrap_or_else(|_| Err(stopped(StoreErrorKind::Unknown, self.path())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(self.requests.take());
        if let Some(writer) = self.writer.take() {
            // If it panicked, whoever waited has been told.
            drop(writer.join());
        }
    }
}
