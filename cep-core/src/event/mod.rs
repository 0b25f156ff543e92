//! Events as the engine takes them: typed values, schemas, and batches of columns of one stream.

mod batch;
mod column;
mod display;
mod packed;
mod schema;
mod value;
mod watermarks;

pub use batch::{BatchBuilder, EventBatch, RowError, WatermarkColumn};
pub use column::{Column, StrColumn};
pub(crate) use packed::{PackedRow, Packing};
pub use schema::{Field, Schema};
pub use value::{DataType, Datum, Map, Type, Value};
pub(crate) use value::{EXACT, exact};
pub use watermarks::Watermarks;
