//! What queues, topics and ringbuffers have in common: they lie where their name says.

use std::sync::Arc;

use crate::client::Alive;
use crate::codec::Request;
use crate::data::Data;
use crate::error::Error;
use crate::invocation::Target;
use crate::serialization::{FromData, Serializer, ToData};

/// A name, and the client it is used by.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) client: Alive,
    pub(super) name: Arc<str>,
    hash: i32,
}

impl Named {
    /// Of a name with an `@` only what stands behind the first one says where it lies.
    pub(super) fn new(client: Alive, name: &str) -> Self {
        let place = name.split_once('@').map_or(name, |(_, place)| place);
        // A text can always be written.
        let hash = Serializer::new().to_data(place).map_or(0, |place| place.partition_hash());
        Self { client, name: name.into(), hash }
    }

    pub(super) fn target(&self) -> Target {
        Target::Partition(crate::data::partition(self.hash, self.client.partition_count()))
    }

    pub(super) async fn call<R: Request + Send + Sync>(&self, request: &R) -> Result<R::Reply, Error> {
        self.client.call(request, self.target()).await
    }

    pub(super) async fn data<T: ToData + ?Sized>(&self, value: &T) -> Result<Data, Error> {
        self.client.to_data(value).await
    }

    pub(super) async fn all_data<'t, T: ToData + ?Sized + 't>(
        &self,
        values: impl IntoIterator<Item = &'t T>,
    ) -> Result<Vec<Data>, Error> {
        self.client.all_to_data(values).await
    }

    pub(super) async fn value<T: FromData>(&self, data: Option<Data>) -> Result<Option<T>, Error> {
        self.client.to_value_or_none(data.as_ref()).await
    }

    pub(super) async fn values<T: FromData>(&self, all: Vec<Data>) -> Result<Vec<T>, Error> {
        self.client.to_values(&all).await
    }
}
