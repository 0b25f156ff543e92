//! For the fuzz targets alone: everything that reads what a peer sends, over any bytes.

use bytes::{Bytes, BytesMut};

use crate::codec::{self, Event as _, Reply, Request};
use crate::data::Data;
use crate::frame::{Decoder, Header, Message};
use crate::jet::wire::JobList;
use crate::sql::wire::{SqlExecute, SqlFetch, SqlMapping};

/// The longest message that is taken.
const MOST: usize = 1 << 16;

/// Reads bytes as a connection would, and each message as every answer and event that there is; tells how often that gave
/// something.
///
/// # Panics
/// Where something is wrong.
pub fn wire(bytes: &[u8]) -> usize {
    let mut found = 0;
    let mut decoder = Decoder::new(MOST);
    for chunk in bytes.chunks(97) {
        decoder.buffer().extend_from_slice(chunk);
        loop {
            match decoder.next() {
                Ok(Some(message)) => found += read(&message),
                Ok(None) => break,
                Err(_) => return found,
            }
        }
    }
    if let Some(message) = Message::new(Bytes::copy_from_slice(bytes)) {
        found += read(&message);
    }
    found
}

/// The buffers of a connection, to see what framing costs.
#[derive(Debug)]
pub struct Framing {
    decoder: Decoder,
    out: BytesMut,
}

impl Default for Framing {
    fn default() -> Self {
        Self { decoder: Decoder::new(MOST), out: BytesMut::new() }
    }
}

impl Framing {
    /// Writes requests behind one another as they wait to be sent, and gives their bytes as they are sent; their number is that
    /// of the keys.
    pub fn write<'k>(&mut self, keys: impl IntoIterator<Item = &'k Data>) -> &[u8] {
        self.out.clear();
        for (correlation, key) in (0..).zip(keys) {
            let header = Header { correlation, partition: 7, backup_aware: true };
            codec::MapGet { thread: 1, name: "a map", key }.write(&mut self.out, header);
        }
        &self.out
    }

    /// Finds the messages in what has come, as a connection does; how many there were.
    pub fn read(&mut self, bytes: &[u8]) -> usize {
        self.decoder.buffer().reserve(bytes.len());
        self.decoder.buffer().extend_from_slice(bytes);
        let mut found = 0;
        while let Ok(Some(message)) = self.decoder.next() {
            found += usize::from(message.rest().all(|frame| frame.payload.len() < MOST));
        }
        found
    }
}

fn read(message: &Message) -> usize {
    let mut found = 0;
    macro_rules! replies {
        ($($request:ty),* $(,)?) => {$(found += usize::from(<$request as Request>::Reply::read(message).is_ok());)*};
    }
    replies!(
        codec::Authenticate<'_>,
        codec::SendSchema<'_>,
        codec::FetchSchema,
        codec::MapGet<'_>,
        codec::MapSize<'_>,
        codec::MapContainsKey<'_>,
        codec::MapKeys<'_>,
        codec::MapEntries<'_>,
        codec::MapListen<'_>,
        codec::MapCacheSequences<'_>,
        codec::MapProjectWith<'_>,
        codec::RingTail<'_>,
        codec::RingReadMany<'_>,
        codec::MapKeysPage<'_>,
        codec::MapEntriesPage<'_>,
        codec::JournalSubscribe<'_>,
        codec::ListObjects,
        codec::CounterGet<'_>,
        codec::TransactionCreate,
        codec::NewIds<'_>,
        SqlExecute<'_>,
        SqlFetch<'_>,
        SqlMapping<'_>,
        JobList,
    );
    found += usize::from(<Vec<codec::WireError> as Reply>::read(message).is_ok());
    macro_rules! events {
        ($($event:ty),* $(,)?) => {$(found += usize::from(<$event>::read(message).is_ok());)*};
    }
    events!(
        codec::MembersView,
        codec::PartitionsView,
        codec::BackupDone,
        codec::MapEvent,
        codec::MapEventWith,
        codec::MapKeyEvent,
        codec::MapKeyEventWith,
        codec::CacheInvalidation,
        codec::CacheInvalidations,
        codec::QueueEvent,
        codec::ListEvent,
        codec::SetEvent,
        codec::TopicEvent,
        codec::ReplicatedEvent,
        codec::MultiEvent,
        codec::ObjectEvent,
    );
    found
}
