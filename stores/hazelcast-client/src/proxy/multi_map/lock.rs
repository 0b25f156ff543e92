//! Locks of single keys of multimaps.

use std::borrow::Borrow;
use std::time::Duration;

use super::MultiMap;
use crate::codec::{MultiForceUnlock, MultiIsLocked, MultiLock, MultiTryLock, MultiUnlock};
use crate::error::Error;
use crate::proxy::locks::{FOR_EVER, locks};
use crate::proxy::millis;
use crate::serialization::ToData;

locks! {
    MultiMap, "multi_map", "map: hazelcast_client::MultiMap<String, i64>",
    lock: MultiLock,
    try_lock: MultiTryLock,
    unlock: MultiUnlock,
    force_unlock: MultiForceUnlock,
    is_locked: MultiIsLocked,
}
