//! Runs a program over batches, and says what it found in a way that all engines share.

use std::num::NonZeroUsize;
use std::sync::Arc;

use cep_core::event::EventBatch;
use cep_core::matcher::{Config, Matcher, Output, ShardedMatcher, TableRows};
use cep_core::program::Program;
use cep_core::time::Watermark;

/// What a run found: the number of matches, and a checksum that does not depend on their order.
///
/// The hash of a match starts from a constant and takes in the times of its events in the order captured; the checksum
/// is the wrapping sum over the matches.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Found {
    /// The number of matches.
    pub matches: u64,
    /// The sum of their hashes.
    pub checksum: u64,
}

const START: u64 = 0x9E37_79B9_7F4A_7C15;

impl Found {
    /// Takes in an output, and reads every event it captured.
    pub fn add(&mut self, output: Output<'_>) {
        self.add_hash(hash(output));
    }

    fn add_hash(&mut self, hash: Option<u64>) {
        if let Some(hash) = hash {
            self.matches += 1;
            self.checksum = self.checksum.wrapping_add(hash);
        }
    }
}

/// The hash of a match.
fn hash(output: Output<'_>) -> Option<u64> {
    let Output::Match(found) = output else { return None };
    Some(found.events().fold(START, |hash, (_, event)| mix(hash ^ event.time().0 as u64)))
}

/// The finalizer of splitmix64.
pub(crate) fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Runs a program over batches, to the end of all windows.
#[must_use]
pub fn run(program: &Arc<Program>, batches: Vec<EventBatch>) -> Found {
    let mut matcher = Matcher::new(Arc::clone(program));
    let mut found = Found::default();
    for batch in batches {
        matcher.push(batch, |output| found.add(output)).expect("no workload stops a run");
    }
    matcher.advance(Watermark::MAX, |output| found.add(output)).expect("no workload stops a run");
    found
}

/// As [`run`], on several threads; events are read there.
#[must_use]
pub fn run_on(threads: NonZeroUsize, program: &Arc<Program>, batches: Vec<EventBatch>) -> Found {
    if threads.get() == 1 {
        return run(program, batches);
    }
    let (program, tables) = (Arc::clone(program), TableRows::default());
    let mut matcher = ShardedMatcher::new(program, Config::default(), tables, threads, hash);
    let mut found = Found::default();
    for batch in batches {
        matcher.push(batch, |hash| found.add_hash(hash)).expect("no workload stops a run");
    }
    matcher.advance(Watermark::MAX, |hash| found.add_hash(hash)).expect("no workload stops a run");
    matcher.flush(|hash| found.add_hash(hash)).expect("no workload stops a run");
    found
}
