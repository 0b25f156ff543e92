//! The outputs of all shards in one order: that of one matcher alone.

use super::chunk::{Chunk, Dropped, Emission, Failure, Made};
use super::shard::{Shard, Told};
use super::tag::Tag;

/// What one shard, or the front, has to tell of a work.
pub(super) struct Source<'s, T> {
    /// The shard, for as long as there is more to come.
    shard: Option<&'s mut Shard<T>>,
    /// What has come and waits for its turn, in order.
    waiting: std::collections::VecDeque<Waiting<T>>,
    pub(super) emissions: Vec<Emission>,
    dropped: Vec<Dropped>,
    failure: Option<Box<Failure>>,
}

/// The rest of a chunk.
struct Waiting<T> {
    places: std::vec::IntoIter<(Tag, usize)>,
    outputs: std::vec::IntoIter<Made<T>>,
    handed_out: usize,
}

impl<'s, T: Send + 'static> Source<'s, T> {
    /// What a shard tells of the work it is at.
    pub(super) fn of_shard(shard: &'s mut Shard<T>) -> Self {
        Self { shard: Some(shard), ..Self::of_chunk(Chunk::default()) }
    }

    /// What has been told already.
    pub(super) fn of_chunk(chunk: Chunk<T>) -> Self {
        let (waiting, emissions, dropped) = Default::default();
        let mut source = Self { shard: None, waiting, emissions, dropped, failure: None };
        source.take_in(chunk);
        source
    }

    fn take_in(&mut self, chunk: Chunk<T>) {
        self.emissions.extend(chunk.emissions);
        self.dropped.extend(chunk.dropped);
        if !chunk.outputs.is_empty() {
            let (places, outputs) = (chunk.places.into_iter(), chunk.outputs.into_iter());
            self.waiting.push_back(Waiting { places, outputs, handed_out: 0 });
        }
    }

    /// Takes in what the shard tells next.
    fn listen(&mut self) {
        let Some(shard) = &mut self.shard else { return };
        match shard.next() {
            Told::More(chunk) => self.take_in(chunk),
            Told::Done(chunk, failure) => {
                (self.shard, self.failure) = (None, failure);
                self.take_in(chunk);
            }
        }
    }

    /// Takes in all that the shard tells of its work.
    pub(super) fn listen_to_the_end(&mut self) {
        while self.shard.is_some() {
            self.listen();
        }
    }

    /// The place of what comes next.
    fn first(&mut self) -> Option<&Tag> {
        while self.waiting.front().is_none_or(|waiting| waiting.places.as_slice().is_empty()) {
            if self.waiting.pop_front().is_none() {
                self.shard.as_ref()?;
                self.listen();
            }
        }
        self.waiting.front()?.places.as_slice().first().map(|(tag, _)| tag)
    }

    /// Hands out what is at the first place.
    fn hand_out(&mut self, emit: &mut impl FnMut(&Tag, Made<T>)) {
        let Some(waiting) = self.waiting.front_mut() else { return };
        let Some((tag, end)) = waiting.places.next() else { return };
        let count = end - waiting.handed_out;
        waiting.handed_out = end;
        waiting.outputs.by_ref().take(count).for_each(|output| emit(&tag, output));
    }
}

/// What came of a work besides outputs.
pub(super) struct Rest {
    /// What limits dropped.
    pub(super) dropped: Vec<Dropped>,
    /// What stopped the work first.
    pub(super) failure: Option<Box<Failure>>,
}

/// The first failure of all that are known.
pub(super) fn first_failure<'a, T>(sources: &'a [Source<'_, T>]) -> Option<&'a Failure> {
    let failures = sources.iter().filter_map(|source| source.failure.as_deref());
    failures.min_by(|left, right| left.tag.cmp(&right.tag))
}

/// Hands out what all tell of a work, in order, up to the first failure.
pub(super) fn in_order<T: Send + 'static>(
    mut sources: Vec<Source<'_, T>>,
    mut emit: impl FnMut(&Tag, Made<T>),
) -> Rest {
    loop {
        let mut first: Option<(usize, &Tag)> = None;
        for (index, source) in sources.iter_mut().enumerate() {
            if let Some(tag) = source.first()
                && first.is_none_or(|(_, least)| tag < least)
            {
                first = Some((index, tag));
            }
        }
        let Some((index, _)) = first else { break };
        if is_cut(&mut sources, index) {
            break;
        }
        sources[index].hand_out(&mut emit);
    }
    // Nobody is asked for the next work before all are through with this one.
    sources.iter_mut().for_each(Source::listen_to_the_end);
    let end = first_failure(&sources).map(|failure| failure.tag.clone());
    let dropped = sources.iter_mut().flat_map(|source| source.dropped.drain(..));
    let dropped = dropped.filter(|dropped| end.as_ref().is_none_or(|end| dropped.tag <= *end)).collect();
    let failures = sources.into_iter().filter_map(|source| source.failure);
    Rest { dropped, failure: failures.min_by(|left, right| left.tag.cmp(&right.tag)) }
}

/// Whether what a source has next lies behind a failure. All sources have been asked what they have next: one that
/// failed with nothing before that has told so.
fn is_cut<T: Send + 'static>(sources: &mut [Source<'_, T>], index: usize) -> bool {
    let Some(end) = first_failure(sources).map(|failure| failure.tag.clone()) else { return false };
    sources[index].first().is_some_and(|tag| *tag > end)
}
