//! The run itself: batches from the inputs into the matcher, what it finds to the writer. Opens nothing and prints
//! nothing; what was found before an error has been written when it returns.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use cep_core::ids::StreamId;
use cep_core::matcher::{Matcher, PatternStats};
use cep_core::program::Program;
use cep_core::runtime::RunError;
use cep_core::time::Watermark;

use crate::finder::{Call, Finder};
use crate::input::{Delivered, Delivery, InputError, Inputs, Pulled, Tally};
use crate::output::{Shapes, Writer};

/// Why a run ended before its input did.
#[derive(Debug, thiserror::Error)]
pub enum RunFailure {
    /// An input could not be read further.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A pattern asked to stop.
    #[error(transparent)]
    Pattern(#[from] RunError),
    /// The output could not be written to.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

impl RunFailure {
    /// Whether only the reader of the output has had enough, as `head` has.
    #[must_use]
    pub fn is_closed_output(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// A run: what finds, and where it writes.
pub struct Run<'w> {
    finder: Finder,
    writer: Box<dyn Writer + 'w>,
    /// The calls made so far.
    calls: u64,
    /// How far the inputs were, each after the number of calls before.
    tallies: VecDeque<(u64, Tally)>,
    tally: Tally,
}

impl<'w> Run<'w> {
    /// A run that writes what is of the given shapes.
    #[must_use]
    pub fn new(matcher: Matcher, shapes: Arc<Shapes>, writer: Box<dyn Writer + 'w>) -> Self {
        Self::with_finder(Finder::One(Box::new(matcher), shapes), writer)
    }

    /// A run that writes what a finder finds.
    #[must_use]
    pub fn with_finder(finder: Finder, writer: Box<dyn Writer + 'w>) -> Self {
        Self { finder, writer, calls: 0, tallies: VecDeque::new(), tally: Tally::default() }
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Program {
        self.finder.program()
    }

    /// What happened so far, by pattern id.
    #[must_use]
    pub fn stats(&self) -> &[PatternStats] {
        self.finder.stats()
    }

    /// How far the inputs are, for what has been delivered and is through.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Reads all inputs to their end. `tell` is called after each batch.
    ///
    /// # Errors
    /// Where an input, a pattern or the output fails; what was found before is written.
    pub fn all(&mut self, inputs: &mut impl Inputs, tell: impl FnMut(&Tally)) -> Result<(), RunFailure> {
        let read = self.read(inputs, tell);
        self.keep_tally();
        // Also after a failure: what was found is to be seen.
        let written = self.writer.finish();
        read?;
        Ok(written?)
    }

    fn read(&mut self, inputs: &mut impl Inputs, mut tell: impl FnMut(&Tally)) -> Result<(), RunFailure> {
        let live = inputs.is_live();
        loop {
            let Delivery { what, tally } = inputs.deliver();
            self.tallies.push_back((self.calls, tally));
            match what {
                Delivered::Pulled(pulled) => self.step(pulled)?,
                Delivered::Failed { error, settled } => {
                    self.settle(&settled)?;
                    self.flush()?;
                    return Err(error.into());
                }
                Delivered::Over => {
                    self.call(Call::End)?;
                    return self.flush();
                }
                // Windows stay open: nobody knows what would have come.
                Delivered::Stopped => return self.flush(),
            }
            if live {
                self.flush()?;
                self.writer.flush()?;
            }
            self.keep_tally();
            tell(&self.tally);
        }
    }

    fn step(&mut self, pulled: Pulled) -> Result<(), RunFailure> {
        match pulled {
            Pulled::Rows { batch, watermark, .. } => {
                let stream = batch.stream();
                self.call(Call::Push(batch))?;
                self.call(Call::Advance(stream, watermark))
            }
            Pulled::Silent(stream) => self.call(Call::Idle(stream)),
            Pulled::Reached(stream, watermark) => self.call(Call::Advance(stream, watermark)),
            Pulled::Ended(stream) => self.call(Call::Advance(stream, Watermark::MAX)),
        }
    }

    /// Finds what the events read so far decide, whatever would have come after them.
    fn settle(&mut self, settled: &[(StreamId, Watermark)]) -> Result<(), RunFailure> {
        settled.iter().try_for_each(|(stream, to)| self.call(Call::Advance(*stream, *to)))
    }

    fn call(&mut self, call: Call) -> Result<(), RunFailure> {
        self.finder.call(call, &mut *self.writer)?;
        self.calls += 1;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), RunFailure> {
        self.finder.flush(&mut *self.writer)
    }

    /// Tells of the inputs as far as what they delivered is through, or failed.
    fn keep_tally(&mut self) {
        let through = self.finder.calls_through(self.calls);
        while let Some((_, tally)) = self.tallies.pop_front_if(|(before, _)| *before <= through) {
            self.tally = tally;
        }
    }
}

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("finder", &self.finder).finish_non_exhaustive()
    }
}
