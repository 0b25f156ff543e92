//! A client for [Hazelcast](https://hazelcast.com) clusters: typed maps, listeners, Compact and Portable, on tokio.
//!
//! ```no_run
//! use hazelcast_client::{Client, Config};
//!
//! # async fn example() -> Result<(), hazelcast_client::Error> {
//! let client = Client::connect(Config::new(["127.0.0.1:5701"])).await?;
//! let stock = client.map::<String, i32>("stock");
//! stock.set("apples", &3).await?;
//! assert_eq!(stock.get("apples").await?, Some(3));
//! # Ok(())
//! # }
//! ```
//!
//! - **Values** are whatever has [`ToData`] and [`FromData`]: numbers, texts, lists, [`Json`], your own types as
//!   [`Compact`], and [`Record`] for those that your program does not have.
//! - **Errors** say what the caller can do ([`ErrorKind`]): try again, look first, mend the request.
//! - **Members** come and go: requests follow their partitions, listeners are registered again, and what may have been
//!   missed is told.
//!
//! Everything is asynchronous and needs a runtime of tokio. Dropping a future stops the waiting, not what a member does.

#![deny(missing_docs)]

mod client;
mod cluster;
mod codec;
mod config;
mod connection;
mod data;
mod error;
mod frame;
#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub mod fuzz;
mod invocation;
mod jet;
mod listener;
mod near_cache;
mod proxy;
mod serialization;
mod sql;
mod streamed;
mod transaction;

pub use client::Client;
pub use cluster::{Lifecycle, LifecycleEvent, Member, Metrics, State};
#[cfg(feature = "tls")]
pub use config::Tls;
pub use config::{Backoff, Balance, ClusterConfig, Config, Credentials, NearCacheConfig, Reconnect, Routing};
pub use data::Data;
pub use error::{Error, ErrorKind};
pub use jet::{Jet, Job, JobId, JobJar, JobStatus, JobSummary, Termination};
pub use listener::{Event, Gap};
pub use near_cache::NearCacheStats;
pub use proxy::{
    Aggregation, DistributedList, DistributedObject, DistributedSet, EntryEvent, EntryEventKind, EntryEvents,
    EntryFilter, EntryPages, Expiry, FlakeIdSettings, FlakeIds, Index, ItemEvent, ItemEventKind, ItemEvents,
    Journal, JournalBatch, JournalEnds, JournalEvent, JournalEvents, JournalStart, Map, MultiMap,
    ObjectEvent, ObjectEvents, ObjectKind, Overflow, Pages, Paging, PnCounter, Queue, ReliableMessages,
    ReliableTopic, ReplicatedMap, RingBatch, Ringbuffer, Topic, TopicMessage, TopicMessages, UniqueKey,
};
#[cfg(feature = "serde")]
pub use serialization::Serde;
pub use serialization::{
    AsPortable, BigDecimal, BigInteger, Compact, CompactField, CompactReader, CompactWriter, DataError,
    FieldKind, FromData, Input, Json, List, LocalDate, LocalDateTime, LocalTime, NestedPortable,
    NestedPortables, OffsetDateTime, Output, Placed, Portable, PortableField, PortableReader, PortableRecord,
    PortableValue, PortableWriter, Predicate, Record, RecordValue, Schema, Serializer, ToData,
};
pub use sql::{
    ColumnIndex, FromSql, Sql, SqlColumn, SqlError, SqlKind, SqlOutcome, SqlRow, SqlRows, SqlValue, Statement,
};
pub use transaction::{
    Transaction, TransactionList, TransactionMap, TransactionMultiMap, TransactionOptions, TransactionQueue,
    TransactionSet,
};
