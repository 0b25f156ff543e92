//! Every operation, against the cluster of the binary.

mod collections;
mod counters;
mod events;
mod jobs;
mod journal;
mod locks;
mod map;
mod multi_map;
mod named;
mod near_cache;
mod objects;
mod paging;
mod queries;
mod replicated;
mod schemas;
mod sql;
mod transaction_collections;
mod transactions;
