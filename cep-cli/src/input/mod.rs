//! Reading event and table files, and logs in servers: CSV, JSON lines and entries, directed by the schema of the stream or
//! table, straight into columns. Only what the schema names is parsed.
//!
//! A bad row names file, line, column, field and text, and what to do; it ends the reading or is counted and skipped,
//! as [`OnBadRow`] says. Rows before it are always delivered first. Memory is bounded whatever the input: a batch ends
//! after [`BATCH_ROWS`] rows or [`BATCH_BYTES`] of text, and a record may not exceed [`MAX_RECORD`].

mod ahead;
mod bad_rows;
mod batches;
mod bell;
mod bind;
mod block;
mod bookmark;
mod buffer;
mod csv;
mod dead_letters;
mod delivery;
mod entries;
mod error;
mod fetch;
mod format;
mod json;
mod jsonl;
mod live;
mod merge;
mod open;
mod origin;
mod places;
mod problem;
mod reader;
mod replay;
mod rows;
mod scalar;
mod silence;
mod table;

pub use ahead::ReadAhead;
pub use bad_rows::{BadRowPolicy, BadRows, OnBadRow};
pub use batches::{ArrivalClock, BATCH_BYTES, BATCH_ROWS};
pub use bind::{BindError, Binding, Bindings, Place, UnusedFile, bind, table_place};
pub use bookmark::{Bookmark, Identity, Moved};
pub use buffer::MAX_RECORD;
pub(crate) use csv::csv_header;
pub use dead_letters::{Again, DeadLetters, DeadLettersError, Rereading};
pub use delivery::{Delivered, Delivery, Inputs, Tally};
pub use error::{BadRow, HeaderProblem, InputError, Position};
pub use format::Format;
pub use merge::{Merge, Pulled};
pub use open::{ReadOptions, open_streams, open_streams_at, open_table, total_size};
pub use origin::{Origin, Pace};
pub use places::place_of_tag;
pub use problem::Problem;
pub use reader::EventReader;
pub use replay::Replay;
pub use table::{TableFile, read_table};
