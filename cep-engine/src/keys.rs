//! The keys of what an engine keeps in a group: the first byte says what it is.

use bytes::Bytes;

/// Records of keys: the rest is the record key.
pub(crate) const RECORD: u8 = b'k';

/// Chunks of rows that wait for the watermark: the rest is the chunk's number, big-endian.
pub(crate) const WAITING: u8 = b'w';

/// Pieces of large records.
pub(crate) const SEGMENT: u8 = b's';

/// Records that cannot be read, set aside: the rest is the record key.
pub(crate) const ASIDE: u8 = b'q';

/// Where the record of a key is set aside.
pub(crate) fn aside(record: &[u8]) -> Bytes {
    [&[ASIDE], record.get(1..).unwrap_or_default()].concat().into()
}

/// The key of a record that is set aside.
pub(crate) fn of_aside(aside: &[u8]) -> Bytes {
    record(aside.get(1..).unwrap_or_default())
}

/// The key of a record.
pub(crate) fn record(key: &[u8]) -> Bytes {
    [&[RECORD], key].concat().into()
}

/// The key of a chunk.
pub(crate) fn waiting(number: u64) -> Bytes {
    [&[WAITING][..], &number.to_be_bytes()].concat().into()
}
