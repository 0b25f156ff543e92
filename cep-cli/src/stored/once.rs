//! One opening of the store, and the input from where the state is.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cep_core::matcher::Output;
use cep_core::time::Watermark;
use cep_engine::store::{GroupId, StateStore};
use cep_engine::{Engine, EngineError, Position, Released, Render, Resume, SetAside};

use super::job::{Job, Ran, StoredFailure};
use super::switch::{Asked, Next, Ready};
use crate::input::{Bindings, Bookmark, Delivered, Delivery, Pulled, ReadAhead, Tally, open_streams_at};
use crate::output::{Lines, Renderer};
use crate::sink::{Sink, SinkError};

/// How many outputs are taken out of an outbox at once.
const OUTPUTS_AT_ONCE: usize = 4096;

/// How long a silent input is waited for before commits are looked after.
const LOOK: Duration = Duration::from_millis(20);

/// What a pass works on.
pub(super) struct Pass<'a, S, T> {
    pub(super) job: &'a mut Job<S>,
    pub(super) ran: &'a mut Ran,
    pub(super) tell: &'a mut T,
    /// Whether all could be opened.
    pub(super) begun: bool,
    /// Whether anything was committed.
    pub(super) progressed: bool,
    /// A program that is to take over.
    pub(super) next: &'a mut Option<Next>,
    /// The same once it may.
    pub(super) ready: &'a mut Option<Box<Ready>>,
    /// What is to be told once it has.
    pub(super) news: &'a mut Option<String>,
}

/// Why a pass ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ended {
    /// All inputs are at their end, or it was asked to stop.
    Input,
    /// Another program takes over.
    Changed,
}

/// A pass with everything open.
pub(super) struct Once<S> {
    engine: Engine<S>,
    sink: Box<dyn Sink>,
    sources: Vec<String>,
    /// Whether windows stay open when the input ends.
    pauses: bool,
    started: Instant,
}

impl<S: StateStore> Once<S> {
    pub(super) async fn run<T: FnMut(&Tally)>(pass: &mut Pass<'_, S, T>) -> Result<Ended, StoredFailure> {
        let (mut once, resume) = Self::open(pass).await?;
        let mut inputs = once.open_inputs(pass.job, &resume)?;
        pass.begun = true;
        let mut result = once.read(&mut inputs, pass).await;
        once.tell_set_aside(pass);
        if let Err(StoredFailure::Engine(EngineError::Pattern(_))) = result {
            // What was found before is committed; the outbox is looked after by whoever comes next.
            let released = once.engine.take_released();
            result = once.sink.put(&released).await.map_err(StoredFailure::from).and(result);
        }
        pass.ran.stats = once.engine.stats();
        pass.ran.program = Some(once.engine.program().clone());
        pass.ran.quarantine = once.engine.quarantine();
        result
    }

    async fn open<T>(pass: &mut Pass<'_, S, T>) -> Result<(Self, Resume), StoredFailure> {
        let job = &mut *pass.job;
        let (engine, resume) =
            Engine::open(job.store.clone(), job.given.clone(), job.options, render(job.renderer.clone()))
                .await?;
        if let Some(news) = pass.news.take() {
            (job.tell)(&format!("the patterns have changed: {news}"));
        }
        if !resume.is_new && !job.resume {
            return Err(StoredFailure::StateIsThere);
        }
        if resume.ended {
            (job.warn)(
                "the earlier run came to the end of its input, where all windows closed: what has been appended since is \
                 late (`--pause` would have left them open)",
            );
        }
        let id: String = resume.id.iter().map(|byte| format!("{byte:02x}")).collect();
        let sink = (job.open_sink)(&id).await?;
        let sources = job.bindings.sources(job.given.program.definitions());
        let pauses = job.pause;
        let mut once = Self { engine, sink, sources, pauses, started: Instant::now() };
        once.drain(&resume).await?;
        Ok((once, resume))
    }

    /// What was committed before and has not been taken is taken now.
    async fn drain(&mut self, resume: &Resume) -> Result<(), StoredFailure> {
        for (group, (first, _)) in &resume.outbox {
            let next = self.sink.next(*group).unwrap_or(*first);
            if next < *first {
                let sink = self.sink.name();
                return Err(SinkError::Behind { sink, lost: *first - next }.into());
            }
            let mut from = next;
            if from > *first {
                // The sink has them; the process ended before they were taken out of the outbox.
                self.engine.trim(*group, from).await?;
            }
            loop {
                let outputs = self.engine.outbox(*group, from, OUTPUTS_AT_ONCE).await?;
                let is_last = outputs.len() < OUTPUTS_AT_ONCE;
                from = outputs.last().map_or(from, |output| output.number + 1);
                self.hand_out(outputs).await?;
                if is_last {
                    break;
                }
            }
        }
        Ok(())
    }

    fn open_inputs(&self, job: &Job<S>, resume: &Resume) -> Result<ReadAhead, StoredFailure> {
        for (source, position) in &resume.vector {
            if !self.sources.contains(source) {
                return Err(StoredFailure::InputIsGone { input: source.clone(), rows: position.rows });
            }
        }
        let bookmarks: HashMap<String, Bookmark> = resume
            .vector
            .iter()
            .map(|(source, position)| Ok((source.clone(), bookmark(position)?)))
            .collect::<Result<_, StoredFailure>>()?;
        let (bindings, program, reading) =
            (job.bindings.clone(), job.given.program.clone(), job.reading.clone());
        let pauses = self.pauses;
        let open = move || open_streams_at(&bindings, &program, &reading, &bookmarks);
        Ok(ReadAhead::start(move || open().map(|inputs| inputs.pausing(pauses)), job.stop.clone())?)
    }

    async fn read<T: FnMut(&Tally)>(
        &mut self,
        inputs: &mut ReadAhead,
        pass: &mut Pass<'_, S, T>,
    ) -> Result<Ended, StoredFailure> {
        loop {
            if self.changes(pass).await? {
                return Ok(Ended::Changed);
            }
            let Some(Delivery { what, tally }) = inputs.deliver_within(LOOK) else {
                self.look_after(pass).await?;
                continue;
            };
            match what {
                Delivered::Pulled(pulled) => self.step(pulled, &pass.job.bindings).await?,
                Delivered::Failed { error, .. } => {
                    self.engine.commit().await?;
                    self.end().await?;
                    return Err(error.into());
                }
                Delivered::Stopped => {
                    self.engine.commit().await?;
                    self.end().await?;
                    return Ok(Ended::Input);
                }
                Delivered::Over => {
                    if self.pauses {
                        self.engine.commit().await?;
                    } else {
                        self.engine.finish().await?;
                    }
                    self.end().await?;
                    return Ok(Ended::Input);
                }
            }
            pass.ran.tally = tally;
            (pass.tell)(&pass.ran.tally);
            self.look_after(pass).await?;
        }
    }

    /// Whether another program takes over now. All that was read is committed by then.
    async fn changes<T>(&mut self, pass: &mut Pass<'_, S, T>) -> Result<bool, StoredFailure> {
        if let Some(next) = (pass.job.changed)() {
            *pass.next = Some(next);
        }
        let Some(next) = &*pass.next else { return Ok(false) };
        self.engine.commit().await?;
        self.end().await?;
        let (job, vector) = (&mut *pass.job, self.engine.vector());
        let asked = next.ask(&job.store, vector, &job.header, job.options.on_change).await?;
        *pass.next = None;
        match asked {
            Asked::TakesOver(ready, news) => {
                (*pass.ready, *pass.news) = (Some(ready), Some(news));
                Ok(true)
            }
            Asked::Refused(why) => {
                (job.tell)(&format!("{why}: the run goes on with the patterns it had"));
                Ok(false)
            }
        }
    }

    async fn step(&mut self, pulled: Pulled, bindings: &Bindings) -> Result<(), StoredFailure> {
        match pulled {
            Pulled::Rows { batch, watermark, input, bookmark } => {
                let stream = batch.stream();
                self.engine.push(batch, &self.sources[input], position(&bookmark)).await?;
                self.engine.advance_stream(stream, watermark).await?;
                if let Some(replay) = bindings.replay.as_ref().filter(|_| bindings.is_stdin(input)) {
                    replay.used(&bookmark);
                }
            }
            Pulled::Silent(stream) => self.engine.set_idle(stream, true).await?,
            Pulled::Reached(stream, watermark) => self.engine.advance_stream(stream, watermark).await?,
            // At a pause there may be more of it later, so it is not over.
            Pulled::Ended(stream) if !self.pauses => {
                self.engine.advance_stream(stream, Watermark::MAX).await?;
            }
            Pulled::Ended(_) => {}
        }
        Ok(())
    }

    fn tell_set_aside<T>(&mut self, pass: &mut Pass<'_, S, T>) {
        for SetAside { key, why } in self.engine.take_set_aside() {
            let what = format!(
                "the state of key {key} cannot be read: {why}; it is set aside, and the key's events are diverted"
            );
            (pass.job.warn)(&what);
        }
    }

    /// Commits when it is time, and hands out what is committed.
    async fn look_after<T>(&mut self, pass: &mut Pass<'_, S, T>) -> Result<(), StoredFailure> {
        self.tell_set_aside(pass);
        self.engine.tick(self.started.elapsed()).await?;
        let released = self.engine.take_released();
        pass.progressed |= !released.is_empty();
        self.hand_out(released).await
    }

    async fn end(&mut self) -> Result<(), StoredFailure> {
        self.engine.settle().await?;
        let released = self.engine.take_released();
        self.hand_out(released).await
    }

    /// Outputs go to the sink, then out of the outbox.
    async fn hand_out(&mut self, outputs: Vec<Released>) -> Result<(), StoredFailure> {
        if outputs.is_empty() {
            return Ok(());
        }
        self.sink.put(&outputs).await?;
        let mut below: BTreeMap<GroupId, u64> = BTreeMap::new();
        for output in &outputs {
            below.insert(output.group, output.number + 1);
        }
        for (group, below) in below {
            self.engine.trim(group, below).await?;
        }
        Ok(())
    }
}

/// One outbox entry for the lines of each output.
fn render(renderer: Renderer) -> Render {
    Box::new(move |output: Output<'_>, put: &mut dyn FnMut(Bytes)| match renderer.lines(output) {
        Lines::Text(text) if !text.is_empty() => put(text.into()),
        Lines::Text(_) => {}
        Lines::Cells(_) | Lines::Shapes(_) => unreachable!("only formats of text are for stores"),
    })
}

fn position(bookmark: &Bookmark) -> Position {
    let state = serde_json::to_vec(bookmark).expect("numbers always have a form");
    Position { rows: bookmark.rows, state }
}

fn bookmark(position: &Position) -> Result<Bookmark, StoredFailure> {
    let read = serde_json::from_slice(&position.state);
    Ok(read.map_err(|error| EngineError::Corrupt {
        place: "that says how far the inputs are".to_owned(),
        why: error.to_string(),
    })?)
}
