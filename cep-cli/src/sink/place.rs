//! Where outputs are to go, and what opens that.

use std::path::PathBuf;
use std::sync::Arc;

use cep_engine::store::StoreError;
use cep_store_redis::{RedisOptions, StreamAddress, StreamSink};

use super::stream::ToStream;
use super::{FileSink, OpenSink, Sink, SinkError, StdoutSink};

/// Where outputs are to go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SinkPlace {
    /// Standard output.
    Stdout,
    /// A file.
    File(PathBuf),
    /// A stream of Redis, kept at about so many entries.
    Stream(StreamAddress, Option<u64>),
}

impl SinkPlace {
    /// The place that the command line names.
    ///
    /// # Errors
    /// Where it is an address of a server that cannot be read.
    pub fn of(given: Option<&str>, most: Option<u64>) -> Result<Self, StoreError> {
        Ok(match given {
            None => Self::Stdout,
            Some(text) if StreamAddress::is_meant(text) => Self::Stream(StreamAddress::parse(text)?, most),
            Some(path) => Self::File(PathBuf::from(path)),
        })
    }
}

/// What opens a place; a file and standard output begin with `header`. Told why it is waited for a server.
#[must_use]
pub fn open(place: SinkPlace, header: Vec<u8>, warn: Arc<dyn Fn(&str) + Send + Sync>) -> OpenSink {
    let mut unwritten = header.clone();
    Box::new(move |of| {
        let (place, header) = (place.clone(), header.clone());
        // Standard output stays what it is however often it is opened.
        let once = if place == SinkPlace::Stdout { std::mem::take(&mut unwritten) } else { Vec::new() };
        let warn = Arc::clone(&warn);
        let waiting = move |error: &StoreError| {
            warn(&format!("{error}; matches wait, and nothing more is read until they can be written"));
        };
        Box::pin(async move {
            let sink: Box<dyn Sink> = match place {
                SinkPlace::Stdout => Box::new(StdoutSink::new(once)),
                SinkPlace::File(path) => Box::new(FileSink::open(&path, of, &header)?),
                SinkPlace::Stream(address, most) => {
                    let (options, waiting) = (RedisOptions::default(), Box::new(waiting));
                    let opened = StreamSink::open(&address, of, most, &options, waiting).await;
                    Box::new(ToStream { stream: opened.map_err(SinkError::from)?, address })
                }
            };
            Ok(sink)
        })
    })
}
