//! Events in, matches out.

mod error;
mod input;
mod observed;
mod outputs;
mod silence;

pub use error::PushError;
pub(crate) use input::input;
pub use outputs::{Late, Matches};
pub use silence::Watermarks;

use std::collections::HashMap;
use std::fmt;

use cep_core::expr::Panicked;
use cep_core::matcher::{Output, PatternStats};
use cep_core::program::Origin;
use cep_core::runtime::RunError;
use cep_core::time::{Timestamp, Watermark};
use serde::Serialize;

use crate::metrics::Observer;
use crate::trace;
use input::Input;
use outputs::Outputs;

/// How many events are handed to the engine at once.
const BATCH: usize = 1024;

/// Finds matches of a program's patterns. All state is in memory; nothing happens but in its methods, and it can be sent to
/// another thread. For state that survives see the crate `cep-engine`.
///
/// ```
/// # use serde_json::json;
/// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
/// let mut matcher = program.matcher();
/// // Anywhere, by one thread at a time.
/// let thread = std::thread::spawn(move || {
///     matcher.push("s", &json!({ "n": 1, "ts": 1_000 }))?;
///     matcher.finish().map(|found| found.count())
/// });
/// assert_eq!(thread.join().expect("nothing panics")?, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
        Self {
            inner,
            broken: None,
            inputs,
            outputs: Outputs::new(program),
            observer: None,
            most_partial_matches: 0,
        }
    }

    /// Takes an event, a struct or a map whose fields have the names of the stream's; gives what it completes. Fields that
    /// the stream does not have are passed over.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
    /// # let mut matcher = program.matcher();
    /// matcher.push("s", &json!({ "n": 7, "ts": 1_000 }))?;
    /// // What the first event completes is known when time has passed it.
    /// let mut found = matcher.push("s", &json!({ "n": 0, "ts": 2_000, "more": "is passed over" }))?;
    /// assert_eq!(found.next().map(|found| found.time()), Some(cep::Timestamp(1_000)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
    /// # let mut matcher = program.matcher();
    /// let mine = ["your own data", "as you have it"];
    /// for (at, ts) in [1_000, 2_000].into_iter().enumerate() {
    ///     matcher.push_tagged("s", &json!({ "n": 1, "ts": ts }), at as u64)?;
    /// }
    /// for found in matcher.finish()? {
    ///     let event = found.stage("a").next().expect("it has one");
    ///     assert_eq!(mine[event.tag() as usize].is_empty(), false);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int }  pattern p on s { begin a }")?;
    /// let mut matcher = program.matcher();
    /// matcher.push_at("s", cep::Timestamp(1_000), &json!({ "n": 1 }))?;
    /// assert_eq!(matcher.finish()?.next().expect("there is one").time(), cep::Timestamp(1_000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
    /// # let mut matcher = program.matcher();
    /// let events = (1..=100).map(|ts| json!({ "n": ts % 2, "ts": ts }));
    /// assert_eq!(matcher.push_all("s", events)?.count(), 50);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
    /// # let mut matcher = program.matcher();
    /// assert_eq!(matcher.push("s", &json!({ "n": 1, "ts": 1_000 }))?.count(), 0);
    /// assert_eq!(matcher.advance_to(cep::Timestamp(1_000))?.count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where a pattern asks for the run to stop, or a function of yours panics.
    pub fn advance_to(&mut self, time: Timestamp) -> Result<Matches<'_>, PushError> {
        self.advance(Watermark(time.0))
    }

    /// The input is over: all windows close.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
    /// # let mut matcher = program.matcher();
    /// matcher.push("s", &json!({ "n": 1, "ts": 1_000 }))?;
    /// assert_eq!(matcher.finish()?.count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    /// ```
    /// # use serde_json::json;
    /// let program = cep::Program::parse("p.cep", "
    ///     stream a { ts: timestamp } time ts
    ///     stream b { ts: timestamp } time ts
    ///     pattern p on a, b { begin x: a }")?;
    /// let mut matcher = program.matcher();
    /// matcher.push("a", &json!({ "ts": 1 }))?;
    /// // An earlier event of `b` may still come, unless it is said that none will for now.
    /// assert_eq!(matcher.push("a", &json!({ "ts": 2 }))?.count(), 0);
    /// assert_eq!(matcher.set_idle("b", true)?.count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
    /// # let mut matcher = program.matcher();
    /// matcher.keep_late(true);
    /// for ts in [1_000, 500] {
    ///     matcher.push("s", &json!({ "n": 1, "ts": ts }))?;
    /// }
    /// assert_eq!(matcher.take_late()[0].time, cep::Timestamp(500));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn keep_late(&mut self, keeps: bool) {
        self.outputs.keeps_late = keeps;
    }

    /// The events that came too late, since this was last asked.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
    /// # let mut matcher = program.matcher();
    /// matcher.keep_late(true);
    /// matcher.push("s", &json!({ "n": 1, "ts": 1_000 }))?;
    /// assert!(matcher.take_late().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn take_late(&mut self) -> Vec<Late> {
        std::mem::take(&mut self.outputs.late)
    }

    /// What was found and has not been taken: before a call failed, say.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
    /// # let mut matcher = program.matcher();
    /// matcher.push("s", &json!({ "n": 1, "ts": 1_000 }))?;
    /// matcher.finish()?;
    /// assert_eq!(matcher.matches().count(), 1);
    /// assert_eq!(matcher.matches().count(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn matches(&mut self) -> Matches<'_> {
        self.outputs.matches()
    }

    /// What happened so far, by pattern.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a where n > 0 }")?;
    /// # let mut matcher = program.matcher();
    /// matcher.push("s", &json!({ "n": 1, "ts": 1_000 }))?;
    /// matcher.finish()?;
    /// let (pattern, stats) = matcher.stats().next().expect("there is one pattern");
    /// assert_eq!((pattern, stats.matches), ("p", 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stats(&self) -> impl Iterator<Item = (&str, PatternStats)> {
        let patterns = self.inner.program().patterns().map(|(_, pattern)| pattern.name.as_str());
        patterns.zip(self.inner.stats().iter().copied())
    }

    /// A declared stream.
    #[cfg(feature = "arrow")]
    pub(crate) fn input(&mut self, stream: &str) -> Result<&mut Input, PushError> {
        input(&mut self.inputs, stream)
    }

    /// The engine's program.
    #[cfg(feature = "arrow")]
    pub(crate) fn program(&self) -> &cep_core::program::Program {
        self.inner.program()
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

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stats: Vec<_> = self.stats().collect();
        f.debug_struct("Matcher").field("stats", &stats).finish_non_exhaustive()
    }
}
