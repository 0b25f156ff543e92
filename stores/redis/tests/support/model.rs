//! A chain of commits whose every state can be told from its number, so that a group can be checked to be exactly at one.

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{Changes, GroupId, Header, Put, StateStore};
use cep_store_redis::RedisStore;

pub(crate) const KEYS: u64 = 24;
/// Outbox entries of each commit.
pub(crate) const APPENDS: u64 = 2;

/// The changes of commit number `seq`: six keys with a deadline, one key deleted, two outbox entries.
pub(crate) fn changes(seq: u64) -> Changes {
    let put = |key: u64| Put {
        key: key_of(key),
        deadline: key.is_multiple_of(2).then(|| Timestamp(1_000 + seq.cast_signed())),
        value: value_of(seq, key),
    };
    Changes {
        puts: written(seq).map(put).collect(),
        deletes: vec![key_of(deleted(seq))],
        outbox: (0..APPENDS).map(|at| outbox_of(seq * APPENDS + at)).collect(),
        first_outbox: seq * APPENDS,
        state: seq.to_string().into(),
    }
}

fn written(seq: u64) -> impl Iterator<Item = u64> {
    (0..6).map(move |at| (seq * 5 + at) % KEYS)
}

fn deleted(seq: u64) -> u64 {
    (seq * 5 + 10) % KEYS
}

fn key_of(key: u64) -> Bytes {
    format!("key-{key:02}").into()
}

fn value_of(seq: u64, key: u64) -> Bytes {
    format!("{seq}/{key}/{}", "x".repeat(40)).into()
}

fn outbox_of(number: u64) -> Bytes {
    format!("match {number}").into()
}

/// What the group holds after `count` commits: key, deadline, value.
fn entries(count: u64) -> Vec<(Bytes, Option<Timestamp>, Bytes)> {
    let last = |key: u64| {
        (0..count).rev().find_map(|seq| {
            let is_written = written(seq).any(|written| written == key);
            (is_written || deleted(seq) == key).then_some((seq, is_written))
        })
    };
    (0..KEYS)
        .filter_map(|key| {
            let (seq, _) = last(key).filter(|(_, is_written)| *is_written)?;
            let put = changes(seq).puts.into_iter().find(|put| put.key == key_of(key)).unwrap();
            Some((put.key, put.deadline, put.value))
        })
        .collect()
}

/// The group is exactly as after as many commits as its header says.
pub(crate) async fn is_whole(store: &RedisStore, group: GroupId, header: &Header) {
    let count = header.version.seq;
    let page = store.scan(group, None, b"", None, 1_000).await.unwrap();
    let mut found: Vec<_> =
        page.items.into_iter().map(|entry| (entry.key, entry.deadline, entry.value)).collect();
    found.sort();
    assert_eq!(found, entries(count), "after {count} commits");
    let due = store.due(group, None, Timestamp(i64::MAX), None, 1_000).await.unwrap().items;
    let with_deadline = found.iter().filter(|(_, deadline, _)| deadline.is_some()).count();
    assert_eq!(due.len(), with_deadline);
    let outbox = store.outbox(group, 0, 1_000_000).await.unwrap();
    let expected: Vec<_> = (0..count * APPENDS).map(|number| (number, outbox_of(number))).collect();
    assert_eq!(outbox, expected);
    assert_eq!((header.first_outbox, header.next_outbox), (0, count * APPENDS));
    let state = count.checked_sub(1).map(|last| last.to_string()).unwrap_or_default();
    assert_eq!(header.state, Bytes::from(state));
}

/// Something is there to read.
pub(crate) async fn keys_are_there(store: &RedisStore, group: GroupId) {
    assert!(!store.scan(group, None, b"", None, 10).await.unwrap().items.is_empty());
    assert!(!store.due(group, None, Timestamp(i64::MAX), None, 10).await.unwrap().items.is_empty());
    assert!(!store.outbox(group, 0, 10).await.unwrap().is_empty());
}
