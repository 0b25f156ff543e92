//! The user's types and the engine's values: an event from anything that serialises as a struct or a map, and what was
//! found into anything that deserialises from one.

mod read;
mod value;
mod write;

pub use read::ReadError;
pub(crate) use read::{Fields, Items, ValueReader};
pub use write::RowError;
pub(crate) use write::write_row;
