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

/// The engine on one thread or several, fed batch by batch, and what it found so far. Events are read where it finds.
#[derive(Debug)]
pub struct Engine {
    matcher: OnThreads,
    found: Found,
}

#[derive(Debug)]
enum OnThreads {
    One(Box<Matcher>),
    Several(Box<ShardedMatcher<Option<u64>>>),
}

impl Engine {
    /// An engine that has seen nothing.
    #[must_use]
    pub fn new(threads: NonZeroUsize, program: &Arc<Program>) -> Self {
        let program = Arc::clone(program);
        let matcher = match threads {
            NonZeroUsize::MIN => OnThreads::One(Box::new(Matcher::new(program))),
            _ => {
                let tables = TableRows::default();
                let matcher = ShardedMatcher::new(program, Config::default(), tables, threads, hash);
                OnThreads::Several(Box::new(matcher))
            }
        };
        Self { matcher, found: Found::default() }
    }

    /// Takes in a batch.
    pub fn push(&mut self, batch: EventBatch) {
        let found = &mut self.found;
        let pushed = match &mut self.matcher {
            OnThreads::One(matcher) => matcher.push(batch, |output| found.add(output)),
            OnThreads::Several(matcher) => matcher.push(batch, |hash| found.add_hash(hash)),
        };
        pushed.expect("no workload stops a run");
    }

    /// Ends all windows; gives what was found.
    #[must_use]
    pub fn finish(mut self) -> Found {
        let found = &mut self.found;
        let finished = match &mut self.matcher {
            OnThreads::One(matcher) => matcher.advance(Watermark::MAX, |output| found.add(output)),
            OnThreads::Several(matcher) => matcher
                .advance(Watermark::MAX, |hash| found.add_hash(hash))
                .and_then(|()| matcher.flush(|hash| found.add_hash(hash))),
        };
        finished.expect("no workload stops a run");
        self.found
    }
}

/// Runs a program over batches, to the end of all windows.
#[must_use]
pub fn run(program: &Arc<Program>, batches: Vec<EventBatch>) -> Found {
    run_on(NonZeroUsize::MIN, program, batches)
}

/// As [`run`], on several threads.
#[must_use]
pub fn run_on(threads: NonZeroUsize, program: &Arc<Program>, batches: Vec<EventBatch>) -> Found {
    let mut engine = Engine::new(threads, program);
    batches.into_iter().for_each(|batch| engine.push(batch));
    engine.finish()
}
