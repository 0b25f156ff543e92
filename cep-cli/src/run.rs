//! The run itself: batches from the inputs into the matcher, what it finds to the writer. Opens nothing and prints
//! nothing; what was found before an error has been written when it returns.

use std::io;
use std::sync::Arc;

use cep_core::ids::StreamId;
use cep_core::matcher::{Matcher, Output};
use cep_core::program::Program;
use cep_core::runtime::RunError;
use cep_core::time::Watermark;

use crate::input::{Delivered, Delivery, InputError, Inputs, Pulled, Tally};
use crate::output::{Shapes, Writer, items};

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
    program: Arc<Program>,
    matcher: Matcher,
    shapes: Arc<Shapes>,
    writer: Box<dyn Writer + 'w>,
    tally: Tally,
}

impl<'w> Run<'w> {
    /// A run that writes what is of the given shapes.
    #[must_use]
    pub fn new(matcher: Matcher, shapes: Arc<Shapes>, writer: Box<dyn Writer + 'w>) -> Self {
        let program = Arc::clone(matcher.program());
        Self { program, matcher, shapes, writer, tally: Tally::default() }
    }

    /// What finds, to see what happened.
    #[must_use]
    pub fn matcher(&self) -> &Matcher {
        &self.matcher
    }

    /// How far the inputs are, for what has been delivered.
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
        // Also after a failure: what was found is to be seen.
        let written = self.writer.finish();
        read?;
        Ok(written?)
    }

    fn read(&mut self, inputs: &mut impl Inputs, mut tell: impl FnMut(&Tally)) -> Result<(), RunFailure> {
        let live = inputs.is_live();
        loop {
            let Delivery { what, tally } = inputs.deliver();
            self.tally = tally;
            match what {
                Delivered::Pulled(pulled) => self.step(pulled)?,
                Delivered::Failed { error, settled } => {
                    self.settle(&settled)?;
                    return Err(error.into());
                }
                Delivered::Over => return self.find(|matcher, write| matcher.advance(Watermark::MAX, write)),
            }
            if live {
                self.writer.flush()?;
            }
            tell(&self.tally);
        }
    }

    fn step(&mut self, pulled: Pulled) -> Result<(), RunFailure> {
        self.find(|matcher, write| match pulled {
            Pulled::Rows { batch, watermark } => {
                let stream = batch.stream();
                matcher.push(batch, &mut *write)?;
                matcher.advance_stream(stream, watermark, write)
            }
            Pulled::Silent(stream) => matcher.set_idle(stream, true, write),
            Pulled::Ended(stream) => matcher.advance_stream(stream, Watermark::MAX, write),
        })
    }

    /// Finds what the events read so far decide, whatever would have come after them.
    fn settle(&mut self, settled: &[(StreamId, Watermark)]) -> Result<(), RunFailure> {
        self.find(|matcher, write| {
            settled.iter().try_for_each(|(stream, to)| matcher.advance_stream(*stream, *to, &mut *write))
        })
    }

    /// Lets the matcher work and writes what it finds.
    fn find(
        &mut self,
        work: impl FnOnce(&mut Matcher, &mut dyn FnMut(Output<'_>)) -> Result<(), RunError>,
    ) -> Result<(), RunFailure> {
        let Self { program, matcher, shapes, writer, .. } = self;
        // A matcher cannot be stopped within a batch: where writing fails, the rest of it is not written.
        let mut written = Ok(());
        let mut write = |output: Output<'_>| {
            for item in items(program, shapes, output) {
                if written.is_ok() {
                    written = writer.write(&item);
                }
            }
        };
        work(matcher, &mut write)?;
        Ok(written?)
    }
}

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("matcher", &self.matcher).finish_non_exhaustive()
    }
}
