//! Several inputs as one sequence of batches, always from the input that is furthest behind: what waits for the others
//! stays small, and the sequence is the same on every run over the same files.

use cep_core::event::EventBatch;
use cep_core::ids::StreamId;
use cep_core::time::Watermark;

use super::bookmark::Bookmark;
use super::error::InputError;
use super::reader::EventReader;

/// What a [`Merge`] gives.
#[derive(Debug)]
pub enum Pulled {
    /// Events of a stream.
    Rows {
        /// The events; each knows the watermark before it.
        batch: EventBatch,
        /// The stream's watermark after the last of them.
        watermark: Watermark,
        /// The input they are of, by its place.
        input: usize,
        /// How far it has been read with them.
        bookmark: Box<Bookmark>,
    },
    /// All inputs of a stream are at their end.
    Ended(StreamId),
    /// All inputs of a stream that are not at their end have been silent for long.
    Silent(StreamId),
}

/// Several inputs as one sequence. A stream may have several inputs: its watermark is the least of theirs.
#[derive(Debug)]
pub struct Merge {
    readers: Vec<EventReader>,
    /// By reader: whether its end has been noticed.
    done: Vec<bool>,
    /// By reader: whether it had nothing when last looked at.
    silent: Vec<bool>,
    failed: bool,
    /// Whether windows stay open when all inputs of a stream are at their end.
    pauses: bool,
}

impl Merge {
    /// Merges inputs; their order decides where times are equal.
    #[must_use]
    pub fn new(readers: Vec<EventReader>) -> Self {
        let none = vec![false; readers.len()];
        Self { done: none.clone(), silent: none, readers, failed: false, pauses: false }
    }

    /// Leaves windows open when all inputs of a stream are at their end: there may be more of them another time.
    #[must_use]
    pub fn pausing(mut self, pauses: bool) -> Self {
        self.pauses = pauses;
        self
    }

    /// The inputs, to see how far they are.
    #[must_use]
    pub fn readers(&self) -> &[EventReader] {
        &self.readers
    }

    /// The watermark of each stream if nothing more is read: see [`EventReader::settled`].
    pub fn settled(&self) -> impl Iterator<Item = (StreamId, Watermark)> {
        let of = |stream| self.inputs_of(stream).map(|index| self.readers[index].settled()).min();
        self.readers
            .iter()
            .filter_map(move |reader| of(reader.stream()).map(|watermark| (reader.stream(), watermark)))
    }

    /// The input to read next: one whose end is still to be noticed, else the one with the least greatest time. Nobody
    /// waits for those that are silent while there are others.
    fn furthest_behind(&self) -> Option<usize> {
        let open = (0..self.readers.len()).filter(|index| !self.done[*index] && !self.silent[*index]);
        open.min_by_key(|index| {
            let reader = &self.readers[*index];
            (!reader.is_ended(), reader.greatest_time())
        })
    }

    fn inputs_of(&self, stream: StreamId) -> impl Iterator<Item = usize> {
        (0..self.readers.len()).filter(move |index| self.readers[*index].stream() == stream)
    }

    fn least_watermark(&self, readers: impl Iterator<Item = usize>) -> Watermark {
        readers.map(|index| self.readers[index].watermark()).min().unwrap_or(Watermark::MAX)
    }

    /// The watermark of a stream. Where it pauses, that of the input that has come furthest.
    fn watermark_of(&self, stream: StreamId) -> Watermark {
        let watermark = self.least_watermark(self.inputs_of(stream));
        if watermark < Watermark::MAX || !self.pauses {
            return watermark;
        }
        self.inputs_of(stream).map(|input| self.readers[input].reached()).max().unwrap_or(Watermark::MIN)
    }

    fn pull(&mut self, index: usize) -> Option<Result<Pulled, InputError>> {
        let stream = self.readers[index].stream();
        let position = self.inputs_of(stream).map(|input| self.readers[input].rows_read()).sum();
        let others = self.least_watermark(self.inputs_of(stream).filter(|other| *other != index));
        match self.readers[index].next_batch(position, others) {
            Some(Ok(batch)) => {
                self.silent[index] = false;
                let watermark = self.watermark_of(stream);
                let bookmark = Box::new(self.readers[index].bookmark());
                Some(Ok(Pulled::Rows { batch, watermark, input: index, bookmark }))
            }
            Some(Err(error)) => {
                self.failed = true;
                Some(Err(error))
            }
            None if self.readers[index].is_reading() => {
                let known = std::mem::replace(&mut self.silent[index], true);
                let mut inputs = self.inputs_of(stream);
                let all = inputs.all(|input| self.done[input] || self.silent[input]);
                (all && !known).then_some(Ok(Pulled::Silent(stream)))
            }
            None => {
                self.silent[index] = false;
                self.done[index] = true;
                self.inputs_of(stream).all(|input| self.done[input]).then_some(Ok(Pulled::Ended(stream)))
            }
        }
    }
}

/// After an error there is nothing more.
impl Iterator for Merge {
    type Item = Result<Pulled, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            // Looking at a silent input takes a moment only.
            let silent = (0..self.readers.len()).filter(|index| self.silent[*index]).collect::<Vec<_>>();
            if let Some(woken) = silent.iter().find_map(|index| self.pull(*index)) {
                return Some(woken);
            }
            match self.furthest_behind() {
                None if silent.is_empty() => return None,
                None => {}
                Some(index) => {
                    let pulled = self.pull(index);
                    if pulled.is_some() {
                        return pulled;
                    }
                }
            }
        }
        None
    }
}
