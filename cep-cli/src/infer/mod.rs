//! What stream a file of events is: the fields with their types, which may be null, which may be the key and which the
//! time, as a declaration that the language reads. Looks at values only; prints nothing.

mod column;
mod declare;
mod read;
mod time;

pub use column::{Column, Kind};
pub use declare::declaration;
pub use read::{ObserveError, Observed, observe};
