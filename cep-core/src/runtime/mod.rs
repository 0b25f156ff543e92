//! One key, one event, one partial match at a time. Knows programs and the state of a key; knows nothing of batches
//! over many keys, of watermarks or of timers.

mod buffer;
mod completed;
mod crowd;
mod error;
mod expire;
mod heap;
mod key_run;
mod key_state;
mod open;
mod order;
mod ordinal;
mod output;
mod partial_match;
mod pool;
mod release;
mod section;
mod sets;
mod step;
mod truth;
mod visit;

pub(crate) use buffer::EventId;
pub use buffer::{Buffer, Event};
pub use error::{RunError, RunErrorKind};
pub use key_state::KeyState;
pub use output::{Captured, CapturedRef, Match, MatchKind, MatchRef, Record};
pub use partial_match::PartialMatch;

pub(crate) use key_run::{KeyRun, Workspace};
pub(crate) use key_state::At;
pub(crate) use output::{Found, FoundOf};
pub(crate) use truth::{Bits, EventAt, Masks, Words, bit};
pub(crate) use visit::{Starters, are_few};
