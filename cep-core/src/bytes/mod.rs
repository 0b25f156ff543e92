//! What state is written as: numbers and texts as bytes, and back. The formats made of them are in docs/state-format.md.
//! Knows no program.

mod error;
mod reader;
mod sum;
mod write;

pub use error::{RecordError, RecordErrorKind};
pub(crate) use reader::Reader;
pub(crate) use sum::Sum;
pub(crate) use write::{float, int, text, uint};

/// The version that is written, the first byte of everything.
pub const FORMAT_VERSION: u8 = 1;
