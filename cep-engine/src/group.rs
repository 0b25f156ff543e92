//! One group: a matcher with the keys of its range, and what the store knows of them.

use bytes::Bytes;
use cep_core::event::EventBatch;
use cep_core::matcher::{Matcher, Output, Prepared, RecordKey, WaitingChunk};
use cep_core::program::Program;
use cep_core::runtime::RecordCodec;
use cep_core::time::{Timestamp, Watermark};

use crate::early::Early;
use crate::error::EngineError;
use crate::flight::Released;
use crate::header::GroupState;
use crate::keys;
use crate::options::Options;
use crate::position::{Vector, greatest};
use crate::quarantine::Quarantine;
use crate::sabotage::Sabotage;
use crate::segments::Segments;
use crate::store::{Changes, Due, FARTHEST_DEADLINE, GroupId, Put, StateStore, Version};

/// How many due keys are asked for at once.
const DUE_AT_ONCE: usize = 1024;

/// Makes what goes to the outbox of an output: as many entries as it calls its last argument with.
pub type Render = Box<dyn FnMut(Output<'_>, &mut dyn FnMut(Bytes)) + Send>;

/// A group at work.
pub(crate) struct Group {
    pub(crate) id: GroupId,
    pub(crate) matcher: Matcher,
    /// What the next commit expects.
    pub(crate) version: Version,
    /// What the store has for sure: it is read with this.
    pub(crate) known: Version,
    pub(crate) state: GroupState,
    /// The outputs since the last commit.
    pub(crate) outputs: Vec<Bytes>,
    /// The number that the store gives to the next of them, and how many there were before the store's first.
    pub(crate) next_outbox: u64,
    pub(crate) outputs_before: u64,
    pub(crate) early: Early,
    /// Rows that arrived before this are in chunks, as far as they wait.
    pub(crate) saved: u64,
    pub(crate) segments: Segments,
    pub(crate) quarantine: Quarantine,
    /// The chunks of waiting rows that are still needed, by number.
    pub(crate) chunks: Vec<(u64, WaitingChunk)>,
}

impl Group {
    /// Lets prepared work happen; its outputs wait for the next commit.
    pub(crate) async fn live_through<S: StateStore>(
        &mut self,
        store: &S,
        codec: &RecordCodec,
        prepared: Prepared,
        render: &mut Render,
        options: &Options,
    ) -> Result<(), EngineError> {
        let mut found: Vec<(u32, usize, Bytes)> = Vec::new();
        let mut next = Some(prepared);
        let mut stopped = Ok(());
        // The first group tells of late rows, for all: the clocks of all agree.
        let tells_late = self.id == GroupId(0);
        while let Some(prepared) = next.take() {
            self.bring(store, codec, &prepared, options).await?;
            let stratum = prepared.stratum();
            let result = self.matcher.apply_by_step(prepared, |step, output| {
                if tells_late || !matches!(output, Output::Late(_)) {
                    render(output, &mut |bytes| found.push((step, stratum, bytes)));
                }
            });
            match result {
                Ok(more) => next = more,
                Err(error) => stopped = Err(error),
            }
        }
        // Strata run one after the other; their outputs are in the order of steps.
        found.sort_by_key(|(step, stratum, _)| (*step, *stratum));
        let found = found.into_iter().map(|(_, _, bytes)| bytes);
        self.outputs.extend(found.filter(|bytes| !self.early.has(bytes)));
        Ok(stopped?)
    }

    /// Brings what work will touch from the store.
    async fn bring<S: StateStore>(
        &mut self,
        store: &S,
        codec: &RecordCodec,
        prepared: &Prepared,
        options: &Options,
    ) -> Result<(), EngineError> {
        if self.matcher.elsewhere() == 0 {
            return Ok(());
        }
        let until = prepared.until();
        if self.matcher.may_be_due(until) && !options.breaks(Sabotage::ForgetDue) {
            self.bring_due(store, codec, until, options).await?;
        }
        if options.breaks(Sabotage::ForgetStored) {
            return Ok(());
        }
        let missing = self.matcher.missing(prepared);
        self.bring_keys(store, codec, &missing, options).await
    }

    /// Brings all keys with deadlines that a watermark reaches.
    async fn bring_due<S: StateStore>(
        &mut self,
        store: &S,
        codec: &RecordCodec,
        until: Watermark,
        options: &Options,
    ) -> Result<(), EngineError> {
        let mut after = None;
        loop {
            let farthest = Timestamp(FARTHEST_DEADLINE);
            let page = store.due(self.id, Some(self.known), farthest, after, DUE_AT_ONCE).await?;
            let next = page.items.iter().find(|due| !until.reached(due.deadline)).map(|due| due.deadline);
            let due: Vec<_> = page.items.into_iter().take_while(|due| until.reached(due.deadline)).collect();
            let keys = due.iter().filter_map(|due| self.key_elsewhere(due).transpose());
            let keys = keys.collect::<Result<Vec<_>, _>>()?;
            self.bring_keys(store, codec, &keys, options).await?;
            if next.is_some() || page.next.is_none() {
                self.matcher.none_due_before(next);
                return Ok(());
            }
            after = page.next;
        }
    }

    /// A moment by which no more keys are due that the store has than are loaded at once; none where that is so of all.
    pub(crate) async fn first_deadlines<S: StateStore>(
        &self,
        store: &S,
    ) -> Result<Option<Timestamp>, EngineError> {
        let page =
            store.due(self.id, Some(self.known), Timestamp(FARTHEST_DEADLINE), None, DUE_AT_ONCE).await?;
        Ok(page.next.map(|last| last.deadline))
    }

    /// The record key of a due entry whose state is not here. One that went since the last commit that has arrived still is in
    /// the store, and must not come back.
    fn key_elsewhere(&self, due: &Due) -> Result<Option<RecordKey>, EngineError> {
        let key = record_key(self.matcher.program(), &due.key)?;
        Ok(key.filter(|key| self.matcher.is_elsewhere(key) && !self.matcher.diverts(key)))
    }

    async fn bring_keys<S: StateStore>(
        &mut self,
        store: &S,
        codec: &RecordCodec,
        keys: &[RecordKey],
        options: &Options,
    ) -> Result<(), EngineError> {
        if keys.is_empty() {
            return Ok(());
        }
        let program = self.matcher.program().clone();
        let names: Vec<_> = keys.iter().map(|key| keys::record(&key.to_bytes(&program))).collect();
        let values = store.load(self.id, Some(self.known), &names).await?;
        for ((key, name), value) in keys.iter().zip(&names).zip(values) {
            let Some(value) = value else {
                self.matcher.provide(key, None);
                continue;
            };
            if let Some(state) = self.read(store, codec, options, (key, name, value)).await? {
                self.matcher.provide(key, Some(state));
            }
        }
        Ok(())
    }

    /// A record as it was encoded, put together if it is in pieces.
    pub(crate) async fn whole<S: StateStore>(
        &mut self,
        store: &S,
        name: &Bytes,
        value: Bytes,
    ) -> Result<Bytes, EngineError> {
        self.segments.whole(store, self.id, Some(self.known), name, value).await
    }

    /// What has changed since the last commit, and the outputs it releases. The group's version is that after it.
    pub(crate) fn take_changes(
        &mut self,
        codec: &RecordCodec,
        vector: &Vector,
        options: &Options,
    ) -> (Changes, Vec<Released>) {
        let mut changes = Changes { first_outbox: self.next_outbox, ..Changes::default() };
        let program = self.matcher.program().clone();
        let (segments, mut key, mut value) = (&mut self.segments, vec![keys::RECORD], Vec::new());
        self.matcher.take_changes(|changed| {
            key.truncate(1);
            changed.write_key(&program, &mut key);
            let key = Bytes::copy_from_slice(&key);
            if changed.is_gone() {
                return segments.delete(key, &mut changes);
            }
            value.clear();
            changed.encode(codec, &mut value);
            let value = Bytes::copy_from_slice(&value);
            let deadline = changed
                .deadline
                .filter(|deadline| deadline.0.unsigned_abs() <= FARTHEST_DEADLINE.unsigned_abs());
            segments.put(Put { key, deadline, value }, &mut changes);
        });
        if !options.breaks(Sabotage::ForgetWaiting) {
            self.take_waiting(&mut changes);
        }
        self.take_aside(&mut changes);
        let applied = greatest(&self.state.vector, vector);
        if !options.breaks(Sabotage::LatePositions) {
            self.state.vector.clone_from(&applied);
        }
        self.state.clocks.clear();
        self.matcher.save_clocks(&mut self.state.clocks);
        self.state.early = self.early.save(&self.state.vector);
        changes.state = self.state.encode().into();
        self.state.vector = applied;
        let released = self.release(&mut changes);
        (changes, released)
    }

    /// The outputs since the last commit, to be committed without what they come of: that was not done to its end, and will be
    /// done again, by `until` at the latest. None where there are none.
    pub(crate) fn take_early(&mut self, until: &Vector) -> Option<(Changes, Vec<Released>)> {
        if self.outputs.is_empty() {
            return None;
        }
        self.early.add(self.outputs.iter().map(|bytes| &**bytes), until);
        self.state.early = self.early.save(&self.state.vector);
        let mut changes = Changes { state: self.state.encode().into(), ..Changes::default() };
        changes.first_outbox = self.next_outbox;
        let released = self.release(&mut changes);
        Some((changes, released))
    }

    /// The outputs since the last commit go with a commit.
    fn release(&mut self, changes: &mut Changes) -> Vec<Released> {
        changes.outbox = std::mem::take(&mut self.outputs);
        let numbered = (self.outputs_before + self.next_outbox..).zip(&changes.outbox);
        let released =
            |(number, bytes): (u64, &Bytes)| Released { group: self.id, number, bytes: bytes.clone() };
        let outputs: Vec<_> = numbered.map(released).collect();
        self.next_outbox += outputs.len() as u64;
        self.version = self.version.next();
        outputs
    }

    /// The rows that wait for the watermark and are in no chunk yet; chunks with nothing that waits go.
    fn take_waiting(&mut self, changes: &mut Changes) {
        let matcher = &self.matcher;
        let over = self.chunks.extract_if(.., |(_, chunk)| matcher.waiting_done(chunk));
        changes.deletes.extend(over.map(|(number, _)| keys::waiting(number)));
        let mut value = Vec::new();
        if let Some(chunk) = matcher.save_waiting(self.saved, &mut value) {
            let number = self.state.next_chunk;
            self.state.next_chunk += 1;
            self.chunks.push((number, chunk));
            changes.puts.push(Put { key: keys::waiting(number), deadline: None, value: value.into() });
        }
        self.state.chunks = self.chunks.iter().map(|(number, _)| *number).collect();
        self.saved = matcher.arrived();
    }

    /// Whether the group has applied more than is being read again now: time that passes there has passed here.
    pub(crate) fn is_ahead(&self, vector: &Vector) -> bool {
        let read = |source: &String| vector.get(source).map_or(0, |position| position.rows);
        self.state.vector.iter().any(|(source, position)| position.rows > read(source))
    }

    /// How many rows of a batch the group has applied, where `first` is the number of its first row in the source.
    pub(crate) fn seen(&self, source: &str, first: u64, rows: usize) -> usize {
        let seen = self.state.vector.get(source).map_or(0, |position| position.rows);
        usize::try_from(seen.saturating_sub(first)).map_or(rows, |skip| skip.min(rows))
    }

    /// Work in which only the rows of a batch from a place on happen.
    pub(crate) fn prepare_tail(&self, batch: &EventBatch, from: usize) -> Prepared {
        self.matcher.prepare(batch.tail(from))
    }
}

/// The record key that an entry is under; none for a family that the program does not have.
pub(crate) fn record_key(program: &Program, key: &[u8]) -> Result<Option<RecordKey>, EngineError> {
    let place = || format!("under key {}", key.escape_ascii());
    match key.split_first() {
        Some((&keys::RECORD, rest)) => RecordKey::from_bytes(program, rest)
            .map_err(|error| EngineError::Corrupt { place: place(), why: error.to_string() }),
        _ => Err(EngineError::Corrupt { place: place(), why: "it is no key of a record".to_owned() }),
    }
}
