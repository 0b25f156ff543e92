//! State of the cep engine in Redis, 7 or newer, or in a Redis Cluster: the contract of `cep_engine::store` over one Lua script
//! a commit. Streams of Redis as sources and sinks: [`RedisStream`], [`StreamSink`].
//!
//! What lies where, why it is laid out so, and what it costs is told in the crate's `README.md`.

mod address;
mod commit;
mod doctor;
mod durability;
mod failure;
mod group;
mod keys;
mod life;
mod node;
mod options;
mod read;
mod reply;
mod root;
mod script;
mod servers;
mod setup;
mod slot;
mod store;
mod stream;
mod turn;
mod write;

pub use doctor::examine;
pub use durability::{Durability, Log};
pub use options::{ClientCertificate, RedisOptions};
pub use store::RedisStore;
pub use stream::{RedisStream, StreamAddress, StreamSink, Waiting};
