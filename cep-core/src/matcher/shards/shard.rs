//! One shard: a matcher with the keys of its share, on a thread of its own. It is fed prepared work and tells what comes
//! out, some outputs at a time.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::Make;
use super::chunk::{Chunk, Dropped, Emission, Failure, Kind, Made};
use super::tag::Position;
use crate::event::Value;
use crate::ids::PatternId;
use crate::matcher::Matcher;
use crate::matcher::feed::Prepared;
use crate::matcher::outlet::{Outlet, Turn};
use crate::matcher::output::Output;
use crate::program::Program;

/// Works that may be with a shard: while it is at one, the next waits already.
pub(super) const MOST_WORKS: usize = 2;

/// Outputs that go together: enough that handing them over costs little.
const OUTPUTS_A_CHUNK: usize = 512;

/// Chunks that may wait. A shard with more to tell waits, so that memory stays flat.
const MOST_CHUNKS: usize = 4;

/// Some prepared works, to be done one after the other.
pub(super) type Work = Arc<Vec<Prepared>>;

/// What a shard tells.
#[derive(Debug)]
pub(super) enum Told<T> {
    /// Some outputs; there are more.
    More(Chunk<T>),
    /// The last outputs of a work, and what stopped it.
    Done(Chunk<T>, Option<Box<Failure>>),
}

/// The share of the keys that a shard has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    pub(super) number: usize,
    pub(super) of: usize,
}

impl Share {
    /// Whether keys of this hash belong to the share.
    fn has(self, hash: u64) -> bool {
        // Bits that neither choose a slot in the table of keys nor tell slots apart there: those are the lowest and the
        // highest ones.
        const BITS: u32 = 24;
        let part = (hash >> 32) & ((1 << BITS) - 1);
        (part * self.of as u64) >> BITS == self.number as u64
    }
}

/// A shard as its user sees it. It ends when it is let go of.
#[derive(Debug)]
pub(super) struct Shard<T> {
    work: Option<SyncSender<Work>>,
    told: Option<Receiver<Told<T>>>,
    thread: Option<JoinHandle<()>>,
}

impl<T: Send + 'static> Shard<T> {
    pub(super) fn start(matcher: Matcher, share: Share, make: Make<T>) -> Self {
        let (work, works) = sync_channel(MOST_WORKS);
        let (teller, told) = sync_channel(MOST_CHUNKS);
        let thread = std::thread::spawn(move || run(matcher, share, &make, &works, &teller));
        Self { work: Some(work), told: Some(told), thread: Some(thread) }
    }

    pub(super) fn put(&mut self, work: Work) {
        let sent = self.work.as_ref().is_some_and(|channel| channel.send(work).is_ok());
        if !sent {
            self.pass_on_panic();
        }
    }

    pub(super) fn next(&mut self) -> Told<T> {
        match self.told.as_ref().and_then(|told| told.recv().ok()) {
            Some(told) => told,
            None => self.pass_on_panic(),
        }
    }

    /// The thread is gone without a word.
    fn pass_on_panic(&mut self) -> ! {
        match self.thread.take().map(JoinHandle::join) {
            Some(Err(panic)) => resume_unwind(panic),
            _ => unreachable!("a shard runs for as long as it may be asked"),
        }
    }
}

impl<T> Drop for Shard<T> {
    fn drop(&mut self) {
        // Without either end, the thread waits for nothing more.
        (self.work, self.told) = (None, None);
        if let Some(thread) = self.thread.take() {
            // Whoever let go of it asked for no more: a panic behind that concerns nobody.
            drop(thread.join());
        }
    }
}

fn run<T>(
    mut matcher: Matcher,
    share: Share,
    make: &Make<T>,
    works: &Receiver<Work>,
    teller: &SyncSender<Told<T>>,
) {
    let program = Arc::clone(&matcher.program);
    let mut outlet = ShardOutlet {
        program: &program,
        make,
        teller,
        position: Position::before(0),
        chunk: Chunk::default(),
        emits: false,
    };
    for work in works {
        let mut failure = None;
        for (number, prepared) in work.iter().enumerate() {
            outlet.position = Position::before(number);
            outlet.emits = prepared.stratum + 1 < matcher.strata;
            let own = prepared.only(|hash| share.has(hash));
            if let (_, Err(halt)) = matcher.live_through(&own, None, &mut outlet) {
                let tag = outlet.position.tag(program.pattern(halt.pattern).family, &halt.key);
                failure = Some(Box::new(Failure { tag, error: *halt }));
                break;
            }
        }
        outlet.chunk.close();
        let done = Told::Done(std::mem::take(&mut outlet.chunk), failure);
        if teller.send(done).is_err() {
            return;
        }
    }
}

/// Where the outputs of a shard go.
struct ShardOutlet<'a, T> {
    program: &'a Program,
    make: &'a Make<T>,
    teller: &'a SyncSender<Told<T>>,
    position: Position,
    chunk: Chunk<T>,
    /// Whether what is emitted is for a later stratum.
    emits: bool,
}

impl<T> Outlet for ShardOutlet<'_, T> {
    const FOLLOWS: bool = true;

    fn output(&mut self, _: u32, output: Output<'_>) {
        // Late rows are told of by the front.
        let Output::Match(found) = output else { return };
        let pattern = found.pattern_id();
        let made = Made { pattern, kind: Kind::Match(found.kind()), made: (self.make)(output) };
        let tag = self.chunk.add(&self.position, found.pattern().family, found.key(), made);
        if self.emits && !found.records().is_empty() {
            let (tag, time) = (tag.clone(), found.time());
            let emission = |record| Emission { tag: tag.clone(), record, time };
            self.chunk.emissions.extend(found.records().iter().cloned().map(emission));
        }
        if self.chunk.outputs.len() >= OUTPUTS_A_CHUNK {
            self.chunk.close();
            // Where nobody listens any more, the thread finds out after the work.
            drop(self.teller.send(Told::More(std::mem::take(&mut self.chunk))));
        }
    }

    fn turn(&mut self, turn: Turn) {
        self.chunk.close();
        self.position.turn(turn);
    }

    fn dropped(&mut self, pattern: PatternId, count: u64) {
        const NO_KEY: &[Value] = &[];
        let tag = self.position.tag(self.program.pattern(pattern).family, NO_KEY);
        self.chunk.dropped.push(Dropped { tag, pattern, count });
    }
}
