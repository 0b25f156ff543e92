//! What a matcher knows besides the programs, as bytes, and back: the records of its keys, its clocks, and the events that
//! wait. Formats: docs/state-format.md, 3 to 6.
//!
//! A matcher made anew, given back its clocks, then the chunks of waiting events and the records in any order, goes on as
//! if nothing had happened.

mod clocks;
mod key;
mod waiting;

pub use waiting::WaitingChunk;

use super::Matcher;
use super::merge::Merge;
use crate::bytes::{Reader, RecordError, text, uint};
use crate::event::Value;
use crate::ids::{FamilyId, StreamId};
use crate::program::{Layout, Program};
use crate::runtime::RecordCodec;

/// Which of the sealed things bytes are, after the version.
const CLOCKS: u8 = 1;
const WAITING: u8 = 2;

impl Matcher {
    /// The layout of the records of its keys.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.program.layout(self.config.hold())
    }

    /// Calls `save` with the record of every key whose state is here.
    pub fn save_records(&self, codec: &RecordCodec, mut save: impl FnMut(FamilyId, &[Value], &[u8])) {
        let mut record = Vec::new();
        for (place, keys) in self.keys.iter().enumerate() {
            let family = FamilyId::new(place);
            let entries = keys.slots().into_iter().filter_map(|slot| keys.get(slot));
            for entry in entries.filter(|entry| !entry.state.is_empty()) {
                record.clear();
                entry.state.encode(codec, family, &mut record);
                save(family, &entry.key.to_values(), &record);
            }
        }
    }

    /// The number of the next event to arrive: what waits and arrived before has a lower one.
    #[must_use]
    pub fn arrived(&self) -> u64 {
        self.arrived
    }
}

fn stream_name(program: &Program, stream: StreamId) -> &str {
    &program.streams().get(stream).name
}

/// A merge, by its inputs.
fn write_merge(program: &Program, merge: &Merge, out: &mut Vec<u8>) {
    uint(out, merge.inputs.len() as u64);
    merge.inputs.iter().for_each(|stream| text(out, stream_name(program, *stream)));
}

/// The place of the merge of some inputs; none where the program does not have it.
fn read_merge(
    program: &Program,
    merges: &[Merge],
    reader: &mut Reader<'_>,
) -> Result<Option<usize>, RecordError> {
    let inputs = reader.list(|reader| Ok(program.streams().id(reader.text()?)))?;
    Ok(inputs.into_iter().collect::<Option<Vec<_>>>().and_then(|mut inputs| {
        // Streams may stand in another order now.
        inputs.sort_unstable();
        merges.iter().position(|merge| merge.inputs == inputs)
    }))
}
