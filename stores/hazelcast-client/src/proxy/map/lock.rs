//! Locks of single keys.

use std::borrow::Borrow;
use std::time::Duration;

use super::Map;
use crate::codec::{MapForceUnlock, MapIsLocked, MapLock, MapTryLock, MapUnlock};
use crate::error::Error;
use crate::proxy::locks::{FOR_EVER, locks};
use crate::proxy::millis;
use crate::serialization::ToData;

locks! {
    Map, "map", "map: hazelcast_client::Map<String, i64>",
    lock: MapLock,
    try_lock: MapTryLock,
    unlock: MapUnlock,
    force_unlock: MapForceUnlock,
    is_locked: MapIsLocked,
}
