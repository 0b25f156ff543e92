//! What a stratum is fed: batches, and a script that says in which order their rows arrive and time passes.

use std::sync::Arc;

use super::Matcher;
use super::config::{Config, TimerPolicy};
use super::derive::{derive, streams_from};
use super::emitted::Emitted;
use super::merge::Merge;
use super::rows::Rows;
use crate::event::EventBatch;
use crate::ids::StreamId;
use crate::program::{Origin, Program};
use crate::time::Watermark;

/// Work for one stratum, ready to be applied once all state it needs is there.
#[derive(Debug)]
pub struct Prepared {
    pub(super) stratum: usize,
    pub(super) batches: Vec<Arc<Rows>>,
    pub(super) script: Vec<Item>,
}

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    /// The row of the host's batch at which it happens.
    pub(super) step: u32,
    pub(super) what: What,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    /// All rows of a batch arrive, and the watermarks before them.
    Batch { batch: u32 },
    /// A row arrives.
    Row { batch: u32, row: u32 },
    /// The watermark of a stream rises.
    Clock { stream: StreamId, to: Watermark },
    /// A stream becomes idle, or no longer is.
    Idle { stream: StreamId, idle: bool },
}

impl Prepared {
    /// The stratum it is for, from 0.
    #[must_use]
    pub fn stratum(&self) -> usize {
        self.stratum
    }

    /// How many rows arrive with an item of the script.
    pub(super) fn arrivals(&self, item: Item) -> u64 {
        match item.what {
            What::Batch { batch } => self.batches[batch as usize].batch.len() as u64,
            What::Row { .. } => 1,
            What::Clock { .. } | What::Idle { .. } => 0,
        }
    }

    /// As many rows as arrive with it, or more: no matter how far its script is run.
    pub(super) fn most_arrivals(&self) -> u64 {
        let rows = self.batches.iter().map(|rows| rows.batch.len() as u64).sum::<u64>();
        rows + self.script.len() as u64
    }
}

impl Matcher {
    /// Evaluates conditions over a batch of a declared stream and works out what happens when.
    #[must_use]
    pub fn prepare(&self, batch: EventBatch) -> Prepared {
        let mut feed = Feed { prepared: Prepared { stratum: 0, batches: Vec::new(), script: Vec::new() } };
        let family = feed.add(self, batch);
        if self.in_spans[family.streams[0].index()] {
            feed.prepared.script.push(Item { step: 0, what: What::Batch { batch: 0 } });
            return feed.prepared;
        }
        let rows = Arc::clone(&feed.prepared.batches[family.source]);
        let mut known = self.clocks[0].streams[rows.batch.stream().index()].watermark;
        let collapse = self.merges.len() == 1 && self.config.timers == TimerPolicy::Exact;
        let mut cursors = vec![0; family.derived.len()];
        for row in 0..rows.batch.len() {
            let step = u32::try_from(row).expect("a batch has fewer than 2^32 rows");
            let before = rows.batch.watermark_before(row);
            if before > known {
                known = before;
                feed.clocks(&family.streams, before, step, collapse);
            }
            // A row on time that no family cares for changes nothing.
            let matters = known.reached(rows.batch.time(row)) || self.config.timers == TimerPolicy::Flink;
            feed.row(family.source, step, step, matters);
            for (place, (index, origin)) in family.derived.iter().enumerate() {
                if origin.get(cursors[place]) == Some(&step) {
                    let derived = u32::try_from(cursors[place]).expect("as many rows as the source at most");
                    feed.row(*index, derived, step, matters);
                    cursors[place] += 1;
                }
            }
        }
        feed.prepared
    }

    /// Time reaches a watermark on all streams that come from outside.
    #[must_use]
    pub fn prepare_advance(&self, to: Watermark) -> Prepared {
        let declared = self
            .program
            .streams()
            .iter()
            .filter(|(_, stream)| matches!(stream.origin, Origin::Declared { .. }));
        let streams: Vec<_> = declared.flat_map(|(id, _)| self.with_derived(id)).collect();
        let mut feed = Feed { prepared: Prepared { stratum: 0, batches: Vec::new(), script: Vec::new() } };
        feed.clocks(&streams, to, 0, false);
        feed.prepared
    }

    /// Time reaches a watermark on one stream and those derived from it.
    #[must_use]
    pub fn prepare_advance_stream(&self, stream: StreamId, to: Watermark) -> Prepared {
        let mut feed = Feed { prepared: Prepared { stratum: 0, batches: Vec::new(), script: Vec::new() } };
        feed.clocks(&self.with_derived(stream), to, 0, false);
        feed.prepared
    }

    /// A stream, with those derived from it, becomes idle or no longer is.
    #[must_use]
    pub fn prepare_idle(&self, stream: StreamId, idle: bool) -> Prepared {
        let items = self.with_derived(stream).into_iter();
        let script = items.map(|stream| Item { step: 0, what: What::Idle { stream, idle } }).collect();
        Prepared { stratum: 0, batches: Vec::new(), script }
    }

    fn with_derived(&self, stream: StreamId) -> Vec<StreamId> {
        let derived = streams_from(&self.program, stream).into_iter().map(|(id, _)| id);
        std::iter::once(stream).chain(derived).collect()
    }

    /// What the next stratum is fed: what this one was, and what it emitted.
    pub(super) fn prepare_next(&mut self, after: &Prepared, emitted: Emitted) -> Prepared {
        let first = after.batches.len();
        let (stratum, batches) = (after.stratum + 1, after.batches.clone());
        let mut feed = Feed { prepared: Prepared { stratum, batches, script: Vec::new() } };
        let (batches, script) = emitted.finish(&mut self.emitted);
        let sources: Vec<_> = batches.into_iter().map(|batch| feed.add(self, batch)).collect();
        let mut cursors: Vec<Vec<usize>> =
            sources.iter().map(|source| vec![0; source.derived.len()]).collect();
        for item in script {
            match item.what {
                What::Row { batch, row } if batch as usize >= first => {
                    let place = batch as usize - first;
                    let source = &sources[place];
                    feed.row(source.source, row, item.step, true);
                    for (derived, (index, origin)) in source.derived.iter().enumerate() {
                        let cursor = &mut cursors[place][derived];
                        if origin.get(*cursor) == Some(&row) {
                            let row = u32::try_from(*cursor).expect("as many rows as the source at most");
                            feed.row(*index, row, item.step, true);
                            *cursor += 1;
                        }
                    }
                }
                _ => feed.prepared.script.push(item),
            }
        }
        feed.prepared
    }
}

/// Whether nobody can tell if the rows of a stream's batches arrive one by one: one merge alone reads them, and nothing
/// is made of them.
pub(super) fn in_spans(program: &Program, config: Config, merges: &[Merge], stream: StreamId) -> bool {
    let readers = merges.iter().filter(|merge| merge.reads(stream)).count();
    let one_stratum = merges.iter().all(|merge| merge.stratum == 0);
    config.timers == TimerPolicy::Exact
        && one_stratum
        && readers <= 1
        && streams_from(program, stream).is_empty()
}

/// A batch and those derived from it, among the batches fed.
struct SourceFamily {
    source: usize,
    /// Each with the source's row that each of its rows was made from.
    derived: Vec<(usize, Vec<u32>)>,
    streams: Vec<StreamId>,
}

struct Feed {
    prepared: Prepared,
}

impl Feed {
    /// Adds a batch and all that are derived from it.
    fn add(&mut self, matcher: &Matcher, batch: EventBatch) -> SourceFamily {
        let program = &matcher.program;
        let keep_all = matcher.config.timers == TimerPolicy::Flink;
        let stream = batch.stream();
        let source = self.push(Rows::new(program, &matcher.keys, batch, keep_all));
        let mut family = SourceFamily { source, derived: Vec::new(), streams: vec![stream] };
        let mut places = vec![(stream, source, None)];
        for (id, derivation) in streams_from(program, stream) {
            let parent = places.iter().find(|(known, ..)| *known == derivation.source);
            let Some((_, parent, through)) = parent else { continue };
            let derived =
                derive(program, &matcher.tables, id, derivation, &self.prepared.batches[*parent].batch);
            let origin = match through {
                None => derived.origin,
                Some(index) => {
                    let (_, parents): &(usize, Vec<u32>) = &family.derived[*index];
                    derived.origin.iter().map(|row| parents[*row as usize]).collect()
                }
            };
            let place = self.push(Rows::new(program, &matcher.keys, derived.batch, keep_all));
            places.push((id, place, Some(family.derived.len())));
            family.derived.push((place, origin));
            family.streams.push(id);
        }
        family
    }

    fn push(&mut self, rows: Arc<Rows>) -> usize {
        self.prepared.batches.push(rows);
        self.prepared.batches.len() - 1
    }

    fn row(&mut self, batch: usize, row: u32, step: u32, matters: bool) {
        if matters || self.prepared.batches[batch].interesting(row as usize) {
            let batch = u32::try_from(batch).expect("few batches are fed at once");
            self.prepared.script.push(Item { step, what: What::Row { batch, row } });
        }
    }

    /// Rises the watermarks of some streams. Where nobody can tell, a rise right after another takes its place.
    fn clocks(&mut self, streams: &[StreamId], to: Watermark, step: u32, collapse: bool) {
        if let (true, [only], Some(last)) = (collapse, streams, self.prepared.script.last_mut())
            && let What::Clock { stream, to: known } = &mut last.what
            && stream == only
        {
            *known = to;
            return;
        }
        for stream in streams {
            self.prepared.script.push(Item { step, what: What::Clock { stream: *stream, to } });
        }
    }
}
