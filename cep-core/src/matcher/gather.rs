//! The events of one pattern, of one key or all, as its matcher meets them: which streams bring them, in which order, and
//! which come too late.
//!
//! The real matcher runs beside it, since that alone knows what other patterns emit and how far time has come.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::feed::{Prepared, What};
use super::merge::Clock;
use super::pending::Tied;
use super::{Matcher, Output, TableRows};
use crate::event::{BatchBuilder, EventBatch, Value};
use crate::expr::compare;
use crate::ids::{ColumnId, PatternId, StreamId};
use crate::program::{Family, Program};
use crate::runtime::RunError;
use crate::time::{Timestamp, Watermark};

/// Which events are gathered.
#[derive(Clone, PartialEq, Debug)]
pub enum Wanted {
    /// Those of one key.
    Key(Vec<Value>),
    /// Those of all keys.
    All,
}

/// Gathers the events of a pattern.
#[derive(Debug)]
pub struct Gather {
    matcher: Matcher,
    target: PatternId,
    wanted: Wanted,
    /// By input of the pattern's family.
    inputs: Vec<BatchBuilder>,
    streams: Vec<GatheredStream>,
    rows: Vec<(GatheredRow, Arrival)>,
    late: Vec<LateRow>,
    keys: HashMap<String, u32>,
    values: Vec<Vec<Value>>,
    pushed: u64,
    stopped: Option<RunError>,
}

/// What orders rows of one moment that nothing else orders: the call that brought them, the row of the host's batch, the place
/// in what came of that.
type Arrival = (u64, u32, u32);

/// An event that was gathered: a row of the batch of an input.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct GatheredRow {
    /// The input of the pattern's family, from 0.
    pub input: usize,
    /// Its row in the batch of that input.
    pub row: usize,
    /// Its key's place among those gathered.
    pub key: u32,
    /// Its position in its stream.
    pub position: u64,
}

/// An event that came too late.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LateRow {
    /// The event.
    pub row: GatheredRow,
    /// How far time had come.
    pub watermark: Watermark,
}

/// A stream that a pattern reads.
#[derive(Clone, PartialEq, Debug)]
pub struct GatheredStream {
    /// The stream.
    pub stream: StreamId,
    /// How many events it had, of whatever key.
    pub events: u64,
    /// The greatest time of any of them.
    pub greatest: Option<Timestamp>,
    /// How far its time has come.
    pub watermark: Watermark,
    /// Whether it does not hold time back, as it is idle.
    pub idle: bool,
}

/// The events of a pattern.
#[derive(Debug)]
pub struct Gathered {
    /// By input of the pattern's family. A row's position is its place here.
    pub batches: Vec<Arc<EventBatch>>,
    /// The events that were on time, in the order in which the pattern meets them.
    pub rows: Vec<GatheredRow>,
    /// Those that were not, in the order in which they came.
    pub late: Vec<LateRow>,
    /// The keys there are, or very many of them, those that are not wanted too.
    pub keys: Vec<Vec<Value>>,
    /// By input.
    pub streams: Vec<GatheredStream>,
    /// How far the pattern's time has come.
    pub clock: Watermark,
    /// Why the run stopped before its input did.
    pub stopped: Option<RunError>,
}

/// Of more keys than this, not all are remembered for the one that may be meant.
const MOST_OTHER_KEYS: usize = 100_000;

impl Gather {
    /// Gathers for a pattern of a program.
    #[must_use]
    pub fn new(program: Arc<Program>, target: PatternId, wanted: Wanted, tables: TableRows) -> Self {
        let family = &program.families()[program.pattern(target).family.index()];
        let schema = |stream: StreamId| Arc::clone(&program.streams().get(stream).schema);
        let inputs = family.inputs.iter().enumerate();
        let inputs =
            inputs.map(|(place, input)| BatchBuilder::new(StreamId::new(place), schema(input.stream), 0));
        let streams = family.inputs.iter().map(|input| GatheredStream {
            stream: input.stream,
            events: 0,
            greatest: None,
            watermark: Watermark::MIN,
            idle: false,
        });
        let (inputs, streams) = (inputs.collect(), streams.collect());
        let mut matcher = Matcher::new(program);
        matcher.set_tables(tables);
        Self {
            matcher,
            target,
            wanted,
            inputs,
            streams,
            rows: Vec::new(),
            late: Vec::new(),
            keys: HashMap::new(),
            values: Vec::new(),
            pushed: 0,
            stopped: None,
        }
    }

    /// Whether a pattern has asked the run to stop: then there is nothing more to gather.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// Events of a stream.
    pub fn push(&mut self, batch: EventBatch) {
        let prepared = self.matcher.prepare(batch);
        self.run(prepared);
    }

    /// Time of a stream reaches a watermark.
    pub fn reach(&mut self, stream: StreamId, to: Watermark) {
        let prepared = self.matcher.prepare_advance_stream(stream, to);
        self.run(prepared);
    }

    /// A stream does not hold time back.
    pub fn idle(&mut self, stream: StreamId) {
        let prepared = self.matcher.prepare_idle(stream, true);
        self.run(prepared);
    }

    /// The input is at its end.
    pub fn end(&mut self) {
        let prepared = self.matcher.prepare_advance(Watermark::MAX);
        self.run(prepared);
    }

    fn family(program: &Program, target: PatternId) -> &Family {
        &program.families()[program.pattern(target).family.index()]
    }

    fn run(&mut self, prepared: Prepared) {
        if self.stopped.is_some() {
            return;
        }
        let program = Arc::clone(self.matcher.program());
        let family = Self::family(&program, self.target);
        let before = self.rows.len();
        let mut late = HashSet::new();
        let mut next = Some(prepared);
        while let Some(prepared) = next.take() {
            if prepared.stratum == family.stratum {
                self.keep(family, &prepared);
            }
            let clocks = self.matcher.clocks[family.stratum].streams.clone();
            let target = self.target;
            let mut see = |_, output: Output<'_>| {
                if let Output::Late(row) = output
                    && row.pattern_id() == target
                {
                    late.insert((row.stream(), row.position()));
                }
            };
            let batches = prepared.batches.clone();
            let at = prepared.stratum;
            let (after, result) = self.matcher.apply_in_steps(prepared, &mut see);
            if at == family.stratum {
                let batches: Vec<_> = batches.iter().map(|rows| &*rows.batch).collect();
                self.set_apart(family, before, &late, &Clocks { clocks: &clocks, batches: &batches });
            }
            next = after;
            self.stopped = self.stopped.take().or(result.err());
        }
        self.pushed += 1;
    }

    /// Keeps the wanted rows of what the pattern reads.
    fn keep(&mut self, family: &Family, prepared: &Prepared) {
        let in_script = places_in_script(prepared);
        for (index, rows) in prepared.batches.iter().enumerate() {
            let batch = &rows.batch;
            let Some(input) = family.input_of(batch.stream()) else { continue };
            let first = prepared.batches.first().map_or(0, |rows| rows.batch.position(0));
            for row in 0..batch.len() {
                let stream = &mut self.streams[input];
                stream.events += 1;
                stream.greatest = stream.greatest.max(Some(batch.time(row)));
                let place = in_script.get(&(index, row)).copied();
                let (step, place) = place.unwrap_or_else(|| {
                    let step = batch.position(row).saturating_sub(first);
                    (u32::try_from(step).unwrap_or(u32::MAX), u32::try_from(index).unwrap_or(u32::MAX))
                });
                self.keep_row(&family.inputs[input].key, input, (batch, row), (self.pushed, step, place));
            }
        }
    }

    fn keep_row(&mut self, key: &[ColumnId], input: usize, (batch, row): (&EventBatch, usize), at: Arrival) {
        let Some(key) = self.key_of(key, batch, row) else { return };
        let builder = &mut self.inputs[input];
        for (index, column) in batch.columns().iter().enumerate() {
            let to = builder.column_mut(ColumnId::new(index));
            if !to.push(&column.get(row)) {
                to.push_null();
            }
        }
        builder.finish_row(batch.time(row), Watermark::MIN);
        builder.tag_last(batch.tag(row));
        let kept = GatheredRow { input, row: builder.len() - 1, key, position: batch.position(row) };
        self.rows.push((kept, at));
    }

    /// The place of a row's key, if it is wanted.
    fn key_of(&mut self, columns: &[ColumnId], batch: &EventBatch, row: usize) -> Option<u32> {
        let values = || columns.iter().map(|column| batch.column(*column).get(row));
        let is_wanted = match &self.wanted {
            Wanted::All => true,
            Wanted::Key(key) => {
                let same = |(own, wanted): (_, &Value)| {
                    compare(&own, &wanted.as_datum()).is_some_and(Ordering::is_eq)
                };
                values().zip(key).all(same)
            }
        };
        if !is_wanted && self.values.len() >= MOST_OTHER_KEYS {
            return None;
        }
        let owned: Vec<Value> = values().map(crate::event::Datum::into_value).collect();
        let known = self.keys.entry(format!("{owned:?}")).or_insert_with(|| {
            self.values.push(owned);
            u32::try_from(self.values.len() - 1).expect("fewer keys than 2^32")
        });
        is_wanted.then_some(*known)
    }

    /// Rows since a place that were late are no longer among the others.
    fn set_apart(
        &mut self,
        family: &Family,
        before: usize,
        late: &HashSet<(StreamId, u64)>,
        clocks: &Clocks<'_>,
    ) {
        if late.is_empty() {
            return;
        }
        let stream = |row: &GatheredRow| family.inputs[row.input].stream;
        for (row, _) in self.rows.extract_if(before.., |(row, _)| late.contains(&(stream(row), row.position)))
        {
            let watermark = clocks.before(family, stream(&row), row.position);
            self.late.push(LateRow { row, watermark });
        }
    }

    /// All that was gathered.
    #[must_use]
    pub fn finish(self) -> Gathered {
        let program = Arc::clone(self.matcher.program());
        let family = Self::family(&program, self.target);
        let batches: Vec<_> = self.inputs.into_iter().map(BatchBuilder::finish).collect();
        let ties: Vec<_> =
            family.inputs.iter().map(|input| &program.streams().get(input.stream).tie_break[..]).collect();
        let mut rows = self.rows;
        let tied =
            |row: &GatheredRow| Tied { batch: &batches[row.input], ties: ties[row.input], row: row.row };
        rows.sort_by(|(left, left_at), (right, right_at)| {
            let time = |row: &GatheredRow| batches[row.input].time(row.row);
            let by_time = time(left).cmp(&time(right));
            by_time.then_with(|| tied(left).order(tied(right))).then_with(|| left_at.cmp(right_at))
        });
        let rows: Vec<_> = rows.into_iter().map(|(row, _)| row).collect();
        let merge = self
            .matcher
            .merges
            .iter()
            .find(|merge| merge.families.contains(&program.pattern(self.target).family));
        let clocks = &self.matcher.clocks[family.stratum].streams;
        let streams = self.streams.into_iter().map(|stream| {
            let Clock { watermark, idle } = clocks[stream.stream.index()];
            GatheredStream { watermark, idle, ..stream }
        });
        Gathered {
            rows,
            late: self.late,
            keys: self.values,
            streams: streams.collect(),
            clock: merge.map_or(Watermark::MAX, |merge| merge.clock),
            stopped: self.stopped,
            batches: batches.into_iter().map(Arc::new).collect(),
        }
    }
}

/// Where rows stand in a script: the step, and the place in it. Of the first stratum that follows from positions.
fn places_in_script(prepared: &Prepared) -> HashMap<(usize, usize), (u32, u32)> {
    let mut places = HashMap::new();
    if prepared.stratum == 0 {
        return places;
    }
    for (place, item) in prepared.script.iter().enumerate() {
        if let What::Row { batch, row } = item.what {
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            places.insert((batch as usize, row as usize), (item.step, place));
        }
    }
    places
}

/// How far time had come before a call, and what the call brought.
struct Clocks<'a> {
    clocks: &'a [Clock],
    batches: &'a [&'a EventBatch],
}

impl Clocks<'_> {
    /// How far the time of a family had come before a row.
    fn before(&self, family: &Family, stream: StreamId, position: u64) -> Watermark {
        let own = self.batches.iter().find(|batch| batch.stream() == stream);
        let row = own.and_then(|batch| (0..batch.len()).find(|row| batch.position(*row) == position));
        let own = own.zip(row).map_or(Watermark::MIN, |(batch, row)| batch.watermark_before(row));
        let of = |input: StreamId| {
            let clock = self.clocks[input.index()];
            let shares = self.batches.iter().any(|batch| batch.stream() == input);
            Clock { watermark: if shares { clock.watermark.max(own) } else { clock.watermark }, ..clock }
        };
        let clocks = family.inputs.iter().map(|input| of(input.stream)).filter(|clock| !clock.idle);
        clocks.map(|clock| clock.watermark).min().unwrap_or(own)
    }
}
