//! What inputs deliver, one thing after the other, with a tally of how far they are.

use cep_core::ids::StreamId;
use cep_core::time::Watermark;

use super::bad_rows::BadRows;
use super::error::InputError;
use super::merge::{Merge, Pulled};
use super::origin::Pace;
use super::reader::EventReader;

/// How far inputs are.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The good rows of all of them.
    pub rows: u64,
    /// The bytes that the rows so far take.
    pub bytes: u64,
    /// By input: the rows that were skipped.
    pub bad_rows: Vec<BadRows>,
}

/// Something delivered.
#[derive(Debug)]
pub struct Delivery {
    /// What it is.
    pub what: Delivered,
    /// How far the inputs are with it.
    pub tally: Tally,
}

/// What is delivered.
#[derive(Debug)]
pub enum Delivered {
    /// Events, or news of a stream.
    Pulled(Pulled),
    /// An input could not be read further; there is nothing more.
    Failed {
        /// Why.
        error: InputError,
        /// The watermark of each stream if nothing more is read: see [`EventReader::settled`].
        settled: Vec<(StreamId, Watermark)>,
    },
    /// All inputs are at their end.
    Over,
    /// The run is to stop here: there may be more of all of them.
    Stopped,
}

/// Inputs, read by whoever asks or ahead of that.
pub trait Inputs {
    /// Whether what has arrived is handed on at once by any of them.
    fn is_live(&self) -> bool;

    /// What comes next. Behind [`Delivered::Failed`], [`Delivered::Over`] and [`Delivered::Stopped`] there is nothing to ask for.
    fn deliver(&mut self) -> Delivery;
}

impl Inputs for Merge {
    fn is_live(&self) -> bool {
        self.readers().iter().any(|reader| reader.pace() == Pace::Live)
    }

    fn deliver(&mut self) -> Delivery {
        let what = match self.next() {
            Some(Ok(pulled)) => Delivered::Pulled(pulled),
            Some(Err(error)) => Delivered::Failed { error, settled: self.settled().collect() },
            None => Delivered::Over,
        };
        Delivery { what, tally: tally(self.readers()) }
    }
}

fn tally(readers: &[EventReader]) -> Tally {
    Tally {
        rows: readers.iter().map(EventReader::rows_read).sum(),
        bytes: readers.iter().map(EventReader::bytes_read).sum(),
        bad_rows: readers.iter().map(|reader| reader.bad_rows().clone()).collect(),
    }
}
