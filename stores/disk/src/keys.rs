//! The keys under which a namespace lies in the folder, and the few bytes before a value. Numbers are big-endian, so that the
//! order of bytes is that of the numbers.
//!
//! | table | key | value |
//! |---|---|---|
//! | meta | `f` | the format |
//! | meta | `b` | the number of the last batch that was written |
//! | meta | `i` | the next space |
//! | meta | `n` name | space, groups, about version, about |
//! | meta | `h` space group | version, outbox numbers, header bytes |
//! | meta | `g` space | a dropped space that is not yet cleared away |
//! | records | space group key | deadline, value |
//! | due | space group deadline key | – |
//! | outbox | space group number | entry |
//!
//! A *space* is one life of a namespace: a name that is dropped and made again gets another, so that whatever is left of
//! the first is never seen in the second.

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{Due, GroupId, Namespace};

/// One life of a namespace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct SpaceId(pub(crate) u32);

/// A group of a space.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Place {
    pub(crate) space: SpaceId,
    pub(crate) group: GroupId,
}

/// Bytes before the key in `records`, before the deadline in `due`, before the number in `outbox`.
const PLACE: usize = 6;

/// Bytes of a deadline in a key.
const TIME: usize = 8;

pub(crate) const FORMAT: &[u8] = b"f";
pub(crate) const BATCH: &[u8] = b"b";
pub(crate) const NEXT_SPACE: &[u8] = b"i";
pub(crate) const NAMES: &[u8] = b"n";
pub(crate) const GARBAGE: &[u8] = b"g";

pub(crate) fn name(namespace: &Namespace) -> Vec<u8> {
    [NAMES, namespace.as_str().as_bytes()].concat()
}

pub(crate) fn header(place: Place) -> Vec<u8> {
    [b"h", &place.bytes()[..]].concat()
}

pub(crate) fn garbage(space: SpaceId) -> Vec<u8> {
    [GARBAGE, &space.0.to_be_bytes()].concat()
}

/// The space of a key of garbage.
pub(crate) fn garbage_space(key: &[u8]) -> Option<SpaceId> {
    let number = key.strip_prefix(GARBAGE)?.try_into().ok()?;
    Some(SpaceId(u32::from_be_bytes(number)))
}

impl SpaceId {
    /// What every key of the space begins with, outside `meta`.
    pub(crate) fn prefix(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }
}

impl Place {
    fn bytes(self) -> [u8; PLACE] {
        let ([a, b, c, d], [e, f]) = (self.space.0.to_be_bytes(), self.group.0.to_be_bytes());
        [a, b, c, d, e, f]
    }

    pub(crate) fn record(self, key: &[u8]) -> Vec<u8> {
        [&self.bytes()[..], key].concat()
    }

    pub(crate) fn due(self, deadline: Timestamp, key: &[u8]) -> Vec<u8> {
        [&self.bytes()[..], &ordered(deadline), key].concat()
    }

    pub(crate) fn outbox(self, number: u64) -> Vec<u8> {
        [&self.bytes()[..], &number.to_be_bytes()].concat()
    }
}

/// The engine's key in a key of `records`.
pub(crate) fn record_key(key: &[u8]) -> &[u8] {
    key.get(PLACE..).unwrap_or_default()
}

/// What a key of `due` says; none where it is not one.
pub(crate) fn parse_due(key: &[u8]) -> Option<Due> {
    let (time, key) = key.get(PLACE..)?.split_first_chunk::<TIME>()?;
    Some(Due { deadline: unordered(*time), key: Bytes::copy_from_slice(key) })
}

/// The number in a key of `outbox`; none where it is not one.
pub(crate) fn parse_outbox(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(key.get(PLACE..)?.try_into().ok()?))
}

/// Bytes in the order of time: the sign turned, so that what is before the epoch comes first.
fn ordered(time: Timestamp) -> [u8; TIME] {
    (time.0.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

fn unordered(bytes: [u8; TIME]) -> Timestamp {
    Timestamp((u64::from_be_bytes(bytes) ^ (1 << 63)).cast_signed())
}

/// The value of a record: whether there is a deadline, the deadline, the engine's bytes.
pub(crate) fn record_value(deadline: Option<Timestamp>, value: &[u8]) -> Vec<u8> {
    match deadline {
        None => [&[0], value].concat(),
        Some(time) => [&[1], &ordered(time)[..], value].concat(),
    }
}

/// The parts of a record's value; none where it is not one.
pub(crate) fn parse_record(value: &[u8]) -> Option<(Option<Timestamp>, &[u8])> {
    match value.split_first()? {
        (0, value) => Some((None, value)),
        (1, rest) => {
            let (time, value) = rest.split_first_chunk::<TIME>()?;
            Some((Some(unordered(*time)), value))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_are_ordered_as_their_bytes() {
        let times = [i64::MIN, -(1 << 53), -256, -1, 0, 1, 255, 256, 1 << 53, i64::MAX].map(Timestamp);
        assert!(times.is_sorted_by_key(|time| ordered(*time)));
        assert!(times.iter().all(|time| unordered(ordered(*time)) == *time));
    }

    #[test]
    fn what_is_built_is_parsed() {
        let place = Place { space: SpaceId(7), group: GroupId(258) };
        let due = Due { deadline: Timestamp(-3), key: Bytes::from("k\0") };
        assert_eq!(parse_due(&place.due(due.deadline, &due.key)), Some(due));
        assert_eq!(parse_outbox(&place.outbox(9)), Some(9));
        assert_eq!(record_key(&place.record(b"key")), b"key");
        assert_eq!(parse_record(&record_value(None, b"v")), Some((None, &b"v"[..])));
        let timed = record_value(Some(Timestamp(5)), b"");
        assert_eq!(parse_record(&timed), Some((Some(Timestamp(5)), &b""[..])));
        assert_eq!(garbage_space(&garbage(SpaceId(3))), Some(SpaceId(3)));
    }

    #[test]
    fn what_is_no_key_is_none() {
        assert_eq!(parse_due(b"short"), None);
        assert_eq!(parse_outbox(b"0123456789012345"), None);
        assert_eq!(parse_record(b""), None);
        assert_eq!(parse_record(&[1, 2, 3]), None);
        assert_eq!(parse_record(&[9]), None);
    }
}
