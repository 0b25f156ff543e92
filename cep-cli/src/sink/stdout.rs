//! Standard output: at least once. What was written before a crash cannot be looked at, so what had not been taken out of
//! the outbox by then is written again.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use cep_engine::Released;
use cep_engine::store::GroupId;

use super::{Done, Sink, SinkError};

/// Standard output.
#[derive(Debug, Default)]
pub struct StdoutSink {
    next: BTreeMap<GroupId, u64>,
    /// What is to be written before anything else.
    header: Vec<u8>,
}

impl StdoutSink {
    /// Standard output, which begins with `header`.
    #[must_use]
    pub fn new(header: Vec<u8>) -> Self {
        Self { next: BTreeMap::new(), header }
    }
}

impl Sink for StdoutSink {
    fn name(&self) -> String {
        "standard output".to_owned()
    }

    fn next(&self, group: GroupId) -> Option<u64> {
        self.next.get(&group).copied()
    }

    fn put<'s>(&'s mut self, outputs: &'s [Released]) -> Done<'s, ()> {
        Box::pin(std::future::ready(self.write(outputs).map_err(SinkError::from)))
    }
}

impl StdoutSink {
    fn write(&mut self, outputs: &[Released]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let mut text = std::mem::take(&mut self.header);
        for output in outputs {
            let next = self.next.entry(output.group).or_default();
            if output.number >= *next {
                *next = output.number + 1;
                text.extend_from_slice(&output.bytes);
            }
        }
        out.write_all(&text)?;
        out.flush()
    }
}
