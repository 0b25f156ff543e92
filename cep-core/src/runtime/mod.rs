//! One key, one event, one partial match at a time. Knows programs and the state of a key; knows nothing of batches
//! over many keys, of watermarks or of timers.

mod buffer;
mod codec;
mod collect;
mod completed;
mod crowd;
mod error;
mod event;
mod expire;
mod heap;
mod inspect;
mod key_run;
mod key_state;
mod one;
mod open;
mod order;
mod ordinal;
mod output;
mod partial_match;
mod record;
mod release;
mod running;
mod section;
mod sections;
mod sets;
mod step;
mod trace;
mod truth;
mod visit;

pub use buffer::Buffer;
pub(crate) use buffer::EventId;
pub use codec::{Adopt, Decoded, LeftOut, RecordCodec};
pub use error::{RunError, RunErrorKind};
pub use event::Event;
pub use inspect::{Awaits, InspectedEvent, InspectedKey, InspectedPartialMatch};
pub use key_state::KeyState;
pub use output::{Captured, CapturedRef, Match, MatchKind, MatchRef, Record};
pub use partial_match::PartialMatch;

pub(crate) use key_run::{KeyRun, Workspace};
pub(crate) use key_state::At;
pub(crate) use one::One;
pub(crate) use output::{Found, FoundOf};
pub(crate) use trace::{Left, Taken, Trace, only_family};
pub(crate) use truth::{Bits, EventAt, Masks, Words, bit};
pub(crate) use visit::{Starters, are_few};
