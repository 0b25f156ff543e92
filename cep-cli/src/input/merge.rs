//! Several inputs as one sequence of batches, always from the input that is furthest behind: what waits for the others
//! stays small, and the sequence is the same on every run over the same files.

use std::collections::VecDeque;
use std::time::Duration;

use cep_core::event::EventBatch;
use cep_core::ids::StreamId;
use cep_core::time::Watermark;

use super::bell::Bell;
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
    /// Time of a stream has gone on, as it no longer waits for an input that has been silent for long.
    Reached(StreamId, Watermark),
}

/// Several inputs as one sequence. A stream may have several inputs: its watermark is the least of theirs.
#[derive(Debug)]
pub struct Merge {
    readers: Vec<EventReader>,
    /// By reader: whether its end has been noticed.
    done: Vec<bool>,
    /// By reader: whether it had nothing when last looked at.
    empty: Vec<bool>,
    /// By reader: whether it has had nothing for long.
    silent: Vec<bool>,
    /// What has come about and has not been handed out.
    next: VecDeque<Pulled>,
    /// Rung by inputs that others read for.
    bell: Option<Bell>,
    failed: bool,
    /// Whether windows stay open when all inputs of a stream are at their end.
    pauses: bool,
}

impl Merge {
    /// Merges inputs; their order decides where times are equal.
    #[must_use]
    pub fn new(readers: Vec<EventReader>) -> Self {
        let none = vec![false; readers.len()];
        let (done, empty) = (none.clone(), none.clone());
        Self {
            done,
            empty,
            silent: none,
            next: VecDeque::new(),
            bell: None,
            readers,
            failed: false,
            pauses: false,
        }
    }

    /// Where nothing is there, waits for a bell that is rung once there is.
    #[must_use]
    pub(super) fn waiting_for(mut self, bell: Option<Bell>) -> Self {
        self.bell = bell;
        self
    }

    /// Gives rows the numbers of their places, which [`super::place_of_tag`] reads.
    #[must_use]
    pub fn telling_places(mut self) -> Self {
        self.readers.iter_mut().enumerate().for_each(|(input, reader)| reader.tell_places(input));
        self
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
    /// waits for those that have nothing while there are others.
    fn furthest_behind(&self) -> Option<usize> {
        let open = (0..self.readers.len()).filter(|index| !self.done[*index] && !self.empty[*index]);
        open.min_by_key(|index| {
            let reader = &self.readers[*index];
            (!reader.is_ended(), reader.greatest_time())
        })
    }

    fn inputs_of(&self, stream: StreamId) -> impl Iterator<Item = usize> {
        (0..self.readers.len()).filter(move |index| self.readers[*index].stream() == stream)
    }

    /// The least watermark of some inputs, those left out that are silent while others are not.
    fn least_watermark(&self, readers: impl Iterator<Item = usize>) -> Watermark {
        let open: Vec<_> = readers.filter(|index| !self.readers[*index].is_ended()).collect();
        let least = |silent: bool| {
            let some = open.iter().filter(|index| silent || !self.silent[**index]);
            some.map(|index| self.readers[*index].watermark()).min()
        };
        least(false).or_else(|| least(true)).unwrap_or(Watermark::MAX)
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
                (self.empty[index], self.silent[index]) = (false, false);
                let watermark = self.watermark_of(stream);
                self.reached(stream, watermark);
                let bookmark = Box::new(self.readers[index].bookmark());
                Some(Ok(Pulled::Rows { batch, watermark, input: index, bookmark }))
            }
            Some(Err(error)) => {
                self.failed = true;
                Some(Err(error))
            }
            None if self.readers[index].is_reading() => {
                self.empty[index] = true;
                let is_silent = self.readers[index].is_silent();
                let known = std::mem::replace(&mut self.silent[index], is_silent);
                (is_silent && !known).then(|| self.fell_silent(stream)).flatten().map(Ok)
            }
            None => {
                (self.empty[index], self.silent[index]) = (false, false);
                self.done[index] = true;
                self.inputs_of(stream).all(|input| self.done[input]).then_some(Ok(Pulled::Ended(stream)))
            }
        }
    }

    /// What an input's silence means for its stream: those of its inputs that are not silent go on without it.
    fn fell_silent(&mut self, stream: StreamId) -> Option<Pulled> {
        let open: Vec<_> = self.inputs_of(stream).filter(|input| !self.done[*input]).collect();
        let watermarks = open.iter().map(|input| self.readers[*input].reached());
        let are_all_silent = open.iter().all(|input| self.silent[*input]);
        // Where all are, nothing holds back what the farthest of them has reached; as in Flink.
        let reached =
            if are_all_silent { watermarks.max() } else { Some(self.least_watermark(open.iter().copied())) };
        let reached = reached.filter(|reached| *reached > Watermark::MIN && open.len() > 1);
        if are_all_silent {
            self.next.push_back(Pulled::Silent(stream));
        }
        let Some(reached) = reached else { return self.next.pop_front() };
        self.reached(stream, reached);
        Some(Pulled::Reached(stream, reached))
    }

    /// A stream does not go back, whoever of its inputs wakes up later.
    fn reached(&mut self, stream: StreamId, watermark: Watermark) {
        self.readers
            .iter_mut()
            .filter(|reader| reader.stream() == stream)
            .for_each(|reader| reader.stay_behind(watermark));
    }

    /// Waits a moment for what may come.
    fn wait(&self, rung: u64) {
        const MOST: Duration = Duration::from_millis(20);
        if let Some(bell) = &self.bell {
            bell.wait_beyond(rung, MOST);
        }
    }
}

/// After an error there is nothing more.
impl Iterator for Merge {
    type Item = Result<Pulled, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(next) = self.next.pop_front() {
            return Some(Ok(next));
        }
        while !self.failed {
            let rung = self.bell.as_ref().map_or(0, Bell::rung);
            // Looking at an input that had nothing takes a moment only.
            let empty = (0..self.readers.len()).filter(|index| self.empty[*index]).collect::<Vec<_>>();
            if let Some(woken) = empty.iter().find_map(|index| self.pull(*index)) {
                return Some(woken);
            }
            match self.furthest_behind() {
                None if empty.is_empty() => return None,
                None => self.wait(rung),
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
