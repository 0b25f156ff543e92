//! What has a name within a transaction, whatever it is.

use std::sync::PoisonError;
use std::time::Duration;

use uuid::Uuid;

use super::Transaction;
use crate::codec::Request;
use crate::data::Data;
use crate::error::{Error, ErrorKind};
use crate::proxy::Collection;
use crate::serialization::{FromData, ToData};

/// A name, and the transaction it is used in.
#[derive(Debug)]
pub(super) struct Part<'t> {
    transaction: &'t Transaction,
    name: Box<str>,
    collection: Option<Collection>,
}

impl<'t> Part<'t> {
    pub(super) fn new(transaction: &'t Transaction, name: &str) -> Self {
        Self { transaction, name: name.into(), collection: None }
    }

    pub(super) fn of_collection(transaction: &'t Transaction, name: &str, collection: Collection) -> Self {
        Self { transaction, name: name.into(), collection: Some(collection) }
    }

    /// What every request has: the transaction, who it is, and the name.
    pub(super) fn own(&self) -> (Uuid, i64, &str) {
        (self.transaction.id, self.transaction.owner, &self.name)
    }

    pub(super) async fn call<R: Request + Send + Sync>(&self, request: &R) -> Result<R::Reply, Error> {
        self.call_slowly(request, Duration::ZERO).await
    }

    /// The same of a request that a member may take its time for.
    pub(super) async fn call_slowly<R: Request + Send + Sync>(
        &self,
        request: &R,
        patience: Duration,
    ) -> Result<R::Reply, Error> {
        if let Some(collection) = self.collection {
            self.claim(collection, R::NAME)?;
        }
        self.transaction.call(request, patience).await
    }

    /// Sees to it that the name is that of no other collection. Members keep the changes of collections by name alone: of two
    /// that have the same one, what is put into a set, say, is in a list when it is committed.
    fn claim(&self, collection: Collection, request: &str) -> Result<(), Error> {
        let mut collections = self.transaction.collections.lock().unwrap_or_else(PoisonError::into_inner);
        match collections.get(&self.name) {
            Some(known) if *known == collection => Ok(()),
            Some(known) => {
                let why = format!("{request}: in this transaction `{}` is a {known:?} already", self.name);
                Err(Error::new(ErrorKind::Refused, why))
            }
            None => {
                collections.insert(self.name.clone(), collection);
                Ok(())
            }
        }
    }

    pub(super) async fn data<T: ToData + ?Sized>(&self, value: &T) -> Result<Data, Error> {
        self.transaction.client.to_data(value).await
    }

    pub(super) async fn value<T: FromData>(&self, data: Option<Data>) -> Result<Option<T>, Error> {
        self.transaction.client.to_value_or_none(data.as_ref()).await
    }

    pub(super) async fn values<T: FromData>(&self, all: Vec<Data>) -> Result<Vec<T>, Error> {
        self.transaction.client.to_values(&all).await
    }
}
