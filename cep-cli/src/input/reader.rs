//! One input as batches of events of one stream, each row with the watermark in force before it.

use std::fmt;
use std::io::Read;
use std::sync::Arc;

use cep_core::event::{BatchBuilder, EventBatch, Schema, Watermarks};
use cep_core::ids::{ColumnId, StreamId};
use cep_core::pattern::StreamDef;
use cep_core::time::{Duration, Timestamp, Watermark};

use super::bad_rows::BadRows;
use super::batches::{ArrivalClock, BATCH_BYTES, BATCH_ROWS, TimeSource};
use super::block::Room;
use super::block::stride::Stride;
use super::bookmark::{Bookmark, Identity};
use super::buffer::Wait;
use super::entries::EntryRows;
use super::error::InputError;
use super::origin::{Origin, Pace};
use super::places;
use super::rows::{Rows, Step, times_of};
use super::silence::Silence;

/// Reads one input.
pub struct EventReader {
    rows: Rows,
    origin: Origin,
    stream: StreamId,
    schema: Arc<Schema>,
    time: TimeSource,
    watermarks: Watermarks,
    greatest: Option<Timestamp>,
    bad_rows: BadRows,
    row_count: u64,
    /// The bytes of a header.
    header: u64,
    identity: Option<Identity>,
    /// How long it may have nothing before others stop waiting for it; none where whoever reads for it tells.
    silence: Silence,
    /// The watermark that its stream has reached, whatever this input brings.
    floor: Watermark,
    state: State,
    /// The columns that nobody reads.
    left_out: Vec<ColumnId>,
    stride: Stride,
    /// The most rows of a batch.
    most_rows: usize,
    /// The input's place, where each row is to have its number ([`super::places`]).
    told_as: Option<usize>,
    /// Room to work in.
    times: Vec<Timestamp>,
}

#[derive(Debug)]
enum State {
    Reading,
    /// The rows before the error were handed out first.
    Failing(InputError),
    /// The error was handed out.
    Failed,
    Ended,
}

impl EventReader {
    /// Begins to read the events of a stream; a CSV header is read and matched at once.
    ///
    /// # Errors
    /// Where the input cannot be read, or its beginning is not that of such a file.
    pub fn open(
        input: impl Read + 'static,
        origin: Origin,
        stream: StreamId,
        definition: &StreamDef,
        clock: ArrivalClock,
    ) -> Result<Self, InputError> {
        let file = Arc::clone(&origin.file);
        let rows = Rows::open(Box::new(input), file, origin.format, &definition.schema)?;
        Ok(Self::of_rows(rows, Silence::Told, origin, stream, definition, clock))
    }

    /// Begins to read the events of a stream from a log.
    pub(super) fn of_log(
        entries: EntryRows,
        origin: Origin,
        stream: StreamId,
        definition: &StreamDef,
        clock: ArrivalClock,
    ) -> Self {
        let silence = Silence::timed(definition);
        Self::of_rows(Rows::Entries(entries), silence, origin, stream, definition, clock)
    }

    fn of_rows(
        rows: Rows,
        silence: Silence,
        origin: Origin,
        stream: StreamId,
        definition: &StreamDef,
        clock: ArrivalClock,
    ) -> Self {
        let schema = Arc::new(definition.schema.clone());
        let lateness = definition.time.as_ref().map_or(Duration(0), |time| time.lateness);
        let field = definition.time.as_ref().and_then(|time| schema.column(&time.field));
        Self {
            header: rows.bytes_read(),
            identity: None,
            silence,
            floor: Watermark::MIN,
            rows,
            bad_rows: BadRows::new(origin.on_bad_row.clone()),
            origin,
            stream,
            schema,
            time: field.map_or(TimeSource::Arrival(clock), TimeSource::Field),
            watermarks: Watermarks::bounded(lateness),
            greatest: None,
            row_count: 0,
            state: State::Reading,
            left_out: Vec::new(),
            stride: Stride::default(),
            most_rows: BATCH_ROWS,
            told_as: None,
            times: Vec::new(),
        }
    }

    /// Reads no values but those of some columns, the event time's among them: all others are null in every row, whatever
    /// the input says.
    #[must_use]
    pub fn only(mut self, read: &[ColumnId]) -> Self {
        let needed = |column: &ColumnId| {
            read.contains(column) || matches!(self.time, TimeSource::Field(time) if time == *column)
        };
        let columns = (0..self.schema.fields().len()).map(ColumnId::new);
        let (needed, left_out): (Vec<_>, Vec<_>) = columns.partition(needed);
        self.rows.only(&needed);
        self.left_out = left_out;
        self
    }

    /// Gives batches of no more than so many rows.
    #[must_use]
    pub(super) fn in_batches_of(mut self, rows: Option<usize>) -> Self {
        self.most_rows = rows.unwrap_or(BATCH_ROWS).clamp(1, BATCH_ROWS);
        self
    }

    /// Can be read again, as it is a file that begins like this.
    #[must_use]
    pub fn of_file(mut self, identity: Option<Identity>) -> Self {
        self.identity = identity;
        self
    }

    /// Goes on where reading ended: the input is the rest of what was read ([`Bookmark::go_on`]), or, if that cannot be had,
    /// whatever comes next.
    #[must_use]
    pub fn going_on(mut self, bookmark: &Bookmark) -> Self {
        if bookmark.identity.is_some() {
            self = self.standing_behind(bookmark);
        }
        if bookmark.ended && bookmark.identity.is_some() {
            self.state = State::Ended;
        }
        self.row_count = bookmark.rows;
        self.greatest = bookmark.greatest.map(Timestamp);
        self.greatest.map(|greatest| self.watermarks.observe(greatest));
        self
    }

    /// Counts bytes and lines from a bookmark on: the input is what comes behind it.
    #[must_use]
    pub(super) fn standing_behind(mut self, bookmark: &Bookmark) -> Self {
        self.rows.stand_behind(bookmark.bytes, bookmark.lines);
        self
    }

    /// How far it has been read.
    #[must_use]
    pub fn bookmark(&self) -> Bookmark {
        Bookmark {
            rows: self.row_count,
            bytes: self.bytes_read(),
            lines: self.rows.lines_read(),
            header: self.header,
            greatest: self.greatest.map(|time| time.0),
            ended: self.is_ended(),
            identity: self.identity,
            mark: self.rows.mark(),
        }
    }

    /// Takes no more than so many records in one go, and with 0 each by itself. What comes of it is the same, so this is for
    /// tests that see to that.
    #[must_use]
    pub fn taking_at_most(mut self, records: usize) -> Self {
        self.stride = Stride::up_to(records);
        self
    }

    /// Gives each row the number of its place; each is then read by itself.
    pub(super) fn tell_places(&mut self, input: usize) {
        (self.told_as, self.stride) = (Some(input), Stride::up_to(0));
    }

    /// The next batch, or nothing at the end of the input or while a live one is silent. Its rows are numbered from `first_position`; `others` is the
    /// watermark of the stream's other inputs, which holds this one's back.
    ///
    /// # Errors
    /// Once, after all rows before it: the input cannot be read further, or a row is bad. Then there is nothing more.
    pub fn next_batch(
        &mut self,
        first_position: u64,
        others: Watermark,
    ) -> Option<Result<EventBatch, InputError>> {
        let mut batch = BatchBuilder::new(self.stream, Arc::clone(&self.schema), first_position);
        self.left_out.iter().for_each(|column| batch.leave_out(*column));
        let full_at = self.bytes_read() + BATCH_BYTES;
        while matches!(self.state, State::Reading) && !self.is_full(&batch, full_at) {
            self.take_rows(&mut batch, full_at, others);
            if self.is_full(&batch, full_at) {
                break;
            }
            let wait = self.wait(&batch);
            match self.rows.read_row(&mut batch, wait) {
                Ok(Step::Row) => self.finish_rows(&mut batch, 1, others),
                Ok(Step::End) => self.state = State::Ended,
                Ok(Step::NotYet) => break,
                Err(error) => {
                    batch.abandon_row();
                    let admitted = self.bad_rows.admit(error, || self.rows.raw());
                    admitted.unwrap_or_else(|error| self.state = State::Failing(error));
                }
            }
        }
        // Before the rows behind them go anywhere.
        if let Err(error) = self.bad_rows.sync() {
            self.state = State::Failed;
            return Some(Err(error));
        }
        self.silence.heed(batch.is_empty());
        if batch.is_empty() { self.take_error().map(Err) } else { Some(Ok(batch.finish())) }
    }

    /// Whether an input that has nothing has had nothing for so long that others are not to wait for it.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.silence.is_long()
    }

    /// Its stream has reached a watermark without it: what comes behind that is late.
    pub fn stay_behind(&mut self, reached: Watermark) {
        self.floor = self.floor.max(reached);
    }

    fn is_full(&self, batch: &BatchBuilder, full_at: u64) -> bool {
        batch.len() >= self.most_rows || (!batch.is_empty() && self.bytes_read() >= full_at)
    }

    fn wait(&self, batch: &BatchBuilder) -> Wait {
        match self.origin.pace {
            Pace::Live if !batch.is_empty() => Wait::No,
            Pace::Live | Pace::Full => Wait::ForMore,
        }
    }

    /// Appends all rows that are there and as usual.
    fn take_rows(&mut self, batch: &mut BatchBuilder, full_at: u64, others: Watermark) {
        let bytes = full_at.saturating_sub(self.bytes_read());
        let room = Room {
            rows: self.most_rows - batch.len(),
            bytes: usize::try_from(bytes).expect("a batch is smaller than memory"),
        };
        let rows = self.rows.take_rows(batch, room, &mut self.stride);
        self.finish_rows(batch, rows, others);
    }

    fn finish_rows(&mut self, batch: &mut BatchBuilder, rows: usize, others: Watermark) {
        self.times.clear();
        match &mut self.time {
            TimeSource::Arrival(clock) => self.times.extend((0..rows).map(|_| clock())),
            TimeSource::Field(column) => self.times.extend(times_of(batch, *column)),
        }
        debug_assert_eq!(self.times.len(), rows, "each row has its time");
        self.greatest = self.greatest.max(self.times.iter().max().copied());
        self.row_count += rows as u64;
        let (watermarks, floor) = (&mut self.watermarks, self.floor);
        batch.finish_rows(&self.times, |time| watermarks.observe(time).min(others).max(floor));
        let tag = |input| places::tag(input, self.rows.lines_read());
        self.told_as.into_iter().for_each(|input| batch.tag_last(tag(input)));
    }

    fn take_error(&mut self) -> Option<InputError> {
        if !matches!(self.state, State::Failing(_)) {
            return None;
        }
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Failing(error) => Some(error),
            State::Reading | State::Failed | State::Ended => None,
        }
    }

    /// Whether there may be more: nothing now means that a live input is silent.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        matches!(self.state, State::Reading)
    }

    /// Whether the end of the input was reached.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// The stream the events belong to.
    #[must_use]
    pub fn stream(&self) -> StreamId {
        self.stream
    }

    /// The file as the user named it.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.origin.file
    }

    /// Whether what has arrived is handed on at once.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.origin.pace
    }

    /// The greatest event time so far.
    #[must_use]
    pub fn greatest_time(&self) -> Option<Timestamp> {
        self.greatest
    }

    /// The watermark after all rows so far; the end of time once the input has ended.
    #[must_use]
    pub fn watermark(&self) -> Watermark {
        if self.is_ended() { Watermark::MAX } else { self.watermarks.current() }
    }

    /// The watermark after all rows so far, whether or not there are more.
    #[must_use]
    pub fn reached(&self) -> Watermark {
        self.watermarks.current()
    }

    /// The watermark if nothing more is read: an event at the time that this one reaches would still have been on time,
    /// but behind those of its time that are here.
    #[must_use]
    pub fn settled(&self) -> Watermark {
        let reached = self.watermark();
        self.greatest.map_or(reached, |_| Watermark(reached.0.saturating_add(1)))
    }

    /// How many rows were good.
    #[must_use]
    pub fn rows_read(&self) -> u64 {
        self.row_count
    }

    /// How many bytes of the input the rows so far take.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.rows.bytes_read()
    }

    /// The rows that were skipped.
    #[must_use]
    pub fn bad_rows(&self) -> &BadRows {
        &self.bad_rows
    }
}

/// All batches in order, where the stream has no other input.
impl Iterator for EventReader {
    type Item = Result<EventBatch, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_batch(self.row_count, Watermark::MAX)
    }
}

impl fmt::Debug for EventReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventReader")
            .field("origin", &self.origin)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
