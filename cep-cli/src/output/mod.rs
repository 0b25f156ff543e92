//! Writing what a program finds: JSON lines, CSV, a table for people, or counts.
//!
//! One thing found becomes one line. A match of a pattern with `emit` becomes the records it emits, a match of a pattern
//! without becomes itself, and so does each record of `on timeout emit` and each late event of a stream with `late to`.
//! These are the [`Shape`]s of a program; which of them are written can be chosen.
//!
//! Times and durations are written as milliseconds (but readable in the table), so that what is written can be read
//! again as a stream.

mod cells;
mod counts;
mod csv;
mod item;
mod jsonl;
mod lines;
mod shape;
mod table;
mod value;
mod writer;

pub use item::{Event, Found, Item, items};
pub use lines::{Lines, Renderer};
pub use shape::{Origin, Shape, ShapeError, Shapes};
pub(crate) use value::{AsJson, write_line};
pub use writer::{OutputFormat, Writer, writer};
