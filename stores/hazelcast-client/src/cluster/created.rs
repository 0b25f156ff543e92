//! Distributed objects that this client has made: a cluster that was started again is to have them again.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Core;
use crate::codec::CreateObjects;
use crate::connection::Connection;
use crate::error::Error;

/// Names with their services.
#[derive(Debug, Default)]
pub(crate) struct Created(Mutex<BTreeSet<(String, String)>>);

impl Created {
    fn all(&self) -> MutexGuard<'_, BTreeSet<(String, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, name: &str, service: &str) {
        self.all().insert((name.to_owned(), service.to_owned()));
    }

    pub(crate) fn remove(&self, name: &str, service: &str) {
        self.all().remove(&(name.to_owned(), service.to_owned()));
    }
}

impl Core {
    /// The first connection after there was none may be to a cluster that knows nothing.
    pub(super) async fn create_objects_again(&self, connection: &Arc<Connection>) -> Result<(), Error> {
        let all = self.created.all().clone();
        if all.is_empty() {
            return Ok(());
        }
        let objects: Vec<_> = all.iter().map(|(name, service)| (name.as_str(), service.as_str())).collect();
        self.call_on(&CreateObjects { objects: &objects }, connection).await
    }
}
