//! Redis streams as sources and as sinks.

mod address;
mod patience;
mod sink;
mod source;
mod view;

pub use address::StreamAddress;
pub use sink::{StreamSink, Waiting};
pub use source::RedisStream;
