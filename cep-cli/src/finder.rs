//! What finds, on one thread or on several: the same calls, and the same lines in the same order. On several, lines may
//! come with a later call.

use std::io;
use std::sync::Arc;

use cep_core::event::EventBatch;
use cep_core::ids::StreamId;
use cep_core::matcher::{Matcher, Output, PatternStats, ShardedMatcher};
use cep_core::program::Program;
use cep_core::time::Watermark;

use crate::output::{Lines, Shapes, Writer, items};
use crate::run::RunFailure;

/// Finds matches and hands lines to a writer.
#[derive(Debug)]
pub enum Finder {
    /// On the caller's thread, which writes what is of the given shapes.
    One(Box<Matcher>, Arc<Shapes>),
    /// On threads of their own, which also make the lines.
    Many(Box<ShardedMatcher<Lines>>),
}

/// Something that happens.
#[derive(Debug)]
pub(crate) enum Call {
    /// Events.
    Push(EventBatch),
    /// Time passes on a stream.
    Advance(StreamId, Watermark),
    /// A stream is idle.
    Idle(StreamId),
    /// All inputs are at their end.
    End,
}

impl Finder {
    /// The program.
    #[must_use]
    pub fn program(&self) -> &Arc<Program> {
        match self {
            Self::One(matcher, _) => matcher.program(),
            Self::Many(matcher) => matcher.program(),
        }
    }

    /// What happened so far, by pattern id.
    #[must_use]
    pub fn stats(&self) -> &[PatternStats] {
        match self {
            Self::One(matcher, _) => matcher.stats(),
            Self::Many(matcher) => matcher.stats(),
        }
    }

    /// Lets something happen, and writes what is found.
    pub(crate) fn call(&mut self, call: Call, writer: &mut dyn Writer) -> Result<(), RunFailure> {
        // A matcher cannot be stopped within a batch: where writing fails, the rest of it is not written.
        let mut written = Ok(());
        match self {
            Self::One(matcher, shapes) => {
                let program = Arc::clone(matcher.program());
                call.on_one(matcher, |output| {
                    for item in items(&program, shapes, output) {
                        if written.is_ok() {
                            written = writer.write(&item);
                        }
                    }
                })?;
            }
            Self::Many(matcher) => call.on_many(matcher, |lines| put(lines, writer, &mut written))?,
        }
        Ok(written?)
    }

    /// Writes all that has been found.
    pub(crate) fn flush(&mut self, writer: &mut dyn Writer) -> Result<(), RunFailure> {
        let mut written = Ok(());
        if let Self::Many(matcher) = self {
            matcher.flush(|lines| put(lines, writer, &mut written))?;
        }
        Ok(written?)
    }

    /// How many of so many calls are through: what they brought about is written.
    pub(crate) fn calls_through(&self, made: u64) -> u64 {
        match self {
            Self::One(..) => made,
            Self::Many(matcher) => matcher.calls_through(),
        }
    }
}

fn put(lines: Lines, writer: &mut dyn Writer, written: &mut io::Result<()>) {
    if written.is_ok() {
        *written = writer.put(lines);
    }
}

impl Call {
    fn on_one(
        self,
        matcher: &mut Matcher,
        emit: impl FnMut(Output<'_>),
    ) -> Result<(), cep_core::runtime::RunError> {
        match self {
            Self::Push(batch) => matcher.push(batch, emit),
            Self::Advance(stream, to) => matcher.advance_stream(stream, to, emit),
            Self::Idle(stream) => matcher.set_idle(stream, true, emit),
            Self::End => matcher.advance(Watermark::MAX, emit),
        }
    }

    fn on_many(
        self,
        matcher: &mut ShardedMatcher<Lines>,
        emit: impl FnMut(Lines),
    ) -> Result<(), cep_core::runtime::RunError> {
        match self {
            Self::Push(batch) => matcher.push(batch, emit),
            Self::Advance(stream, to) => matcher.advance_stream(stream, to, emit),
            Self::Idle(stream) => matcher.set_idle(stream, true, emit),
            Self::End => matcher.advance(Watermark::MAX, emit),
        }
    }
}
