//! A stream of Redis that gets each output exactly once: see [`StreamSink`].

use cep_engine::Released;
use cep_engine::store::GroupId;
use cep_store_redis::{StreamAddress, StreamSink};

use super::{Done, Sink};

/// The stream, and how it is told.
#[derive(Debug)]
pub(super) struct ToStream {
    pub(super) address: StreamAddress,
    pub(super) stream: StreamSink,
}

impl Sink for ToStream {
    fn name(&self) -> String {
        self.address.to_string()
    }

    fn next(&self, group: GroupId) -> Option<u64> {
        self.stream.next(group)
    }

    fn put<'s>(&'s mut self, outputs: &'s [Released]) -> Done<'s, ()> {
        Box::pin(async move { Ok(self.stream.put(outputs).await?) })
    }
}
