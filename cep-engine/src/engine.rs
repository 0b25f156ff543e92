//! The engine: a program over a store.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use cep_core::event::EventBatch;
use cep_core::ids::StreamId;
use cep_core::matcher::{PatternStats, Prepared};
use cep_core::program::Program;
use cep_core::runtime::RecordCodec;
use cep_core::time::{Timestamp, Watermark};

use crate::error::EngineError;
use crate::flight::{Commit, Flight, Released};
use crate::group::{Group, Render};
use crate::memory::Looks;
use crate::options::Options;
use crate::position::{Position, Vector};
use crate::quarantine::SetAside;
use crate::sabotage::Sabotage;
use crate::sharing::{Sharing, share};
use crate::store::{GroupId, StateStore, Version};

/// Runs a program whose state a store keeps. See the [crate](crate) for what it promises.
///
/// Once a call has failed, or its future was dropped before it ended, the engine has stopped: it is to be dropped and opened
/// again.
pub struct Engine<S> {
    pub(crate) store: Arc<S>,
    pub(crate) program: Arc<Program>,
    pub(crate) options: Options,
    pub(crate) codec: RecordCodec,
    pub(crate) groups: Vec<Group>,
    pub(crate) render: Render,
    /// How far the sources are: the same for all groups once those behind have caught up.
    pub(crate) vector: Vector,
    /// The streams that do not hold time back as they are silent.
    pub(crate) idle: BTreeSet<StreamId>,
    pub(crate) flight: Flight,
    pub(crate) has_stopped: bool,
    /// Whether anything has happened since the last commit.
    pub(crate) is_changed: bool,
    /// Rows since the last commit.
    pub(crate) rows: u64,
    /// When memory is looked at.
    pub(crate) looks: Looks,
    /// The caller's time of the last commit.
    pub(crate) committed_at: Option<Duration>,
}

impl<S: StateStore> Engine<S> {
    /// Takes a batch of a source's rows; `after` is the position behind the last of them. Rows that a group has applied
    /// already, before the process was last ended, are skipped there. Nothing is committed before [`Engine::tick`] or
    /// [`Engine::commit`]: the watermark behind the rows belongs to their position as well.
    ///
    /// # Errors
    /// Where the store fails or a pattern asks for the run to stop.
    pub async fn push(
        &mut self,
        batch: EventBatch,
        source: &str,
        after: Position,
    ) -> Result<(), EngineError> {
        self.begin()?;
        let rows = batch.len();
        let first = after.rows.saturating_sub(rows as u64);
        self.idle.remove(&batch.stream());
        let result = self.push_rows(batch, source, first).await;
        let result = match result {
            Ok(()) => self.come_to(source, after).await,
            failed => {
                self.vector.insert(source.to_owned(), after);
                failed
            }
        };
        self.end_step(result).await?;
        self.is_changed = true;
        self.rows += rows as u64;
        self.looks.count(rows);
        Ok(())
    }

    async fn push_rows(&mut self, batch: EventBatch, source: &str, first: u64) -> Result<(), EngineError> {
        let Self { store, codec, groups, render, program, options, .. } = self;
        let count = u16::try_from(groups.len()).expect("a namespace has at most 65,535 groups");
        let is_new = |group: &Group| group.seen(source, first, batch.len()) == 0;
        if groups.iter().all(is_new) || options.breaks(Sabotage::ApplyAgain) {
            let prepared = groups[0].matcher.prepare(batch);
            let sharing = Sharing { store: &**store, codec, program, options };
            return share(sharing, groups, |_| true, render, prepared).await;
        }
        for group in groups {
            let skip = group.seen(source, first, batch.len());
            if skip < batch.len() {
                let prepared = group.prepare_tail(&batch, skip);
                let own = prepared.split(program, count).swap_remove(usize::from(group.id.0));
                group.live_through(&**store, codec, own, render, options).await?;
            }
        }
        Ok(())
    }

    /// A source is farther. Groups that were ahead and are no more have missed which streams are idle.
    async fn come_to(&mut self, source: &str, after: Position) -> Result<(), EngineError> {
        let behind = if self.idle.is_empty() { Vector::new() } else { self.vector.clone() };
        self.vector.insert(source.to_owned(), after);
        let Self { store, codec, groups, render, program, options, vector, idle, .. } = self;
        for stream in idle.iter() {
            let prepared = groups[0].matcher.prepare_idle(*stream, true);
            let sharing = Sharing { store: &**store, codec, program, options };
            let caught_up = |group: &Group| group.is_ahead(&behind) && !group.is_ahead(vector);
            share(sharing, groups, caught_up, render, prepared).await?;
        }
        Ok(())
    }

    /// Time reaches a watermark on one stream and those derived from it.
    ///
    /// # Errors
    /// As [`Engine::push`].
    pub async fn advance_stream(&mut self, stream: StreamId, to: Watermark) -> Result<(), EngineError> {
        if to == Watermark::MAX {
            self.end_by_steps(Some(stream)).await?;
        }
        let prepared = self.groups[0].matcher.prepare_advance_stream(stream, to);
        self.happen(prepared).await
    }

    /// A stream without events does, or does no longer, hold time back.
    ///
    /// # Errors
    /// As [`Engine::push`].
    pub async fn set_idle(&mut self, stream: StreamId, idle: bool) -> Result<(), EngineError> {
        if idle {
            self.idle.insert(stream);
        } else {
            self.idle.remove(&stream);
        }
        let prepared = self.groups[0].matcher.prepare_idle(stream, idle);
        self.happen(prepared).await
    }

    /// All sources have come to their end: every window closes. All there is is committed.
    ///
    /// # Errors
    /// As [`Engine::push`].
    pub async fn finish(&mut self) -> Result<(), EngineError> {
        self.end_by_steps(None).await?;
        let prepared = self.groups[0].matcher.prepare_advance(Watermark::MAX);
        self.happen(prepared).await?;
        self.groups.iter_mut().for_each(|group| group.state.ended = true);
        self.commit().await?;
        self.settle().await
    }

    /// Lets time come near its end step by step where the store alone has more keys than memory has room for: each has to be
    /// in memory when its window closes.
    async fn end_by_steps(&mut self, stream: Option<StreamId>) -> Result<(), EngineError> {
        if self.options.memory.is_none() {
            return Ok(());
        }
        let mut reached = None;
        loop {
            let first = self.first_deadlines().await;
            self.has_stopped |= first.is_err();
            // Deadlines that have passed stand in the store until the next commit.
            let Some(to) = first?.filter(|step| reached.is_none_or(|reached| *step > reached)) else {
                return Ok(());
            };
            let (matcher, to_step) = (&self.groups[0].matcher, Watermark(to.0));
            let prepared = match stream {
                Some(stream) => matcher.prepare_advance_stream(stream, to_step),
                None => matcher.prepare_advance(to_step),
            };
            self.happen(prepared).await?;
            reached = Some(to);
            self.commit().await?;
            self.settle().await?;
            self.looks.hurry();
            self.mind_memory().await?;
        }
    }

    async fn first_deadlines(&self) -> Result<Option<Timestamp>, EngineError> {
        let mut first = None;
        for group in &self.groups {
            let of_group = group.first_deadlines(&*self.store).await?;
            first = first.into_iter().chain(of_group).min();
        }
        Ok(first)
    }

    async fn happen(&mut self, prepared: Prepared) -> Result<(), EngineError> {
        self.begin()?;
        self.is_changed = true;
        let Self { store, codec, groups, render, program, options, vector, .. } = self;
        let sharing = Sharing { store: &**store, codec, program, options };
        // What is news to those that catch up is none to those that are ahead.
        let result = share(sharing, groups, |group| !group.is_ahead(vector), render, prepared).await;
        self.end_step(result).await
    }

    /// A step ends. Where a pattern has asked for the run to stop, what was found before is committed.
    async fn end_step(&mut self, result: Result<(), EngineError>) -> Result<(), EngineError> {
        if matches!(result, Err(EngineError::Pattern(_)))
            && let Err(error) = self.commit_early().await
        {
            return self.end(Err(error));
        }
        self.end(result)
    }

    /// To be called where all that belongs to the positions told so far has been told: commits if enough rows or time have
    /// gone by, and leaves to the store what memory has no room for. `now` is of whatever clock that never goes back.
    ///
    /// # Errors
    /// As [`Engine::push`].
    pub async fn tick(&mut self, now: Duration) -> Result<(), EngineError> {
        self.begin()?;
        let result = self.flight.progress().await.map_err(EngineError::from);
        self.end(result)?;
        let last = *self.committed_at.get_or_insert(now);
        let is_time = now.saturating_sub(last) >= self.options.commit_interval;
        if is_time {
            self.committed_at = Some(now);
        }
        if self.rows >= self.options.commit_rows || (is_time && self.is_changed) {
            self.commit().await?;
        }
        self.mind_memory().await
    }

    /// Starts to commit what has happened; waits only where too many commits are on their way.
    ///
    /// # Errors
    /// As [`Engine::push`].
    pub async fn commit(&mut self) -> Result<(), EngineError> {
        self.begin()?;
        let result = self.start_round().await;
        self.end(result)
    }

    async fn start_round(&mut self) -> Result<(), EngineError> {
        self.flight.wait_for(self.options.rounds_in_flight.saturating_sub(1)).await?;
        let (mut commits, mut outputs): (Vec<Commit>, _) = (Vec::new(), Vec::new());
        for group in &mut self.groups {
            let (id, expected) = (group.id, group.version);
            let (changes, released) = group.take_changes(&self.codec, &self.vector, &self.options);
            let store = Arc::clone(&self.store);
            commits.push(Box::pin(async move { store.commit(id, expected, changes).await }));
            outputs.extend(released);
        }
        (self.rows, self.is_changed) = (0, false);
        if self.options.breaks(Sabotage::ReleaseEarly) {
            self.flight.release(std::mem::take(&mut outputs));
        }
        Ok(self.flight.start(commits, outputs).await?)
    }

    /// Waits until all commits have arrived.
    ///
    /// # Errors
    /// As [`Engine::push`].
    pub async fn settle(&mut self) -> Result<(), EngineError> {
        self.begin()?;
        let result = self.flight.wait_for(0).await.map_err(EngineError::from);
        self.end(result)
    }

    /// Leaves to the store what memory has no room for.
    async fn mind_memory(&mut self) -> Result<(), EngineError> {
        let Some(limit) = self.options.memory else { return Ok(()) };
        if !self.looks.is_due(self.options.rows_a_look) {
            return Ok(());
        }
        let used: usize = self.groups.iter().map(|group| group.matcher.memory()).sum();
        if used <= limit {
            self.looks.looked(used, used, limit);
            return Ok(());
        }
        // Only what the store has for sure may go.
        if !self.options.breaks(Sabotage::EvictUnsaved) {
            self.commit().await?;
            self.settle().await?;
        }
        let excess = used - limit / 4 * 3;
        let share = excess.div_ceil(self.groups.len());
        let freed: usize = self.groups.iter_mut().map(|group| group.matcher.evict_bytes(share)).sum();
        self.looks.looked(used, used.saturating_sub(freed), limit);
        Ok(())
    }

    /// The outputs that are committed and have not been taken yet, in order.
    #[must_use]
    pub fn take_released(&mut self) -> Vec<Released> {
        self.flight.take_released()
    }

    /// Every consumer has the outputs of a group below a number: the store may forget them.
    ///
    /// # Errors
    /// As [`Engine::push`].
    pub async fn trim(&mut self, group: GroupId, below: u64) -> Result<(), EngineError> {
        self.begin()?;
        let Group { version: Version { epoch, .. }, outputs_before, .. } = self.groups[usize::from(group.0)];
        let below = below.saturating_sub(outputs_before);
        let result = self.store.trim(group, epoch, below).await.map_err(EngineError::from);
        self.end(result)
    }

    /// The outputs of a group that are committed and not trimmed, from a number on, at most so many.
    ///
    /// # Errors
    /// As [`Engine::push`].
    pub async fn outbox(
        &self,
        group: GroupId,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Released>, EngineError> {
        let before = self.groups[usize::from(group.0)].outputs_before;
        let outputs = self.store.outbox(group, from.saturating_sub(before), limit).await?;
        let released = |(number, bytes)| Released { group, number: before + number, bytes };
        Ok(outputs.into_iter().map(released).collect())
    }

    /// How far the sources are.
    #[must_use]
    pub fn vector(&self) -> &Vector {
        &self.vector
    }

    /// What has happened so far, over all groups, by pattern id.
    #[must_use]
    pub fn stats(&self) -> Vec<PatternStats> {
        let mut stats = self.groups[0].matcher.stats().to_vec();
        for group in &self.groups[1..] {
            for (sum, more) in stats.iter_mut().zip(group.matcher.stats()) {
                // Every group sees the late rows of all.
                sum.matches += more.matches;
                sum.timeouts += more.timeouts;
                sum.dropped += more.dropped;
            }
        }
        stats
    }

    /// The records that were set aside since that was last asked.
    #[must_use]
    pub fn take_set_aside(&mut self) -> Vec<SetAside> {
        self.groups.iter_mut().flat_map(|group| group.quarantine.take_untold()).collect()
    }

    /// The records that have ever been set aside, and the rows of their keys that have been diverted up to the last commit.
    #[must_use]
    pub fn quarantine(&self) -> (u64, u64) {
        let states = || self.groups.iter().map(|group| &group.state);
        (states().map(|state| state.aside).sum(), states().map(|state| state.diverted).sum())
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// A call begins. Until it has ended well the engine counts as stopped: its future may be dropped half-way.
    fn begin(&mut self) -> Result<(), EngineError> {
        if std::mem::replace(&mut self.has_stopped, true) { Err(EngineError::Stopped) } else { Ok(()) }
    }

    /// A call ends.
    fn end<T>(&mut self, result: Result<T, EngineError>) -> Result<T, EngineError> {
        let arrived = self.flight.take_arrived();
        self.groups.iter_mut().for_each(|group| group.known.seq += arrived);
        self.has_stopped = result.is_err() && !self.options.breaks(Sabotage::KeepMemory);
        result
    }
}

impl<S> std::fmt::Debug for Engine<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("options", &self.options)
            .field("vector", &self.vector)
            .field("flight", &self.flight)
            .finish_non_exhaustive()
    }
}
