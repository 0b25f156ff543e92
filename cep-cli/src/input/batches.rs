//! How large batches are, and whose time their rows have.

use cep_core::ids::ColumnId;
use cep_core::time::Timestamp;

/// The most rows of a batch.
pub const BATCH_ROWS: usize = 4096;

/// The most text that goes into a batch, so that rows of a megabyte do not make batches of gigabytes.
pub const BATCH_BYTES: u64 = 1 << 20;

/// Gives the event time of rows of a stream without a time field.
pub type ArrivalClock = Box<dyn FnMut() -> Timestamp>;

/// Where the event time of a row comes from.
pub(super) enum TimeSource {
    Field(ColumnId),
    Arrival(ArrivalClock),
}
