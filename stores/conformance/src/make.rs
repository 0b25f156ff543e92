//! What the tests write: short ways to say it.

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{Changes, Fresh, GroupId, Put, Version};

/// The end of the deadlines that every store takes: 2^53 milliseconds from the epoch, either way.
pub(crate) const FARTHEST: i64 = 1 << 53;

/// The most bytes of a value.
pub(crate) const MOST_VALUE: usize = 64 * 1024 * 1024;

/// The group that most tests use.
pub(crate) const G0: GroupId = GroupId(0);

/// The one beside it.
pub(crate) const G1: GroupId = GroupId(1);

pub(crate) fn bytes(of: impl AsRef<[u8]>) -> Bytes {
    Bytes::copy_from_slice(of.as_ref())
}

/// A number as a key that sorts as the number does.
pub(crate) fn numbered(number: u64) -> Bytes {
    bytes(format!("{number:08}"))
}

pub(crate) fn at(epoch: u64, seq: u64) -> Version {
    Version { epoch, seq }
}

/// How the tests make their namespaces: two groups.
pub(crate) fn fresh() -> Fresh {
    Fresh { groups: 2, about: bytes("about") }
}

/// An entry without deadline.
pub(crate) fn put(key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Put {
    Put { key: bytes(key), deadline: None, value: bytes(value) }
}

/// An entry with a deadline.
pub(crate) fn put_by(key: impl AsRef<[u8]>, deadline: i64, value: impl AsRef<[u8]>) -> Put {
    Put { deadline: Some(Timestamp(deadline)), ..put(key, value) }
}

/// Changes that put entries.
pub(crate) fn puts(puts: impl IntoIterator<Item = Put>) -> Changes {
    Changes { puts: puts.into_iter().collect(), ..Changes::default() }
}

/// Changes that delete entries.
pub(crate) fn deletes<K: AsRef<[u8]>>(keys: impl IntoIterator<Item = K>) -> Changes {
    Changes { deletes: keys.into_iter().map(bytes).collect(), ..Changes::default() }
}

/// Changes that append to the outbox; the number is filled in by the owner.
pub(crate) fn appends<B: AsRef<[u8]>>(entries: impl IntoIterator<Item = B>) -> Changes {
    Changes { outbox: entries.into_iter().map(bytes).collect(), ..Changes::default() }
}

/// Changes of everything at once: three entries, one of them with a deadline, an outbox entry, the header, all telling
/// `round`; the key `gone` is deleted.
pub(crate) fn everything(round: u64) -> Changes {
    let text = round.to_string();
    Changes {
        puts: vec![put("a", &text), put_by("b", 10 + round.cast_signed(), &text), put("c", &text)],
        deletes: vec![bytes("gone")],
        outbox: vec![bytes(&text)],
        state: bytes(&text),
        first_outbox: 0,
    }
}
