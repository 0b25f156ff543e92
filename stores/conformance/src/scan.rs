//! Promise 8, second half: `scan` gives every entry. Prefixes and pages of it.

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::Changes;

use crate::Harness;
use crate::make::{G0, bytes, numbered, put, put_by, puts};
use crate::world::{Handle, Owner, World, ok};

/// Keys that are easily mistaken for each other or left out, in order.
const KEYS: [&[u8]; 16] = [
    b"",
    b"\0",
    b"\0\0",
    b"\0\x01",
    b"A",
    b"a",
    b"a\0",
    b"a\0\xff",
    b"a:b",
    b"aa",
    b"a\xc3\xa4",
    b"a\xff",
    b"a\xff\xff",
    b"b",
    b"\xff",
    b"\xff\xff\x01",
];

fn with_keys<H: Harness>(world: &World<H>) -> Owner<'_, H> {
    let mut owner = world.owner();
    let mut entries: Vec<_> = KEYS.iter().map(|key| put(key, key)).collect();
    entries.reverse();
    entries.swap(2, 9);
    owner.write(G0, puts(entries));
    owner
}

#[track_caller]
fn has<'k, H: Harness>(handle: &Handle<'_, H>, prefix: &[u8], expected: impl Iterator<Item = &'k &'k [u8]>) {
    let expected: Vec<Bytes> = expected.map(bytes).collect();
    for limit in [1, 2, 3, 16, 17, 1_000] {
        let entries = handle.scan_all(G0, prefix, limit);
        let keys: Vec<_> = entries.iter().map(|entry| entry.key.clone()).collect();
        assert_eq!(keys, expected, "prefix {prefix:?} in pages of {limit}");
        assert!(entries.iter().all(|entry| entry.value == entry.key));
    }
}

pub(crate) fn every_entry_is_scanned<H: Harness>(world: World<H>) {
    let owner = with_keys(&world);
    assert!(KEYS.is_sorted());
    has(&owner.handle, b"", KEYS.iter());
}

pub(crate) fn a_prefix_may_be_any_bytes<H: Harness>(world: World<H>) {
    let owner = with_keys(&world);
    let prefixes: [&[u8]; 14] = [
        b"\0",
        b"a",
        b"a\0",
        b"a\0\xff",
        b"a\0\xff\xff",
        b"a\xff",
        b"a\xff\xff",
        b"a\xff\xff\xff",
        b"\xff",
        b"\xff\xff",
        b"\xff\xff\xff",
        b"b",
        b"c",
        b"B",
    ];
    for prefix in prefixes {
        has(&owner.handle, prefix, KEYS.iter().filter(|key| key.starts_with(prefix)));
    }
}

pub(crate) fn bytes_that_mean_something_in_patterns_are_bytes_in_a_prefix<H: Harness>(world: World<H>) {
    let keys: [&[u8]; 9] = [b"*", b"*a", b"?", b"[a]", b"\\", b"\\*", b"a", b"a*b", b"aab"];
    let mut owner = world.owner();
    owner.write(G0, puts(keys.map(|key| put(key, key))));
    for prefix in keys {
        has(&owner.handle, prefix, keys.iter().filter(|key| key.starts_with(prefix)));
    }
}

pub(crate) fn what_stays_is_scanned_while_others_come_and_go<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts((0..3_000).map(|number| put(numbered(number), "x"))));
    let (mut found, mut after, mut round) = (std::collections::BTreeSet::new(), None, 0_u64);
    loop {
        let page = ok(owner.handle.scan(G0, b"", after, 100));
        found.extend(page.items.into_iter().map(|entry| entry.key));
        after = page.next;
        if after.is_none() {
            break;
        }
        let (gone, new) = (20 * round..20 * round + 20, 10_000 + 30 * round..10_030 + 30 * round);
        let gone = gone.filter(|number| number % 2 == 1 && *number < 3_000).map(numbered);
        owner.write(
            G0,
            Changes { deletes: gone.collect(), ..puts(new.map(|number| put(numbered(number), "y"))) },
        );
        round += 1;
    }
    assert!((0..3_000).step_by(2).all(|number| found.contains(&numbered(number))));
}

pub(crate) fn a_scanned_entry_has_its_deadline<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put_by("a", -7, "1"), put("b", "2"), put_by("c", 0, "3")]));
    owner.write(G0, puts([put_by("b", 9, "2"), put("c", "3")]));
    let entries = owner.handle.scan_all(G0, b"", 2);
    let deadlines: Vec<_> = entries.iter().map(|entry| entry.deadline).collect();
    assert_eq!(deadlines, [Some(Timestamp(-7)), Some(Timestamp(9)), None]);
}

pub(crate) fn ten_thousand_entries_are_scanned_in_pages<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts((0..10_000).map(|number| put(numbered(number), "x"))));
    for limit in [999, 10_000, 50_000] {
        let keys = owner.handle.scan_all(G0, b"", limit).into_iter().map(|entry| entry.key);
        assert!(keys.eq((0..10_000).map(numbered)), "in pages of {limit}");
    }
    assert_eq!(owner.handle.scan_all(G0, b"000012", 7).len(), 100);
}
