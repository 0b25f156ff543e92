//! All keys, event time, watermarks and timers: batches in, matches out, synchronously.
//!
//! The conveniences [`Matcher::push`] and [`Matcher::advance`] are made of resumable steps, so that an engine can load
//! the state of keys in between: [`Matcher::prepare`], [`Matcher::missing`], [`Matcher::provide`], [`Matcher::apply`].

mod attention;
mod buckets;
mod config;
mod derive;
mod diverted;
mod elsewhere;
mod emitted;
mod feed;
mod flink;
mod gather;
mod groups;
mod interest;
mod kept;
mod key;
mod keys;
mod masks;
mod merge;
mod outlet;
mod output;
mod pending;
mod project;
mod rows;
mod run;
mod saved;
mod shards;
mod sheet;
mod sink;
mod slots;
mod span;
mod steps;
mod stored;
mod tables;
mod timers;

pub use config::{Config, Hold, Residency, TimerPolicy};
pub use feed::Prepared;
pub use gather::{Gather, Gathered, GatheredRow, GatheredStream, LateRow, Wanted};
pub use keys::RecordKey;
pub use output::{LateRef, Output, PatternStats};
pub use saved::WaitingChunk;
pub use shards::ShardedMatcher;
pub(crate) use sheet::masks_of;
pub use stored::Changed;
pub use tables::{TableRows, TableRowsError};

use std::sync::Arc;

use crate::event::EventBatch;
use crate::ids::StreamId;
use crate::program::Program;
use crate::runtime::{Match, RunError, Workspace};
use crate::time::Watermark;
use keys::Keys;
use merge::{Clocks, Merge};

/// Finds the matches of a program. The same program and the same input give the same output, in whatever batches the
/// input comes.
///
/// ```
/// use std::sync::Arc;
/// use cep_core::event::{BatchBuilder, DataType, Datum, Schema};
/// use cep_core::expr::field;
/// use cep_core::matcher::{Matcher, Output};
/// use cep_core::pattern::{Definitions, Pattern, StreamDef};
/// use cep_core::program::Program;
/// use cep_core::time::{Timestamp, Watermark};
///
/// let schema = Schema::new().with("x", DataType::Int).with("ts", DataType::Timestamp);
/// let pattern = Pattern::begin("a").filter(field("x").eq(1)).next("b").on("s").build("p").expect("a sound pattern");
/// let definitions = Definitions {
///     streams: vec![StreamDef::new("s", schema, "ts")],
///     patterns: vec![pattern],
///     ..Definitions::default()
/// };
/// let program = Arc::new(Program::compile(definitions, &Default::default()).expect("sound definitions"));
/// let stream = program.streams().id("s").expect("it is declared");
/// let mut batch = BatchBuilder::new(stream, program.streams().get(stream).schema.clone(), 0);
/// for (x, time) in [(1, 10), (7, 20)] {
///     let time = Timestamp(time);
///     batch.push_row(time, Watermark::MIN, &[Datum::Int(x), Datum::Timestamp(time)]).expect("a row of that schema");
/// }
/// let mut matcher = Matcher::new(program);
/// let mut found = 0;
/// matcher.push(batch.finish(), |_| {})?;
/// matcher.advance(Watermark::MAX, |output| found += usize::from(matches!(output, Output::Match(_))))?;
/// assert_eq!(found, 1);
/// # Ok::<(), cep_core::runtime::RunError>(())
/// ```
pub struct Matcher {
    program: Arc<Program>,
    config: Config,
    tables: Arc<TableRows>,
    /// By stratum.
    clocks: Vec<Clocks>,
    merges: Vec<Merge>,
    /// By family.
    keys: Vec<Keys>,
    /// By pattern.
    stats: Vec<PatternStats>,
    workspace: Workspace,
    strata: usize,
    /// Rows made so far of each emitted stream.
    emitted: Vec<u64>,
    /// Rows that arrived so far, or more.
    arrived: u64,
    /// By stream: whether its batches are worked through in spans.
    in_spans: Vec<bool>,
}

impl std::fmt::Debug for Matcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Matcher")
            .field("config", &self.config)
            .field("stats", &self.stats)
            .finish_non_exhaustive()
    }
}

impl Matcher {
    /// A matcher with nothing in it, all of whose state is in memory.
    #[must_use]
    pub fn new(program: Arc<Program>) -> Self {
        Self::with_config(program, Config::default())
    }

    /// A matcher with nothing in it.
    #[must_use]
    pub fn with_config(program: Arc<Program>, config: Config) -> Self {
        let merges = merge::merges(&program);
        let strata = program.families().iter().map(|family| family.stratum + 1).max().unwrap_or(1);
        let streams = program.streams().iter().count();
        Self {
            clocks: (0..strata).map(|stratum| Clocks::new(stratum, streams, &merges)).collect(),
            keys: program.families().iter().map(|_| Keys::new(config.residency)).collect(),
            stats: vec![PatternStats::default(); program.patterns().count()],
            workspace: Workspace::default(),
            tables: Arc::default(),
            emitted: vec![0; streams],
            arrived: 0,
            in_spans: program
                .streams()
                .iter()
                .map(|(id, _)| feed::in_spans(&program, config, &merges, id))
                .collect(),
            program,
            config,
            merges,
            strata,
        }
    }

    /// Sets the rows of the program's tables.
    pub fn set_tables(&mut self, tables: TableRows) {
        self.tables = Arc::new(tables);
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// What happened so far, by pattern id.
    #[must_use]
    pub fn stats(&self) -> &[PatternStats] {
        &self.stats
    }

    /// The number of keys held, and of partial matches over all of them. Looks at every key.
    #[must_use]
    pub fn held(&self) -> (usize, usize) {
        let keys = self.keys.iter().flat_map(Keys::states);
        keys.fold((0, 0), |(keys, runs), state| (keys + 1, runs + state.partial_matches()))
    }

    /// The events that wait for the watermark.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.merges.iter().map(|merge| merge.pending.len()).sum()
    }

    /// Takes a batch of events and hands out what it brings about, in order.
    ///
    /// # Errors
    /// Where a pattern asks for the run to stop; matches of earlier events have been handed out by then.
    pub fn push(&mut self, batch: EventBatch, emit: impl FnMut(Output<'_>)) -> Result<(), RunError> {
        let prepared = self.prepare(batch);
        self.run(prepared, emit)
    }

    /// Time reaches a watermark on all streams that are not emitted; [`Watermark::MAX`] ends the input.
    ///
    /// # Errors
    /// As [`Matcher::push`].
    pub fn advance(&mut self, to: Watermark, emit: impl FnMut(Output<'_>)) -> Result<(), RunError> {
        let prepared = self.prepare_advance(to);
        self.run(prepared, emit)
    }

    /// Time reaches a watermark on one stream and those derived from it.
    ///
    /// # Errors
    /// As [`Matcher::push`].
    pub fn advance_stream(
        &mut self,
        stream: StreamId,
        to: Watermark,
        emit: impl FnMut(Output<'_>),
    ) -> Result<(), RunError> {
        let prepared = self.prepare_advance_stream(stream, to);
        self.run(prepared, emit)
    }

    /// A stream without events does, or does no longer, hold time back.
    ///
    /// # Errors
    /// As [`Matcher::push`].
    pub fn set_idle(
        &mut self,
        stream: StreamId,
        idle: bool,
        emit: impl FnMut(Output<'_>),
    ) -> Result<(), RunError> {
        let prepared = self.prepare_idle(stream, idle);
        self.run(prepared, emit)
    }

    fn run(&mut self, prepared: Prepared, mut emit: impl FnMut(Output<'_>)) -> Result<(), RunError> {
        debug_assert!(self.config.residency == Residency::All, "an engine drives the steps itself");
        if self.strata == 1 {
            return self.apply(prepared, emit).map(drop);
        }
        // Strata run one after the other over a whole batch; their outputs are put back into the order of the steps.
        let mut outputs = Vec::new();
        let mut next = Some(prepared);
        let mut result = Ok(());
        while let Some(prepared) = next.take() {
            let stratum = prepared.stratum();
            let mut keep = |step, output: Output<'_>| outputs.push((step, stratum, output.to_owned()));
            let (after, applied) = self.apply_in_steps(prepared, &mut keep);
            next = after;
            result = result.and(applied);
        }
        outputs.sort_by_key(|(step, stratum, _)| (*step, *stratum));
        for (_, _, output) in &outputs {
            output.hand_out(&mut emit);
        }
        result
    }

    /// The matches a batch brings about, owned: for tests and small programs.
    ///
    /// # Errors
    /// As [`Matcher::push`].
    pub fn push_collect(&mut self, batch: EventBatch) -> Result<Vec<Match>, RunError> {
        let mut found = Vec::new();
        self.push(batch, |output| found.extend(output.as_match().map(|found| found.to_owned())))?;
        Ok(found)
    }
}
