//! A sink that knows how far it is, as one over files does: each output once, in the order of its group.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cep_engine::Released;
use cep_engine::store::GroupId;

/// What has been taken, by group: durable, whatever becomes of processes.
#[derive(Clone, Default)]
pub(crate) struct Sink {
    taken: Arc<Mutex<BTreeMap<GroupId, Vec<Bytes>>>>,
}

impl Sink {
    /// The number of the next output of a group.
    pub(crate) fn next(&self, group: GroupId) -> u64 {
        self.taken.lock().expect("nobody panics here").get(&group).map_or(0, |taken| taken.len() as u64)
    }

    /// Takes outputs; those it has are left out. An output behind one that is missing is a failure of the protocol.
    pub(crate) fn put(&self, outputs: &[Released]) -> Result<(), String> {
        let mut all = self.taken.lock().expect("nobody panics here");
        for output in outputs {
            let taken = all.entry(output.group).or_default();
            let next = taken.len() as u64;
            if output.number > next {
                return Err(format!(
                    "I3: output {} of {:?} comes before {next}",
                    output.number, output.group
                ));
            }
            match taken.get(usize::try_from(output.number).expect("few outputs")) {
                None => taken.push(output.bytes.clone()),
                Some(known) if *known == output.bytes => {}
                Some(_) => {
                    return Err(format!(
                        "I3: output {} of {:?} comes again as another",
                        output.number, output.group
                    ));
                }
            }
        }
        Ok(())
    }

    /// What has been taken of a group.
    pub(crate) fn taken(&self, group: GroupId) -> Vec<Bytes> {
        self.taken.lock().expect("nobody panics here").get(&group).cloned().unwrap_or_default()
    }
}
