//! The state of a key between events: small where it is one partial match of one event, whole otherwise.

use crate::ids::FamilyId;
use crate::runtime::{At, KeyState, One, RecordCodec};
use crate::time::Timestamp;

/// The state of a key.
#[derive(Debug)]
pub(super) enum Kept {
    One(One),
    Whole(Box<KeyState>),
}

/// What is left of keys that are gone: the next take it over, as often one goes for each that comes.
#[derive(Debug, Default)]
#[expect(clippy::vec_box, reason = "states move from key to key as they lie")]
pub(super) struct Spare {
    states: Vec<Box<KeyState>>,
    words: Vec<Box<[u64]>>,
}

impl Kept {
    /// The whole state, to be read or changed.
    #[inline]
    pub(super) fn whole(&mut self, at: At<'_>, spare: &mut Spare) -> &mut KeyState {
        if let Self::One(_) = self {
            self.make_whole(at, spare);
        }
        match self {
            Self::Whole(state) => state,
            Self::One(_) => unreachable!("it was made whole"),
        }
    }

    #[inline(never)]
    fn make_whole(&mut self, at: At<'_>, spare: &mut Spare) {
        let whole = Self::Whole(spare.take());
        if let (Self::One(one), Self::Whole(state)) = (std::mem::replace(self, whole), self) {
            one.restore(state, at);
        }
    }

    /// Makes it small if it can be.
    #[inline]
    pub(super) fn rest(&mut self, at: At<'_>, spare: &mut Spare) {
        let Self::Whole(state) = self else { return };
        if !state.buffer().is_one() {
            return;
        }
        if let Some(one) = One::take(state, at)
            && let Self::Whole(state) = std::mem::replace(self, Self::One(one))
        {
            spare.give_state(state);
        }
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::One(_) => false,
            Self::Whole(state) => state.is_empty(),
        }
    }

    /// Whether it is one partial match whose window, its only one, is over.
    pub(super) fn is_over(&self, at: At<'_>, now: Timestamp) -> bool {
        match self {
            Self::One(one) => one.is_over(at, now),
            Self::Whole(_) => false,
        }
    }

    /// The moment by which time has to be told of.
    pub(super) fn deadline(&self, at: At<'_>) -> Option<Timestamp> {
        match self {
            Self::One(one) => one.deadline(at),
            Self::Whole(state) => state.deadline(at),
        }
    }

    /// Appends its record.
    pub(super) fn encode(&self, codec: &RecordCodec, family: FamilyId, out: &mut Vec<u8>) {
        match self {
            Self::One(one) => codec.encode_one(family, one, out),
            Self::Whole(state) => codec.encode(family, state, out),
        }
    }

    /// About how many bytes it takes beside its place.
    pub(super) fn memory(&self) -> usize {
        match self {
            Self::One(one) => one.memory(),
            Self::Whole(state) => size_of::<KeyState>() + state.memory(),
        }
    }

    /// How many events are there, those among them that nothing reaches any more.
    pub(super) fn events(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Whole(state) => state.buffer().held().0,
        }
    }

    pub(super) fn partial_matches(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Whole(state) => state.partial_matches(),
        }
    }
}

impl Spare {
    /// The most that is kept of a kind.
    const MOST: usize = 64;

    /// An empty state.
    fn take(&mut self) -> Box<KeyState> {
        self.states.pop().unwrap_or_default()
    }

    /// An empty state that is about to hold an event.
    pub(super) fn take_for_event(&mut self) -> Box<KeyState> {
        let mut state = self.take();
        if let Some(words) = self.words.pop() {
            state.put_room(words);
        }
        state
    }

    /// Takes the memory of a key that is gone.
    pub(super) fn give(&mut self, gone: Kept) {
        match gone {
            Kept::Whole(state) => self.give_state(state),
            Kept::One(one) if self.words.len() < Self::MOST => self.words.push(one.into_words()),
            Kept::One(_) => {}
        }
    }

    fn give_state(&mut self, state: Box<KeyState>) {
        if self.states.len() < Self::MOST {
            self.states.extend(state.emptied());
        }
    }
}
