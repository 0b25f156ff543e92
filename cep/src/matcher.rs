//! Events in, matches out.

mod input;
mod observed;

pub(crate) use input::input;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;

use cep_core::expr::Panicked;
use cep_core::matcher::{LateRef, Output, PatternStats};
use cep_core::program::{Origin, Program};
use cep_core::runtime::RunError;
use cep_core::time::{Timestamp, Watermark};
use serde::Serialize;

use crate::found::Match;
use crate::metrics::Observer;
use crate::serde::RowError;
use crate::trace;
use input::Input;

/// How many events are handed to the engine at once.
const BATCH: usize = 1024;

/// Why an event was not taken, or the run has to stop.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// There is no such stream, or its events are made here: derived from others, or emitted by a pattern.
    #[error("`{0}` is no stream that the program declares")]
    NoStream(String),
    /// The event does not fit its stream. It has not been taken; all others have.
    #[error("an event of `{stream}`: {error}")]
    Event {
        /// The stream.
        stream: String,
        /// What is wrong.
        error: RowError,
    },
    /// The stream is declared without event time.
    #[error("`{0}` has no field with its time: use `push_at`")]
    NoTime(String),
    /// A pattern asks for the run to stop: a skip strategy with `or fail`, or a limit with `fail`. What was found before is
    /// there for [`Matcher::matches`].
    #[error(transparent)]
    Stopped(#[from] RunError),
    /// A function of yours panicked. The matcher takes nothing more, and says this again; what was found before is there for
    /// [`Matcher::matches`].
    #[error(transparent)]
    Function(#[from] Panicked),
}

/// Finds matches of a program's patterns. All state is in memory; nothing happens but in its methods, and it can be sent to
/// another thread. For state that survives see the crate `cep-engine`.
pub struct Matcher {
    inner: cep_core::matcher::Matcher,
    /// Set once a function of the host has panicked and left the engine in the middle of its work.
    broken: Option<Panicked>,
    /// By name.
    inputs: HashMap<String, Input>,
    outputs: Outputs,
    observer: Option<Observer>,
    /// The most that metrics have shown.
    most_partial_matches: usize,
}

/// What was found and has not been taken.
struct Outputs {
    program: Arc<Program>,
    found: VecDeque<Match>,
    late: Vec<Late>,
    keeps_late: bool,
}

/// An event that came behind the watermark of a pattern that reads it, and that the pattern has not seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Late {
    /// The pattern.
    pub pattern: String,
    /// The stream.
    pub stream: String,
    /// Its event time.
    pub time: Timestamp,
    /// How many events of its stream were pushed before it.
    pub position: u64,
    /// The number that it was pushed with.
    pub tag: u64,
}

/// What has been found, in order. What is not taken is there with the next call: no match is lost.
#[derive(Debug)]
pub struct Matches<'a>(&'a mut VecDeque<Match>);

impl Iterator for Matches<'_> {
    type Item = Match;

    fn next(&mut self) -> Option<Match> {
        self.0.pop_front()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.len(), Some(self.0.len()))
    }
}

impl ExactSizeIterator for Matches<'_> {}

impl Matcher {
    pub(crate) fn new(inner: cep_core::matcher::Matcher) -> Self {
        let program = inner.program().clone();
        let declared =
            program.streams().iter().filter(|(_, stream)| matches!(stream.origin, Origin::Declared { .. }));
        let definitions = &program.definitions().streams;
        let inputs = declared.map(|(id, stream)| {
            let definition = definitions.iter().find(|known| known.name == stream.name);
            (stream.name.clone(), Input::new(id, stream, definition))
        });
        let inputs = inputs.collect();
        let outputs = Outputs { program, found: VecDeque::new(), late: Vec::new(), keeps_late: false };
        Self { inner, broken: None, inputs, outputs, observer: None, most_partial_matches: 0 }
    }

    /// Takes an event, a struct or a map whose fields have the names of the stream's; gives what it completes. Fields that
    /// the stream does not have are passed over.
    ///
    /// # Errors
    /// Where there is no such stream, the event does not fit it, or a pattern asks for the run to stop.
    pub fn push(
        &mut self,
        stream: &str,
        event: &(impl Serialize + ?Sized),
    ) -> Result<Matches<'_>, PushError> {
        self.push_tagged(stream, event, 0)
    }

    /// The same with a number of yours, which the event has in matches: the place of your own data, say.
    ///
    /// # Errors
    /// As [`Matcher::push`].
    pub fn push_tagged(
        &mut self,
        stream: &str,
        event: &(impl Serialize + ?Sized),
        tag: u64,
    ) -> Result<Matches<'_>, PushError> {
        let input = input(&mut self.inputs, stream)?;
        input.add(stream, event, None)?;
        input.builder.tag_last(tag);
        self.hand_over(stream)?;
        Ok(self.matches())
    }

    /// Takes an event whose time is said here, of a stream without a field for it or in place of that.
    ///
    /// # Errors
    /// As [`Matcher::push`].
    pub fn push_at(
        &mut self,
        stream: &str,
        time: Timestamp,
        event: &(impl Serialize + ?Sized),
    ) -> Result<Matches<'_>, PushError> {
        input(&mut self.inputs, stream)?.add(stream, event, Some(time))?;
        self.hand_over(stream)?;
        Ok(self.matches())
    }

    /// Takes many events of a stream, which is faster than one by one; matches are the same.
    ///
    /// # Errors
    /// As [`Matcher::push`]; events before the one that does not fit have been taken.
    pub fn push_all<E: Serialize>(
        &mut self,
        stream: &str,
        events: impl IntoIterator<Item = E>,
    ) -> Result<Matches<'_>, PushError> {
        let mut result = Ok(());
        for event in events {
            let input = input(&mut self.inputs, stream)?;
            result = input.add(stream, &event, None);
            if result.is_err() {
                break;
            }
            if input.builder.len() == BATCH {
                self.hand_over(stream)?;
            }
        }
        self.hand_over(stream)?;
        result.map(|()| self.matches())
    }

    /// Time reaches a moment on all streams: windows that are over by then close, and events up to then are late.
    ///
    /// # Errors
    /// Where a pattern asks for the run to stop, or a function of yours panics.
    pub fn advance_to(&mut self, time: Timestamp) -> Result<Matches<'_>, PushError> {
        self.advance(Watermark(time.0))
    }

    /// The input is over: all windows close.
    ///
    /// # Errors
    /// As [`Matcher::advance_to`].
    pub fn finish(&mut self) -> Result<Matches<'_>, PushError> {
        self.advance(Watermark::MAX)
    }

    fn advance(&mut self, to: Watermark) -> Result<Matches<'_>, PushError> {
        trace::advance(to);
        self.work(|inner, outputs| inner.advance(to, |output| outputs.keep(output)))?;
        Ok(self.matches())
    }

    /// A stream that is silent does not, or does again, hold back the time of patterns that read others as well.
    ///
    /// # Errors
    /// As [`Matcher::push`].
    pub fn set_idle(&mut self, stream: &str, idle: bool) -> Result<Matches<'_>, PushError> {
        let id = input(&mut self.inputs, stream)?.stream;
        trace::idle(stream, idle);
        self.work(|inner, outputs| inner.set_idle(id, idle, |output| outputs.keep(output)))?;
        Ok(self.matches())
    }

    /// Late events are kept from now on, or are not, for [`Matcher::take_late`].
    pub fn keep_late(&mut self, keeps: bool) {
        self.outputs.keeps_late = keeps;
    }

    /// The events that came too late, since this was last asked.
    pub fn take_late(&mut self) -> Vec<Late> {
        std::mem::take(&mut self.outputs.late)
    }

    /// What was found and has not been taken: before a call failed, say.
    pub fn matches(&mut self) -> Matches<'_> {
        Matches(&mut self.outputs.found)
    }

    /// What happened so far, by pattern.
    pub fn stats(&self) -> impl Iterator<Item = (&str, PatternStats)> {
        let patterns = self.inner.program().patterns().map(|(_, pattern)| pattern.name.as_str());
        patterns.zip(self.inner.stats().iter().copied())
    }

    /// What is added of a stream goes to the engine, with the time that it has come to.
    pub(crate) fn hand_over(&mut self, stream: &str) -> Result<(), PushError> {
        let input = input(&mut self.inputs, stream)?;
        let (batch, id, reached) = (input.builder.take(), input.stream, input.watermarks.current());
        if batch.is_empty() {
            return Ok(());
        }
        trace::batch(stream, batch.len());
        let done = self.work(|inner, outputs| {
            let mut emit = |output: Output<'_>| outputs.keep(output);
            inner.push(batch, &mut emit)?;
            inner.advance_stream(id, reached, &mut emit)
        });
        if self.observer.is_some() {
            self.observe();
        }
        done
    }

    /// The engine works, unless a function of the host has panicked in it.
    fn work(
        &mut self,
        work: impl FnOnce(&mut cep_core::matcher::Matcher, &mut Outputs) -> Result<(), RunError>,
    ) -> Result<(), PushError> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone().into());
        }
        let Self { inner, outputs, .. } = self;
        match Panicked::catch(|| work(inner, outputs)) {
            Ok(done) => Ok(done.inspect_err(trace::stopped)?),
            Err(panicked) => {
                trace::panicked(&panicked);
                self.broken = Some(panicked.clone());
                Err(panicked.into())
            }
        }
    }
}

impl Outputs {
    fn keep(&mut self, output: Output<'_>) {
        match (output.as_match(), output) {
            (Some(found), _) => self.found.push_back(Match::new(&self.program, found.to_owned())),
            (None, Output::Late(late)) if self.keeps_late => self.late.push(Late::new(&self.program, late)),
            (None, _) => {}
        }
    }
}

impl Late {
    fn new(program: &Program, late: LateRef<'_>) -> Self {
        Self {
            pattern: program.pattern(late.pattern_id()).name.clone(),
            stream: program.streams().get(late.stream()).name.clone(),
            time: late.time(),
            position: late.position(),
            tag: late.tag(),
        }
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stats: Vec<_> = self.stats().collect();
        f.debug_struct("Matcher").field("stats", &stats).finish_non_exhaustive()
    }
}
