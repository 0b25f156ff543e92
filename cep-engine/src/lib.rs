//! State that outlives the process: the contract that every state store keeps ([`store`]), and the engine that runs a
//! program over one.
//!
//! No runtime, no clock, no I/O of its own: futures are polled by the caller, and time is an argument.
//!
//! # What an engine promises
//! 1. **Whatever happens to the process, no match is lost and none is doubled**: state, positions of the sources and
//!    outputs are committed together, and outputs leave only once they are.
//! 2. **One owner.** Opening takes the namespace over; an older owner cannot write any more, however long it slept.
//! 3. **What a group holds is a function of what it has read.** Each group knows how far it has applied each source, and
//!    skips what it has: sources are read again from the least of those positions.
//! 4. **A key is in memory before anything happens to it**, be it an event or the passing of time. A key may be left to the
//!    store once its last change is committed there.
//! 5. **After any failure memory is thrown away**: the engine stops, and whoever opens it again goes on from the store.
//!
//! 6. **A record that cannot be read is never taken for none.** The engine stops and names the key; or, where that is asked
//!    for, it sets the record aside: its bytes are kept as they are under a key of their own, in one commit with its going, and
//!    from then on, over any number of openings, the rows of its key are counted and not matched. All other keys go on.
//!
//! # How
//! A namespace has groups, hash ranges of keys. Each has a matcher of its own; conditions are evaluated once for all.
//! A round of commits covers all groups at one point of the input, also those that have not changed: else an idle group
//! would have its sources read from far back. Rounds are pipelined; the version that a commit expects is that which the
//! one before it makes, so those behind a failed one fail.
//!
//! A program that takes another's place does so in one step, before anything is read: what the namespace says of itself is
//! replaced whole, and with it which partial matches count. Records are read accordingly whenever they are loaded.
//!
//! Rows that wait for the watermark are kept in chunks, each written once and deleted when time has passed all of it: a
//! commit writes what is new, however much waits.
#![deny(missing_docs)]

mod change;
mod drain;
mod early;
mod engine;
mod error;
mod flight;
mod group;
mod header;
mod keys;
pub mod log;
mod look;
mod memory;
mod moving;
mod open;
mod options;
mod position;
mod quarantine;
mod sabotage;
mod segments;
mod sharing;
pub mod store;
mod text;

pub use change::{Fate, Plan, Planned};
pub use drain::{Compile, Draining, stored_program, with_draining};
pub use engine::Engine;
pub use error::EngineError;
pub use flight::Released;
pub use group::Render;
pub use look::{Aside, GroupOverview, Look, Overview, Seen, overview, plan};
pub use moving::{Import, Moved, Piece, copy, export};
pub use open::Resume;
pub use options::{OnChange, Options};
pub use position::{Position, Vector, least};
pub use quarantine::SetAside;
#[cfg(feature = "sabotage")]
pub use sabotage::Sabotage;
pub use text::{Given, ProgramText, TextFile};
