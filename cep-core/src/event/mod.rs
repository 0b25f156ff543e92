//! Events as the engine takes them: typed values, schemas, and batches of columns of one stream.

mod batch;
mod bytes;
mod column;
mod display;
mod packed;
mod schema;
mod str_column;
mod texts;
mod value;
mod watermarks;

pub use batch::{BatchBuilder, EventBatch, RowError, WatermarkColumn};
pub(crate) use bytes::{
    bits, read_bits, read_datum, read_type, stands, write_datum, write_type, write_value,
};
pub use column::Column;
pub(crate) use packed::{Nested, PackedRow, Slot, move_nested, pack, pack_slots, words_of, words_of_slots};
pub use schema::{Field, Schema};
pub use str_column::StrColumn;
pub(crate) use texts::Texts;
pub use value::{DataType, Datum, Map, Type, Value};
pub(crate) use value::{EXACT, exact};
pub use watermarks::Watermarks;
