//! Large and many: what a store must not choke on, cut or reorder.

use bytes::Bytes;
use cep_engine::store::{Changes, Fresh, Put};

use crate::Harness;
use crate::make::{G0, at, bytes, deletes, fresh, numbered, put, put_by, puts};
use crate::random::Random;
use crate::world::{NAME, World, ok};

const MIB: usize = 1024 * 1024;

/// Bytes that do not compress and of which none is special.
fn noise(seed: u64, length: usize) -> Bytes {
    let mut random = Random::new(seed);
    let mut noise: Vec<u8> = Vec::with_capacity(length + 8);
    while noise.len() < length {
        noise.extend(random.next().to_le_bytes());
    }
    noise.truncate(length);
    noise.into()
}

pub(crate) fn values_of_any_size_come_back_as_they_were<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    let sizes = [0, 1, 100, 4_095, 4_096, 65_535, 65_536, 65_537, MIB - 1, MIB, 5 * MIB];
    let value = |size: usize| noise(size as u64, size);
    let entry = |size: &usize| Put {
        key: numbered(*size as u64),
        deadline: Some(cep_core::time::Timestamp(1)),
        value: value(*size),
    };
    owner.write(G0, Changes { puts: sizes.iter().map(entry).collect(), ..Changes::default() });
    let dump = world.handle(NAME).dump(G0);
    assert_eq!(dump.entries.len(), sizes.len());
    for (entry, size) in dump.entries.iter().zip(sizes) {
        assert!(entry.key == numbered(size as u64) && entry.value == value(size), "a value of {size} bytes");
    }
    // Smaller again, and gone.
    owner.write(G0, puts([put(numbered(5 * MIB as u64), "small")]));
    owner.write(G0, deletes([numbered(MIB as u64)]));
    let keys = [numbered(5 * MIB as u64), numbered(MIB as u64)];
    assert_eq!(ok(owner.handle.load(G0, &keys)), [Some(bytes("small")), None]);
}

pub(crate) fn many_large_values_in_one_commit<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    let entry = |number: u64| Put { value: noise(number, MIB), ..put(numbered(number), "") };
    owner.write(G0, puts((0..16).map(entry)));
    let entries = world.handle(NAME).scan_all(G0, b"", 5);
    assert_eq!(entries.len(), 16);
    for (number, entry) in (0..).zip(entries) {
        assert!(entry.value == noise(number, MIB), "value {number}");
    }
}

pub(crate) fn ten_thousand_entries_in_one_commit<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    let entry = |number: u64| put_by(numbered(number), number.cast_signed() % 100, noise(number, 150));
    owner.write(G0, puts((0..10_000).map(entry)));
    let dump = owner.handle.dump(G0);
    assert_eq!((dump.entries.len(), dump.due.len()), (10_000, 10_000));
    assert!((0..).zip(&dump.entries).all(|(number, entry)| entry.value == noise(number, 150)));
    // Half of them go while as many come.
    let mut changes = puts((10_000..15_000).map(entry));
    changes.deletes = (0..10_000).step_by(2).map(numbered).collect();
    owner.write(G0, changes);
    let dump = owner.handle.dump(G0);
    assert_eq!((dump.entries.len(), dump.due.len()), (10_000, 10_000));
    assert_eq!((&dump.entries[0].key, &dump.entries[9_999].key), (&numbered(1), &numbered(14_999)));
    owner.write(G0, deletes((0..15_000).map(numbered)));
    let dump = owner.handle.dump(G0);
    assert_eq!((dump.entries.len(), dump.due.len(), dump.header.version), (0, 0, at(1, 3)));
}

pub(crate) fn large_headers_outbox_entries_and_abouts<H: Harness>(world: World<H>) {
    let about = noise(1, MIB);
    let handle = world.handle(NAME);
    let opened = ok(handle.open(Fresh { groups: 2, about: about.clone() }));
    assert!(opened.about == about);
    let changes = Changes {
        outbox: vec![noise(2, MIB), bytes(""), noise(3, 2 * MIB)],
        state: noise(4, MIB),
        ..Changes::default()
    };
    ok(handle.commit(G0, at(1, 0), changes));
    ok(handle.amend(0, noise(5, MIB)));
    let opened = ok(world.handle(NAME).open(fresh()));
    assert!(opened.about == noise(5, MIB));
    assert!(opened.groups[0].state == noise(4, MIB));
    let outbox = ok(handle.outbox(G0, 0, 10));
    let values: Vec<_> = outbox.into_iter().map(|(_, value)| value).collect();
    assert!(values == [noise(2, MIB), bytes(""), noise(3, 2 * MIB)]);
}

pub(crate) fn keys_are_any_bytes<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    let all_bytes: Vec<u8> = (0..=255).collect();
    let single = (0..=255_u8).map(|byte| vec![byte]);
    let around = (0..=255_u8).map(|byte| vec![b'x', byte, b'x']);
    let mut keys: Vec<Vec<u8>> = single.chain(around).chain([vec![], all_bytes, vec![0; 300]]).collect();
    owner.write(G0, puts((0..).zip(&keys).map(|(at, key)| put_by(key, at % 7, key))));
    keys.sort();
    let dump = owner.handle.dump(G0);
    assert!(dump.entries.iter().map(|entry| &entry.key[..]).eq(keys.iter().map(|key| &key[..])));
    assert!(dump.entries.iter().all(|entry| entry.key == entry.value));
    owner.write(G0, deletes(&keys));
    assert_eq!(owner.handle.dump(G0).entries, []);
}

pub(crate) fn values_are_any_bytes<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    let values = [&b"\0"[..], b"\r\n", b"\xff\xfe", b"{\"a\":1}", b"\x00\x01\x02", "é😀".as_bytes()];
    owner.write(G0, puts((0..).zip(values).map(|(at, value)| put(numbered(at), value))));
    let loaded = ok(owner.handle.load(G0, &(0..6).map(numbered).collect::<Vec<_>>()));
    assert!(loaded.into_iter().flatten().eq(values.map(bytes)));
}
