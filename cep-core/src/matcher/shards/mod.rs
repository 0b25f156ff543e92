//! A matcher on several threads: the keys are shared out by their hashes, each shard works through all events of its
//! own keys, and what comes out is what one matcher alone would hand out, in the same order.
//!
//! The front evaluates conditions, hashes keys and tells late rows, once for all shards. Each shard then runs the same
//! script with the rows of its keys; watermarks, reorder buffers and timers are its own, and agree, as they follow from
//! the script alone. Every output is told with the turn it came in (`tag`), and the turns are merged (`order`).

mod chunk;
mod front;
mod order;
mod shard;
mod tag;

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Arc;

use super::Matcher;
use super::config::{Config, Residency};
use super::feed::Prepared;
use super::keys::Keys;
use super::output::{Output, PatternStats};
use super::tables::TableRows;
use crate::event::EventBatch;
use crate::ids::StreamId;
use crate::program::Program;
use crate::runtime::RunError;
use crate::time::Watermark;
use chunk::Chunk;
use front::FrontOutlet;
use order::{Rest, Source, first_failure, in_order};
use shard::{MOST_WORKS, Shard, Share};

/// What the caller makes of outputs, in the shards.
type Make<T> = Arc<dyn Fn(Output<'_>) -> T + Send + Sync>;

/// Rows and watermarks that go to the shards together, at least.
const LEAST_A_WORK: usize = 1024;

/// Finds the matches of a program on several threads.
///
/// What is made of each output is made in the threads, and handed out in the order in which one [`Matcher`] hands out
/// the outputs. It may come with a later call: [`ShardedMatcher::flush`] waits for all of it.
///
/// ```
/// use std::num::NonZeroUsize;
/// use std::sync::Arc;
/// use cep_core::event::{BatchBuilder, DataType, Datum, Schema};
/// use cep_core::expr::field;
/// use cep_core::matcher::{Config, Output, ShardedMatcher, TableRows};
/// use cep_core::pattern::{Definitions, Pattern, StreamDef};
/// use cep_core::program::Program;
/// use cep_core::time::{Timestamp, Watermark};
///
/// let schema = Schema::new().with("k", DataType::Int).with("ts", DataType::Timestamp);
/// let pattern = Pattern::begin("a").next("b").on_keyed("s", ["k"]).build("p").expect("a sound pattern");
/// let definitions = Definitions {
///     streams: vec![StreamDef::new("s", schema, "ts")],
///     patterns: vec![pattern],
///     ..Definitions::default()
/// };
/// let program = Arc::new(Program::compile(definitions, &Default::default()).expect("sound definitions"));
/// let stream = program.streams().id("s").expect("it is declared");
/// let mut batch = BatchBuilder::new(stream, program.streams().get(stream).schema.clone(), 0);
/// for (key, time) in [(1, 10), (2, 20), (2, 30), (1, 40)] {
///     let time = Timestamp(time);
///     batch.push_row(time, Watermark::MIN, &[Datum::Int(key), Datum::Timestamp(time)]).expect("a row of that schema");
/// }
/// let threads = NonZeroUsize::new(2).expect("two");
/// let time = |output: Output<'_>| output.as_match().map(|found| found.to_owned().time.0);
/// let mut matcher = ShardedMatcher::new(program, Config::default(), TableRows::default(), threads, time);
/// let mut found = Vec::new();
/// matcher.push(batch.finish(), |time| found.extend(time))?;
/// matcher.advance(Watermark::MAX, |time| found.extend(time))?;
/// matcher.flush(|time| found.extend(time))?;
/// assert_eq!(found, [30, 40]);
/// # Ok::<(), cep_core::runtime::RunError>(())
/// ```
pub struct ShardedMatcher<T> {
    /// Prepares work; has no keys.
    front: Matcher,
    shards: Vec<Shard<T>>,
    make: Make<T>,
    /// By pattern, of what has been handed out.
    stats: Vec<PatternStats>,
    /// Prepared works that wait for more to go with, and what was late in them.
    gathered: Vec<Prepared>,
    late: Chunk<T>,
    /// Rows and watermarks in them.
    gathered_size: usize,
    /// The works with the shards, each with the number of its prepared works and what was late in them.
    under_way: VecDeque<(usize, Chunk<T>)>,
    calls_through: u64,
    stopped: Option<RunError>,
}

impl<T> std::fmt::Debug for ShardedMatcher<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShardedMatcher")
            .field("threads", &self.shards.len())
            .field("stats", &self.stats)
            .finish_non_exhaustive()
    }
}

impl<T: Send + 'static> ShardedMatcher<T> {
    /// A matcher with nothing in it, on so many threads; `make` is called in them.
    #[must_use]
    pub fn new(
        program: Arc<Program>,
        config: Config,
        tables: TableRows,
        threads: NonZeroUsize,
        make: impl Fn(Output<'_>) -> T + Send + Sync + 'static,
    ) -> Self {
        debug_assert!(
            config.residency == Residency::All,
            "an engine drives the steps of each matcher itself"
        );
        let mut front = Matcher::with_config(program, config);
        front.set_tables(tables);
        let make: Make<T> = Arc::new(make);
        let of = threads.get();
        let shard = |number| Shard::start(front.shard(), Share { number, of }, Arc::clone(&make));
        Self {
            shards: (0..of).map(shard).collect(),
            stats: vec![PatternStats::default(); front.stats.len()],
            front,
            make,
            gathered: Vec::new(),
            late: Chunk::default(),
            gathered_size: 0,
            under_way: VecDeque::new(),
            calls_through: 0,
            stopped: None,
        }
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Arc<Program> {
        self.front.program()
    }

    /// What happened so far, by pattern id, as far as it has been handed out.
    #[must_use]
    pub fn stats(&self) -> &[PatternStats] {
        &self.stats
    }

    /// How many calls are through: all that they brought about has been handed out. After a failure, those before the
    /// one that failed.
    #[must_use]
    pub fn calls_through(&self) -> u64 {
        self.calls_through
    }

    /// As [`Matcher::push`]; what is handed out may be of earlier calls.
    ///
    /// # Errors
    /// Where a pattern asked for the run to stop, in this call or an earlier one; what came before that has been handed
    /// out by then. Every later call gives the same error.
    pub fn push(&mut self, batch: EventBatch, emit: impl FnMut(T)) -> Result<(), RunError> {
        let prepared = self.front.prepare(batch);
        self.take(prepared, emit)
    }

    /// As [`Matcher::advance`]; what is handed out may be of earlier calls.
    ///
    /// # Errors
    /// As [`ShardedMatcher::push`].
    pub fn advance(&mut self, to: Watermark, emit: impl FnMut(T)) -> Result<(), RunError> {
        let prepared = self.front.prepare_advance(to);
        self.take(prepared, emit)
    }

    /// As [`Matcher::advance_stream`]; what is handed out may be of earlier calls.
    ///
    /// # Errors
    /// As [`ShardedMatcher::push`].
    pub fn advance_stream(
        &mut self,
        stream: StreamId,
        to: Watermark,
        emit: impl FnMut(T),
    ) -> Result<(), RunError> {
        let prepared = self.front.prepare_advance_stream(stream, to);
        self.take(prepared, emit)
    }

    /// As [`Matcher::set_idle`]; what is handed out may be of earlier calls.
    ///
    /// # Errors
    /// As [`ShardedMatcher::push`].
    pub fn set_idle(&mut self, stream: StreamId, idle: bool, emit: impl FnMut(T)) -> Result<(), RunError> {
        let prepared = self.front.prepare_idle(stream, idle);
        self.take(prepared, emit)
    }

    /// Hands out all that the calls so far bring about.
    ///
    /// # Errors
    /// As [`ShardedMatcher::push`].
    pub fn flush(&mut self, mut emit: impl FnMut(T)) -> Result<(), RunError> {
        self.still_running()?;
        if !self.gathered.is_empty() {
            self.dispatch(&mut emit)?;
        }
        while !self.under_way.is_empty() {
            self.hand_out_work(&mut emit)?;
        }
        Ok(())
    }

    fn still_running(&self) -> Result<(), RunError> {
        self.stopped.clone().map_or(Ok(()), Err)
    }

    fn take(&mut self, prepared: Prepared, mut emit: impl FnMut(T)) -> Result<(), RunError> {
        self.still_running()?;
        if self.front.strata > 1 {
            return self.through_strata(prepared, emit);
        }
        let mut outlet = FrontOutlet::new(&self.make, self.gathered.len(), &mut self.late);
        let (_, ran) = self.front.live_through(&prepared.without_rows(), None, &mut outlet);
        debug_assert!(ran.is_ok(), "the front has no keys for anything to happen to");
        self.gathered_size += 1 + prepared.rows();
        self.gathered.push(prepared);
        if self.gathered_size >= LEAST_A_WORK { self.dispatch(&mut emit) } else { Ok(()) }
    }

    /// Gives what has been gathered to the shards.
    fn dispatch(&mut self, emit: &mut impl FnMut(T)) -> Result<(), RunError> {
        if self.under_way.len() >= MOST_WORKS {
            self.hand_out_work(emit)?;
        }
        self.gathered_size = 0;
        let work = Arc::new(std::mem::take(&mut self.gathered));
        self.under_way.push_back((work.len(), std::mem::take(&mut self.late)));
        self.shards.iter_mut().for_each(|shard| shard.put(Arc::clone(&work)));
        Ok(())
    }

    /// Waits for the oldest work that is with the shards, and hands out what came of it.
    fn hand_out_work(&mut self, emit: &mut impl FnMut(T)) -> Result<(), RunError> {
        let Some((calls, late)) = self.under_way.pop_front() else { return Ok(()) };
        let of_shards = self.shards.iter_mut().map(Source::of_shard);
        let sources = of_shards.chain([Source::of_chunk(late)]).collect();
        let stats = &mut self.stats;
        let rest = in_order(sources, |_, output| {
            output.count(stats);
            emit(output.made);
        });
        match self.conclude(rest) {
            None => self.calls_through += calls as u64,
            Some((prepared, error)) => {
                self.calls_through += prepared;
                self.stopped = Some(error);
            }
        }
        self.still_running()
    }

    /// Counts what limits dropped; gives what failed, after the number of its prepared work.
    fn conclude(&mut self, rest: Rest) -> Option<(u64, RunError)> {
        for dropped in rest.dropped {
            self.stats[dropped.pattern.index()].dropped += dropped.count;
        }
        rest.failure.map(|failure| (u64::from(failure.item().0), failure.error))
    }

    /// Strata run one after the other over a whole batch, as they do in one matcher.
    fn through_strata(&mut self, prepared: Prepared, mut emit: impl FnMut(T)) -> Result<(), RunError> {
        let mut outputs = Vec::new();
        let mut next = Some(prepared);
        while let Some(prepared) = next.take() {
            let stratum = prepared.stratum;
            let (rest, after) = self.stratum(prepared, |step, made| outputs.push((step, stratum, made)));
            next = after;
            let failed = self.conclude(rest).map(|(_, error)| error);
            self.stopped = self.stopped.take().or(failed);
        }
        outputs.sort_by_key(|(step, stratum, _)| (*step, *stratum));
        outputs.into_iter().for_each(|(_, _, made)| emit(made));
        self.still_running()?;
        self.calls_through += 1;
        Ok(())
    }

    fn stratum(&mut self, prepared: Prepared, mut emit: impl FnMut(u32, T)) -> (Rest, Option<Prepared>) {
        let work = Arc::new(vec![prepared]);
        let prepared = &work[0];
        self.shards.iter_mut().for_each(|shard| shard.put(Arc::clone(&work)));
        let mut sources: Vec<_> = self.shards.iter_mut().map(Source::of_shard).collect();
        sources.iter_mut().for_each(Source::listen_to_the_end);
        let emissions = sources.iter_mut().flat_map(|source| source.emissions.drain(..)).collect();
        let mut late = Chunk::default();
        let outlet = FrontOutlet::new(&self.make, 0, &mut late);
        let mut outlet = outlet.after(emissions, first_failure(&sources));
        let emitted = self.front.emitted_of(prepared);
        // It stops where a shard did, to end the script of the next stratum there.
        let (emitted, _) = self.front.live_through(&prepared.without_rows(), emitted, &mut outlet);
        let next = emitted.map(|emitted| self.front.prepare_next(prepared, emitted));
        sources.push(Source::of_chunk(late));
        let stats = &mut self.stats;
        let rest = in_order(sources, |tag, output| {
            output.count(stats);
            emit(tag.step(), output.made);
        });
        (rest, next)
    }
}

impl Matcher {
    /// A matcher for a part of the keys: nothing in it, the same hashes.
    fn shard(&self) -> Self {
        let mut shard = Self::with_config(Arc::clone(&self.program), self.config);
        shard.tables = Arc::clone(&self.tables);
        shard.keys = self.keys.iter().map(Keys::with_hashes_of).collect();
        shard
    }
}

impl Prepared {
    fn rows(&self) -> usize {
        self.batches.iter().map(|rows| rows.batch.len()).sum()
    }

    /// The same work, in which rows matter only to keys of some hashes.
    fn only(&self, is_own: impl Fn(u64) -> bool) -> Self {
        let batches = self.batches.iter().map(|rows| rows.only(&is_own)).collect();
        Self { stratum: self.stratum, batches, script: self.script.clone() }
    }

    /// The same work, in which rows matter to nobody.
    fn without_rows(&self) -> Self {
        let batches = self.batches.iter().map(|rows| rows.without_families()).collect();
        Self { stratum: self.stratum, batches, script: self.script.clone() }
    }
}
