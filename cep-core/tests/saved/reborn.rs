//! A matcher saved as bytes and made anew from nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use cep_core::matcher::{Config, Matcher, RecordKey, TableRows, WaitingChunk};
use cep_core::program::{Layout, Program};
use cep_core::runtime::{Adopt, RecordCodec};

/// What a store would keep of a matcher.
pub(crate) struct Store {
    codec: RecordCodec,
    config: Config,
    /// Chunks of waiting events, each of those that arrived between two saves.
    chunks: Vec<(Vec<u8>, WaitingChunk)>,
    arrived: u64,
}

/// Bytes by the bytes of their keys.
pub(crate) type Records = BTreeMap<Vec<u8>, Vec<u8>>;

impl Store {
    pub(crate) fn new(program: &Arc<Program>, config: Config) -> Self {
        let layout = Matcher::with_config(Arc::clone(program), config).layout();
        let again = Layout::decode(&layout.encode()).unwrap();
        assert_eq!(again, layout);
        // Any number will do, as long as it is the same.
        let other = Layout { families: Vec::new() };
        let codec = RecordCodec::new(Arc::clone(program), vec![other, layout], 1, &Adopt::Unchanged);
        Self { codec, config, chunks: Vec::new(), arrived: 0 }
    }

    pub(crate) fn records(&self, matcher: &Matcher) -> Records {
        let mut records = BTreeMap::new();
        matcher.save_records(&self.codec, |family, values, record| {
            let key = RecordKey { family, values: values.to_vec() };
            records.insert(key.to_bytes(matcher.program()), record.to_vec());
        });
        records
    }

    /// Saves what has begun to wait since last time, and forgets what nobody waits for any more.
    pub(crate) fn save_waiting(&mut self, matcher: &Matcher) {
        let mut bytes = Vec::new();
        let chunk = matcher.save_waiting(self.arrived, &mut bytes);
        assert_eq!(chunk.is_none(), bytes.is_empty());
        self.chunks.extend(chunk.map(|chunk| (bytes, chunk)));
        self.arrived = matcher.arrived();
        self.chunks.retain(|(_, chunk)| !matcher.waiting_done(chunk));
    }

    /// A matcher made of what was saved of another.
    pub(crate) fn reborn(&mut self, matcher: &Matcher, tables: &TableRows) -> Matcher {
        self.save_waiting(matcher);
        let program = Arc::clone(matcher.program());
        let mut reborn = Matcher::with_config(Arc::clone(&program), self.config);
        reborn.set_tables(tables.clone());
        reborn.restore_clocks(&clocks(matcher)).unwrap();
        let records = self.records(matcher);
        for (key, record) in &records {
            let key = RecordKey::from_bytes(&program, key).unwrap().unwrap();
            let decoded = self.codec.decode(key.family, record).unwrap();
            assert!(decoded.left_out.is_empty());
            let found = decoded.state.inspect(&program, key.family, 100);
            assert_eq!(found.partial_matches.len(), found.total.min(100));
            reborn.provide(&key, Some(decoded.state));
        }
        for (chunk, known) in &mut self.chunks {
            *known = reborn.restore_waiting(chunk, (0, 1)).unwrap();
        }
        assert_eq!(self.records(&reborn), records);
        assert_eq!(clocks(&reborn), clocks(matcher));
        assert_eq!(waiting(&reborn), waiting(matcher));
        assert_eq!((reborn.held(), reborn.buffered()), (matcher.held(), matcher.buffered()));
        reborn
    }
}

pub(crate) fn clocks(matcher: &Matcher) -> Vec<u8> {
    let mut bytes = Vec::new();
    matcher.save_clocks(&mut bytes);
    bytes
}

/// All that waits, whenever it arrived.
fn waiting(matcher: &Matcher) -> Vec<u8> {
    let mut bytes = Vec::new();
    matcher.save_waiting(0, &mut bytes);
    bytes
}
