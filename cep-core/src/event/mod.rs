//! Events as the engine takes them: typed values, schemas, and batches of columns of one stream.

mod batch;
mod column;
mod display;
mod packed;
mod schema;
mod str_column;
mod texts;
mod value;
mod watermarks;

pub use batch::{BatchBuilder, EventBatch, RowError, WatermarkColumn};
pub use column::Column;
pub(crate) use packed::{Nested, PackedRow, move_nested, pack, words_of};
pub use schema::{Field, Schema};
pub use str_column::StrColumn;
pub(crate) use texts::Texts;
pub use value::{DataType, Datum, Map, Type, Value};
pub(crate) use value::{EXACT, exact};
pub use watermarks::Watermarks;
