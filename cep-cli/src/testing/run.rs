//! Running a program over inputs to their end, on this thread, and handing each output to the caller.

use cep_core::matcher::{Matcher, Output};
use cep_core::runtime::RunError;
use cep_core::time::Watermark;

use crate::input::{Delivered, InputError, Inputs, Pulled};

/// Why a test could not be run to its end.
#[derive(Debug, thiserror::Error)]
pub enum TestFailure {
    /// Files and streams do not come together.
    #[error("{0}")]
    Bind(#[from] crate::input::BindError),
    /// An input could not be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A pattern asked to stop.
    #[error(transparent)]
    Pattern(#[from] RunError),
}

/// Reads all inputs to their end.
pub(super) fn run(
    matcher: &mut Matcher,
    inputs: &mut impl Inputs,
    mut each: impl FnMut(Output<'_>),
) -> Result<(), TestFailure> {
    loop {
        match inputs.deliver().what {
            Delivered::Pulled(Pulled::Rows { batch, watermark, .. }) => {
                let stream = batch.stream();
                matcher.push(batch, &mut each)?;
                matcher.advance_stream(stream, watermark, &mut each)?;
            }
            Delivered::Pulled(Pulled::Silent(stream)) => matcher.set_idle(stream, true, &mut each)?,
            Delivered::Pulled(Pulled::Reached(stream, to)) => {
                matcher.advance_stream(stream, to, &mut each)?
            }
            Delivered::Pulled(Pulled::Ended(stream)) => {
                matcher.advance_stream(stream, Watermark::MAX, &mut each)?;
            }
            Delivered::Failed { error, .. } => return Err(error.into()),
            Delivered::Over | Delivered::Stopped => break,
        }
    }
    Ok(matcher.advance(Watermark::MAX, &mut each)?)
}
